"""What is proven of a network's robust accuracy, and what attacks leave of it."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.figures.lipschitz_margins.lmt_networks import NAMES
from explorables.traits import Number
from helpers.formats import Format
from helpers.results import certified_of_attacked, load_attacked

RADII = np.arange(151) / 50  # ε in pixels, as exact as certified radii, which are k/1000


def _counts(model):
    """How many of the attacked images are certified, and how many no attack fooled, at each radius:
    (2, 151).

    Certified at ε is an image whose radius is larger than ε, so that no change of ε or less fools
    the network. Stored is the thousandth below the radius, which is then ε or more. Fooled at ε is
    one that an attack found a change of ε or less for.
    """
    far = load_attacked(f"lmt-{model}")["l2"][:, None]
    right = far > 0  # of a plain network a certified radius may be less than 1/1000
    certified = np.where(right, certified_of_attacked(model)[:, None], -1)
    return [(certified >= RADII).sum(0), (far > RADII).sum(0)]


class CertifiedAccuracy(Explorable):
    """Bounds of the share of test images that a network gets right however each is changed by
    ``eps`` pixels: what is certified lies below, what no attack fooled above.

    ``network`` is one of lmt_networks.NAMES; ``eps``, Euclidean, goes from 0 to 3 pixels; the
    figure shows the nearest of the ``radii``.

    The networks are the first seeds of ``experiments/lmt.py``; helpers.lmt and helpers.maxout have
    the proofs, after Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 2. Attacks are
    those of helpers.ensemble on every tenth test image (``experiments/attacked.py``). They look for
    the smallest change, and those of them that stay within a ball were tried at the radii
    ``attacked`` alone.
    """

    heights = (577, 857)
    title = traitlets.Unicode("Certified accuracy, and accuracy under attack").tag(sync=True)
    network = traitlets.Enum(list(NAMES), "lmt").tag(sync=True)
    eps = Number(1.0, min=0, max=RADII[-1]).tag(sync=True)
    networks = traitlets.List(help="model and name of each").tag(sync=True)
    images = traitlets.Int(help="how many there are").tag(sync=True)
    radii = Array(Format("uint16", ("radii",), "px", "ε, from 0", 1000), load=lambda: RADII)
    attacked = traitlets.List(help="ε in pixels of the attacks within a ball").tag(sync=True)
    counts = Array(
        Format("uint16", ("networks", 2, "radii"), "images", "certified, and not fooled"),
        load=lambda: [_counts(model) for model in NAMES],
    )

    @traitlets.default("networks")
    def _name_networks(self):
        return [{"model": model, "name": name} for model, name in NAMES.items()]

    @traitlets.default("images")
    def _count_images(self):
        return len(load_attacked("lmt-plain")["l2"])

    @traitlets.default("attacked")
    def _load_attacked(self):
        return load_attacked("lmt-plain")["settings"]["radii"]["l2"]
