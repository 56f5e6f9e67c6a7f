"""One digit, several networks: how far each is proven to hold, and where each is known to break."""

import numpy as np
import traitlets

from explorables.arrays import DIGITS, Array
from explorables.base import Explorable
from explorables.figures.lipschitz_margins.lmt_networks import NAMES, load_networks
from helpers.formats import LMT, PIXELS, Format


def _load_radii(name):
    """The radii of that name of the ten digits, in pixels: shape (networks, 10)."""
    return [network[name][network["shown"]] for network in load_networks().values()]


def _load_taken_for():
    """The other class with the largest score at the nearest image found: shape (networks, 10)."""
    scores = np.array([network["shown_scores"] for network in load_networks().values()])
    return np.where(np.eye(10, dtype=bool), -np.inf, scores).argmax(-1)


class CertifiedDigit(Explorable):
    """Compare the certified radius of the first test image of a ``digit``, and the smallest
    perturbation that attacks found, between networks.

    ``network`` is one of lmt_networks.NAMES; the pictures are of its nearest image found. Radii are
    Euclidean, in pixels; both are 0 where the network misclassifies the image as it is.

    The networks are results of ``experiments/lmt.py``; helpers.lmt and helpers.maxout have the
    proofs, after Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 2. Certified radii
    are rounded down to 1/1000 pixel, what was found is rounded up. It is what the two attacks that
    seek the nearest image found; PGD may have found another a little nearer.
    """

    heights = (640, 814)
    title = traitlets.Unicode("A digit, proven safe and broken").tag(sync=True)
    digit = traitlets.Int(7, min=0, max=9).tag(sync=True)
    network = traitlets.Enum(list(NAMES), "lmt").tag(sync=True)
    networks = traitlets.List(help="model and name of each").tag(sync=True)
    images = Array(DIGITS, load=lambda: load_networks()["plain"]["shown_images"] / 255)
    certified = Array(
        LMT["certified"]._replace(shape=("networks", 10)), load=lambda: _load_radii("certified")
    )
    found = Array(
        LMT["found"]._replace(shape=("networks", 10), infinity=None),  # every image was fooled
        load=lambda: _load_radii("found"),
    )
    nearest = Array(
        Format("uint8", ("networks", 10, PIXELS), "px", "the nearest images that were found", 255),
        load=lambda: [network["shown_nearest"] for network in load_networks().values()],
    )
    taken_for = Array(
        Format("uint8", ("networks", 10), "", "the classes these are taken for"),
        load=_load_taken_for,
    )

    @traitlets.default("networks")
    def _name_networks(self):
        return [{"model": model, "name": name} for model, name in NAMES.items()]
