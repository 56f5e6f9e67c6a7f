"""Losses of a linear classifier, and what the length of its weights does to them.

A loss f takes the margin z = y s(x) of an image: positive where the image is on its own side of
the boundary, y = -1 for class I and +1 for class J. Since s(x) = ‖w‖ d(x), the loss as a function
of y d(x) is f_‖w‖(y d) = f(‖w‖ y d): the norm of the weights scales the loss. Tanay & Griffin
2018, "Scaling the loss function".

Margins are numbers or arrays of any shape, and what comes back has their shape. ValueError where
a margin is NaN or a norm is not a positive number.
"""

import numpy as np
from scipy.special import expit

from helpers.checks import check_positive


def _margins(z):
    z = np.asarray(z, float)
    if np.isnan(z).any():
        raise ValueError("margins must be numbers; there was a NaN")
    return z


def zero_one(z):
    """1 where z <= 0 and 0 elsewhere: an image on the boundary counts as misclassified."""
    return (_margins(z) <= 0).astype(float)


def hinge(z):
    """max(1 − z, 0), the loss of the support vector machine."""
    return np.maximum(1 - _margins(z), 0)


def softplus(z):
    """ln(1 + e^−z), the loss of logistic regression."""
    return np.logaddexp(0, -_margins(z))


def hinge_slope(z):
    """The derivative of the hinge: −1 where z < 1, 0 elsewhere (one choice of many at z = 1)."""
    return (_margins(z) >= 1).astype(float) - 1


def softplus_slope(z):
    """The derivative of the softplus, −1/(1 + e^z)."""
    return -expit(-_margins(z))


#: (α, β) of f(z) ≈ α − βz near z = 0, for the losses that have a slope there.
SMALL_NORM = {hinge: (1.0, 1.0), softplus: (np.log(2), 0.5)}


def scaled(loss, norm):
    """f_‖w‖, the loss as a function of y d(x), for weights of length ``norm``."""
    check_positive(norm=norm)
    return lambda yd: loss(norm * _margins(yd))


def large_norm_limit(norm):
    """What f_‖w‖ approaches for large ‖w‖, hinge or softplus: y d(x) ↦ ‖w‖ max(−y d(x), 0).

    Only misclassified images count. The loss lies above it, by at most f(0).
    """
    check_positive(norm=norm)
    return lambda yd: norm * np.maximum(-_margins(yd), 0)


def small_norm_limit(loss, norm):
    """What f_‖w‖ approaches for small ‖w‖: y d(x) ↦ α − β ‖w‖ y d(x), its tangent at y d(x) = 0.

    Every image counts, for its distance. ``loss`` is hinge or softplus, otherwise ValueError.
    """
    if loss not in SMALL_NORM:
        raise ValueError(f"loss must be hinge or softplus; it was {loss!r}")
    check_positive(norm=norm)
    alpha, beta = SMALL_NORM[loss]
    return lambda yd: alpha - beta * norm * _margins(yd)
