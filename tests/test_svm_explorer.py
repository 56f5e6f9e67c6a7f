"""The explorer of all SVMs: every view follows pair and λ, and pairs are loaded when asked for."""

import gzip
import itertools
import math
import re

import nbformat
import numpy as np
import pytest
import traitlets
from conftest import Visit
from figure_page import FigurePage, HeldParts, numbers, text_of
from jupyter_lab import PATIENCE, Notebook, jupyter_lab
from playwright.sync_api import expect
from single_page import PICTURE

from explorables import SvmExplorer, TiltingPlane
from explorables.arrays import wire
from explorables.base import Explorable
from explorables.figures.svm_on_mnist.svm_explorer import COUNTS
from explorables.host import sphinx as sphinx_host
from helpers import linear, tilting
from helpers.formats import SVM_PAIR
from helpers.results import load_arrays, load_svms

SLIDER = "Regularisation λ"
LAST = len(SvmExplorer().log_lams) - 1
READOUTS = [
    "tilt θ",
    "mean distance d_adv",
    "training error",
    "test error",
    "norm ‖w‖",
    "margin 1/‖w‖",
    "Tanay & Griffin’s λ",
]
LABELS = "nodes => nodes.map(node => node.getAttribute('aria-label'))"


class Explorer(FigurePage):
    """With its map unfolded."""

    figure = SvmExplorer

    def __init__(self, visit):
        super().__init__(visit)
        self.fold_map(False)

    def fold_map(self, is_folded):
        self.root.locator("details").evaluate("(map, folded) => (map.open = !folded)", is_folded)

    @property
    def status(self):
        return self.root.get_by_role("status")

    @property
    def plane(self):
        return self.plot(re.compile("tilting plane"))

    @property
    def curves(self):
        return [self.plot(name) for name in ("Tilting angle", "Mean distance", "Errors")]

    @property
    def cells(self):
        return self.root.get_by_role("button", name=re.compile(r"\d against \d:"))

    def cell(self, pair):
        i, j = pair.split("-")
        return self.root.get_by_role("button", name=f"{i} against {j}:")

    def open(self, pair):
        self.cell(pair).click()
        expect(self.status).to_contain_text(f"{pair.replace('-', ' against ')}: 6,000")

    def show(self, k):
        self.set(log_lam=self.get("log_lams")[k])

    def k(self):
        """The number of the SVM that is shown."""
        return self.get("log_lams").index(self.get("log_lam"))

    def state(self):
        """Everything that a reader sees or hears of an SVM."""
        texts = [self.readout_text(name) for name in READOUTS]
        texts += self.root.locator("svg[aria-label]").evaluate_all(LABELS)
        pictures = self.root.locator("canvas").evaluate_all("all => all.map(c => c.toDataURL())")
        return texts, pictures

    def words_under(self, label):
        """What stands under the picture whose label begins so, line by line."""
        picture = self.root.get_by_role("img", name=re.compile(f"^{label}"))
        return text_of(picture.locator("xpath=..")).split("\n")[1:]

    def address(self):
        return self.page.evaluate("location.hash")


@pytest.fixture
def figure(open_figure):
    return open_figure(Explorer)


def svm(pair):
    return load_svms(*map(int, pair.split("-")))


@pytest.mark.parametrize("pair", ["3-8", "0-1", "4-9"])
def test_numbers_are_those_of_the_results(figure, pair):
    figure.open(pair)
    table = svm(pair)["table"]
    for k in (0, 33, LAST):
        figure.show(k)
        row = table[k]
        assert figure.readout("tilt θ")[0] == pytest.approx(math.degrees(row["theta"]), abs=0.0501)
        assert figure.readout("mean distance d_adv") == pytest.approx([row["d_adv"]], abs=0.00501)
        assert figure.readout("training error") == pytest.approx([row["err_train"]], abs=0.00551)
        assert figure.readout("test error") == pytest.approx([row["err_test"]], abs=0.00551)
        assert figure.readout("norm ‖w‖") == pytest.approx([row["norm_w"]], rel=0.0051)
        assert figure.readout("margin 1/‖w‖") == pytest.approx([1 / row["norm_w"]], rel=0.0051)
        spoken = figure.plane.locator.get_attribute("aria-label").replace("\u00a0", " ")
        assert f"{row['err_test']:.2f} %" in spoken
        assert f"{row['d_adv']:.2f} pixels" in spoken


def test_it_starts_at_the_least_test_error_and_buttons_lead_on(figure):
    table = svm("3-8")["table"]
    best = int(np.argmin(table["err_test"]))
    assert figure.k() == best
    upright = np.flatnonzero(table["theta"] < 1e-3)[-1]
    for name, k in (("upright", upright), ("most tilted", LAST), ("least test error", best)):
        figure.root.get_by_role("button", name=name, exact=True).press("Enter")
        assert figure.k() == k


def test_slider_and_map_change_every_view(figure):
    figure.show(20)
    states = [figure.state()]
    figure.control(SLIDER).press("ArrowLeft")
    assert figure.k() == 21
    states.append(figure.state())
    figure.open("4-9")
    figure.show(40)  # the readout of λ does not depend on the pair
    states.append(figure.state())
    # The means and the two examples do not depend on λ.
    for (old, new), standing in zip(itertools.pairwise(states), (4, 0), strict=True):
        texts, pictures = (zip(*both, strict=True) for both in zip(old, new, strict=True))
        assert [a for a, b in texts if a == b] == []
        assert sum(a == b for a, b in pictures) == standing


def test_boundary_margins_and_distance_are_those_of_the_svm(figure):
    arrays = svm("3-8")
    half = np.linalg.norm(arrays["centroids"][1] - arrays["centroids"][0]) / 2
    for k in (13, 33, 60):
        figure.show(k)
        row = arrays["table"][k]
        w = np.array([math.cos(row["theta"]), math.sin(row["theta"])])
        [line] = figure.plane.points("boundary")
        assert line @ w == pytest.approx(-arrays["offset"][k], abs=1e-3)
        margins = figure.plane.points("margin")
        found = sorted((ends @ w + arrays["offset"][k]).mean() for ends in margins)
        assert found == pytest.approx([-1 / row["norm_w"], 1 / row["norm_w"]], rel=1e-3)
        [[start, stop]] = figure.plane.points("2 d_adv")
        assert start == pytest.approx([-half, 0], abs=1e-3)
        assert stop - start == pytest.approx(2 * row["d_adv"] * w, abs=1e-3)


def test_one_plane_for_all_holds_a_part_of_w_and_no_boundary(figure):
    arrays = svm("3-8")
    best = int(np.argmin(arrays["table"]["err_test"]))
    frame = tilting.tilting_plane(arrays["w"][best].astype(float), *arrays["centroids"])
    canvas = figure.root.get_by_role("img", name="The training images: class I blue")
    own = canvas.evaluate("c => c.toDataURL()")
    figure.control("one for all λ").check()
    assert canvas.evaluate("c => c.toDataURL()") == own  # it is the plane of this very SVM
    assert not figure.plane.is_shown("boundary")
    for k in (10, 60, LAST):
        figure.show(k)
        assert canvas.evaluate("c => c.toDataURL()") == own
        length = np.linalg.norm(tilting.in_frame(arrays["w"][k], *frame))
        [shown] = re.findall(r"Length of ŵ here: ([\d.]+)", text_of(figure.root))
        assert float(shown) == pytest.approx(length, abs=0.0101)
    figure.control("its own").check()
    assert canvas.evaluate("c => c.toDataURL()") != own
    assert figure.plane.is_shown("boundary")


def bars(figure, name):
    """Of each bar of the histogram that is not empty, its ends in pixels and its height."""
    [corners] = figure.plot("Histogram of the distances").points(name)
    corners = corners.reshape(-1, 4, 2)
    return corners[:, [0, 2], 0], corners[:, 1, 1]


@pytest.mark.parametrize("pair", ["3-8", "7-9"])
def test_the_histogram_has_the_counts_of_the_results(figure, pair):
    figure.open(pair)
    counts = load_arrays("svm_margins")["counts"][SvmExplorer.parts().index(pair)]
    for k in (0, 36, LAST):
        figure.show(k)
        for some, name in zip(counts[k], ("class I", "class J"), strict=True):
            _, roots = bars(figure, name)
            assert roots**2 == pytest.approx(some[some > 0], abs=0.01)


def test_the_pile_stands_at_the_corner_of_the_hinge(figure):
    """Of its neighbours none is as high, from the λ at which the figure opens."""
    best = int(np.argmin(svm("3-8")["table"]["err_test"]))
    for k in (best, 50, LAST):
        figure.show(k)
        corner = 1 / svm("3-8")["table"]["norm_w"][k]
        for name in ("class I", "class J"):
            ends, roots = bars(figure, name)
            width = ends[0, 1] - ends[0, 0]
            middles = ends.mean(axis=1)
            assert np.abs(middles - corner).min() < 0.02 * width
            near = np.abs(middles - corner) < 1.5 * width
            assert np.abs(middles[near] - corner)[roots[near].argmax()] < 0.02 * width


def test_pictures_are_mirrored_by_the_svm(figure):
    arrays, k = svm("3-8"), 40
    figure.show(k)
    w, b = arrays["w"][k].astype(float), arrays["b"][k]
    for digit, mean in zip((3, 8), arrays["centroids"], strict=True):
        shown = figure.image(f"the mean of the training images of {digit}")[:, 0] / 255
        assert np.abs(shown - mean).max() < 0.004
        example = f"a training image of {digit}"
        x = figure.image(example)[:, 0] / 255
        d = linear.signed_distance(x, w, b) - arrays["offset"][k]
        assert figure.words_under(example) == [f"says {'8' if d > 0 else '3'}"]
        answer, moved = figure.words_under(f"the mirror image of {example}")
        assert answer == f"says {'3' if d > 0 else '8'}"
        assert numbers(moved) == pytest.approx([2 * abs(d)], abs=0.01)
        mirror = figure.image(f"the mirror image of {example}")[:, 0] / 255
        moved_to = x - 2 * d * w / np.linalg.norm(w)
        assert np.abs(mirror - moved_to.clip(0, 1)).max() < 0.06


def test_a_curve_is_pressed_and_dragged(figure):
    for curve in figure.curves:
        curve.locator.scroll_into_view_if_needed()
        box = curve.frame
        y = box["y"] + box["height"] / 2
        figure.page.mouse.move(box["x"] + box["width"] * 0.25, y)
        figure.page.mouse.down()
        assert figure.k() == 60
        figure.page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=3)
        assert figure.k() == 40
        figure.page.mouse.move(box["x"] + box["width"] * 2, y)
        figure.page.mouse.up()
        assert figure.k() == 0
        figure.page.mouse.move(box["x"], y)
        assert figure.k() == 0


def test_a_finger_drags_along_a_curve(open_figure):
    figure = open_figure(Explorer, width=390, has_touch=True, is_mobile=True)
    figure.curves[0].locator.scroll_into_view_if_needed()
    box = figure.curves[0].frame
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2
    cdp = figure.page.context.new_cdp_session(figure.page)
    for kind, share in (("touchStart", 0), ("touchMove", 0.2), ("touchMove", 0.5), ("touchEnd", 0)):
        at = [] if kind == "touchEnd" else [{"x": x + share * box["width"], "y": y}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    expect(figure.control(SLIDER)).to_have_attribute("aria-valuetext", "1")


def test_the_map_shows_each_measure_and_arrow_keys_walk_over_it(figure):
    rows = {pair: svm(pair)["table"] for pair in ("0-1", "3-8", "7-9")}
    best = {pair: int(np.argmin(table["err_test"])) for pair, table in rows.items()}

    def value(pair):
        return numbers(figure.cell(pair).get_attribute("aria-label"))[2]

    for pair, table in rows.items():
        assert value(pair) == pytest.approx(table["err_test"][best[pair]], abs=0.00551)
    figure.control("its log₁₀ λ").check()
    for pair, table in rows.items():
        log_lam = table["alpha"][best[pair]] - 5
        assert numbers(figure.cell(pair).inner_text()) == pytest.approx([log_lam], abs=0.01)
    figure.control("θ at this λ").check()
    figure.show(35)
    for pair, table in rows.items():
        assert value(pair) == pytest.approx(math.degrees(table["theta"][35]), abs=0.0501)

    figure.cell("3-8").focus()
    for key, pair in (("ArrowUp", "2-8"), ("ArrowRight", "2-9"), ("ArrowRight", "2-9")):
        figure.page.keyboard.press(key)
        expect(figure.cell(pair)).to_be_focused()
    figure.page.keyboard.press("Enter")
    expect(figure.status).to_contain_text("2 against 9: 6,000")
    assert figure.cell("2-9").get_attribute("aria-pressed") == "true"
    pressed = figure.cells.evaluate_all("all => all.filter(c => c.ariaPressed == 'true').length")
    assert (pressed, figure.cells.count()) == (1, 45)
    assert "All 45 pairs" in text_of(figure.root)


def test_cells_are_readable_and_large_enough_for_a_finger(open_figure):
    figure = open_figure(Explorer, width=390)
    boxes = [cell.bounding_box() for cell in figure.cells.all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    colours = figure.cells.evaluate_all(
        "cells => cells.map(c => [getComputedStyle(c).backgroundColor, getComputedStyle(c).color])"
    )
    for pair in colours:
        light, dark = sorted(map(luminance, pair), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(rgb):
    shares = np.array([float(part) / 255 for part in re.findall(r"\d+", rgb)[:3]])
    linear_shares = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return linear_shares @ (0.2126, 0.7152, 0.0722)


@pytest.fixture(params=["http", "file"])
def page_with_another(figure_server, tmp_path, request):
    """The address of a page on which another figure stands above."""
    address = figure_server.page(TiltingPlane(), SvmExplorer())
    if request.param == "http":
        return address
    parts = [f"svm_explorer/{pair}" for pair in ("3-8", "4-9", "0-1")]
    (tmp_path / "svm_explorer").mkdir()
    for name in ("host", "kit", "tilting_plane", "svm_explorer", *parts):
        (tmp_path / f"{name}.js").write_text(figure_server.content(f"/{name}.js"), encoding="utf-8")
    (tmp_path / PICTURE[1:]).write_text(figure_server.content(PICTURE), encoding="utf-8")
    page = figure_server.content(address.removeprefix(figure_server.address))
    (tmp_path / "page.html").write_text(page.replace('src="/', 'src="'), encoding="utf-8")
    return (tmp_path / "page.html").as_uri()


@pytest.fixture
def visit(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 600})
    visit = Visit(context.new_page())
    yield visit
    context.close()
    assert visit.errors == []


def test_the_address_keeps_the_view(visit, page_with_another):
    visit.page.goto(f"{page_with_another}#svm=4-9,-2.5")
    status = visit.page.get_by_role("status")
    expect(status).to_contain_text("4 against 9: 6,000")
    expect(status).to_be_in_viewport()
    figure = Explorer(visit)
    assert figure.k() == 45
    figure.show(50)
    visit.page.wait_for_function("location.hash === '#svm=4-9,-3.0'")
    figure.open("0-1")
    visit.page.wait_for_function("location.hash === '#svm=0-1,-3.0'")
    visit.page.evaluate("scroll(0, 0)")
    expect(status).not_to_be_in_viewport()
    visit.page.evaluate("location.hash = '#svm=3-8,2'")  # a link in the text
    expect(figure.status).to_contain_text("3 against 8: 6,000")
    expect(figure.status).to_be_in_viewport()
    assert figure.k() == 0


@pytest.mark.parametrize(
    "view", ["8-3,0", "3-3,0", "3-8,7", "3-8", "3-8,", "x", "3-8,nan", "%", "3-8,-2.5,1"]
)
def test_an_address_without_a_view_changes_nothing(visit, figure_server, view):
    visit.page.goto(f"{figure_server.page(SvmExplorer())}#svm={view}")
    figure = Explorer(visit)
    expect(figure.status).to_contain_text("3 against 8: 6,000")
    assert figure.k() == int(np.argmin(svm("3-8")["table"]["err_test"]))


def forget_404(figure):
    assert all("404" in error for error in figure.visit.errors)
    figure.visit.errors.clear()


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_a_part_that_cannot_be_had_leaves_the_figure_as_it_was(open_figure, damage):
    figure = open_figure(Explorer, fresh=True)
    answer = {"missing": {"status": 404}, "empty": {"body": ""}}[damage]
    figure.page.route("**/svm_explorer/4-9.js", lambda route: route.fulfill(**answer))
    before = figure.state()
    figure.cell("4-9").click()
    expect(figure.status).to_have_text(
        "4 against 9 could not be loaded: its file could not be read. The figure still shows "
        "3 against 8."
    )
    assert figure.state() == before
    assert figure.cell("3-8").get_attribute("aria-pressed") == "true"
    figure.show(50)
    assert figure.state() != before
    figure.page.unroute("**/svm_explorer/4-9.js")
    figure.open("4-9")  # it is asked for again
    forget_404(figure)


def test_a_figure_whose_first_part_is_missing_opens_others(open_figure):
    figure = open_figure(Explorer, fresh=True)
    figure.page.route("**/svm_explorer/3-8.js", lambda route: route.fulfill(status=404))
    figure.page.reload()
    figure = Explorer(figure.visit)
    expect(figure.status).to_have_text(
        "3 against 8 could not be loaded: its file could not be read."
    )
    figure.show(30)
    figure.open("0-1")
    row = svm("0-1")["table"][30]
    assert figure.readout("mean distance d_adv") == pytest.approx([row["d_adv"]], abs=0.00501)
    forget_404(figure)


def test_the_last_pair_that_was_pressed_is_shown_and_nothing_moves_meanwhile(open_figure):
    figure = open_figure(Explorer, fresh=True)
    held = HeldParts(figure.page, "svm_explorer")
    height = figure.height()
    for pair in ("4-9", "0-1"):
        figure.cell(pair).click()
        held.wait_for(pair)
        expect(figure.status).to_have_text(f"Loading {pair.replace('-', ' against ')} …")
        assert figure.height() == height
    for pair in ("0-1", "4-9"):  # the first to be asked for is the last to arrive
        held.release(pair)
        assert text_of(figure.status) == "0 against 1: 6,000 training images"
        assert figure.cell("0-1").get_attribute("aria-pressed") == "true"
        assert figure.height() == height


def test_going_back_to_the_pair_that_is_shown_ends_the_loading(open_figure):
    figure = open_figure(Explorer, fresh=True)
    held = HeldParts(figure.page, "svm_explorer")
    figure.cell("4-9").click()
    held.wait_for("4-9")
    expect(figure.status).to_contain_text("Loading 4 against 9")
    figure.open("3-8")
    before = figure.state()
    held.release("4-9")
    assert figure.state() == before


class Coarse(SvmExplorer):
    """Every tenth λ, three pairs, and a few images."""

    module = "coarse_explorer"

    @classmethod
    def part(cls, key):
        arrays, part = svm(key), super().part(key)
        points, coefficients = arrays["points"][np.r_[:30, 3000:3030]], arrays["coefficients"][::10]
        return part | {
            "models": part["models"][::10],
            "points": wire(points, SVM_PAIR["points"]),
            "coefficients": wire(coefficients, SVM_PAIR["coefficients"]),
            "counts": wire(decoded(part["counts"])[::10], COUNTS),
        }


class CoarsePage(Explorer):
    figure = Coarse


def test_there_may_be_fewer_svms_pairs_and_images(open_figure):
    whole = SvmExplorer()
    pairs = [
        pair | {"theta": pair["theta"][::10]}
        for pair in whole.pairs
        if pair["pair"] in ("0-1", "3-8", "4-9")
    ]
    widget = Coarse(log_lams=whole.log_lams[::10], pairs=pairs)
    figure = open_figure(CoarsePage, widget=widget)
    assert "3 against 8: 60 training images" in text_of(figure.root)
    assert "All 3 pairs" in text_of(figure.root)
    figure.control("θ at this λ").check()
    figure.control(SLIDER).press("End")
    for k, row in enumerate(svm("3-8")["table"][::10]):
        assert figure.k() == k
        theta = math.degrees(row["theta"])
        assert figure.readout("tilt θ")[0] == pytest.approx(theta, abs=0.0501)
        shown = numbers(figure.cell("3-8").get_attribute("aria-label"))[2]
        assert shown == pytest.approx(theta, abs=0.0501)
        figure.control(SLIDER).press("ArrowLeft")
    figure.root.get_by_role("button", name="upright").click()
    assert figure.k() == 1
    figure.cell("4-9").click()
    expect(figure.status).to_have_text("4 against 9: 60 training images")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Explorer, width=width)
    heights = set()
    for plane, k in (("own", 0), ("best", 33), ("own", LAST)):
        figure.set(plane=plane)
        figure.show(k)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1


def test_on_a_phone_it_is_two_screens_tall_and_opens_its_map_by_a_tap(open_figure):
    figure = open_figure(Explorer, width=390)
    figure.fold_map(True)
    assert figure.height() <= 2 * 844  # the screen of a phone that is 390 pixels wide
    assert not figure.cell("4-9").is_visible()
    figure.root.get_by_text("All 45 pairs").click()
    figure.open("4-9")


def test_a_screen_reader_hears_every_view(figure):
    figure.show(30)
    labels = figure.root.locator("svg[role=group]").evaluate_all(LABELS)
    assert [label.split(":")[0] for label in labels] == [
        "The SVM's tilting plane",
        "Histogram of the distances y d(x)",
        "Tilting angle against λ",
        "Mean distance against λ",
        "Errors against λ",
    ]
    assert figure.spoken(SLIDER) == "0.1"


def decoded(sent):
    values = np.frombuffer(sent["buffer"], sent["dtype"]).reshape(sent["shape"])
    return values / sent.get("per_unit", 1)


def test_parts_hold_what_the_svms_are():
    assert len(SvmExplorer.parts()) == 45
    for pair in ("0-1", "3-8", "4-9"):
        arrays, part = svm(pair), SvmExplorer.part(pair)
        models = part.pop("models")
        found = {name: decoded(sent) for name, sent in part.items()}
        w_hat = arrays["w"] / np.linalg.norm(arrays["w"], axis=1, keepdims=True)
        near = found["coefficients"] @ found["basis"]
        assert np.linalg.norm(near - w_hat, axis=1).max() < 0.1
        assert np.abs(found["centroids"] - arrays["centroids"]).max() < 1e-4
        offsets = np.array([model["offset"] for model in models])
        distances = found["points"] @ found["coefficients"].T + offsets
        for c in range(2):
            exact = linear_distances(found["examples"][c], arrays) - offsets
            assert [model["examples"][c] for model in models] == pytest.approx(exact, abs=1e-4)
        means = distances.reshape(2, 3000, -1).mean(axis=1)
        for mean, centroid in zip(means, arrays["centroids"], strict=True):
            assert np.abs(mean - linear_distances(centroid, arrays)).max() < 0.01


def linear_distances(x, arrays):
    w = arrays["w"].astype(float)
    return (w @ x + arrays["b"]) / np.linalg.norm(w, axis=1)


def test_parts_are_light():
    for key in SvmExplorer.parts():
        script = sphinx_host.part_script(SvmExplorer, key)
        assert len(gzip.compress(script.encode(), 9)) <= 150_000


@pytest.mark.parametrize("pair", ["8-3", "3-3", "38", "3-10", "a-b", "", "3-8 "])
def test_a_pair_that_is_none_is_refused(pair):
    with pytest.raises(traitlets.TraitError, match="pair must be two different digits"):
        SvmExplorer(pair=pair)


@pytest.mark.parametrize("log_lam", [2.1, -6.1, math.nan, "0.1"])
def test_a_lambda_without_an_svm_is_refused(log_lam):
    with pytest.raises(traitlets.TraitError, match="log_lam"):
        SvmExplorer(log_lam=log_lam)


@pytest.mark.parametrize("key", ["8-3", "3", "x-y", "3-8-9"])
def test_a_part_that_is_none_is_refused(key):
    with pytest.raises(ValueError):
        SvmExplorer.part(key)


def test_an_explorable_without_parts_says_so():
    assert Explorable.parts() == ()
    with pytest.raises(ValueError, match="Explorable has no part '3-8'"):
        Explorable.part("3-8")


def test_each_pair_starts_at_its_own_least_test_error():
    for pair in ("3-8", "0-1"):
        table = svm(pair)["table"]
        best = table["alpha"][np.argmin(table["err_test"])] - 5
        assert SvmExplorer(pair=pair).log_lam == pytest.approx(best)


@pytest.mark.slow
def test_in_jupyter_the_kernel_sends_the_parts(tmp_path, browser):
    cells = ["from explorables import SvmExplorer\nfigure = SvmExplorer()\nfigure"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    with jupyter_lab(tmp_path) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 2000})
        page = context.new_page()
        page.goto(address("lab/tree/figure.ipynb"))
        Notebook(page).run_all()
        figure = page.locator(".jp-OutputArea .xp")
        status = figure.get_by_role("status")
        expect(status).to_contain_text("3 against 8: 6,000", timeout=PATIENCE)
        before = page.url
        figure.get_by_text("All 45 pairs").click()
        figure.get_by_role("button", name="4 against 9:").click()
        expect(status).to_contain_text("4 against 9: 6,000")
        figure.get_by_label(SLIDER).fill(str(LAST - 45))  # from the smallest λ
        row = svm("4-9")["table"][45]
        expect(figure).to_contain_text(f"{row['d_adv']:.2f} pixels")
        assert page.url == before
        context.close()
