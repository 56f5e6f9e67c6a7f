"""One strong feature and many weak ones: the figure against the helpers and against scipy."""

import itertools
import json
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of
from playwright.sync_api import expect
from py_mini_racer import MiniRacer
from scipy.special import ndtr

from explorables import FeatureTradeoff
from explorables.base import HERE
from explorables.host.bundle import bundle
from helpers import tradeoff

# p, d, η√d and ε/η: each regime of the adversary, ε >= 1 and ε >= 2p − 1 among them.
SCENES = [
    (0.95, 1000, 3.0, 2.0),
    (0.95, 1000, 3.0, 0.0),
    (0.95, 1000, 3.0, 0.5),
    (0.95, 1000, 3.0, 1.0),
    (0.7, 100, 2.0, 1.5),
    (0.5, 1000, 3.0, 2.0),
    (0.95, 10, 3.0, 2.0),
    (0.6, 100, 3.0, 2.0),
    (0.9, 1000, 0.5, 2.0),
    (0.99, 10_000, 5.0, 4.0),
    (0.8, 30, 1.0, 0.3),
]
scenes = pytest.mark.parametrize("scene", SCENES)
CLASSIFIERS = ["f_avg", "x₁ alone", "most accurate mix", "most robust mix"]


class Expected:
    """What the helpers compute for a scene."""

    def __init__(self, p, d, separation, push):
        self.problem = tradeoff.Problem(p, d, separation / math.sqrt(d))
        self.eps = push * self.problem.eta
        self.marked = [
            tradeoff.f_avg(self.problem),
            tradeoff.x_1_alone(self.problem),
            tradeoff.best_mix(self.problem),
            tradeoff.best_mix(self.problem, self.eps),
        ]
        self.trained = [tradeoff.population_minimiser(self.problem, eps) for eps in (0, self.eps)]

    def both(self, w):
        return [tradeoff.accuracy(self.problem, w, eps) for eps in (0, self.eps)]


# The computations of the page


@pytest.fixture(scope="module")
def page():
    """A function that calls one of the page's functions."""
    engine = MiniRacer()
    engine.eval(bundle(HERE / "mathematics" / "tradeoff.js").replace("export ", ""))

    def call(name, *arguments):
        given = ", ".join(json.dumps(argument) for argument in arguments)
        return json.loads(engine.eval(f"JSON.stringify({name}({given}))"))

    yield call
    engine.close()


def test_the_normal_distribution_is_scipys(page):
    for z in [*np.linspace(-9, 9, 181), 0.0, -37.0, 37.0]:
        assert page("probabilityBelow", z) == pytest.approx(ndtr(z), rel=0, abs=3e-15)
    for z in (-37, -20, -9, -8.01):
        assert 0 < page("probabilityBelow", z) == pytest.approx(ndtr(z), rel=0.02)


PROBLEMS = list(itertools.product((0.5, 0.7, 0.95, 0.99), (10, 500, 3000), (0.5, 2.0, 5.0)))


def as_weights(problem, classifier):
    weak = classifier["weak"] / math.sqrt(problem.d)
    return np.concatenate([[classifier["strong"]], np.full(problem.d, weak)])


@pytest.mark.parametrize(("p", "d", "separation"), PROBLEMS)
def test_the_page_computes_what_the_helpers_do(page, p, d, separation):
    problem = tradeoff.Problem(p, d, separation / math.sqrt(d))
    given = {"p": p, "d": d, "separation": separation}
    for push in (0, 0.3, 0.9, 1.1, 2, 4):
        eps = push * problem.eta
        for strong, weak in ((0, 1), (1, 0), (0.5, 1), (3, 0.2), (-1, 0.5)):
            classifier = {"strong": strong, "weak": weak}
            expected = tradeoff.accuracy(problem, as_weights(problem, classifier), eps)
            assert page("accuracy", given, classifier, eps) == pytest.approx(expected, abs=1e-9)
        mix = as_weights(problem, page("bestMix", given, eps))
        best = tradeoff.accuracy(problem, tradeoff.best_mix(problem, eps), eps)
        assert tradeoff.accuracy(problem, mix, eps) == pytest.approx(best, abs=1e-12)
        trained = as_weights(problem, page("minimiser", given, eps))
        least = tradeoff.hinge_risk(problem, tradeoff.population_minimiser(problem, eps), eps)
        assert np.linalg.norm(trained) <= 1 + 1e-9
        assert tradeoff.hinge_risk(problem, trained, eps) <= least + 1e-5


@pytest.mark.parametrize("standard", [0, 0.5, 0.9, 0.97, 1])
def test_the_page_has_the_frontier(page, standard):
    expected = tradeoff.robust_bound(standard, 0.9)
    assert page("robustBound", standard, 0.9) == pytest.approx(expected, abs=1e-12)


# The figure


class Tradeoff(FigurePage):
    figure = FeatureTradeoff

    @property
    def accuracies(self):
        return self.plot("Robust against standard accuracy")

    @property
    def weak_features(self):
        return self.plot("The mean of the weak features")

    def show(self, p, d, separation, push):
        self.set(p=p, d=d, separation=separation, push=push)
        return Expected(p, d, separation, push)

    def table(self, caption):
        """Of each row of a table: its head, its texts, and the lengths of its bars from 0 to 1."""
        table = self.root.get_by_role("table").filter(has_text=caption)
        return [
            (
                row.get_by_role("rowheader").text_content(),
                row.get_by_role("cell").all_text_contents(),
                row.locator(".xp-share-bar").evaluate_all(
                    """bars => bars.map((bar) => bar.getBoundingClientRect().width /
                    bar.parentElement.getBoundingClientRect().width)"""
                ),
            )
            for row in table.locator("tbody tr").all()
        ]


@pytest.fixture
def figure(open_figure):
    return open_figure(Tradeoff)


def shown(share):
    """A share as the figure writes it."""
    if 0.9999 < share < 1:
        return "> 99.99 %"
    return "< 0.01 %" if 0 < share < 0.0001 else f"{100 * share:.2f} %"


def plain(texts):
    """Texts with spaces at which lines may be broken."""
    return [text.replace("\u00a0", " ") for text in texts]


@scenes
def test_bars_are_the_accuracies(figure, scene):
    expected = figure.show(*scene)
    for (head, texts, bars), name, w in zip(
        figure.table("classifier"), CLASSIFIERS, expected.marked, strict=True
    ):
        assert head.split(maxsplit=1)[-1] == name.replace("_", "")
        accuracies = expected.both(w)
        assert plain(texts) == [shown(share) for share in accuracies]
        assert bars == pytest.approx(accuracies, abs=0.005)
    head = figure.root.get_by_role("columnheader", name="against ε").text_content()
    assert numbers(head) == [pytest.approx(expected.eps, rel=0.05)]


@scenes
def test_bars_are_the_weights_that_training_finds(figure, scene):
    expected = figure.show(*scene)
    for (_, texts, bars), w in zip(figure.table("weights"), expected.trained, strict=True):
        weights = [w[0], np.linalg.norm(w[1:])]
        assert [float(text) for text in texts] == pytest.approx(weights, abs=0.0051)
        assert bars == pytest.approx(weights, abs=0.01)
    accuracies = [shown(share) for w in expected.trained for share in expected.both(w)]
    note = text_of(figure.note)
    start = "Trained without ε, it is right for {}, and against ε for {}. "
    end = "Trained against ε: for {} and {}"
    if not expected.trained[1].any():
        end = "Trained against an ε ≥ 2p − 1, w = 0: that is no classifier at all."
    assert note.startswith((start + end).format(*accuracies))
    assert note.endswith(", by x₁ alone.") == (
        expected.trained[1][0] > 0 and np.linalg.norm(expected.trained[1][1:]) < 0.005
    )


@scenes
def test_marks_and_the_curve_of_mixes_lie_where_their_accuracies_are(figure, scene):
    expected = figure.show(*scene)
    shown = figure.accuracies.all_points()
    places = [100 * np.array(expected.both(w)) for w in expected.marked]
    for name, place in zip(CLASSIFIERS, places, strict=True):
        assert shown[name][0] == pytest.approx(place, abs=0.01)
    points = shown["all mixes"]
    assert points[[0, -1]] == pytest.approx(np.array(places[:2]), abs=0.01)
    k, last = 100, len(points) - 1
    angle = math.pi / 2 * k / last
    w = as_weights(expected.problem, {"strong": math.sin(angle), "weak": math.cos(angle)})
    assert points[k] == pytest.approx(100 * np.array(expected.both(w)), abs=0.01)
    if scene[3] >= 2:
        bound = tradeoff.robust_bound(np.clip(points[:, 0] / 100, 0, 1), scene[0])
        assert (points[:, 1] <= 100 * bound + 0.01).all()


def test_the_frontier_is_drawn_and_shaded_from_2_eta_on(figure):
    for push, proven in ((2, True), (1.95, False), (3.5, True), (0, False)):
        figure.show(0.8, 1000, 3.0, push)
        [frontier] = figure.accuracies.points("frontier")
        assert frontier == pytest.approx(np.array([[50, 50], [80, 80], [100, 0]]), abs=1e-6)
        [shaded] = figure.accuracies.points("impossible")
        corners = shaded.round(6).tolist()
        assert ([80, 80] in corners) == proven and ([100, 0] in corners) == proven
        texts = figure.accuracies.texts()
        assert ("impossible (Theorem 2.1)" in texts) == proven
        assert ("dashed: from ε = 2η on" in texts) != proven


@scenes
def test_names_stand_inside_the_plot_and_apart(figure, scene):
    figure.show(*scene)
    frame = figure.accuracies.frame
    boxes = [box for text, box in figure.accuracies.boxes_of_texts() if text in ("favg", "x₁")]
    assert len(boxes) == 2
    for box in boxes:
        assert box["left"] > frame["x"] - 1 and box["top"] > frame["y"] - 4
        assert box["right"] < frame["x"] + frame["width"] + 8
        assert box["bottom"] < frame["y"] + frame["height"] + 8
    one, other = boxes
    across = one["right"] <= other["left"] or other["right"] <= one["left"]
    assert across or abs(one["top"] - other["top"]) > 12


def test_the_paper_s_figures_are_told(figure):
    assert text_of(figure.verdict) == (
        "The weak features have changed places: favg falls from 99.87 % to 0.13 %. Whoever is "
        "right for 99.95 % withstands ε for at most 1.01 % (Theorem 2.1)."
    )


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ((0.95, 1000, 3.0, 0.0), "Nobody changes anything: favg is right for 99.87 %"),
        ((0.95, 1000, 3.0, 0.5), "The most robust mix still uses them: 97.70 %."),
        ((0.95, 10, 1.0, 0.9), "The most robust mix is x₁ alone."),
        ((0.95, 1000, 3.0, 1.0), "tell nothing any more: favg is right for 50.00"),
        ((0.95, 1000, 3.0, 1.5), "no linear classifier withstands more than x₁ alone, 95.00 %."),
        ((0.95, 1000, 3.0, 2.5), "The weak features have changed sides"),
        ((0.5, 100_000, 5.0, 4.0), "for at most 0.01 %"),
        ((0.95, 10, 3.0, 2.0), "From ε = 1 on even x₁ can be turned: alone it is right for 0.00 %"),
    ],
)
def test_the_verdicts(figure, scene, words):
    figure.show(*scene)
    expect(figure.verdict).to_contain_text(words)


@pytest.mark.parametrize("push", [0.0, 0.5, 1.0, 2.0, 4.0])
def test_the_two_distributions_are_pushed(figure, push):
    figure.show(0.95, 1000, 2.0, push)
    figure.root.get_by_role("radio", name="weak features").check()
    plot = figure.weak_features
    assert plot.locator.is_visible() and not figure.accuracies.locator.is_visible()
    shown = plot.all_points()
    for sign, y in (("y = +1", 1), ("y = −1", -1)):
        for name, ground, mean in (("as it is", 1.3, y), ("pushed", 0, y * (1 - push))):
            x, height = shown[f"{sign}, {name}"].T
            expected = np.exp(-((2.0 * (x - mean)) ** 2) / 2)  # N(ηy, 1/d), in units of η
            assert height - ground == pytest.approx(expected, abs=1e-6)
            assert (shown[f"{sign}, {name}, wrong"][:, 0] * y <= 1e-9).all()
    texts = plain(plot.texts())
    standard, robust = (f"{100 * ndtr(2.0 * (1 - by)):.2f} % right" for by in (0, push))
    assert f"as it is: {standard}" in texts
    robust = "< 0.01 % right" if push == 4 else robust
    assert any(text.startswith("pushed by ε = ") and text.endswith(robust) for text in texts)


def test_at_2_eta_they_have_changed_places(figure):
    figure.set(view="weak features")
    plot = figure.weak_features

    def heights(name):
        [points] = plot.points(name)
        return points[:, 1] - points[:, 1].min()

    assert heights("y = +1, pushed") == pytest.approx(heights("y = −1, as it is"), abs=1e-6)
    assert heights("y = +1, as it is") == pytest.approx(heights("y = +1, pushed")[::-1], abs=1e-6)
    assert "around −1.00 for y = +1" in plot.locator.get_attribute("aria-label")


def test_sliders_are_moved_by_arrow_keys_and_say_their_values(figure):
    for label, key, expected in (
        ("Accuracy p of x₁", "ArrowRight", "0.96"),
        ("Weak features d", "ArrowRight", "1,778"),
        ("Their strength η√d", "ArrowLeft", "2.9"),
        ("Change ε", "ArrowLeft", "1.95η = 0.13"),
    ):
        figure.control(label).press(key)
        assert figure.spoken(label) == expected
    expected = Expected(0.96, 1778, 2.9, 1.95)
    accuracies = expected.both(expected.marked[0])
    assert plain(figure.table("classifier")[0][1]) == [shown(share) for share in accuracies]


@pytest.mark.parametrize(
    ("label", "least", "largest"),
    [
        ("Accuracy p of x₁", "0.50", "0.99"),
        ("Weak features d", "10", "100,000"),
        ("Their strength η√d", "0.5", "5.0"),
        ("Change ε", "0", "4η = 0.38"),
    ],
)
def test_sliders_reach_from_the_least_value_to_the_largest(figure, label, least, largest):
    for key, expected in (("Home", least), ("End", largest)):
        figure.control(label).press(key)
        assert figure.spoken(label) == expected


def test_buttons_set_the_change(figure):
    for name, push in (("ε = 0", 0), ("ε = η", 1), ("ε = 2η", 2)):
        figure.root.get_by_role("button", name=name, exact=True).press("Enter")
        assert float(figure.control("Change ε").input_value()) == push


def test_a_tap_shows_the_weak_features(open_figure):
    figure = open_figure(Tradeoff, width=390, has_touch=True)
    figure.root.get_by_text("weak features", exact=True).tap()
    assert figure.weak_features.locator.is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Tradeoff, width=width)
    heights = set()
    for scene in SCENES:
        for view in ("accuracies", "weak features"):
            figure.show(*scene)
            figure.set(view=view)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The class


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p", 0.49),
        ("p", 1),
        ("p", math.nan),
        ("d", 9),
        ("d", 100_001),
        ("d", 12.5),
        ("separation", 0.4),
        ("separation", 5.1),
        ("separation", math.inf),
        ("push", -0.1),
        ("push", 4.1),
        ("push", "2"),
        ("view", "weights"),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        FeatureTradeoff(**{name: value})


def test_good_values_are_taken():
    widget = FeatureTradeoff(p=0.5, d=10, separation=5, push=4)
    widget.view = "weak features"
    assert widget.state()["push"] == 4 and widget.view == "weak features"


def test_the_page_is_small():
    assert len(json.dumps(FeatureTradeoff().state())) < 300
