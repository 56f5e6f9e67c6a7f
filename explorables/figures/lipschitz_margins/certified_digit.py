"""One digit, several networks: how far each is proven to hold, and where each is known to break."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.figures.lipschitz_margins.lmt_networks import NAMES, load_networks, thousandths


class CertifiedDigit(Explorable):
    """Compare the certified radius of the first test image of a ``digit``, and the smallest
    perturbation that attacks found, between networks.

    ``network`` is one of NAMES in explorables.figures.lipschitz_margins.lmt_networks; the pictures are of its
    nearest image found. Radii are Euclidean, in pixels; both are 0 where the network misclassifies
    the image as it is.

    The networks are results of ``experiments/lmt.py``; helpers.lmt and helpers.maxout have the
    proofs, after Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 2. Certified radii
    are rounded down to 1/1000 pixel, what was found is rounded up. It is what the two attacks that
    seek the nearest image found; PGD may have found another a little nearer.
    """

    heights = (640, 814)
    title = traitlets.Unicode("A digit, proven safe and broken").tag(sync=True)
    digit = traitlets.Int(7, min=0, max=9).tag(sync=True)
    network = traitlets.Enum(list(NAMES), "lmt").tag(sync=True)
    networks = traitlets.List(
        help="model and name of each; of the ten digits certified and found, in 1/1000 pixel, and "
        "the class that the nearest image found is taken_for"
    ).tag(sync=True)
    images = traitlets.Bytes(help="uint8, one row a digit").tag(sync=True)
    nearest = traitlets.Bytes(help="uint8, rounded: shape (networks, digits, 784)").tag(sync=True)

    @traitlets.default("networks")
    def _load_networks(self):
        return [
            {"model": model, "name": NAMES[model]} | _radii(network)
            for model, network in load_networks().items()
        ]

    @traitlets.default("images")
    def _load_images(self):
        return load_networks()["plain"]["shown_images"].tobytes()

    @traitlets.default("nearest")
    def _load_nearest(self):
        nearest = [network["shown_nearest"] for network in load_networks().values()]
        return np.rint(255 * np.array(nearest)).astype(np.uint8).tobytes()


def _radii(network):
    """Of the digits: their radii, and the other class with the largest score at what was found."""
    radii = {
        name: thousandths(network[name][network["shown"]]).astype(int).tolist()
        for name in ("certified", "found")
    }
    others = np.where(np.eye(10, dtype=bool), -np.inf, network["shown_scores"])
    return radii | {"taken_for": others.argmax(1).tolist()}
