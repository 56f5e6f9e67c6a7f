"""The noisy point: the page's classifier against scikit-learn's, and what the figure says of it."""

import itertools
import json

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of
from javascript import javascript

from explorables import NoisyPoint
from helpers import toy

NOISY = "The noisy point p, labelled I"
STRENGTH = "Regularisation λ"
BIASES = {"origin": "through the origin", "free": "free bias"}
LOG_LAMS = (-6, -4.5, -3, -2, -1)
POINTS = ([0.07, -0.07], [0.5, -0.3], [-0.1, 0.2], [0.07, 0.6])


class Noisy(FigurePage):
    figure = NoisyPoint

    @property
    def space(self):
        return self.plot("The training images")

    @property
    def verdict(self):
        return self.root.locator(".xp-note").first  # under the picture of p

    def assert_fitted(self, X, y, lam, loss, bias):
        """It shows the classifier of these images, as scikit-learn finds it."""
        w, b = toy.fit(X, y, lam, loss, bias)
        shown = np.array([*self.readout("w"), *self.readout("b₀")])
        assert shown == pytest.approx(np.array([*w, b]), abs=1e-3 * np.linalg.norm(w) + 5e-4)
        assert self.readout("tilt θ") == pytest.approx([np.degrees(toy.tilt(w))], abs=0.06)
        [ends] = self.space.points("boundary")
        assert ends @ w + b == pytest.approx([0, 0], abs=0.02 * np.linalg.norm(w))


@pytest.fixture
def figure(open_figure):
    return open_figure(Noisy)


@pytest.mark.parametrize("loss", ["hinge", "softplus"])
@pytest.mark.parametrize("bias", [False, True])
def test_the_fit_agrees_with_scikit_learn(loss, bias):
    cases = list(itertools.product(LOG_LAMS, POINTS))
    calls = []
    for log_lam, p in cases:
        X, y = toy.training_set(p)
        how = {"loss": loss, "lambda": 10.0**log_lam, "bias": bias}
        calls.append(f"fit({X.tolist()}, {y.tolist()}, {json.dumps(how)})")
    with javascript("mathematics/linear_fit.js") as value:
        fits = value(f"[{', '.join(calls)}]")
    for (log_lam, p), fit in zip(cases, fits, strict=True):
        w, b = toy.fit(*toy.training_set(p), 10.0**log_lam, loss, bias)
        expected = np.array([*w, b])
        assert np.array([*fit["w"], fit["b"]]) == pytest.approx(
            expected, abs=1e-3 * np.linalg.norm(w)
        )


@pytest.mark.parametrize("loss", ["hinge", "softplus"])
@pytest.mark.parametrize("bias", BIASES)
def test_it_shows_the_classifier_that_is_chosen(figure, loss, bias):
    figure.control(loss).check()
    figure.control(BIASES[bias]).check()
    figure.control(STRENGTH).fill("-4.5")
    figure.set(p=[0.5, -0.3])
    figure.assert_fitted(*toy.training_set([0.5, -0.3]), 10**-4.5, loss, bias == "free")


def test_the_noisy_point_is_fitted_or_ignored(figure):
    assert text_of(figure.verdict) == "labelled I, classified I: fitted"
    assert figure.readout("tilt θ") == [75.5]
    figure.control("free bias").check()
    assert figure.readout("tilt θ") == [28.3]
    figure.control(STRENGTH).press("End")
    assert text_of(figure.verdict) == "labelled I, classified J: ignored"
    figure.control(STRENGTH).press("Home")
    before = figure.readout("tilt θ")
    figure.handle(NOISY).press("Shift+ArrowDown")
    assert numbers(figure.spoken(NOISY)) == [0.07, -0.12]
    figure.drag(NOISY, 30, 0)
    assert figure.readout("tilt θ") > before


def test_there_may_be_fewer_images(open_figure):
    figure = open_figure(Noisy, widget=NoisyPoint(brightness=[0.3, 0.6], log_lam=-3), fresh=True)
    images = {name: np.vstack(figure.space.points(name)) for name in ("class I", "class J")}
    assert images["class I"] == pytest.approx(np.array([[-0.3, 0], [-0.6, 0]]), abs=1e-6)
    assert images["class J"] == pytest.approx(np.array([[0.3, 0], [0.6, 0]]), abs=1e-6)
    p = figure.get("p")
    X, y = np.array([*images["class I"], *images["class J"], p]), np.array([-1, -1, 1, 1, -1])
    figure.assert_fitted(X, y, 1e-3, "hinge", False)


@pytest.mark.parametrize(("name", "value"), [("loss", "squared"), ("log_lam", 1), ("bias", None)])
def test_bad_values_are_named(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        NoisyPoint(**{name: value})


@pytest.mark.parametrize("p", [[1, 1], [1, -1], [-1, 1], [-1, -1]])
def test_p_and_its_name_stay_in_the_frame(figure, p):
    figure.set(p=p)
    name = figure.handle(NOISY).locator("text").bounding_box()
    frame = figure.space.frame
    for side, length in (("x", "width"), ("y", "height")):
        assert frame[side] <= name[side]
        assert name[side] + name[length] <= frame[side] + frame[length]


def test_the_tilt_is_negative_where_the_boundary_leans_the_other_way(figure):
    figure.set(p=[0.07, 0.07])
    assert figure.readout("tilt θ")[0] < 0
    tilt = figure.readout("tilt θ")[0]
    figure.set(p=[0.07, -0.07])
    assert figure.readout("tilt θ") == pytest.approx([-tilt], abs=0.1)


def test_the_mirror_image_comes_closer_as_the_boundary_tilts(figure):
    lengths = []
    for log_lam in (-1, -6):
        figure.set(log_lam=log_lam)
        w, b = toy.fit(*toy.training_set(figure.get("p")), 10.0**log_lam)
        x = figure.space.point("x")
        d = (w @ x + b) / np.linalg.norm(w)
        assert figure.readout("‖x − xₘ‖") == pytest.approx([2 * abs(d)], abs=0.006)
        mirror = figure.space.point("xₘ")
        assert mirror == pytest.approx(x - 2 * d * w / np.linalg.norm(w), abs=2e-3)
        lengths.append(2 * abs(d))
    assert lengths[1] < 0.5 * lengths[0]
