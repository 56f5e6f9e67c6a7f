"""The figures of chapter 2: what they show is what the helpers say of the 6,000 digits."""

import math
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect
from test_explorables import SCHEMES, Figure, numbers

from helpers import linear, losses
from helpers.data import digit_pair
from explorables import ScalingTheLoss, ScoreToPenalty
from helpers.results import load_arrays

CHAPTER = "book/scaling-the-loss.html"
LOSSES = {"0-1": losses.zero_one, "hinge": losses.hinge, "softplus": losses.softplus}
SURROGATES = {name: loss for name, loss in LOSSES.items() if name != "0-1"}
both_schemes = pytest.mark.parametrize("chapter", SCHEMES, indirect=True)
NORM = "Norm ‖w‖"
IMAGE = "Score of the image x"


@pytest.fixture(scope="module")
def digits(mnist):
    return digit_pair(mnist, 3, 8, n=3000)


@pytest.fixture(scope="module")
def svm():
    """Weights and bias of the SVM whose boundary both figures show."""
    arrays = load_arrays("svm_mnist")
    return arrays["w"][arrays["middling"]].astype(float), arrays["b"][arrays["middling"]]


@pytest.fixture(scope="module")
def distances():
    """y d(x) of the 6,000 images in pixels, as they are stored."""
    arrays = load_arrays("svm_mnist")
    return np.repeat([-1, 1], 3000) * arrays["distances"]


@pytest.fixture
def chapter(open_page, request):
    visit = open_page(CHAPTER, scheme=getattr(request, "param", "http"))
    yield visit
    assert visit.errors == []


@pytest.fixture
def steps(chapter):
    return Figure(chapter, "score_to_penalty")


@pytest.fixture
def scaling(chapter):
    return Figure(chapter, "scaling_the_loss")


def scale(chart, x, y):
    """A function that turns places in the drawing of a chart into values on axes that span x, y."""
    left, top, width, height = chart.locator(".xp-frame").evaluate(
        "frame => ['x', 'y', 'width', 'height'].map((name) => Number(frame.getAttribute(name)))"
    )

    def values(across, down):
        return (
            x[0] + (np.asarray(across, float) - left) / width * (x[1] - x[0]),
            y[1] - (np.asarray(down, float) - top) / height * (y[1] - y[0]),
        )

    return values


def curve(chart, kind, x, y):
    """The values on both axes of a curve's points."""
    points = chart.locator(f"polyline.xp-{kind}").get_attribute("points")
    return scale(chart, x, y)(*zip(*(point.split(",") for point in points.split()), strict=True))


def assert_histogram(chart, kind, x, most_root, width, values):
    """The bars count ``values``; one on the edge of two bars may be in either."""
    path = chart.locator(f".xp-bars.xp-{kind}").get_attribute("d")
    corners = zip(*re.findall(r"M (\S+) \S+ V (\S+) H", path), strict=True)
    left, roots = scale(chart, x, (0, most_root))(*corners)
    counts = roots**2
    assert counts.sum() == pytest.approx(len(values))
    for start, count in zip(left, counts, strict=True):
        least, most = (
            np.sum((values > start + inset) & (values < start + width - inset))
            for inset in (1e-6, -1e-6)
        )
        assert least - 1e-6 <= count <= most + 1e-6


@both_schemes
@pytest.mark.parametrize("name", LOSSES)
def test_steps_from_score_to_penalty_agree_with_helpers(steps, digits, svm, name):
    steps.root.get_by_label(name).check()
    R = linear.empirical_risk(*digits, *svm, LOSSES[name])
    assert steps.readout("mean penalty R") == pytest.approx([R], abs=0.000501)
    rate = 100 * linear.error_rate(*digits, *svm)
    assert steps.readout("error rate") == pytest.approx([rate], abs=0.00501)
    expect(steps.root.get_by_text("misclassified").first).to_have_text("128 misclassified")
    assert rate == pytest.approx(128 / 60)


@pytest.mark.parametrize("name", LOSSES)
def test_histograms_count_the_images(steps, distances, svm, name):
    steps.root.get_by_label(name).check()
    margins = np.linalg.norm(svm[0]) * distances
    first, second, third = steps.root.locator(".xp-plane").all()
    correct = margins > 0
    scores = {"class-i": -margins[:3000], "class-j": margins[3000:]}
    for kind, values in scores.items():
        assert_histogram(first, kind, (-10, 10), 20, 0.25, values)
    for kind, which in {"correct": correct, "adversarial": ~correct}.items():
        assert_histogram(second, kind, (-10, 10), 20, 0.25, margins[which])
        assert_histogram(third, kind, (0, 11), 30, 0.2, LOSSES[name](margins[which]))
    mean = third.locator("line.xp-boundary").get_attribute("x1")
    R, _ = scale(third, (0, 11), (0, 30))(mean, 0)
    assert R == pytest.approx(LOSSES[name](margins).mean(), abs=1e-3)


def test_an_image_goes_through_the_steps(steps):
    said = steps.root.locator(".xp-note")

    def in_plots():
        """Where the image stands in the three plots, on their horizontal axes."""
        places = []
        for plot, x in zip(steps.root.locator(".xp-plane").all(), [(-10, 10)] * 2 + [(0, 11)]):
            moved = plot.locator(".xp-marker").get_attribute("transform")
            places.append(float(scale(plot, x, (0, 1))(*re.findall(r"[\d.]+", moved))[0]))
        return pytest.approx(places, abs=1e-6)

    assert in_plots() == [-2, -2, 3]
    assert said.all_inner_texts() == [
        "s(x) = −2.00, so the classifier says I",
        "y = +1, so y s(x) = −2.00: misclassified",
        "the penalty of x is f(−2.00) = 3.00",
    ]
    steps.root.get_by_label("I (3s)").check()
    assert in_plots() == [-2, 2, 0]
    expect(said.nth(1)).to_have_text("y = −1, so y s(x) = 2.00: correct")
    steps.handle(IMAGE).press("Shift+ArrowRight")
    steps.handle(IMAGE).press("ArrowRight")
    assert in_plots() == [-0.5, 0.5, 0.5]
    steps.root.get_by_label("0-1").check()
    assert in_plots() == [-0.5, 0.5, 0]
    steps.drag(IMAGE, 2000, 30)
    assert numbers(steps.spoken(IMAGE)) == [10]
    expect(said.nth(0)).to_have_text("s(x) = 10.00, so the classifier says J")
    assert in_plots() == [10, -10, 1]
    steps.root.get_by_label("hinge").check()
    assert in_plots() == [10, -10, 11]


@both_schemes
@pytest.mark.parametrize("name", SURROGATES)
def test_risk_and_its_limits_agree_with_helpers(scaling, digits, svm, name):
    loss = SURROGATES[name]
    alpha, beta = losses.SMALL_NORM[loss]
    w, b = (part / np.linalg.norm(svm[0]) for part in svm)
    d_err, d_adv = linear.error_distance(*digits, w, b), linear.adversarial_distance(*digits, w, b)
    scaling.root.get_by_label(name).check()
    for u in (-1.5, -0.7, 0, 0.55, 1.1, 1.5):
        scaling.root.get_by_label(NORM).fill(str(u))
        norm = 10**u
        R = linear.empirical_risk(*digits, norm * w, norm * b, loss)
        assert scaling.spoken(NORM) == f"{norm:#.3g}"
        for label, expected, digit in (
            ("R", R, 3),
            ("‖w‖ d_err", norm * d_err, 3),
            ("α − β‖w‖ d_adv", alpha - beta * norm * d_adv, 3),
            ("R / ‖w‖", R / norm, 4),
            ("→ d_err", d_err, 4),
            ("(α − R) / (β‖w‖)", (alpha - R) / (beta * norm), 3),
            ("→ d_adv", d_adv, 3),
        ):
            assert scaling.readout(label) == pytest.approx([expected], abs=0.501 * 10**-digit)


@pytest.mark.parametrize("name", SURROGATES)
def test_risk_approaches_each_limit(scaling, name):
    scaling.root.get_by_label(name).check()
    norm = scaling.root.get_by_label(NORM)

    def gaps(us, slope, distance):
        for u in us:
            norm.fill(str(u))
            yield abs(scaling.readout(slope)[0] - scaling.readout(distance)[0])

    towards_zero = list(gaps((0.5, 0, -0.5, -1.5), "(α − R) / (β‖w‖)", "→ d_adv"))
    towards_infinity = list(gaps((0, 0.5, 1, 1.5), "R / ‖w‖", "→ d_err"))
    for distances_left in (towards_zero, towards_infinity):
        assert distances_left == sorted(distances_left, reverse=True)
        assert distances_left[-1] < 0.02 * distances_left[0]


def test_the_zero_one_loss_does_not_see_the_norm(scaling, distances):
    scaling.root.get_by_label("0-1").check()
    drawn, risks = [], set()
    for key in ("Home", "End"):
        scaling.root.get_by_label(NORM).press(key)
        risks.add(tuple(scaling.readout("R")))
        drawn.append(scaling.root.locator("polyline.xp-loss").first.get_attribute("points"))
    assert risks == {(0.021,)} and np.mean(distances <= 0) == pytest.approx(0.021, abs=0.0005)
    assert drawn[0] == drawn[1]
    expect(scaling.root.get_by_text("The 0-1 loss is blind to the norm")).to_be_visible()
    expect(scaling.root.get_by_text("(α − R)")).to_be_hidden()
    expect(scaling.root.locator("polyline.xp-small").first).to_be_hidden()
    scaling.root.get_by_label("hinge").check()
    expect(scaling.root.get_by_text("blind")).to_be_hidden()
    expect(scaling.root.get_by_text("(α − R)")).to_be_visible()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("u", [-1, 0.6])
def test_curves_are_the_scaled_loss_and_the_risk(scaling, distances, name, u):
    scaling.root.get_by_label(name).check()
    scaling.root.get_by_label(NORM).fill(str(u))
    left, right = scaling.root.locator(".xp-plane").all()
    drawn = {"loss": losses.scaled(LOSSES[name], 10**u)}
    means = {"loss": lambda norm: np.mean(losses.scaled(LOSSES[name], norm)(distances))}
    if name in SURROGATES:
        drawn["large"] = losses.large_norm_limit(10**u)
        drawn["small"] = losses.small_norm_limit(SURROGATES[name], 10**u)
        means["large"] = lambda norm: np.mean(losses.large_norm_limit(norm)(distances))
    for kind, f in drawn.items():
        yd, penalty = curve(left, kind, (-1.5, 3), (0, 4))
        assert yd[0] == pytest.approx(-1.5) and yd[-1] == pytest.approx(3)
        away = np.abs(yd) > 1e-6  # the 0-1 loss jumps at 0
        assert penalty[away] == pytest.approx(f(yd[away]), abs=1e-6)
    for kind, mean in means.items():
        log_norm, log_mean = curve(right, kind, (-1.5, 1.5), (-2.5, 0.25))
        assert log_mean == pytest.approx([np.log10(mean(10**v)) for v in log_norm], abs=1e-4)
    for kind, which in {"correct": distances > 0, "adversarial": distances <= 0}.items():
        assert_histogram(left, kind, (-1.5, 3), 20, 0.05, distances[which])


def test_norm_is_set_by_buttons_and_keys(scaling, svm):
    trained = f"{np.linalg.norm(svm[0]):.2f}"
    norm = scaling.root.get_by_label(NORM)
    assert scaling.spoken(NORM) == trained == "3.53"
    for name, spoken in (("‖w‖ → 0", "0.0316"), ("‖w‖ → ∞", "31.6"), ("trained", trained)):
        scaling.root.get_by_role("button", name=name).press("Enter")
        assert scaling.spoken(NORM) == spoken
    norm.press("End")
    norm.press("ArrowLeft")
    assert scaling.spoken(NORM) == "28.2"  # 10^1.45


def test_each_figure_has_a_loss_of_its_own(steps, scaling):
    steps.root.get_by_label("softplus").check()
    expect(scaling.root.get_by_label("hinge")).to_be_checked()
    scaling.root.get_by_label("0-1").check()
    expect(steps.root.get_by_label("softplus")).to_be_checked()


def test_stored_distances_are_those_of_the_digits(digits, svm, distances):
    d = linear.geometric_margin(*digits, *svm)
    assert np.abs(distances - d).max() <= 0.51e-4
    assert ((distances > 0) == (d > 0)).all()  # rounding carried none over the boundary


def test_state_starts_at_the_trained_norm(svm):
    figure = ScalingTheLoss()
    assert 10**figure.log_norm == pytest.approx(figure.norm)
    assert figure.norm == pytest.approx(np.linalg.norm(svm[0]))
    assert len(figure.distances) == 2 * 6000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ScoreToPenalty(loss="squared"), "loss"),
        (lambda: ScoreToPenalty(score=11), "score"),
        (lambda: ScoreToPenalty(score=math.nan), "score must be a finite number"),
        (lambda: ScoreToPenalty(y=0), "y"),
        (lambda: ScalingTheLoss(log_norm=1.6), "log_norm"),
        (lambda: ScalingTheLoss(log_norm=math.inf), "log_norm must be a finite number"),
    ],
)
def test_bad_values_are_named(make, message):
    with pytest.raises(traitlets.TraitError, match=message):
        make()
