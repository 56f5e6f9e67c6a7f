"""Scaling the loss: the mean loss and its limits are those of the helpers, at every length."""

import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage
from javascript import javascript
from playwright.sync_api import expect
from svm_distances import LOSSES, assert_histogram, distances, svm

from explorables import ScalingTheLoss, ScoreToPenalty
from helpers import linear, losses
from helpers.data import digit_pair

SURROGATES = {name: loss for name, loss in LOSSES.items() if name != "0-1"}
NORM = "Norm ‖w‖"


class Scaling(FigurePage):
    figure = ScalingTheLoss

    @property
    def losses(self):
        return self.plot("Histogram of the distances")

    @property
    def risks(self):
        return self.plot("The mean loss R")


@pytest.fixture
def figure(open_figure):
    return open_figure(Scaling)


@pytest.fixture(scope="module")
def digits(mnist):
    return digit_pair(mnist, 3, 8, n=3000)


def test_the_losses_are_those_of_the_helpers():
    z = np.linspace(-800, 800, 321)
    functions = {"zero_one": losses.zero_one, "hinge": losses.hinge, "softplus": losses.softplus}
    with javascript("mathematics/losses.js") as value:
        for name, loss in functions.items():
            found = value(f"{z.tolist()}.map(LOSSES.{name})")
            assert found == pytest.approx(loss(z), rel=1e-12, abs=1e-12)
        limits = value("LIMITS")
    for name, limit in limits.items():
        expected = losses.SMALL_NORM[functions[name]]
        assert (limit["alpha"], limit["beta"]) == pytest.approx(expected)


@pytest.mark.parametrize("name", SURROGATES)
def test_risk_and_its_limits_agree_with_helpers(figure, digits, name):
    loss = SURROGATES[name]
    alpha, beta = losses.SMALL_NORM[loss]
    w, b = (part / np.linalg.norm(svm()[0]) for part in svm())
    d_err, d_adv = linear.error_distance(*digits, w, b), linear.adversarial_distance(*digits, w, b)
    figure.control(name).check()
    for u in (-1.5, -0.7, 0, 0.55, 1.1, 1.5):
        figure.control(NORM).fill(str(u))
        norm = 10**u
        R = linear.empirical_risk(*digits, norm * w, norm * b, loss)
        assert figure.spoken(NORM) == f"{norm:#.3g}"
        for label, expected, digit in (
            ("R", R, 3),
            ("‖w‖ d_err", norm * d_err, 3),
            ("α − β‖w‖ d_adv", alpha - beta * norm * d_adv, 3),
            ("R / ‖w‖", R / norm, 4),
            ("→ d_err", d_err, 4),
            ("(α − R) / (β‖w‖)", (alpha - R) / (beta * norm), 3),
            ("→ d_adv", d_adv, 3),
        ):
            assert figure.readout(label) == pytest.approx([expected], abs=0.501 * 10**-digit)
        assert figure.risks.point("R") == pytest.approx([u, np.log10(R)], abs=1e-4)


@pytest.mark.parametrize("name", SURROGATES)
def test_risk_approaches_each_limit(figure, name):
    figure.control(name).check()

    def gaps(us, slope, distance):
        for u in us:
            figure.control(NORM).fill(str(u))
            yield abs(figure.readout(slope)[0] - figure.readout(distance)[0])

    towards_zero = list(gaps((0.5, 0, -0.5, -1.5), "(α − R) / (β‖w‖)", "→ d_adv"))
    towards_infinity = list(gaps((0, 0.5, 1, 1.5), "R / ‖w‖", "→ d_err"))
    for left in (towards_zero, towards_infinity):
        assert left == sorted(left, reverse=True)
        assert left[-1] < 0.02 * left[0]


def test_the_zero_one_loss_does_not_see_the_norm(figure):
    figure.control("0-1").check()
    drawn, risks = [], set()
    for key in ("Home", "End"):
        figure.control(NORM).press(key)
        risks.add(tuple(figure.readout("R")))
        drawn.append(figure.losses.points("loss"))
    assert risks == {(0.021,)} and np.mean(distances() <= 0) == pytest.approx(0.021, abs=0.0005)
    assert np.array_equal(*drawn)
    expect(figure.root.get_by_text("The 0-1 loss is blind to the norm")).to_be_visible()
    expect(figure.root.get_by_text("(α − R)")).to_be_hidden()
    assert not figure.losses.is_shown("small")
    assert figure.risks.texts() == []
    figure.control("hinge").check()
    expect(figure.root.get_by_text("blind")).to_be_hidden()
    expect(figure.root.get_by_text("(α − R)")).to_be_visible()
    assert figure.losses.is_shown("small")
    assert figure.risks.texts() == ["α − β‖w‖ dadv", "‖w‖ derr"]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("u", [-1, 0.6])
def test_curves_are_the_scaled_loss_and_the_risk(figure, name, u):
    figure.control(name).check()
    figure.control(NORM).fill(str(u))
    drawn = {"loss": losses.scaled(LOSSES[name], 10**u)}
    means = {"loss": lambda norm: np.mean(losses.scaled(LOSSES[name], norm)(distances()))}
    if name in SURROGATES:
        drawn["large"] = losses.large_norm_limit(10**u)
        drawn["small"] = losses.small_norm_limit(SURROGATES[name], 10**u)
        means["large"] = lambda norm: np.mean(losses.large_norm_limit(norm)(distances()))
    for kind, f in drawn.items():
        [points] = figure.losses.points(kind)
        yd, penalty = points.T
        assert yd[[0, -1]] == pytest.approx([-1.5, 3])
        away = np.abs(yd) > 1e-6  # the 0-1 loss jumps at 0
        assert penalty[away] == pytest.approx(f(yd[away]), abs=1e-6)
    for kind, mean in means.items():
        [points] = figure.risks.points(kind)
        log_norm, log_mean = points.T
        assert log_norm[[0, -1]] == pytest.approx([-1.5, 1.5])
        assert log_mean == pytest.approx([np.log10(mean(10**v)) for v in log_norm], abs=1e-4)
    assert_histogram(figure.losses, "correct", 0.05, distances()[distances() > 0])
    assert_histogram(figure.losses, "errors", 0.05, distances()[distances() <= 0])


def test_norm_is_set_by_buttons_and_keys(figure):
    trained = f"{np.linalg.norm(svm()[0]):.2f}"
    assert figure.spoken(NORM) == trained == "3.53"
    for name, spoken in (("‖w‖ → 0", "0.0316"), ("‖w‖ → ∞", "31.6"), ("trained", trained)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert figure.spoken(NORM) == spoken
    figure.control(NORM).press("End")
    figure.control(NORM).press("ArrowLeft")
    assert figure.spoken(NORM) == "28.2"  # 10^1.45


def test_each_figure_of_a_page_has_a_loss_of_its_own(browser, figure_server):
    page = browser.new_page()
    page.goto(figure_server.page(ScoreToPenalty(), ScalingTheLoss()))
    steps, scaling = (
        page.get_by_role("group", name=name)
        for name in ("From score to penalty", "Scaling the loss")
    )
    steps.get_by_label("softplus").check()
    expect(scaling.get_by_label("hinge")).to_be_checked()
    scaling.get_by_label("0-1").check()
    expect(steps.get_by_label("softplus")).to_be_checked()
    page.close()


def test_there_may_be_fewer_images(open_figure):
    d = np.array([-1, 0.25, 0.5, 1.2])
    figure = open_figure(Scaling, widget=ScalingTheLoss(distances=d, norm=1), fresh=True)
    margins = np.array([1, -0.25, 0.5, 1.2])
    assert figure.spoken(NORM) == "1.00"
    assert figure.readout("R") == pytest.approx([losses.hinge(margins).mean()], abs=0.000501)
    assert figure.readout("→ d_adv") == pytest.approx([margins.mean()], abs=0.000501)
    assert_histogram(figure.losses, "correct", 0.05, margins[margins > 0])
    assert_histogram(figure.losses, "errors", 0.05, margins[margins <= 0])


def test_a_loss_beyond_the_plot_has_no_mark(open_figure):
    d = np.array([-1, -2, 1, 2])  # all are on the right side
    widget = ScalingTheLoss(distances=d, norm=1, loss="zero_one")
    figure = open_figure(Scaling, widget=widget, fresh=True)
    mark = figure.risks.locator.locator("text").filter(has_text=re.compile("^R$"))
    assert figure.readout("R") == [0]
    expect(mark).to_be_hidden()
    figure.control("hinge").check()
    figure.control(NORM).press("Home")
    expect(mark).to_be_visible()
    assert figure.risks.texts() == []  # and the limits, which go on below, no name


def test_stored_distances_are_those_of_the_digits(digits):
    d = linear.geometric_margin(*digits, *svm())
    assert np.abs(distances() - d).max() <= 0.51e-4
    assert ((distances() > 0) == (d > 0)).all()  # rounding carried none over the boundary


def test_state_starts_at_the_trained_norm():
    widget = ScalingTheLoss()
    assert 10**widget.log_norm == pytest.approx(widget.norm)
    assert widget.norm == pytest.approx(np.linalg.norm(svm()[0]))
    assert widget.distances.shape == (6000,)
    assert len(widget.get_state("distances")["distances"]["buffer"]) == 2 * 6000


@pytest.mark.parametrize(
    ("log_norm", "message"), [(1.6, "log_norm"), (math.inf, "log_norm must be a finite number")]
)
def test_bad_values_are_named(log_norm, message):
    with pytest.raises(traitlets.TraitError, match=message):
        ScalingTheLoss(log_norm=log_norm)
