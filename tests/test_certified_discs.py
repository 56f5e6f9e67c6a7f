"""The certified discs: what the figure draws and says is what the experiment measured."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of
from javascript import javascript

from explorables import CertifiedDiscs
from helpers.local_linear import Network, score
from helpers.results import load_arrays, load_figures

ARRAYS, FIGURES = load_arrays("lmt_plane"), load_figures("lmt_plane")
X, Y, CS = ARRAYS["points"].astype(float), ARRAYS["labels"], ARRAYS["c"].tolist()
CHOSEN = "The chosen point"
MARGIN = "Margin asked for"
every_c = pytest.mark.parametrize("k", range(len(CS)), ids=[f"c={c}" for c in CS])


def radii_of(k):
    """The certified radius of each point with network number k; 0 where it is misclassified."""
    s = score(X, Network(*(ARRAYS[name][k] for name in Network._fields)))
    return np.where(Y * s > 0, abs(s) / ARRAYS["K"][k], 0)


def distances_of(k):
    return np.linalg.norm(ARRAYS["nearest"][k] - X, axis=1)


class Discs(FigurePage):
    figure = CertifiedDiscs

    @property
    def plane(self):
        return self.plot("The plane with the training points")

    def choose(self, k, point=78, **traits):
        self.set(c=CS[k], point=point, **traits)

    def chosen(self):
        """The number of the chosen point, as it is spoken."""
        return int(re.match(r"point (\d+),", self.spoken(CHOSEN))[1]) - 1

    def discs(self, name):
        """Middles and radii of the discs of this name, in units of the plane."""
        [ends] = self.plane.points(name)  # from the left to the right, and back
        left, right, _ = ends.reshape(-1, 3, 2).swapaxes(0, 1)
        return (left + right) / 2, (right - left)[:, 0] / 2


@pytest.fixture
def figure(open_figure):
    return open_figure(Discs)


@every_c
def test_discs_rings_and_attacks_are_those_of_the_results(figure, k):
    figure.choose(k, all_attacks=True)
    radii = radii_of(k)
    for name, label in (("discs of class I", -1), ("discs of class J", 1)):
        certified = (Y == label) & (radii > 0)
        if not certified.any():
            assert figure.plane.mark(name).get_attribute("d") == ""
            continue
        middles, shown = figure.discs(name)
        assert middles == pytest.approx(X[certified], abs=1e-4)
        assert shown == pytest.approx(radii[certified], rel=1e-4, abs=1e-5)
    points = figure.plane.all_points()
    assert points["misclassified"] == pytest.approx(X[radii == 0], abs=1e-4)
    right = radii > 0
    expected = np.stack([X, ARRAYS["nearest"][k]], axis=1)[right]
    assert points["shortest attacks"].reshape(-1, 2, 2) == pytest.approx(expected, abs=1e-3)


@every_c
def test_no_arrow_ends_in_a_disc(k):
    assert (radii_of(k) <= distances_of(k)).all()


@every_c
@pytest.mark.parametrize("point", [78, 150, 0])
def test_the_chosen_point_is_told(figure, k, point):
    figure.choose(k, point)
    radius, distance = radii_of(k)[point], distances_of(k)[point]
    letter = "J" if Y[point] > 0 else "I"
    kind = figure.readout_text("chosen point")
    assert kind == (f"class {letter}" if radius else f"class {letter}, wrong")
    assert figure.readout("true distance") == pytest.approx([distance], rel=0.006)
    shown = {"chosen disc", "chosen attack"} & set(figure.plane.names())
    assert len(shown) == (2 if radius else 0)
    if radius:
        assert figure.readout("radius |s|/K") == pytest.approx([radius], rel=0.006)
        [share] = figure.readout("proven")
        assert share == pytest.approx(min(100 * radius / distance, 99), abs=0.51)
        middles, shown = figure.discs("chosen disc")
        assert middles == pytest.approx(X[[point]], abs=1e-4)
        assert shown == pytest.approx([radius], rel=1e-4)
    else:
        assert figure.readout_text("radius |s|/K") == "none"
        assert figure.readout_text("proven") == "–"


def test_the_verdicts(figure):
    def says(c):
        figure.choose(CS.index(c))
        return text_of(figure.verdict)

    by_c = {name: dict(zip(CS, values, strict=True)) for name, values in FIGURES.items()}
    assert says(0.0).startswith("Plain training: discs reach 0.08, the boundary is 0.39 away")
    assert "20 % of the way is proven, with no training errors." in says(0.0)
    for c in CS[1:-1]:
        shown = numbers(says(c))
        certified, distance, err, K, steepest = (
            by_c[name][c]
            for name in ("median_certified", "median_distance", "err_train", "K", "steepest")
        )
        share = min(100 * certified / distance, 99)
        expected = [c, certified, distance, share, err, K, K / steepest]
        assert shown == pytest.approx(expected, rel=0.006, abs=0.51)
        assert shown[1:3] == pytest.approx([certified, distance], abs=0.0051)
    assert says(2.0) == (
        "LMT, c = 2: collapsed. The moons have no room for so wide a margin, and all points get "
        "the same class: 50.0 % training errors. The discs are large, and of no use."
    )


def test_a_point_is_chosen_by_a_click_and_by_dragging(figure):
    for n in (3, 150, 41):
        figure.page.mouse.click(*figure.plane.to_pixels(*X[n]))
        assert figure.chosen() == n
    figure.page.keyboard.press("ArrowLeft")  # the arrow keys follow at once
    assert figure.chosen() != 41
    figure.page.mouse.move(*figure.plane.to_pixels(*X[3]))
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.plane.to_pixels(*X[20]), steps=4)
    assert figure.chosen() == 20
    figure.page.mouse.up()
    figure.page.mouse.move(*figure.plane.to_pixels(*X[3]))
    assert figure.chosen() == 20


def test_a_tap_chooses_a_point(open_figure):
    figure = open_figure(Discs, has_touch=True)
    figure.page.touchscreen.tap(*figure.plane.to_pixels(*X[150]))
    assert figure.chosen() == 150


def test_arrow_keys_lead_in_their_direction(figure):
    keys = {"ArrowLeft": (0, -1), "ArrowRight": (0, 1), "ArrowUp": (1, 1), "ArrowDown": (1, -1)}
    for key, (axis, sign) in keys.items():
        figure.choose(0, 78)
        figure.handle(CHOSEN).press(key)
        step = X[figure.chosen()] - X[78]
        assert sign * step[axis] >= abs(step[1 - axis]) and sign * step[axis] > 0


def test_arrow_keys_reach_every_point():
    directions = "[[-1, 0], [1, 0], [0, -1], [0, 1]]"
    steps = f"{X.tolist()}.map((_, n, all) => {directions}.map((d) => neighbour(all, n, d)))"
    with javascript("mathematics/neighbours.js") as value:
        ways = value(steps)
    reached, new = {78}, [78]
    while new:
        new = [n for n in {m for each in new for m in ways[each]} if n not in reached]
        reached.update(new)
    assert len(reached) == len(X)


def test_the_charts_hold_the_summary(figure):
    measures = {
        "Medians": {
            "true distance": "median_distance",
            "certified radius": "median_certified",
        },
        "Training error": {"test error": "err_test", "training error": "err_train"},
    }
    for chart, columns in measures.items():
        points = figure.plot(chart).all_points()
        for name, column in columns.items():
            expected = np.column_stack([range(len(CS)), np.sqrt(FIGURES[column])])
            assert points[name] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_tick_box_and_the_slider(figure):
    assert "shortest attacks" not in figure.plane.names()
    figure.root.get_by_role("checkbox").press("Space")
    assert "shortest attacks" in figure.plane.names()
    margin = figure.control(MARGIN)
    for key, text in (("Home", "0 (plain)"), ("ArrowRight", "0.05"), ("End", "2")):
        margin.press(key)
        assert margin.get_attribute("aria-valuetext") == text
    picture = figure.root.get_by_role("img", name="LMT, c = 2: collapsed")
    assert picture.is_visible()


def test_there_may_be_other_networks_and_points(open_figure):
    widget = CertifiedDiscs(
        cs=[0, 1.5, 4],
        c=1.5,
        W1=[[[1, 0], [-1, 0], [0, 1]]] * 3,
        b1=np.zeros((3, 3)),
        w2=[[1, -1, 0], [2, -2, 0], [1, -1, 0]],
        b2=[0, 0, 9],
        segments=[[[0, -9], [0, 9]], [[0, -9], [0, 9]]],
        segment_counts=[1, 1, 0],
        frame=[[-2, 2], [-1, 1]],
        points=[[-1, 0], [1, 0], [0.5, 0.5]],
        labels=[-1, 1, -1],
        point=1,
        summary={
            "err_train": [0, 33.3, 50],
            "err_test": [1, 2, 3],
            "median_certified": [0.1, 0.2, 0.3],
            "median_distance": [1, 1, None],
            "K": [2, 4, 6],
            "steepest": [1, 2, 1],
        },
    )
    figure = open_figure(Discs, widget=widget, fresh=True)
    assert "Medians over the 3 training points" in text_of(figure.note)
    assert figure.readout("radius |s|/K") == [0.5] and figure.readout("true distance") == [1]
    assert figure.plane.point("misclassified") == pytest.approx([0.5, 0.5], abs=1e-6)
    assert len(figure.plot("Training error").points("test error")[0]) == 3
    margin = figure.control(MARGIN)
    for key, text in (("End", "4"), ("ArrowLeft", "1.5"), ("Home", "0 (plain)")):
        margin.press(key)
        assert margin.get_attribute("aria-valuetext") == text
    figure.set(point=2)
    assert figure.readout_text("chosen point") == "class I, wrong"


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Discs, width=width)
    heights = set()
    for k in range(len(CS)):
        for point in (0, 78, 150):
            figure.choose(k, point)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The class


BAD = {
    "c": [0.4, -1, math.nan, "0"],
    "point": [-1, 200, 1.5],
    "all_attacks": ["yes"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedDiscs(**{name: value})


def test_good_values_are_taken():
    widget = CertifiedDiscs(c=0.3, point=199, all_attacks=True)
    widget.c = 2.0
    assert (widget.c, widget.point) == (2.0, 199)
    assert widget.cs == CS and widget.summary["K"] == FIGURES["K"]


def test_the_state_is_small():
    assert len(json.dumps(CertifiedDiscs().state())) < 13_000
