"""What is proven of a network's robust accuracy, and what attacks leave of it."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.figures.lipschitz_margins.lmt_networks import NAMES, load_networks, thousandths
from explorables.traits import Number

RADII = np.arange(0, 3001, 20)  # in 1/1000 pixel


def _counts(network):
    """How many test images are certified, and how many no attack fooled, at each radius: (2, 151).

    Certified radii of at least ε count: changes shorter than ε do not fool the network. Not
    counted as withstood is what an attack fooled by a change of ε or less.
    """
    names = ("certified", "found", "fooling")
    certified, found, fooling = (thousandths(network[name])[:, None] for name in names)
    right = found > 0  # of a plain network a certified radius may be less than 1/1000
    proven = right & (certified >= RADII)
    withstood = np.minimum(found, fooling) > RADII
    return np.stack([proven.sum(0), withstood.sum(0)])


class CertifiedAccuracy(Explorable):
    """Bounds of the share of test images that a network gets right however each is changed by
    ``eps`` pixels: what is certified lies below, what no attack fooled above.

    ``network`` is one of NAMES in explorables.figures.lipschitz_margins.lmt_networks; ``eps`` goes from 0 to 3
    pixels, Euclidean, in steps of 0.02; the figure shows the nearest.

    The networks are results of ``experiments/lmt.py``; helpers.lmt and helpers.maxout have the
    proofs, after Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 2. An image is
    fooled at ε where one of the three attacks changed it by ε or less; PGD was tried at 0.3, 1 and
    1.58 pixels alone.
    """

    heights = (576, 877)
    title = traitlets.Unicode("Certified accuracy, and accuracy under attack").tag(sync=True)
    network = traitlets.Enum(list(NAMES), "lmt").tag(sync=True)
    eps = Number(1.0, min=0, max=3).tag(sync=True)
    networks = traitlets.List(help="model and name of each").tag(sync=True)
    images = traitlets.Int(help="how many there are").tag(sync=True)
    counts = traitlets.Bytes(
        help="uint16, images that are certified, and not fooled: shape (networks, 2, 151)"
    ).tag(sync=True)

    @traitlets.default("networks")
    def _name_networks(self):
        return [{"model": model, "name": name} for model, name in NAMES.items()]

    @traitlets.default("images")
    def _count_images(self):
        return len(load_networks()["plain"]["certified"])

    @traitlets.default("counts")
    def _load_counts(self):
        counts = [_counts(network) for network in load_networks().values()]
        return np.array(counts, "<u2").tobytes()
