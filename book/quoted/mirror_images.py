"""The numbers that the chapter on mirror images quotes."""

import numpy as np

from book.quoted import costs
from helpers import toy


def tilt_in_degrees(lam, loss="hinge", bias=False):
    """The tilt of the boundary that a fit to the toy's training set ends with."""
    w, _ = toy.fit(*toy.training_set(), lam, loss, bias)
    return float(np.degrees(toy.tilt(w)))


def numbers():
    return {
        "tilt-origin": tilt_in_degrees(1e-6),
        "tilt-free": tilt_in_degrees(1e-6, bias=True),
        "tilt-strong": tilt_in_degrees(1e-1),
        "tilt-softplus": tilt_in_degrees(1e-6, loss="softplus"),
        **costs("mirror-images"),
    }
