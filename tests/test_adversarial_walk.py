"""The walk to adversarial examples: every place of it is what the networks make of that image."""

import gzip
import json
import math
import re
from functools import cache

import numpy as np
import pytest
import torch
import traitlets
from figure_page import FigurePage, numbers, pixels, text_of

from explorables import AdversarialWalk
from explorables.figures.weight_decay.adversarial_walk import RUNS
from helpers import architectures, evaluation
from helpers.results import FOLDER, load_arrays, load_figures
from helpers.weights import load_weights

KINDS = {"equal_confidence": "adversarial", "deepfool": "deepfool"}
LABELS = {
    "equal_confidence": "an example they are 95 % sure of",
    "deepfool": "the nearest that DeepFool found",
}
NAMES = ("low decay", "high decay")
BARS = "bars => bars.map((bar) => parseFloat(bar.style.height) / 100)"


def softmax(s):
    powers = np.exp(s - s.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class Way:
    """The way of one network, from its results alone."""

    def __init__(self, run, kind, digit):
        arrays = load_arrays(run)
        self.digit = digit
        self.temperature = load_figures(run)["temperature"]
        self.image = arrays["shown_images"][digit] / 255
        self.change = arrays[f"shown_{KINDS[kind]}"][digit] - self.image
        self.scores = arrays[f"walk_{KINDS[kind]}"][digit].astype(float)
        self.length = np.linalg.norm(self.change)

    def p(self, at):
        """The probabilities of the classes after so many pixels, or a row of them for each of
        many lengths."""
        places = np.linspace(0, self.length, len(self.scores))
        s = [np.interp(at, places, column) for column in self.scores.T]
        return softmax(np.stack(s, axis=-1) / self.temperature)

    def goal(self):
        return max(set(range(10)) - {self.digit}, key=lambda c: self.p(self.length)[c])

    def turn(self):
        """The first length, of many, at which the digit is not read; it may be the last."""
        lengths = np.linspace(0, self.length, 4001)
        fooled = np.flatnonzero(self.p(lengths).argmax(axis=1) != self.digit)
        return lengths[fooled[0]] if len(fooled) else self.length


@cache
def ways(kind, digit):
    return [Way(run, kind, digit) for run in RUNS]


def longest(kind, digit):
    return max(way.length for way in ways(kind, digit))


class Panel:
    """One of the two networks, side by side."""

    def __init__(self, root, name):
        self.root = root.get_by_role("group", name=re.compile(f"^{name}"))
        self.bars = self.root.get_by_role("img", name="probabilities")

    def p(self):
        """The heights of the bars, as probabilities."""
        return self.bars.locator(".xp-share").evaluate_all(BARS)

    def read(self):
        return text_of(self.root.locator("strong"))

    def length(self):
        """How long the change is, as it stands below its picture."""
        note = self.root.get_by_text("change", exact=True).locator("xpath=following-sibling::*")
        return numbers(text_of(note))[0]

    def pictures(self):
        """The image and its change: shape (2, 784, 3), from 0 to 255."""
        canvases = self.root.locator("canvas").all()
        return np.array([pixels(canvas) for canvas in canvases])


class Walk(FigurePage):
    figure = AdversarialWalk

    @property
    def slider(self):
        return self.handle("Length of the change")

    @property
    def panels(self):
        return [Panel(self.root, name) for name in ("Low decay", "High decay")]

    @property
    def chart(self):
        return self.plot("Probabilities of the digit")

    def show(self, kind, digit, share):
        self.set(example=kind, digit=digit, share=share)

    def p(self):
        """The probabilities, a row for each network."""
        return np.array([panel.p() for panel in self.panels])

    def pictures(self):
        """Of each network the image and its change: shape (2, 2, 784, 3), from 0 to 255."""
        return np.array([panel.pictures() for panel in self.panels])

    def lengths(self):
        return [panel.length() for panel in self.panels]

    def read(self):
        return [panel.read() for panel in self.panels]

    def radio(self, digit):
        return self.root.get_by_role("radio", name=f"digit {digit} ")


@pytest.fixture
def figure(open_figure):
    return open_figure(Walk)


# What the figure says of the networks


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("digit", range(10))
def test_bars_are_the_probabilities_of_the_networks(figure, kind, digit):
    far = longest(kind, digit)
    for share in (0, 0.13, 0.5, 0.77, 1):
        figure.show(kind, digit, share)
        expected = [way.p(share * far) for way in ways(kind, digit)]
        assert figure.p() == pytest.approx(np.array(expected), abs=2e-4)
        moved = [min(share * far, way.length) for way in ways(kind, digit)]
        assert figure.lengths() == pytest.approx(moved, abs=0.00501)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_the_image_and_its_change(figure, kind):
    for digit in range(10):
        figure.show(kind, digit, 0.6)
        both = ways(kind, digit)
        largest = max(np.abs(way.change).max() for way in both)
        for way, (image, change) in zip(both, figure.pictures(), strict=True):
            delta = min(0.6 * longest(kind, digit) / way.length, 1) * way.change
            assert np.abs(image[:, 0] - 255 * (way.image + delta)).max() < 1
            strength = 1 - change.min(axis=1) / 255  # blue and orange lack one primary wholly
            assert np.abs(strength - np.abs(delta) / largest).max() < 0.01
            reddish = change[:, 0] > change[:, 2]
            clear = np.abs(delta) > 0.05 * largest
            assert np.array_equal(reddish[clear], delta[clear] > 0)


def test_a_change_is_as_bright_on_both_sides_as_it_is_large(figure):
    figure.show("equal_confidence", 5, 1)
    (_, low), (_, high) = figure.pictures()
    assert high.min() < 2 < low.min()  # only the longer way has a pixel of full colour
    assert figure.root.get_by_text("Full colour is a change of 0.71 on both").is_visible()
    figure.show("equal_confidence", 5, 0)
    assert (figure.pictures()[:, 1] == 255).all()


def words(way, at):
    p = way.p(at)
    first, second = np.argsort(-p)[:2]
    if p[first] - p[second] < 0.005:
        return f"is on the boundary between {min(first, second)} and {max(first, second)}"
    number = f"an {first}" if first == 8 else f"a {first}"
    return f"still reads {number}" if first == way.digit else f"reads {number}"


@pytest.mark.parametrize("kind", KINDS)
def test_each_panel_names_the_class_that_is_read(figure, kind):
    seen = set()
    for digit in range(10):
        for share in (0.31, 0.52, 0.7, 0.9, 1):
            figure.show(kind, digit, share)
            at = share * longest(kind, digit)
            read = figure.read()
            assert read == [words(way, at) for way in ways(kind, digit)]
            seen |= {text.split()[0] for text in read}
    assert seen >= {"still", "reads" if kind == "equal_confidence" else "is"}


def test_the_verdict_compares_the_two(figure):
    def says(kind, digit, share):
        figure.show(kind, digit, share)
        return text_of(figure.verdict)

    low, high = ways("equal_confidence", 4)
    between = (low.turn() + high.turn()) / 2 / high.length
    at = f"{between * high.length:.2f} pixels"
    assert says("equal_confidence", 4, 0) == "Unchanged: both networks read a 4."
    assert says("equal_confidence", 4, 0.2) == (
        f"After {0.2 * high.length:.2f} pixels both networks still read a 4."
    )
    assert says("equal_confidence", 4, between) == (
        f"After {at} low decay reads a 5, high decay still reads a 4."
    )
    assert says("equal_confidence", 4, 0.75) == (
        f"After {0.75 * high.length:.2f} pixels both networks read a 5."
    )
    assert says("equal_confidence", 4, 1) == (
        f"After {low.length:.2f} pixels low decay reads a 5, after {high.length:.2f} pixels high "
        "decay reads a 5."
    )
    low, high = ways("deepfool", 0)
    assert says("deepfool", 0, 1) == (
        f"After {low.length:.2f} pixels low decay is on the boundary between 0 and {low.goal()}, "
        f"after {high.length:.2f} pixels high decay is on the boundary between 0 and 2."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_strip_shows_how_many_times_as_long_the_way_is_with_high_decay(figure, kind):
    figure.root.get_by_label(LABELS[kind]).check()
    for digit in range(10):
        low, high = ways(kind, digit)
        times = high.length / low.length
        named = figure.radio(digit).evaluate("r => r.closest('label').innerText")
        assert numbers(named) == pytest.approx([times], abs=0.00501)


@pytest.mark.parametrize("kind", KINDS)
def test_the_summary_has_lengths_and_turns(figure, kind):
    for digit in range(10):
        figure.show(kind, digit, 0.4)
        low, high = ways(kind, digit)
        found = numbers(text_of(figure.root.get_by_text("times the length.")))
        wanted = [low.turn(), high.turn(), 95, low.goal(), low.length, high.length]
        if kind == "deepfool":
            wanted = [low.length, low.goal(), high.length, high.goal()]
        assert found == pytest.approx([*wanted, high.length / low.length], abs=0.0075)


@pytest.mark.parametrize("kind", KINDS)
def test_curves_and_marks_lie_at_lengths_and_probabilities(figure, kind):
    end = math.ceil(max(longest(kind, digit) for digit in range(10)))
    for digit in (3, 6):
        figure.show(kind, digit, 0.5)
        points = figure.chart.all_points()
        assert points["length"] == pytest.approx(
            np.array([[0.5 * longest(kind, digit), y] for y in (0, 100)]), abs=0.002
        )
        assert max(x[:, 0].max() for x in points.values()) <= end
        for name, way in zip(NAMES, ways(kind, digit), strict=True):
            p = softmax(way.scores / way.temperature)
            lengths = np.linspace(0, way.length, 41)
            for line, c in (("digit", digit), ("goal", way.goal())):
                expected = np.stack([lengths, 100 * p[:, c]], axis=1)
                assert points[f"{line}, {name}"] == pytest.approx(expected, abs=0.02)
            [[x, y]] = points[f"boundary, {name}"]
            assert x == pytest.approx(way.turn(), abs=0.01)
            assert y == pytest.approx(100 * way.p(way.turn())[digit], abs=0.5)


# How it is used


def test_arrow_keys_walk_and_choose_digits_and_kinds(figure):
    figure.slider.press("Home")
    for _ in range(3):
        figure.slider.press("ArrowRight")
    moved = f"{0.03 * longest('equal_confidence', 4):.2f} px"
    assert figure.spoken("Length of the change") == moved
    figure.slider.press("End")
    assert figure.lengths() == pytest.approx(
        [way.length for way in ways("equal_confidence", 4)], abs=0.00501
    )
    figure.radio(4).focus()
    figure.page.keyboard.press("ArrowRight")
    assert figure.radio(5).is_checked()
    assert figure.lengths() == pytest.approx(
        [way.length for way in ways("equal_confidence", 5)], abs=0.00501
    )
    figure.root.get_by_label(LABELS["equal_confidence"]).focus()
    figure.page.keyboard.press("ArrowRight")
    assert figure.lengths() == pytest.approx(
        [way.length for way in ways("deepfool", 5)], abs=0.00501
    )


def test_a_click_on_a_digit_shows_it(figure):
    for digit in (7, 0):
        figure.root.get_by_role("img", name=f"digit {digit}").click()
        figure.slider.press("Home")
        assert figure.p().argmax(axis=1).tolist() == [digit, digit]


@pytest.mark.parametrize("kind", KINDS)
def test_buttons_lead_to_the_boundaries_and_the_ends(figure, kind):
    figure.root.get_by_label(LABELS[kind]).check()
    for digit in (1, 3, 9):
        figure.set(digit=digit)
        both = ways(kind, digit)
        for n, name in enumerate(NAMES):
            figure.root.get_by_role("button", name=f"{name}’s boundary").press("Enter")
            read = figure.read()[n]
            assert read.startswith("is on the boundary between ") and digit in numbers(read)
            assert figure.lengths()[n] == pytest.approx(both[n].turn(), abs=0.01)
        figure.root.get_by_role("button", name="end").press("Enter")
        assert figure.lengths() == pytest.approx([way.length for way in both], abs=0.00501)
        figure.root.get_by_role("button", name="start").press("Enter")
        assert figure.lengths() == [0, 0]


def test_the_digit_and_the_class_walked_to_have_signs_and_the_bars_are_spoken(figure):
    figure.show("deepfool", 0, 0.9)
    for panel, way in zip(figure.panels, ways("deepfool", 0), strict=True):
        columns = panel.bars.locator("> span").all_inner_texts()
        signs = {c: re.sub(r"[\s\d]", "", column) for c, column in enumerate(columns)}
        assert {c: sign for c, sign in signs.items() if sign} == {0: "●", way.goal(): "◆"}
        spoken = numbers(panel.bars.get_attribute("aria-label"))
        assert spoken[0::2] == list(range(10))
        p = way.p(0.9 * longest("deepfool", 0))
        assert spoken[1::2] == pytest.approx(100 * p, abs=0.51)
    names = [panel.root.get_attribute("aria-label") for panel in figure.panels]
    assert names == ["Low decay, λ\u00a0=\u00a010⁻⁴", "High decay, λ\u00a0=\u00a00.1"]


def test_ways_with_fewer_places_and_another_temperature_live(open_figure):
    book = AdversarialWalk()
    networks = [network | {"temperature": 2 * network["temperature"]} for network in book.networks]
    widget = AdversarialWalk(
        networks=networks, scores=book.scores[:, :, :, ::10], changes=book.changes / 2, digit=3
    )
    figure = open_figure(Walk, fresh=True, widget=widget)
    figure.slider.press("End")
    both = ways("equal_confidence", 3)
    assert figure.lengths() == pytest.approx([way.length / 2 for way in both], abs=0.00501)
    assert figure.p() == pytest.approx(
        np.array([softmax(way.scores[-1] / way.temperature / 2) for way in both]), abs=2e-4
    )
    assert [len(points) for points in figure.chart.points("goal, low decay")] == [5]


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Walk, width=width)
    heights = set()
    for kind in KINDS:
        for digit in range(10):
            for share in (0, 0.3, 0.52, 1):
                figure.show(kind, digit, share)
                heights.add(round(figure.height()))
                assert figure.sticks_out() <= 0
    assert len(heights) == 1


# What the results are


def test_the_state_holds_images_changes_and_scores():
    walk = AdversarialWalk()
    for n in range(2):
        for k, kind in enumerate(KINDS):
            for digit in range(10):
                way = Way(RUNS[n], kind, digit)
                assert np.array_equal(walk.scores[n, k, digit], way.scores)
                assert np.array_equal(walk.images[digit], way.image)
                assert np.abs(walk.changes[n, k, digit] - way.change).max() < 1e-6


def test_the_state_is_light():
    state = json.dumps(AdversarialWalk().state()).encode()
    assert len(gzip.compress(state)) < 100_000


@pytest.mark.parametrize("digit", range(10))
def test_ways_lead_from_the_digit_to_where_they_should(digit):
    for way in ways("equal_confidence", digit):
        assert way.p(0).argmax() == digit
        assert way.p(way.length)[(digit + 1) % 10] == pytest.approx(0.95, abs=0.002)
    for way in ways("deepfool", digit):
        p = way.p(way.length)
        assert p[digit] == pytest.approx(p[way.goal()], abs=0.005)


@pytest.mark.parametrize(("n", "file"), [(0, "low"), (1, "high")])
def test_between_the_places_scores_are_nearly_linear(n, file):
    """Against the network itself, half-way between places, where the error is largest."""
    network = load_weights(
        architectures.lenet(torch.zeros(784)), FOLDER / "lenet" / f"{file}.safetensors"
    )
    shares = (np.arange(40) + 0.5) / 40
    for kind in KINDS:
        for way in (Way(RUNS[n], kind, digit) for digit in range(10)):
            images = way.image + shares[:, None] * way.change
            s = evaluation.scores(network, torch.from_numpy(images).float()).numpy()
            between = way.p(shares * way.length)
            assert np.abs(softmax(s / way.temperature) - between).max() < 0.0015


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("digit", -1),
        ("digit", 10),
        ("digit", 2.5),
        ("digit", "4"),
        ("share", -0.1),
        ("share", 1.1),
        ("share", math.nan),
        ("share", "0.5"),
        ("example", "nearest"),
        ("example", None),
    ],
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        AdversarialWalk(**{name: value})
