"""What is proven of a network's robust accuracy, and what attacks leave of it."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.figures.lipschitz_margins.lmt_networks import NAMES, load_networks
from explorables.traits import Number
from helpers.formats import Format

RADII = np.arange(151) / 50  # ε in pixels, as exact as certified radii, which are k/1000


def _counts(network):
    """How many test images are certified, and how many no attack fooled, at each radius: (2, 151).

    Certified at ε is an image whose radius is larger than ε, so that no change of ε or less fools
    the network. Stored is the thousandth below the radius, which is then ε or more. Not counted as
    withstood is what an attack fooled by a change of ε or less.
    """
    fooling = network["fooling"].astype(float).round(3)  # stored in single precision
    right = network["found"] > 0  # of a plain network a certified radius may be less than 1/1000
    certified = np.where(right, network["certified"], -1)
    broken = np.minimum(network["found"], fooling)
    return [(certified[:, None] >= RADII).sum(0), (broken[:, None] > RADII).sum(0)]


class CertifiedAccuracy(Explorable):
    """Bounds of the share of test images that a network gets right however each is changed by
    ``eps`` pixels: what is certified lies below, what no attack fooled above.

    ``network`` is one of lmt_networks.NAMES; ``eps``, Euclidean, goes from 0 to 3 pixels; the
    figure shows the nearest of the ``radii``.

    The networks are results of ``experiments/lmt.py``; helpers.lmt and helpers.maxout have the
    proofs, after Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 2. An image is
    fooled at ε where one of the three attacks changed it by ε or less; PGD was tried at the radii
    ``attacked`` alone.
    """

    heights = (577, 857)
    title = traitlets.Unicode("Certified accuracy, and accuracy under attack").tag(sync=True)
    network = traitlets.Enum(list(NAMES), "lmt").tag(sync=True)
    eps = Number(1.0, min=0, max=RADII[-1]).tag(sync=True)
    networks = traitlets.List(help="model and name of each").tag(sync=True)
    images = traitlets.Int(help="how many there are").tag(sync=True)
    radii = Array(Format("uint16", ("radii",), "px", "ε, from 0", 1000), load=lambda: RADII)
    attacked = traitlets.List(help="ε in pixels at which PGD was tried").tag(sync=True)
    counts = Array(
        Format("uint16", ("networks", 2, "radii"), "images", "certified, and not fooled"),
        load=lambda: [_counts(network) for network in load_networks().values()],
    )

    @traitlets.default("networks")
    def _name_networks(self):
        return [{"model": model, "name": name} for model, name in NAMES.items()]

    @traitlets.default("images")
    def _count_images(self):
        return len(load_networks()["plain"]["certified"])

    @traitlets.default("attacked")
    def _load_attacked(self):
        return load_networks()["plain"]["settings"]["radii"]
