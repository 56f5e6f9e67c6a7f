"""A handwritten 3 and a handwritten 8 walk to their mirror images, past two classifiers."""

import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import PIXELS, Format
from helpers.results import load_arrays, load_figures

DIGITS = Format("uint8", (2, PIXELS), "px", "a 3 and an 8", 255)
WEIGHTS = Format("float32", ("classifiers", PIXELS), "1/px", "weights of each classifier")


class RealDigit(Explorable):
    """Move ``t`` from 0, the digits, over 1/2, the boundary, to 1, the mirror images.

    The two classifiers and the two digits are the results of ``experiments/real_digit.py``.
    """

    heights = (415, 781)
    title = traitlets.Unicode("A real digit and its mirror images").tag(sync=True)
    t = Number(0.0, min=0, max=1, step=0.01).tag(sync=True)
    digits = Array(DIGITS, load=lambda: load_arrays("real_digit")["digits"] / 255)
    weights = Array(WEIGHTS, load=lambda: load_arrays("real_digit")["w"])
    classifiers = traitlets.List(help="name, lam, err_test and b of each").tag(sync=True)

    @traitlets.default("classifiers")
    def _load_classifiers(self):
        biases = load_arrays("real_digit")["b"]
        figures = load_figures("real_digit").items()
        return [
            {"name": name.capitalize(), "b": float(b)} | {k: own[k] for k in ("lam", "err_test")}
            for (name, own), b in zip(figures, biases, strict=True)
        ]
