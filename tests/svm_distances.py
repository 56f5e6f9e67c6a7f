"""What the figures of chapter 2 show, for their tests: one SVM, and how far the digits lie from its
boundary."""

from functools import cache

import numpy as np
import pytest

from helpers import losses
from helpers.results import load_arrays

LOSSES = {"0-1": losses.zero_one, "hinge": losses.hinge, "softplus": losses.softplus}


@cache
def svm():
    """Weights and bias of the SVM."""
    arrays = load_arrays("svm_mnist")
    return arrays["w"][arrays["middling"]].astype(float), arrays["b"][arrays["middling"]]


@cache
def distances():
    """y d(x) of the 6,000 images in pixels, as they are stored."""
    return np.repeat([-1, 1], 3000) * load_arrays("svm_mnist")["distances"]


def assert_histogram(plot, name, width, values):
    """The bars of that name count ``values``; one on the edge of two bars may be in either."""
    [corners] = plot.points(name)
    left, top = corners.reshape(-1, 4, 2)[:, 1].T
    counts = top**2
    assert counts.sum() == pytest.approx(len(values))
    for start, count in zip(left, counts, strict=True):
        least, most = (
            np.sum((values > start + inset) & (values < start + width - inset))
            for inset in (1e-6, -1e-6)
        )
        assert least - 1e-6 <= count <= most + 1e-6
