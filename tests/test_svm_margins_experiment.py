"""What the explorer shows of the training images exactly: counts of distances, and ten digits."""

import itertools

import numpy as np
import pytest

from experiments import svm_margins
from experiments.record import is_done
from helpers import linear
from helpers.data import digit_pair
from helpers.results import load_arrays, load_svms

ARRAYS = load_arrays(svm_margins.NAME)
SETTINGS = svm_margins.SETTINGS
WIDTH = (SETTINGS["last"] - SETTINGS["first"]) / SETTINGS["bins"]
PAIRS = list(itertools.combinations(range(10), 2))


def svms_of(pair):
    svms = load_svms(*pair)
    return svms, np.linalg.norm(svms["w"].astype(float), axis=1)


def test_it_is_done_with_these_settings():
    assert is_done(svm_margins.NAME, SETTINGS)
    assert ARRAYS["counts"].shape == (45, 81, 2, SETTINGS["bins"])


def test_a_histogram_is_measured_in_its_unit():
    counts = svm_margins.histogram(np.array([-0.02, 0.01, 0.5, 7.0]), 0.5)
    zero = round(-SETTINGS["first"] / WIDTH)
    assert counts.sum() == 3  # 7 lies at 14 units
    assert counts[[zero - 1, zero, zero + 12]].tolist() == [1, 1, 1]


@pytest.mark.parametrize("pair", [(3, 8), (0, 1)])
def test_the_stored_counts_are_those_of_the_images(mnist, pair):
    svms, norms = svms_of(pair)
    X, y = digit_pair(mnist, *pair, n=3000)
    ends = np.linspace(SETTINGS["first"], SETTINGS["last"], SETTINGS["bins"] + 1)
    for k in (0, 36, 80):
        unit = min(1 / norms[k], SETTINGS["unit_px"])
        margins = y * linear.signed_distance(X, svms["w"][k].astype(float), svms["b"][k]) / unit
        for c, label in enumerate((-1, 1)):
            expected = np.histogram(margins[y == label], ends)[0]
            stored = ARRAYS["counts"][PAIRS.index(pair), k, c].astype(int)
            assert np.abs(stored - expected).sum() <= 4  # at the ends of bars, by rounding


def test_at_the_corner_the_bar_is_higher_than_its_neighbours():
    """Of every SVM whose corner lies within 0.8 pixels of its boundary."""
    corner = int((1 - SETTINGS["first"]) / WIDTH)
    for pair, counts in zip(PAIRS, ARRAYS["counts"].sum(axis=2).astype(int), strict=True):
        _, norms = svms_of(pair)
        near = counts[norms > 1 / SETTINGS["unit_px"]]
        assert len(near) > 20
        assert (near[:, corner] > near[:, [corner - 1, corner + 1]].max(axis=1)).all()


def test_typical_images_are_training_images(mnist):
    for digit, image in enumerate(ARRAYS["typical"]):
        found = (np.round(255 * mnist.x_train) == image).all(axis=1)
        assert mnist.y_train[found].tolist() == [digit]


def test_typical_images_come_closer_as_the_boundary_tilts():
    """Mirrored at a boundary through the middle of the means, none of the 90 moves farther at the
    λ of the least test error than at the largest, nor at the smallest than at either."""
    for pair in PAIRS:
        svms, norms = svms_of(pair)
        best = int(np.argmin(svms["table"]["err_test"]))
        X = ARRAYS["typical"][list(pair)] / 255
        d = (X @ svms["w"].T + svms["b"]) / norms - svms["offset"]
        largest, at_best, smallest = np.abs(d[:, [0, best, -1]]).T
        assert (at_best < largest).all() and (smallest < at_best).all()
