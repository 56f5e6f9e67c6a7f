"""A handwritten 3 and a handwritten 8 walk to their mirror images, past two classifiers."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import Number
from helpers.results import load_arrays, load_figures


class RealDigit(Explorable):
    """Move ``t`` from 0, the digits, over 1/2, the boundary, to 1, the mirror images.

    The two classifiers and the two digits are the results of ``experiments/real_digit.py``.
    """

    heights = (436, 830)
    title = traitlets.Unicode("A real digit and its mirror images").tag(sync=True)
    t = Number(0.0, min=0, max=1).tag(sync=True)
    digits = traitlets.Bytes(help="float32 pixels in [0, 1], one row a digit").tag(sync=True)
    weights = traitlets.Bytes(help="float32 weights, one row a classifier").tag(sync=True)
    classifiers = traitlets.List(help="name, lam, err_test and b of each").tag(sync=True)

    @traitlets.default("digits")
    def _load_digits(self):
        return (load_arrays("real_digit")["digits"] / np.float32(255)).astype("<f4").tobytes()

    @traitlets.default("weights")
    def _load_weights(self):
        return load_arrays("real_digit")["w"].astype("<f4").tobytes()

    @traitlets.default("classifiers")
    def _load_classifiers(self):
        biases = load_arrays("real_digit")["b"]
        figures = load_figures("real_digit").items()
        return [
            {"name": name.capitalize(), "b": float(b)} | {k: of[k] for k in ("lam", "err_test")}
            for (name, of), b in zip(figures, biases, strict=True)
        ]
