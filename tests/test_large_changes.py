"""Gradients and large changes: the pictures and the words are those of the results."""

import gzip
import json
import math
import re

import numpy as np
import pytest
import torch
import traitlets
from figure_page import FigurePage, text_of
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as numpy_arrays
from playwright.sync_api import expect

from experiments.robustness_pictures import load_networks
from explorables import LargeChanges
from explorables.figures.robustness_and_accuracy import large_changes
from explorables.figures.robustness_and_accuracy.large_changes import (
    NAMES,
    RESULTS,
    classes_on_the_way,
)
from explorables.host.sphinx import part_script
from helpers import evaluation
from helpers.results import load_arrays, load_figures

PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
STATES = [(4, 0, "l2"), (3, 1, "linf"), (8, 2, "l2"), (1, 0, "linf"), (0, 1, "l2")]
states = pytest.mark.parametrize("state", STATES)


@pytest.fixture(scope="module")
def results():
    return load_arrays(RESULTS)


@pytest.fixture(scope="module")
def names():
    return [NAMES[network] for network in load_figures(RESULTS)["networks"]]


def said(results, digit, target, norm):
    """What each network says at every hundredth of its way: shape (networks, 101)."""
    return classes_on_the_way(results[f"walk_{norm}"][:, digit, target])


# What is shown


def test_at_the_places_that_were_scored_the_class_is_that_of_the_largest_score(results):
    for norm in ("linf", "l2"):
        walk = results[f"walk_{norm}"]
        assert walk.shape[-2:] == (21, 10)
        assert np.array_equal(classes_on_the_way(walk)[..., ::5], walk.argmax(-1))


@given(numpy_arrays(float, (3, 4), elements=st.floats(-9, 9)))
def test_scores_are_linear_between_those_places(walk):
    found = classes_on_the_way(walk)
    for k in (0, 1, 30, 50, 73, 99, 100):
        scores = [np.interp(k / 100, [0, 0.5, 1], of_class) for of_class in walk.T]
        assert scores[found[k]] == pytest.approx(max(scores), abs=1e-9)


def test_the_networks_say_what_the_figure_says(results):
    shares = torch.linspace(0, 1, 101)[:, None]
    for digit, target, norm in STATES:
        x = torch.tensor(results["images"][digit] / 255).float()
        expected = said(results, digit, target, norm)
        for n, network in enumerate(load_networks().values()):
            moved = torch.tensor(results[norm][n, digit, target] / 255).float()
            classes = evaluation.scores(network, x + shares * (moved - x)).argmax(1).numpy()
            assert (classes != expected[n]).sum() <= 2  # a turn is right to a hundredth or two


@pytest.mark.parametrize("digit", range(10))
def test_parts_hold_the_results_of_a_digit(results, digit):
    part = LargeChanges.part(str(digit))
    count = len(NAMES)
    assert np.array_equal(sent(part["gradients"], (count, 784)), results["gradients"][:, digit])
    for norm in ("linf", "l2"):
        changed, classes = part[f"changed_{norm}"], part[f"classes_{norm}"]
        assert np.array_equal(sent(changed, (count, 3, 784)), results[norm][:, digit])
        for target in range(3):
            assert np.array_equal(classes[:, target], said(results, digit, target, norm))
        assert (classes[:, :, 0] == classes[:, :1, 0]).all()  # all ways start from one image


def sent(wired, shape):
    """Pictures on their way to a page, in 1/255."""
    assert wired["per_unit"] == 255 and tuple(wired["shape"]) == shape
    return np.frombuffer(wired["buffer"], wired["dtype"]).reshape(shape)


def test_a_page_loads_little(results):
    figure = LargeChanges()
    assert sorted(figure.parts()) == [str(digit) for digit in range(10)]
    assert np.array_equal(255 * figure.images, results["images"])
    assert figure.targets == results["targets"].tolist()
    assert len(json.dumps(figure.state())) < 12_000
    for key in figure.parts():
        assert len(gzip.compress(part_script(LargeChanges, key).encode())) < 40_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("digit", -1),
        ("digit", 10),
        ("digit", "3"),
        ("digit", 2.5),
        ("target", -1),
        ("target", 3),
        ("target", None),
        ("norm", "L2"),
        ("norm", "linf_0.3"),
        ("norm", 2),
        ("share", -0.01),
        ("share", 1.01),
        ("share", math.nan),
        ("share", "1"),
    ],
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        LargeChanges(**{name: value})


@pytest.mark.parametrize("key", ["10", "-1", "../3", "l2"])
def test_a_part_that_there_is_not_is_refused(key):
    with pytest.raises(ValueError, match=f"LargeChanges has no part '{re.escape(key)}'"):
        LargeChanges.part(key)


# The figure


class Changes(FigurePage):
    figure = LargeChanges

    def __init__(self, visit):
        super().__init__(visit)
        self.members = self.root.locator(".xp-member").all()
        self.arrives(self.get("digit"))

    @property
    def original(self):
        return self.root.get_by_role("img", name=re.compile("^a test image of"))

    def choose(self, digit):
        self.root.get_by_role("radio", name=f"digit {digit}").check()

    def arrives(self, digit):
        """Waits until the pictures of a digit are shown."""
        wanted = re.compile(f"^a test image of an? {digit}$")
        expect(self.root.get_by_role("img", name=wanted)).to_be_visible()

    def show(self, digit, target, norm, share):
        """Chooses as a reader does, and waits for the digit's pictures."""
        self.set(target=target, norm=norm, share=share)
        self.choose(digit)
        self.arrives(digit)

    def pictures(self):
        """Of each network the gradient and the image: shape (networks, 2, 784), 0 to 255."""
        drawn = [
            [canvas.evaluate(PIXELS) for canvas in member.locator("canvas").all()]
            for member in self.members
        ]
        return np.array(drawn).reshape(len(drawn), 2, 784, 4)[..., 0]

    def bars(self):
        """Of each network the pieces of its bar, as [left, right] in per cent of it, and where the
        mark is."""
        return [
            bar.evaluate(
                """bar => [...bar.children].map((piece) => {
                const [own, all] = [piece, bar].map((node) => node.getBoundingClientRect());
                const inner = all.width - 2;
                const at = (x) => 100 * (x - all.left - 1) / inner;
                return [at(own.left), at(own.right)]; })"""
            )
            for bar in self.root.get_by_role("img", name="on the way it says").all()
        ]


@pytest.fixture
def figure(open_figure):
    return open_figure(Changes)


@states
@pytest.mark.parametrize("share", [0, 0.37, 1])
def test_pictures_are_the_gradients_and_the_images_on_the_way(figure, results, state, share):
    figure.show(*state, share)
    digit, target, norm = state
    gradients, images = figure.pictures().transpose(1, 0, 2)
    assert np.array_equal(gradients, results["gradients"][:, digit])
    x, moved = results["images"][digit].astype(float), results[norm][:, digit, target]
    assert np.abs(images - (x + share * (moved - x))).max() <= 0.51


def listed(words):
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def verdict_of(names, classes, k, goal):
    places = {0: "The image as it is", 100: "At the end of the way"}
    place = places.get(k, f"After {k} % of the way")
    towards = "" if k == 0 else f" towards {'an' if goal == 8 else 'a'} {goal}"
    pairs = list(zip(names, classes, strict=True))
    groups = {c: [name for name, says in pairs if says == c] for c in classes}
    most, *others = sorted(groups, key=lambda c: -len(groups[c]))
    if not others:
        return f"{place}{towards}: all 7 networks say {most}."
    rest = [f"{listed(groups[c])} {'says' if len(groups[c]) == 1 else 'say'} {c}" for c in others]
    return f"{place}{towards}: {len(groups[most])} of 7 networks say {most}; {listed(rest)}."


@states
@pytest.mark.parametrize("k", [0, 25, 60, 100])
def test_it_tells_what_each_network_says(figure, results, names, state, k):
    figure.show(*state, k / 100)
    digit, target, _ = state
    goal = results["targets"][digit, target]
    expected = said(results, *state)
    for member, name, says in zip(figure.members, names, expected, strict=True):
        assert member.get_attribute("aria-label") == name
        now = member.get_by_text(re.compile(r"^says \d$"))
        assert now.inner_text() == f"says {says[k]}"
        kind = {digit: "digit", goal: "goal"}.get(says[k], "other")
        assert now.get_attribute("class") == f"xp-says-{kind}"
        turns = np.flatnonzero(says != digit)
        turn = f"until {turns[0]} %" if len(turns) else "all the way"
        turn = "wrong as it is" if says[0] != digit else turn
        assert text_of(member).endswith(f"{digit} {turn}")
    assert text_of(figure.verdict) == verdict_of(names, expected[:, k], k, goal)


@states
def test_bars_are_cut_where_a_network_changes_its_mind(figure, results, state):
    figure.show(*state, 0.42)
    for pieces, says in zip(figure.bars(), said(results, *state), strict=True):
        starts = [0, *(np.flatnonzero(np.diff(says.astype(int))) + 1)]
        wanted = list(zip(starts, [*starts[1:], 100], strict=True))
        *pieces, mark = pieces
        assert np.array(pieces) == pytest.approx(np.array(wanted), abs=0.1)
        assert np.mean(mark) == pytest.approx(42, abs=0.5)


def test_targets_are_named_and_follow_the_digit(figure, results):
    for digit in (7, 0):
        figure.show(digit, 0, "l2", 1)
        options = figure.root.get_by_role("group", name="Towards").locator("label > span")
        assert options.all_inner_texts() == [str(c) for c in results["targets"][digit]]
    figure.root.get_by_role("group", name="Towards").get_by_role("radio").nth(2).check()
    expect(figure.verdict).to_contain_text(re.compile(f"towards an? {results['targets'][0, 2]}"))


def test_keys_move_along_the_way_and_choose(figure):
    figure.show(4, 0, "l2", 1)
    slider = figure.control("Share of the way")
    slider.press("Home")
    assert text_of(figure.verdict).startswith("The image as it is")
    slider.press("ArrowRight")
    assert figure.spoken("Share of the way") == "1 %"
    assert text_of(figure.verdict).startswith("After 1 % of the way")
    figure.root.get_by_role("radio", name="L2, ε = 4").focus()
    figure.page.keyboard.press("ArrowLeft")
    assert figure.root.get_by_role("radio", name="L∞, ε = 0.5").is_checked()


def test_a_digit_is_loaded_when_it_is_wanted_and_once(open_figure):
    figure = open_figure(Changes, fresh=True)
    before = len(figure.visit.requests)
    for digit in (6, LargeChanges().digit, 6):
        figure.show(digit, 0, "l2", 1)
    requested = figure.visit.requests[before:]
    assert [url.rsplit("/", 2)[-2:] for url in requested] == [["large_changes", "6.js"]]


def test_a_digit_that_does_not_load_is_named_and_can_be_asked_for_again(open_figure):
    figure = open_figure(Changes, fresh=True)
    figure.page.route("**/large_changes/1.js", lambda route: route.abort())
    figure.choose(1)
    expect(figure.verdict).to_have_text(re.compile("^The pictures of 1 did not load: "))
    figure.visit.errors.clear()  # the browser's own, of a file that it could not read
    figure.page.unroute("**/large_changes/1.js")
    figure.show(4, 0, "l2", 1)
    figure.show(1, 0, "l2", 1)


def test_the_last_digit_that_was_chosen_is_shown(open_figure, results):
    figure = open_figure(Changes, fresh=True)
    held = {}
    figure.page.route("**/large_changes/5.js", lambda route: held.update(route=route))
    with figure.page.expect_request("**/large_changes/5.js"):
        figure.set(digit=5)
    figure.set(digit=2)
    figure.arrives(2)
    with figure.page.expect_response("**/large_changes/5.js"):
        held["route"].continue_()
    figure.page.wait_for_function("explorables.waiting.size === 0")
    figure.arrives(2)
    assert np.array_equal(figure.pictures()[:, 0], results["gradients"][:, 2])


def test_there_may_be_other_networks_targets_and_places(open_figure, monkeypatch, results):
    few = {"images": results["images"], "targets": results["targets"][:, :2]}
    few["gradients"] = results["gradients"][[0, 5]]
    for name in ("linf", "l2", "walk_linf", "walk_l2"):
        few[name] = results[name][[0, 5], :, :2]
    monkeypatch.setattr(large_changes, "load_arrays", lambda name: few)
    monkeypatch.setattr(large_changes, "load_figures", lambda name: {"networks": ["lmt", "decay"]})
    monkeypatch.setattr(large_changes, "PLACES", 21)
    figure = open_figure(Changes, widget=LargeChanges(), fresh=True)
    figure.show(3, 1, "linf", 0.5)
    names = [member.get_attribute("aria-label") for member in figure.members]
    assert names == ["LMT", "weight decay"]
    targets = figure.root.get_by_role("group", name="Towards").get_by_role("radio")
    assert targets.count() == 2
    images, moved = results["images"][3].astype(float), few["linf"][:, 3, 1]
    assert np.abs(figure.pictures()[:, 1] - (images + moved) / 2).max() <= 0.51
    for member, scores in zip(figure.members, few["walk_linf"][:, 3, 1, 10], strict=True):
        assert f"says {scores.argmax()}" in text_of(member)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Changes, width=width)
    heights = set()
    for digit in range(10):
        for way in ((0, "l2", 1), (1, "linf", 0.05), (2, "l2", 0.4), (0, "linf", 0)):
            figure.show(digit, *way)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_all_networks_are_drawn_at_the_same_size(open_figure, width):
    figure = open_figure(Changes, width=width)
    canvases = [canvas for member in figure.members for canvas in member.locator("canvas").all()]
    assert len(canvases) == 14
    boxes = [canvas.bounding_box() for canvas in [*canvases, figure.original]]
    assert len({(box["width"], box["height"]) for box in boxes}) == 1
