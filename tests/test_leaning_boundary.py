"""The introduction's picture of a boundary that leans over, against results and helpers."""

import math

import numpy as np
import pytest
from figure_page import FigurePage, numbers, text_of

from explorables import LeaningBoundary
from helpers import linear, tilting
from helpers.results import load_arrays, load_svm_figures

SVMS, ARRAYS = load_svm_figures(3, 8), load_arrays("svm_mnist")
DIGITS = load_arrays("real_digit")["digits"] / 255
MIDDLE = ARRAYS["centroids"].mean(axis=0)
SLIDER = "Strength of the regularisation, λ"
LAST = len(SVMS) - 1
SOME = [0, 13, 30, 47, LAST]


class Leaning(FigurePage):
    figure = LeaningBoundary

    @property
    def plane(self):
        return self.plot("Digits as points")

    def show(self, k):
        self.set(log_lam=math.log10(SVMS[k]["lam"]))


@pytest.fixture
def figure(open_figure):
    return open_figure(Leaning)


def test_it_says_how_far_the_boundary_leans_and_errs(figure):
    for k in SOME:
        figure.show(k)
        svm = SVMS[k]
        expected = [math.degrees(svm["theta"]), svm["err_train"], svm["err_test"]]
        assert numbers(text_of(figure.verdict)) == pytest.approx(expected, abs=0.0501)


def test_digits_and_mirror_images_stand_in_the_plane_where_they_are(figure):
    for k in SOME:
        figure.show(k)
        theta, w, b = SVMS[k]["theta"], ARRAYS["w"][k].astype(float), ARRAYS["b"][k]
        w_hat = np.array([math.cos(theta), math.sin(theta)])
        offset = linear.signed_distance(MIDDLE, w, b)
        for name, x in zip("38", DIGITS, strict=True):
            d = linear.signed_distance(x, w, b)
            place = figure.plane.point(name)
            assert place @ w_hat + offset == pytest.approx(d, abs=2e-3)
            z_hat = ARRAYS["centroids"][1] - ARRAYS["centroids"][0]
            along = (x - MIDDLE) @ z_hat / np.linalg.norm(z_hat)
            assert place[0] == pytest.approx(along, abs=1e-3)
            mirror = figure.plane.point(f"mirror image of the {name}")
            assert mirror == pytest.approx(place - 2 * d * w_hat, abs=2e-3)
        for end in figure.plane.points("boundary")[0]:
            assert end @ w_hat + offset == pytest.approx(0, abs=1e-3)


def test_the_pictures_below_are_the_digits_and_their_mirror_images(figure):
    for k in (13, LAST):
        figure.show(k)
        w, b = ARRAYS["w"][k].astype(float), ARRAYS["b"][k]
        for name, x in zip("38", DIGITS, strict=True):
            d = linear.signed_distance(x, w, b)
            shown = figure.image(f"the mirror image of the {name}")[:, 0] / 255
            expected = linear.mirror_image(x, w, b).clip(0, 1)
            assert np.abs(shown - expected).max() < 0.03
            label = figure.root.get_by_role("img", name=f"the mirror image of the {name}")
            heard = label.get_attribute("aria-label")
            assert f"{2 * abs(d):.2f} away; the classifier says {8 if d < 0 else 3}" in heard


def test_it_has_no_symbol_but_lambda(figure):
    assert not [symbol for symbol in ("ŵ", "ẑ", "n̂", "θ") if symbol in text_of(figure.root)]
    assert "d_adv" not in text_of(figure.root)


def test_at_last_both_mirror_images_are_ten_times_as_close():
    """What the caption says: the boundary passes close by both digits."""
    first, last = (
        np.abs(linear.signed_distance(DIGITS, ARRAYS["w"][k].astype(float), ARRAYS["b"][k]))
        for k in (0, LAST)
    )
    assert (first > 10 * last).all()


def test_buttons_and_keys_lead_over_the_path(figure):
    figure.root.get_by_role("button", name="most tilted").press("Enter")
    assert figure.get("log_lam") == pytest.approx(-6)
    figure.control(SLIDER).press("End")
    assert figure.get("log_lam") == pytest.approx(2)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits_on_a_screen(open_figure, width):
    figure = open_figure(Leaning, width=width)
    heights = set()
    for k in SOME:
        figure.show(k)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1 and heights.pop() <= 800


def test_the_digits_lie_in_the_planes_of_the_results():
    places = LeaningBoundary().places
    frame = tilting.tilting_plane(ARRAYS["w"][40], *ARRAYS["centroids"])
    assert places[40] == pytest.approx(tilting.project(DIGITS, *frame, MIDDLE), abs=1e-4)
