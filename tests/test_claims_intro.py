"""Each claim of the introduction about its real digits, checked."""

import numpy as np
import pytest

from book.quoted import intro
from helpers.linear import mirror_image, signed_distance
from helpers.results import load_arrays, load_figures

NUMBERS, FIGURES, ARRAYS = intro.numbers(), load_figures("real_digit"), load_arrays("real_digit")
DIGITS = ARRAYS["digits"].reshape(2, -1) / 255
CLASSIFIERS = list(zip(("weak", "strong"), ARRAYS["w"], ARRAYS["b"], strict=True))


def test_the_two_do_about_equally_well():
    assert NUMBERS["strong-error"] < NUMBERS["weak-error"] < NUMBERS["strong-error"] + 1


def test_the_strongly_regularised_boundary_is_more_than_three_times_as_far_away():
    assert NUMBERS["d-adv-ratio"] > 3
    assert NUMBERS["strong-d-adv"] == pytest.approx(NUMBERS["d-adv-ratio"] * NUMBERS["weak-d-adv"])
    for digit in "38":
        assert NUMBERS[f"strong-distance-{digit}"] > 3 * NUMBERS[f"weak-distance-{digit}"]


def test_only_strong_regularisation_changes_what_tells_the_digits_apart():
    # The change runs along w; the cosine is its share along the difference of the means.
    assert np.cos(FIGURES["strong"]["theta"]) > 0.8
    assert np.cos(FIGURES["weak"]["theta"]) < 0.3


def test_the_digits_are_typical():
    for name, w, b in CLASSIFIERS:
        distances = [NUMBERS[f"{name}-distance-{digit}"] for digit in "38"]
        assert distances == pytest.approx([2 * NUMBERS[f"{name}-d-adv"]] * 2, rel=0.1)
        assert distances == pytest.approx(2 * abs(signed_distance(DIGITS, w, b)), rel=1e-3)


@pytest.mark.parametrize(("name", "w", "b"), CLASSIFIERS, ids=["weak", "strong"])
def test_mirror_images_cross_and_do_so_less_surely_when_cut_off(name, w, b):
    X_m = mirror_image(DIGITS, w, b)
    assert np.sign(signed_distance(X_m, w, b)).tolist() == [1, -1]
    cut_off = signed_distance(X_m.clip(0, 1), w, b)
    assert np.sign(cut_off).tolist() == [1, -1]
    assert (abs(cut_off) < abs(signed_distance(DIGITS, w, b))).all()
