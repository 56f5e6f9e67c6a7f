"""Each claim of the introduction about its real digits, checked."""

import numpy as np
import pytest

from helpers.linear import mirror_image, signed_distance
from helpers.results import load_arrays, load_figures

FIGURES, ARRAYS = load_figures("real_digit"), load_arrays("real_digit")
DIGITS = ARRAYS["digits"].reshape(2, -1) / 255
WEAK, STRONG = FIGURES["weak"], FIGURES["strong"]
CLASSIFIERS = list(zip(ARRAYS["w"], ARRAYS["b"], strict=True))


def test_the_two_do_about_equally_well():
    assert STRONG["err_test"] < WEAK["err_test"] < STRONG["err_test"] + 1


def test_the_strongly_regularised_boundary_is_more_than_three_times_as_far_away():
    assert STRONG["d_adv"] > 3 * WEAK["d_adv"]
    for near, far in zip(WEAK["mirror_distance"], STRONG["mirror_distance"], strict=True):
        assert far > 3 * near


def test_only_strong_regularisation_changes_what_tells_the_digits_apart():
    # The change runs along w; the cosine is its share along the difference of the means.
    assert np.cos(STRONG["theta"]) > 0.8
    assert np.cos(WEAK["theta"]) < 0.3


def test_the_digits_are_typical():
    for of in (WEAK, STRONG):
        assert of["mirror_distance"] == pytest.approx([2 * of["d_adv"]] * 2, rel=0.1)


@pytest.mark.parametrize(("w", "b"), CLASSIFIERS, ids=["weak", "strong"])
def test_mirror_images_cross_and_do_so_less_surely_when_cut_off(w, b):
    X_m = mirror_image(DIGITS, w, b)
    assert np.sign(signed_distance(X_m, w, b)).tolist() == [1, -1]
    cut_off = signed_distance(X_m.clip(0, 1), w, b)
    assert np.sign(cut_off).tolist() == [1, -1]
    assert (abs(cut_off) < abs(signed_distance(DIGITS, w, b))).all()
