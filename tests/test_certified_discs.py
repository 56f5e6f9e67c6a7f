"""The certified discs: what the figure draws and says is what the experiment measured."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from py_mini_racer import MiniRacer
from single_page import opening, write_page
from test_explorables import Figure, numbers

from explorables import CertifiedDiscs
from explorables.base import HERE, script
from helpers.local_linear import Network, score
from helpers.results import load_arrays, load_figures

ARRAYS, FIGURES = load_arrays("lmt_plane"), load_figures("lmt_plane")
X, Y, CS = ARRAYS["points"].astype(float), ARRAYS["labels"], ARRAYS["c"].tolist()
CHOSEN = "The chosen point"
every_c = pytest.mark.parametrize("k", range(len(CS)), ids=[f"c={c}" for c in CS])


def radii_of(k):
    """The certified radius of each point with network number k; 0 where it is misclassified."""
    s = score(X, Network(*(ARRAYS[name][k] for name in Network._fields)))
    return np.where(Y * s > 0, abs(s) / ARRAYS["K"][k], 0)


def distances_of(k):
    return np.linalg.norm(ARRAYS["nearest"][k] - X, axis=1)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("discs"), CertifiedDiscs())


@pytest.fixture
def open_discs(browser, address):
    with opening(browser, address, Discs) as open_discs:
        yield open_discs


@pytest.fixture
def figure(open_discs):
    return open_discs(viewport={"width": 1280, "height": 1000})


class Discs(Figure):
    def __init__(self, visit):
        super().__init__(visit, "certified_discs")
        self.verdict = self.root.locator(".xp-verdict")
        self.plane = self.root.locator(".xp-layers svg.xp-plane")
        left, top, width, height = self.plane.locator(".xp-frame").evaluate(
            "frame => ['x', 'y', 'width', 'height'].map((name) => Number(frame.getAttribute(name)))"
        )
        (x, _), (_, y) = ARRAYS["frame"]
        self.unit = width / 4.6
        self.in_plane = lambda places: [x, y] + (places - [left, top]) * [1, -1] / self.unit
        self.in_drawing = lambda places: [left, top] + (places - [x, y]) * [1, -1] * self.unit

    def choose(self, k, point=78, **traits):
        self.root.get_by_label("Margin asked for").fill(str(k))
        self.set(point=point, **traits)

    def chosen(self):
        """The number of the chosen point, as it is spoken."""
        return int(re.match(r"point (\d+),", self.spoken(CHOSEN))[1]) - 1

    def path(self, kind):
        """The parts of a path, each as a list of its numbers."""
        text = self.plane.locator(f"path.{kind}").get_attribute("d")
        return np.array([
            re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", part) for part in text.split("M")[1:]
        ], float)  # fmt: skip

    def discs(self, kind):
        """Middles in the units of the plane, and radii."""
        left, y, r = self.path(f"xp-disc-{kind}")[:, :3].T
        return self.in_plane(np.stack([left + r, y], axis=1)), r / self.unit

    def at(self, n):
        """Where point n lies on the page, in pixels."""
        box = self.plane.bounding_box()
        share = self.in_drawing(X[n]) * box["width"] / 560
        return box["x"] + share[0], box["y"] + share[1]


@every_c
def test_discs_rings_and_attacks_are_those_of_the_results(figure, k):
    figure.choose(k, all_attacks=True)
    radii = radii_of(k)
    for kind, label in (("i", -1), ("j", 1)):
        of = (Y == label) & (radii > 0)
        if not of.any():
            assert figure.plane.locator(f"path.xp-disc-{kind}").get_attribute("d") == ""
            continue
        middles, shown = figure.discs(kind)
        assert middles == pytest.approx(X[of], abs=1e-4)
        assert shown == pytest.approx(radii[of], rel=1e-4, abs=1e-5)
    wrong = figure.path("xp-rings")
    assert len(wrong) == (radii == 0).sum()
    if len(wrong):
        assert figure.in_plane(wrong[:, :2]) == pytest.approx(X[radii == 0], abs=1e-4)
    ways = figure.path("xp-attacks").reshape(-1, 2, 2)
    right = radii > 0
    expected = np.stack([X, ARRAYS["nearest"][k]], axis=1)[right]
    assert figure.in_plane(ways) == pytest.approx(expected, abs=1e-3)


@every_c
def test_no_arrow_ends_in_a_disc(k):
    assert (radii_of(k) <= distances_of(k)).all()


@every_c
@pytest.mark.parametrize("point", [78, 150, 0])
def test_the_chosen_point_is_told(figure, k, point):
    figure.choose(k, point)
    radius, distance = radii_of(k)[point], distances_of(k)[point]
    cells = figure.root.locator(".xp-readouts strong").all_inner_texts()
    letter = "J" if Y[point] > 0 else "I"
    assert cells[0] == (f"class {letter}" if radius else f"class {letter}, wrong")
    assert numbers(cells[2]) == pytest.approx([distance], rel=0.006)
    for kind in ("xp-disc-chosen", "xp-arrow"):
        assert figure.plane.locator(f"path.{kind}").is_visible() == (radius > 0)
    if radius:
        assert numbers(cells[1]) == pytest.approx([radius], rel=0.006)
        [share] = numbers(cells[3])
        assert share == pytest.approx(min(100 * radius / distance, 99), abs=0.51)
        middles, shown = figure.discs("chosen")
        assert middles == pytest.approx(X[[point]], abs=1e-4)
        assert shown == pytest.approx([radius], rel=1e-4)
    else:
        assert cells[1:] == ["none", cells[2], "–"]


def test_the_verdicts(figure):
    def says(c):
        figure.choose(CS.index(c))
        return figure.verdict.inner_text().replace("\u00a0", " ")

    of = {name: dict(zip(CS, values, strict=True)) for name, values in FIGURES.items()}
    assert says(0.0).startswith("Plain training: discs reach 0.08, the boundary is 0.39 away")
    assert "20 % of the way is proven, with no training errors." in says(0.0)
    for c in CS[1:-1]:
        shown = numbers(says(c))
        certified, distance, err, K, steepest = (
            of[name][c]
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
        figure.page.mouse.click(*figure.at(n))
        assert figure.chosen() == n
    figure.page.keyboard.press("ArrowLeft")  # the arrow keys follow at once
    assert figure.chosen() != 41
    figure.page.mouse.move(*figure.at(3))
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.at(20), steps=4)
    assert figure.chosen() == 20
    figure.page.mouse.up()
    figure.page.mouse.move(*figure.at(3))
    assert figure.chosen() == 20


def test_a_tap_chooses_a_point(open_discs):
    figure = open_discs(viewport={"width": 1280, "height": 1000}, has_touch=True)
    figure.page.touchscreen.tap(*figure.at(150))
    assert figure.chosen() == 150


def test_arrow_keys_lead_in_their_direction(figure):
    for key, axis, sign in (
        ("ArrowLeft", 0, -1), ("ArrowRight", 0, 1), ("ArrowUp", 1, 1), ("ArrowDown", 1, -1)
    ):
        figure.choose(0, 78)
        figure.handle(CHOSEN).press(key)
        step = X[figure.chosen()] - X[78]
        assert sign * step[axis] >= abs(step[1 - axis]) and sign * step[axis] > 0


def test_arrow_keys_reach_every_point():
    engine = MiniRacer()
    source = (HERE / "certified_plane.js").read_text(encoding="utf-8")
    function = source[source.index("export function neighbour") :]
    engine.eval(function[: function.index("\n}\n") + 3].replace("export ", ""))
    directions = "[[-1, 0], [1, 0], [0, -1], [0, 1]]"
    steps = f"{X.tolist()}.map((_, n, all) => {directions}.map((d) => neighbour(all, n, d)))"
    ways = json.loads(engine.eval(f"JSON.stringify({steps})"))
    engine.close()
    reached, new = {78}, [78]
    while new:
        new = [n for n in {m for each in new for m in ways[each]} if n not in reached]
        reached.update(new)
    assert len(reached) == len(X)


def test_the_charts_hold_the_summary(figure):
    charts = figure.root.locator(".xp-half svg.xp-plane")
    measures = [(0, "median_distance", "own", 2), (0, "median_certified", "guarded", 2),
                (1, "err_test", "own", 7.2), (1, "err_train", "training", 7.2)]  # fmt: skip
    for number, name, kind, highest in measures:
        chart = charts.nth(number)
        top, height = (
            float(chart.locator(".xp-frame").get_attribute(side)) for side in ("y", "height")
        )
        points = chart.locator(f"polyline.xp-{kind}").get_attribute("points").split()
        y = np.array([point.split(",")[1] for point in points], float)
        shown = (highest * (1 - (y - top) / height)) ** 2
        assert shown == pytest.approx(np.array(FIGURES[name]), rel=1e-6, abs=1e-9)


def test_the_tick_box_and_the_slider(figure):
    ways = figure.plane.locator("path.xp-attacks")
    assert not ways.is_visible()
    figure.root.get_by_role("checkbox").press("Space")
    assert ways.is_visible()
    slider = figure.root.get_by_label("Margin asked for")
    assert slider.get_attribute("aria-valuetext") == "0 (plain)"
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.05"
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "2"
    assert "collapsed" in figure.root.locator("canvas").get_attribute("aria-label")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_discs, width):
    figure = open_discs(viewport={"width": width, "height": 800})
    heights = set()
    for k in range(len(CS)):
        for point in (0, 78, 150):
            figure.choose(k, point)
            heights.add(round(figure.root.locator(".xp").bounding_box()["height"]))
            assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert len(heights) == 1


# The class


@pytest.mark.parametrize(
    ("name", "value"),
    [("c", 0.4), ("c", -1), ("c", math.nan), ("c", "0"), ("point", -1), ("point", 200),
     ("point", 1.5), ("all_attacks", "yes")],
)  # fmt: skip
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedDiscs(**{name: value})


def test_good_values_are_taken():
    widget = CertifiedDiscs(c=0.3, point=199, all_attacks=True)
    widget.c = 2.0
    assert (widget.c, widget.point) == (2.0, 199)
    assert widget.cs == CS and widget.summary["K"] == FIGURES["K"]


def test_the_state_is_small():
    assert len(json.dumps(CertifiedDiscs().state())) + len(script("certified_discs")) < 80_000
