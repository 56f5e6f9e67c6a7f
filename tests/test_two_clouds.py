"""Two clouds and the boundary of ridge LDA: against the helper, and as a reader moves them."""

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers
from javascript import javascript
from scipy.stats import norm

from explorables import TwoClouds
from helpers import lda, linear

AXIS, WIDTH = "Axis of the clouds: its direction and its length", "Width of the clouds"
MEAN_I, MEAN_J = np.array([-0.5, 0]), np.array([0.5, 0])
CASES = (  # along, across, turn in degrees, log μ
    (0.3, 0.06, 155, -5),
    (0.3, 0.06, 25, -5),
    (0.2, 0.2, 70, -3),
    (0.35, 0.03, -170, -2),
    (0.1, 0.3, 40, 1),
)


def covariance(along, across, turn):
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return axes @ np.diag([along**2, across**2]) @ axes.T


class Clouds(FigurePage):
    figure = TwoClouds

    @property
    def plane(self):
        return self.plot("Two clouds")

    def column(self, name):
        """The numbers of the table below ``name``: θ, d_adv, σ, their ratio, errors in per cent."""
        place = 1 + ["along ẑ", "along ŵ"].index(name)
        cells = self.root.locator(f"tbody tr > :nth-child({place + 1})").all_inner_texts()
        return [numbers(text)[0] for text in cells]


@pytest.fixture
def figure(open_figure):
    return open_figure(Clouds)


def test_the_page_has_the_direction_of_the_helper():
    rng = np.random.default_rng(0)
    cases = np.column_stack(
        [
            *rng.uniform(0.03, 0.35, (2, 40)),
            rng.uniform(-3.1, 3.1, 40),
            10 ** rng.uniform(-5, 1, 40),
        ]
    )
    found = []
    with javascript("mathematics/ridge_lda.js") as value:
        for along, across, turn, mu in cases.tolist():
            S = value(f"covariance({along}, {across}, {turn})")
            w = value(f"ridgeLda({S}, [1, 0], {mu})")
            found.append((S, w, value(f"deviation({S}, {w})")))
    for (along, across, turn, mu), (S, w, sigma) in zip(cases, found, strict=True):
        expected = covariance(along, across, turn)
        assert np.array(S) == pytest.approx(expected, abs=1e-12)
        weights = lda.ridge_lda(expected, MEAN_I, MEAN_J, mu)
        assert w == pytest.approx(weights / np.linalg.norm(weights), abs=1e-9)
        assert sigma == pytest.approx(lda.deviation(expected, weights), rel=1e-6)


def test_the_points_are_spread_as_the_covariance_says():
    points = TwoClouds().points
    for half in (points[:150], points[150:]):
        assert half.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
        assert half.T @ half / 150 == pytest.approx(np.eye(2), abs=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_shows_the_boundary_and_the_mirror_images(figure, case):
    along, across, turn, log_mu = case
    figure.set(along=along, across=across, turn=float(np.radians(turn)), log_mu=log_mu)
    S = covariance(along, across, np.radians(turn))
    w = lda.ridge_lda(S, MEAN_I, MEAN_J, 10.0**log_mu)
    w_hat = w / np.linalg.norm(w)
    assert figure.plane.points("boundary")[0] @ w_hat == pytest.approx([0, 0], abs=1e-6)
    for name, x in (("iₘ", MEAN_I), ("jₘ", MEAN_J)):
        assert figure.plane.point(name) == pytest.approx(linear.mirror_image(x, w, 0), abs=1e-3)
    for name, v in (("along ẑ", np.array([1.0, 0])), ("along ŵ", w_hat)):
        theta, d, sigma, ratio, errors = figure.column(name)
        assert theta == pytest.approx(np.degrees(np.arccos(v[0].clip(-1, 1))), abs=0.06)
        assert (d, sigma) == pytest.approx((0.5 * v[0], lda.deviation(S, v)), abs=6e-3)
        exact = 0.5 * v[0] / lda.deviation(S, v)
        assert ratio == pytest.approx(exact, abs=6e-3)
        assert errors == pytest.approx(100 * norm.cdf(-exact), abs=6e-3)


def test_thinner_clouds_tilt_it_and_more_ridge_sets_it_upright(figure):
    figure.set(along=0.3, across=0.2, turn=float(np.radians(155)), log_mu=-5)
    tilts = []
    for across in (0.2, 0.1, 0.05):
        figure.set(across=across)
        tilts.append(figure.column("along ŵ")[0])
    assert tilts == sorted(tilts) and tilts[-1] > 60
    figure.control("Ridge μ").press("End")
    assert figure.column("along ŵ")[0] < 1


def test_handles_turn_and_stretch_by_keys_and_by_mouse(figure):
    figure.set(along=0.3, across=0.1, turn=float(np.radians(155)))
    before = figure.get("turn")
    figure.handle(AXIS).press("Shift+ArrowUp")
    assert figure.get("turn") < before  # the tip is on the left of j
    axis = WIDTH + ", across their axis"
    figure.drag(axis, 0, -40)
    assert figure.get("across") == pytest.approx(0.03)  # pushed through the axis: the least
    figure.drag(axis, 0, 60)
    assert figure.get("across") > 0.1
    figure.drag(AXIS, 60, 0)
    assert figure.get("along") < 0.3


def test_it_keeps_its_height_and_fits(open_figure):
    for width in (1280, 390):
        figure = open_figure(Clouds, width=width)
        heights = set()
        for along, across, turn, log_mu in CASES:
            figure.set(along=along, across=across, turn=float(np.radians(turn)), log_mu=log_mu)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
        assert heights == {figure.reserved_height(width)}


@pytest.mark.parametrize(
    ("name", "value"), [("along", 0), ("across", 2), ("turn", np.nan), ("log_mu", -9)]
)
def test_bad_values_are_named(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        TwoClouds(**{name: value})
