"""Many SVMs in their tilting planes: what it shows is what the experiment left in results/."""

import gzip
import json
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of
from playwright.sync_api import expect

from explorables import TiltingDigits
from helpers import linear, tilting
from helpers.results import load_arrays, load_svm_figures

SVMS, ARRAYS = load_svm_figures(3, 8), load_arrays("svm_mnist")
CENTROIDS = ARRAYS["centroids"]
BEST = min(range(len(SVMS)), key=lambda k: SVMS[k]["err_test"])
LAST = len(SVMS) - 1
SLIDER = "Regularisation λ"
RANGE = 10  # pixels (of images) across a plot
SOME = [0, 14, 30, 47, BEST, LAST]

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


class Hero(FigurePage):
    figure = TiltingDigits

    @property
    def own(self):
        return self.plot("The classifier's tilting plane")

    @property
    def fixed(self):
        return self.plot("The same images in the tilting plane of the best classifier")

    @property
    def canvases(self):
        """The images in the plane of this classifier, and in that of the best one."""
        both = self.root.get_by_role("img", name="threes as blue discs")
        return both.nth(0), both.nth(1)

    def drawn(self):
        return [canvas.evaluate("canvas => canvas.toDataURL()") for canvas in self.canvases]

    def show(self, k):
        self.set(log_lam=math.log10(SVMS[k]["lam"]))


@pytest.fixture
def figure(open_figure):
    return open_figure(Hero)


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
    slider, tilts = figure.control(SLIDER), []
    for _ in range(5):
        slider.press("ArrowLeft")
        tilts += figure.readout("tilt θ")[:1]
    assert tilts == [round(math.degrees(SVMS[k]["theta"]), 1) for k in range(14, 19)]
    slider.press("End")
    assert figure.spoken(SLIDER) == "100"
    assert figure.readout("tilt θ") == [0, 0]
    slider.press("Home")
    assert figure.spoken(SLIDER) == "10⁻⁶"
    slider.press("ArrowRight")
    assert figure.spoken(SLIDER) == "1.3 · 10⁻⁶"


def test_buttons_lead_to_the_landmarks(figure):
    for name, k in (("least test error", BEST), ("most tilted", LAST), ("upright", 13)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert figure.get("log_lam") == pytest.approx(math.log10(SVMS[k]["lam"]))
        assert figure.readout("tilt θ")[0] == round(math.degrees(SVMS[k]["theta"]), 1)


def test_each_digit_is_drawn_where_it_lies(figure):
    horizontal, vertical = ARRAYS["horizontal"], ARRAYS["vertical"]
    leftmost, rightmost = np.argmin(horizontal), np.argmax(horizontal)  # a 3 and an 8, far out
    for k in (13, BEST, LAST):
        figure.show(k)
        for canvas, ys in zip(figure.canvases, (vertical[k], vertical[BEST]), strict=True):
            places = np.column_stack([0.5 + horizontal / RANGE, 0.5 - ys / RANGE]).tolist()
            colours = np.array(canvas.evaluate(COLOURS_AT, places))
            assert colours[:, 3].min() > 0
            (red_3, _, blue_3, _), (red_8, _, blue_8, _) = colours[[leftmost, rightmost]]
            assert red_3 < blue_3 and red_8 > blue_8
            assert canvas.evaluate(EMPTY) > 0.6


def test_digits_move_in_one_plane_and_stand_still_in_the_other(figure):
    own, fixed = figure.drawn()
    figure.show(BEST)
    assert figure.drawn() == [fixed, fixed]
    assert own != fixed
    figure.show(60)
    moved, stayed = figure.drawn()
    assert moved not in (own, fixed)
    assert stayed == fixed


def test_boundary_arrow_and_distances_are_those_of_the_classifier(figure):
    half_way = np.linalg.norm(CENTROIDS[1] - CENTROIDS[0]) / 2
    centroids = np.array([[-half_way, 0], [half_way, 0]])
    for k in SOME:
        figure.show(k)
        theta = SVMS[k]["theta"]
        w_hat = np.array([math.cos(theta), math.sin(theta)])
        [[origin, tip, *_]] = figure.own.points("ŵ")
        assert tip - origin == pytest.approx(3 * w_hat, abs=1e-3)

        distances = linear.signed_distance(CENTROIDS, ARRAYS["w"][k], ARRAYS["b"][k])
        for end in figure.own.points("boundary")[0]:
            assert (centroids - end) @ w_hat == pytest.approx(distances, abs=1e-3)

        for mean, centroid, distance in zip("ij", centroids, distances, strict=True):
            [[start, stop]] = figure.own.points(f"from {mean} to the boundary")
            assert start == pytest.approx(centroid, abs=1e-3)
            assert start - stop == pytest.approx(distance * w_hat, abs=1e-3)


def test_the_fixed_plane_holds_a_part_of_w(figure):
    frame = tilting.tilting_plane(ARRAYS["w"][BEST], *CENTROIDS)
    parts = [tilting.in_frame(w, *frame) for w in ARRAYS["w"]]
    assert figure.fixed.points("ŵ for each λ")[0] == pytest.approx(3 * np.array(parts), abs=1e-3)
    for k in SOME:
        figure.show(k)
        [[origin, tip, *_]] = figure.fixed.points("ŵ")
        assert tip - origin == pytest.approx(3 * parts[k], abs=1e-3)
        length = np.linalg.norm(parts[k])
        assert f"Length of ŵ in it: {length:.2f}" in text_of(figure.root)
        assert figure.fixed.points("boundary") == []
        label = figure.fixed.locator.get_attribute("aria-label")
        assert label.endswith(f"a part of length {length:.2f} lies in it.")


def test_the_pictures_are_the_means_and_the_weights(figure):
    figure.show(30)
    for digit, mean in zip((3, 8), CENTROIDS, strict=True):
        shown = figure.image(f"the mean of the training images of {digit}")
        assert np.abs(shown[:, 0] - 255 * mean).max() <= 1
    w = ARRAYS["w"][30]
    strong = np.abs(w) > 0.1 * np.abs(w).max()
    shown = figure.image("the weights: blue where ink speaks for 3")
    assert ((shown[:, 2] > shown[:, 0]) == (w < 0))[strong].all()


def test_a_screen_reader_hears_the_model(figure):
    figure.show(30)
    words = figure.own.locator.get_attribute("aria-label").replace("\u00a0", " ")
    assert numbers(words) == [0.1, 34.5, 1.5, 3.9, 3.2]
    assert words.startswith("The classifier's tilting plane: at λ = 0.1 the boundary is tilted by")


def test_the_digits_change_colour_with_the_theme(open_figure):
    figure = open_figure(Hero, fresh=True)
    light, _ = figure.drawn()
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[figure.canvases[0].element_handle(), light],
    )
    dark = open_figure(Hero, theme="dark")
    dark.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert figure.drawn() == dark.drawn()


def test_on_a_phone_the_slider_stands_under_the_plane_it_turns(open_figure):
    figure = open_figure(Hero, width=390)
    own, slider, fixed = (
        part.bounding_box()
        for part in (figure.own.locator, figure.control(SLIDER), figure.fixed.locator)
    )
    assert own["y"] + own["height"] <= slider["y"] < fixed["y"]
    expect(figure.canvases[0]).to_be_in_viewport()


def test_values_between_two_svms_show_the_nearer(figure):
    figure.set(log_lam=-1.23)
    assert figure.readout("tilt θ")[0] == round(math.degrees(SVMS[32]["theta"]), 1)
    assert figure.spoken(SLIDER) == "0.063"


def test_there_may_be_fewer_svms_and_fewer_images(open_figure):
    chosen, shown = [0, 33, LAST], np.r_[:20, 500:520]
    whole = TiltingDigits()
    models = [whole.models[k] for k in chosen]
    widget = TiltingDigits(
        models=models,
        best=1,
        weights=whole.weights[chosen],
        log_lam=models[0]["log_lam"],
        horizontal=ARRAYS["horizontal"][shown],
        vertical=ARRAYS["vertical"][chosen][:, shown],
    )
    figure = open_figure(Hero, widget=widget)
    for k in chosen:
        assert figure.readout("tilt θ")[0] == round(math.degrees(SVMS[k]["theta"]), 1)
        figure.control(SLIDER).press("ArrowLeft")
    figure.root.get_by_role("button", name="least test error").click()
    assert figure.get("log_lam") == models[1]["log_lam"]
    figure.root.get_by_role("img", name="20 threes as blue discs, 20 eights").first.wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Hero, width=width)
    heights = set()
    for k in SOME:
        figure.show(k)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1


@pytest.mark.parametrize("log_lam", [2.1, -6.1, math.nan, "0.1"])
def test_a_lambda_without_an_svm_is_refused(log_lam):
    with pytest.raises(traitlets.TraitError, match="log_lam"):
        TiltingDigits(log_lam=log_lam)


def test_the_figure_is_light():
    state = json.dumps(TiltingDigits().state())
    assert len(gzip.compress(state.encode())) < 200_000
