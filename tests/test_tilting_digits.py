"""The introduction's figure of 81 SVMs: what it shows is what the experiment left in results/."""

import gzip
import json
import math
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect
from test_explorables import SCHEMES, Figure, numbers

from helpers import linear, tilting
from explorables import TiltingDigits
from helpers.results import load_arrays, load_svm_figures

SVMS, ARRAYS = load_svm_figures(3, 8), load_arrays("svm_mnist")
CENTROIDS = ARRAYS["centroids"]
BEST = min(range(81), key=lambda k: SVMS[k]["err_test"])
SLIDER = "Regularisation λ"
RANGE = 10  # pixels (of images) across a plot
SOME = [0, 14, 30, 47, BEST, 80]

# Red, green, blue and alpha of a canvas at the given places, [across, down] in shares of its size.
COLOURS_AT = """(canvas, places) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const at = ([u, v]) => 4 * (Math.floor(v * height) * width + Math.floor(u * width));
  return places.map((place) => [...data.slice(at(place), at(place) + 4)]);
}"""
EMPTY = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, k) => k % 4 === 3 && value === 0).length / (data.length / 4);
}"""


class Hero(Figure):
    def __init__(self, visit):
        super().__init__(visit, "tilting_digits")
        self.own, self.fixed = (self.root.locator(f".xp-{name}") for name in ("own", "fixed"))

    def show(self, k):
        self.root.get_by_label(SLIDER).fill(f"{2 - k / 10:.1f}")

    def canvas(self, plot):
        return plot.locator(".xp-dots").evaluate("canvas => canvas.toDataURL()")


@pytest.fixture(params=SCHEMES)
def figure(open_page, request):
    visit = open_page("book/intro.html", scheme=request.param)
    yield Hero(visit)
    assert visit.errors == []


def in_pixels(locator, names):
    """The numbers of an SVG element's attribute ``d`` or of its ends, from the frame's middle.

    Pairs (across, up) in pixels of images, for a plot whose frame is 276 wide and starts at 56, 8.
    """
    text = " ".join(locator.get_attribute(name) for name in names)
    values = np.array(re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text), float).reshape(-1, 2)
    return (values - (56 + 138, 8 + 138)) * (1, -1) * RANGE / 276


def test_numbers_are_those_of_the_results_and_of_the_helpers(figure):
    for k in SOME:
        figure.show(k)
        w, b = ARRAYS["w"][k], ARRAYS["b"][k]
        theta = tilting.tilting_angle(w, *CENTROIDS)
        degrees, radians = figure.readout("tilt θ")
        assert degrees == pytest.approx(math.degrees(theta), abs=0.0501)
        assert radians == pytest.approx(theta, abs=0.00501)
        d_i, d_j = linear.signed_distance(CENTROIDS, w, b)
        for d_adv in (SVMS[k]["d_adv"], (d_j - d_i) / 2):
            assert figure.readout("mean distance d_adv") == pytest.approx([d_adv], abs=0.00501)
        for name, key in (("training error", "err_train"), ("test error", "err_test")):
            assert figure.readout(name) == pytest.approx([SVMS[k][key]], abs=0.0501)


def test_the_figure_starts_upright_and_tilts_as_lambda_falls(figure):
    assert figure.readout("tilt θ") == [0, 0]
    slider, tilts = figure.root.get_by_label(SLIDER), []
    for _ in range(5):
        slider.press("ArrowLeft")
        tilts += figure.readout("tilt θ")[:1]
    assert tilts == [round(math.degrees(SVMS[k]["theta"]), 1) for k in range(14, 19)]
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "100"
    assert figure.readout("tilt θ") == [0, 0]
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext") == "10⁻⁶"
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1.3 · 10⁻⁶"


def test_buttons_lead_to_the_landmarks(figure):
    for name, k in (("least test error", BEST), ("most tilted", 80), ("upright", 13)):
        figure.root.get_by_role("button", name=name).press("Enter")
        log_lam = float(figure.root.get_by_label(SLIDER).input_value())
        assert log_lam == pytest.approx(math.log10(SVMS[k]["lam"]))
        assert figure.readout("tilt θ")[0] == round(math.degrees(SVMS[k]["theta"]), 1)


def test_each_digit_is_drawn_where_it_lies(figure):
    horizontal = ARRAYS["horizontal"]
    vertical = ARRAYS["vertical"]
    leftmost, rightmost = np.argmin(horizontal), np.argmax(horizontal)  # a 3 and an 8, far out
    for k in (13, BEST, 80):
        figure.show(k)
        for plot, ys in ((figure.own, vertical[k]), (figure.fixed, vertical[BEST])):
            places = np.column_stack([0.5 + horizontal / RANGE, 0.5 - ys / RANGE]).tolist()
            canvas = plot.locator(".xp-dots")
            colours = np.array(canvas.evaluate(COLOURS_AT, places))
            assert colours[:, 3].min() > 0
            (red_3, _, blue_3, _), (red_8, _, blue_8, _) = colours[[leftmost, rightmost]]
            assert red_3 < blue_3 and red_8 > blue_8
            assert canvas.evaluate(EMPTY) > 0.6


def test_digits_move_in_one_plane_and_stand_still_in_the_other(figure):
    own, fixed = figure.canvas(figure.own), figure.canvas(figure.fixed)
    figure.show(BEST)
    assert figure.canvas(figure.own) == figure.canvas(figure.fixed) == fixed
    assert own != fixed
    figure.show(60)
    assert figure.canvas(figure.own) not in (own, fixed)
    assert figure.canvas(figure.fixed) == fixed


def test_boundary_arrow_and_distances_are_those_of_the_classifier(figure):
    half_way = np.linalg.norm(CENTROIDS[1] - CENTROIDS[0]) / 2
    centroids = np.array([[-half_way, 0], [half_way, 0]])
    for k in SOME:
        figure.show(k)
        theta = SVMS[k]["theta"]
        w_hat = np.array([math.cos(theta), math.sin(theta)])
        origin, tip = in_pixels(figure.own.locator(".xp-arrow.xp-boundary"), "d")[:2]
        assert tip - origin == pytest.approx(3 * w_hat, abs=1e-3)

        ends = in_pixels(figure.own.locator(".xp-line.xp-boundary[x1]"), ("x1", "y1", "x2", "y2"))
        distances = linear.signed_distance(CENTROIDS, ARRAYS["w"][k], ARRAYS["b"][k])
        for end in ends:
            assert (centroids - end) @ w_hat == pytest.approx(distances, abs=1e-3)

        feet = figure.own.locator(".xp-line.xp-adversarial").all()
        for foot, centroid, distance in zip(feet, centroids, distances, strict=True):
            start, stop = in_pixels(foot, ("x1", "y1", "x2", "y2"))
            assert start == pytest.approx(centroid, abs=1e-3)
            assert start - stop == pytest.approx(distance * w_hat, abs=1e-3)


def test_the_fixed_plane_holds_a_part_of_w(figure):
    frame = tilting.tilting_plane(ARRAYS["w"][BEST], *CENTROIDS)
    for k in SOME:
        figure.show(k)
        part = tilting.in_frame(ARRAYS["w"][k], *frame)
        origin, tip = in_pixels(figure.fixed.locator(".xp-arrow.xp-boundary"), "d")[:2]
        assert tip - origin == pytest.approx(3 * part, abs=1e-3)
        length = np.linalg.norm(part)
        assert numbers(figure.fixed.locator(".xp-note").inner_text()) == [round(length, 2)]
        assert figure.fixed.locator(".xp-line.xp-boundary[x1]").count() == 0
        label = figure.fixed.locator(".xp-plane").get_attribute("aria-label")
        assert label.endswith(f"a part of length {length:.2f} lies in it.")


def test_the_pictures_are_the_means_and_the_weights(figure):
    figure.show(30)
    drawn = [
        np.array(canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"))
        .reshape(784, 4)
        for canvas in figure.root.locator(".xp-thumbnail canvas").all()
    ]
    for pixels, mean in zip(drawn, CENTROIDS, strict=False):
        assert np.abs(pixels[:, 0] - 255 * mean).max() <= 1
    w = ARRAYS["w"][30]
    strong = np.abs(w) > 0.1 * np.abs(w).max()
    bluer = drawn[2][:, 2] > drawn[2][:, 0]
    assert (bluer == (w < 0))[strong].all()


def test_a_screen_reader_hears_the_model(figure):
    figure.show(30)
    words = figure.own.locator(".xp-plane").get_attribute("aria-label")
    assert numbers(words) == [0.1, 34.5, 1.5, 3.9, 3.2]
    assert words.startswith("The classifier's tilting plane: at λ = 0.1 the boundary is tilted by")
    pictures = figure.root.locator(".xp-thumbnail canvas")
    labels = [picture.get_attribute("aria-label") for picture in pictures.all()]
    assert labels[:2] == [f"the mean of the training images of {digit}" for digit in (3, 8)]
    assert labels[2].startswith("the weights: blue where ink speaks for 3")


def test_the_digits_change_colour_with_the_theme(open_page):
    figure = Hero(open_page("book/intro.html", theme="light"))
    light = figure.canvas(figure.own)
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.page.wait_for_function(
        "before => document.querySelector('.xp-own .xp-dots').toDataURL() !== before", arg=light
    )
    dark = Hero(open_page("book/intro.html", theme="dark"))
    assert figure.canvas(figure.own) == dark.canvas(dark.own)


def test_on_a_phone_the_slider_stands_under_the_plane_it_turns(open_page):
    figure = Hero(open_page("book/intro.html", width=390))
    own, slider, fixed = (
        part.bounding_box()
        for part in (figure.own, figure.root.get_by_label(SLIDER), figure.fixed)
    )
    assert own["y"] + own["height"] <= slider["y"] < fixed["y"]
    expect(figure.own.locator(".xp-dots")).to_be_in_viewport()


def test_values_between_two_svms_show_the_nearer(figure):
    figure.set(log_lam=-1.23)
    assert figure.readout("tilt θ")[0] == round(math.degrees(SVMS[32]["theta"]), 1)
    assert figure.root.get_by_label(SLIDER).get_attribute("aria-valuetext") == "0.063"


@pytest.mark.parametrize("log_lam", [2.1, -6.1, math.nan, "0.1"])
def test_a_lambda_without_an_svm_is_refused(log_lam):
    with pytest.raises(traitlets.TraitError, match="log_lam"):
        TiltingDigits(log_lam=log_lam)


def test_the_figure_is_light():
    state = json.dumps(TiltingDigits().state())
    assert len(gzip.compress(state.encode())) < 200_000
