"""The explorer of all SVMs: every view follows pair and λ, and pairs are loaded when asked for."""

import gzip
import itertools
import json
import math
import os
import re

import nbformat
import numpy as np
import pytest
import traitlets
from jupyter_lab import PATIENCE, Notebook, jupyter_lab
from playwright.sync_api import expect
from test_explorables import SCHEMES, Figure, numbers

from helpers import linear, tilting
from explorables import SvmExplorer
from explorables.host import sphinx as sphinx_host
from explorables.base import Explorable
from helpers.results import load_svms

PAGE = "book/svm-on-mnist.html"
SLIDER = "Regularisation λ"
WIDTH, TOP, LEFT, ACROSS = 276, 8, 56, 14  # the plane's frame, and how many pixels it shows
PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
LABELS = "nodes => nodes.map(node => node.getAttribute('aria-label'))"
# How many images the bars of a histogram stand for: their heights are square roots, up to 40.
COUNTED = """(bars) => {
  const frame = bars.closest(".xp-plane").querySelector(".xp-frame").getBBox();
  const tops = [...bars.getAttribute("d").matchAll(/V ([\\d.]+) H/g)].map((match) => match[1]);
  const roots = tops.map((y) => ((frame.y + frame.height - y) / frame.height) * 40);
  return roots.reduce((sum, root) => sum + root ** 2, 0);
}"""


class Explorer(Figure):
    def __init__(self, visit):
        super().__init__(visit, "svm_explorer")
        self.status = self.root.locator(".xp-status")
        self.plane, self.histogram = (
            self.root.locator(f".xp-view-{name}") for name in ("plane", "histogram")
        )
        self.curves = self.root.locator(".xp-path svg.xp-plane")

    def cell(self, pair):
        i, j = pair.split("-")
        return self.root.get_by_role("button", name=f"{i} against {j}:")

    def open(self, pair):
        self.cell(pair).click()
        expect(self.status).to_contain_text(f"{pair.replace('-', ' against ')}: 6,000")

    def show(self, k):
        self.root.get_by_label(SLIDER).fill(f"{2 - k / 10:.1f}")

    def k(self):
        return round(20 - 10 * float(self.root.get_by_label(SLIDER).input_value()))

    def state(self):
        """Everything that a reader sees or hears of an SVM."""
        texts = [self.root.locator(".xp-readouts").inner_text()]
        texts += self.root.locator("svg[aria-label]").evaluate_all(LABELS)
        pictures = self.root.locator("canvas").evaluate_all("all => all.map(c => c.toDataURL())")
        return texts, pictures

    def address(self):
        return self.page.evaluate("location.hash")


@pytest.fixture(params=SCHEMES)
def figure(open_page, request):
    visit = open_page(PAGE, scheme=request.param)
    yield Explorer(visit)
    assert visit.errors == []


def svm(pair):
    return load_svms(*map(int, pair.split("-")))


def ends(segment):
    values = [float(segment.get_attribute(name)) for name in ("x1", "y1", "x2", "y2")]
    points = np.array(values).reshape(2, 2) - (LEFT + WIDTH / 2, TOP + WIDTH / ACROSS * 5)
    return points * (1, -1) * ACROSS / WIDTH


@pytest.mark.parametrize("pair", ["3-8", "0-1", "4-9"])
def test_numbers_are_those_of_the_results(figure, pair):
    figure.open(pair)
    table = svm(pair)["table"]
    for k in (0, 33, 80):
        figure.show(k)
        row = table[k]
        assert figure.readout("tilt θ")[0] == pytest.approx(math.degrees(row["theta"]), abs=0.0501)
        assert figure.readout("mean distance d_adv") == pytest.approx([row["d_adv"]], abs=0.00501)
        assert figure.readout("training error") == pytest.approx([row["err_train"]], abs=0.00551)
        assert figure.readout("test error") == pytest.approx([row["err_test"]], abs=0.00551)
        assert figure.readout("norm ‖w‖") == pytest.approx([row["norm_w"]], rel=0.0051)
        assert figure.readout("margin 1/‖w‖") == pytest.approx([1 / row["norm_w"]], rel=0.0051)
        spoken = figure.plane.locator(".xp-plane").get_attribute("aria-label")
        assert f"{row['err_test']:.2f} %" in spoken
        assert f"{row['d_adv']:.2f} pixels" in spoken


def test_it_starts_at_the_least_test_error_and_buttons_lead_on(figure):
    table = svm("3-8")["table"]
    best = int(np.argmin(table["err_test"]))
    assert figure.k() == best
    upright = np.flatnonzero(table["theta"] < 1e-3)[-1]
    for name, k in (("upright", upright), ("most tilted", 80), ("least test error", best)):
        figure.root.get_by_role("button", name=name, exact=True).press("Enter")
        assert figure.k() == k


def test_slider_and_map_change_every_view(figure):
    figure.show(20)
    states = [figure.state()]
    figure.root.get_by_label(SLIDER).press("ArrowLeft")
    assert figure.k() == 21
    states.append(figure.state())
    figure.open("4-9")
    states.append(figure.state())
    # The means and the two examples do not depend on λ.
    for (old, new), standing in zip(itertools.pairwise(states), (4, 0), strict=True):
        texts, pictures = (zip(*both, strict=True) for both in zip(old, new, strict=True))
        assert all(a != b for a, b in texts)
        assert sum(a == b for a, b in pictures) == standing


def test_boundary_margins_and_distance_are_those_of_the_svm(figure):
    arrays = svm("3-8")
    half = np.linalg.norm(arrays["centroids"][1] - arrays["centroids"][0]) / 2
    for k in (13, 33, 60):
        figure.show(k)
        row = arrays["table"][k]
        w = np.array([math.cos(row["theta"]), math.sin(row["theta"])])
        line = ends(figure.plane.locator(".xp-line.xp-boundary[x1]"))
        assert line @ w == pytest.approx(-arrays["offset"][k], abs=1e-3)
        margins = figure.plane.locator("line.xp-thin").all()
        found = sorted((ends(each) @ w + arrays["offset"][k]).mean() for each in margins)
        assert found == pytest.approx([-1 / row["norm_w"], 1 / row["norm_w"]], rel=1e-3)
        start, stop = ends(figure.plane.locator("line.xp-adversarial"))
        assert start == pytest.approx([-half, 0], abs=1e-3)
        assert stop - start == pytest.approx(2 * row["d_adv"] * w, abs=1e-3)


def test_one_plane_for_all_holds_a_part_of_w_and_no_boundary(figure):
    arrays = svm("3-8")
    best = int(np.argmin(arrays["table"]["err_test"]))
    frame = tilting.tilting_plane(arrays["w"][best].astype(float), *arrays["centroids"])
    canvas = figure.plane.locator(".xp-dots")
    own = canvas.evaluate("c => c.toDataURL()")
    figure.root.get_by_label("one for all λ").check()
    assert canvas.evaluate("c => c.toDataURL()") == own  # it is the plane of this very SVM
    expect(figure.plane.locator(".xp-line.xp-boundary[x1]")).to_be_hidden()
    for k in (10, 60, 80):
        figure.show(k)
        assert canvas.evaluate("c => c.toDataURL()") == own
        length = np.linalg.norm(tilting.in_frame(arrays["w"][k], *frame))
        shown = numbers(figure.plane.locator(".xp-note").inner_text())
        assert shown == pytest.approx([length], abs=0.0101)
    figure.root.get_by_label("its own").check()
    assert canvas.evaluate("c => c.toDataURL()") != own
    expect(figure.plane.locator(".xp-line.xp-boundary[x1]")).to_be_visible()


@pytest.mark.parametrize("pair", ["3-8", "7-9"])
def test_the_histogram_counts_the_images_of_each_class(figure, pair):
    figure.open(pair)
    figure.show(40)  # where no image lies outside the axis
    for kind in "ij":
        bars = figure.histogram.locator(f".xp-bars.xp-class-{kind}")
        assert bars.evaluate(COUNTED) == pytest.approx(3000, abs=1e-3)


def test_pictures_are_mirrored_by_the_svm(figure):
    arrays, k = svm("3-8"), 40
    figure.show(k)
    w, b = arrays["w"][k].astype(float), arrays["b"][k]
    drawn = [
        np.array(canvas.evaluate(PIXELS)).reshape(784, 4)[:, 0] / 255
        for canvas in figure.root.locator(".xp-thumbnail canvas").all()
    ]
    for shown, mean in zip(drawn, arrays["centroids"], strict=False):
        assert np.abs(shown - mean).max() < 0.004
    words = figure.root.locator(".xp-thumbnail .xp-note").all_inner_texts()
    for x, mirror, (said, answer) in zip(
        drawn[3::2], drawn[4::2], (words[3:5], words[5:7]), strict=True
    ):
        d = linear.signed_distance(x, w, b)
        assert said == f"says {'8' if d > 0 else '3'}"
        assert answer.split("\n")[0] == f"says {'3' if d > 0 else '8'}"
        assert numbers(answer)[1] == pytest.approx(2 * abs(d), abs=0.01)
        assert np.abs(mirror - linear.mirror_image(x, w, b).clip(0, 1)).max() < 0.06


def test_a_curve_is_pressed_and_dragged(figure):
    for n in range(3):
        box = figure.curves.nth(n).locator(".xp-frame").bounding_box()
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


def test_a_finger_drags_along_a_curve(open_page):
    figure = Explorer(open_page(PAGE, width=390, has_touch=True, is_mobile=True))
    figure.curves.first.scroll_into_view_if_needed()
    box = figure.curves.first.locator(".xp-frame").bounding_box()
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2
    cdp = figure.page.context.new_cdp_session(figure.page)
    for kind, share in (("touchStart", 0), ("touchMove", 0.2), ("touchMove", 0.5), ("touchEnd", 0)):
        at = [] if kind == "touchEnd" else [{"x": x + share * box["width"], "y": y}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    expect(figure.root.get_by_label(SLIDER)).to_have_value("0")


def test_the_map_shows_each_measure_and_arrow_keys_walk_over_it(figure):
    rows = {pair: svm(pair)["table"] for pair in ("0-1", "3-8", "7-9")}
    best = {pair: int(np.argmin(table["err_test"])) for pair, table in rows.items()}

    def value(pair):
        return numbers(figure.cell(pair).get_attribute("aria-label"))[2]

    for pair, table in rows.items():
        assert value(pair) == pytest.approx(table["err_test"][best[pair]], abs=0.00551)
    figure.root.get_by_label("its log₁₀ λ").check()
    for pair, table in rows.items():
        log_lam = table["alpha"][best[pair]] - 5
        assert numbers(figure.cell(pair).inner_text()) == pytest.approx([log_lam], abs=0.01)
    figure.root.get_by_label("θ at this λ").check()
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
    assert figure.root.locator(".xp-cell[aria-pressed=true]").count() == 1
    assert figure.root.locator(".xp-cell").count() == 45


def test_cells_are_readable_and_large_enough_for_a_finger(open_page):
    figure = Explorer(open_page(PAGE, width=390))
    boxes = [cell.bounding_box() for cell in figure.root.locator(".xp-cell").all()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    colours = figure.root.locator(".xp-cell").evaluate_all(
        "cells => cells.map(c => [getComputedStyle(c).backgroundColor, getComputedStyle(c).color])"
    )
    for pair in colours:
        light, dark = sorted(map(luminance, pair), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(rgb):
    shares = np.array([float(part) / 255 for part in re.findall(r"\d+", rgb)[:3]])
    linear_shares = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return linear_shares @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_address_keeps_the_view(open_page, scheme):
    visit = open_page(f"{PAGE}#svm=4-9,-2.5", scheme=scheme)
    status = visit.page.locator(".xp-status")
    expect(status).to_contain_text("4 against 9: 6,000")
    expect(status).to_be_in_viewport()
    figure = Explorer(visit)
    assert figure.k() == 45
    figure.show(50)
    visit.page.wait_for_function("location.hash === '#svm=4-9,-3.0'")
    figure.open("0-1")
    visit.page.wait_for_function("location.hash === '#svm=0-1,-3.0'")
    visit.page.evaluate("scroll(0, 0)")
    visit.page.evaluate("location.hash = '#svm=3-8,2'")  # a link in the text
    expect(figure.status).to_contain_text("3 against 8: 6,000")
    expect(figure.status).to_be_in_viewport()
    assert figure.k() == 0
    assert visit.errors == []


@pytest.mark.parametrize(
    "view", ["8-3,0", "3-3,0", "3-8,7", "3-8", "3-8,", "x", "3-8,nan", "%", "3-8,-2.5,1"]
)
def test_an_address_without_a_view_changes_nothing(open_page, view):
    visit = open_page(f"{PAGE}#svm={view}")
    figure = Explorer(visit)
    expect(figure.status).to_contain_text("3 against 8: 6,000")
    assert figure.k() == int(np.argmin(svm("3-8")["table"]["err_test"]))
    assert visit.errors == []


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_a_part_that_cannot_be_had_leaves_the_figure_as_it_was(open_page, damage):
    visit = open_page(PAGE)
    figure = Explorer(visit)
    answer = {"missing": {"status": 404}, "empty": {"body": ""}}[damage]
    visit.page.route("**/svm_explorer/4-9.js", lambda route: route.fulfill(**answer))
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
    visit.page.unroute("**/svm_explorer/4-9.js")
    figure.open("4-9")  # it is asked for again
    assert all("404" in error for error in visit.errors)


def test_a_figure_whose_first_part_is_missing_opens_others(open_page, site, server):
    visit = open_page("search.html")
    visit.page.route("**/svm_explorer/3-8.js", lambda route: route.fulfill(status=404))
    visit.page.goto(f"{server}/{PAGE}")
    figure = Explorer(visit)
    expect(figure.status).to_have_text(
        "3 against 8 could not be loaded: its file could not be read."
    )
    figure.show(30)
    figure.open("0-1")
    row = svm("0-1")["table"][30]
    assert figure.readout("mean distance d_adv") == pytest.approx([row["d_adv"]], abs=0.00501)
    assert all("404" in error for error in visit.errors)


def test_the_last_pair_that_was_pressed_is_shown_and_nothing_moves_meanwhile(open_page):
    visit = open_page(PAGE)
    figure = Explorer(visit)
    waiting = []
    visit.page.route("**/svm_explorer/*.js", lambda route: waiting.append(route))
    height = figure.root.bounding_box()["height"]
    for pair in ("4-9", "0-1"):
        figure.cell(pair).click()
        expect(figure.status).to_have_text(f"Loading {pair.replace('-', ' against ')} …")
        assert figure.root.bounding_box()["height"] == height
    for route in reversed(waiting):  # the first to be asked for is the last to arrive
        route.continue_()
    expect(figure.status).to_contain_text("0 against 1: 6,000")
    visit.page.wait_for_load_state("networkidle")
    expect(figure.status).to_contain_text("0 against 1: 6,000")
    assert figure.root.bounding_box()["height"] == height
    assert visit.errors == []


def test_going_back_to_the_pair_that_is_shown_ends_the_loading(open_page):
    visit = open_page(PAGE)
    figure = Explorer(visit)
    waiting = []
    visit.page.route("**/svm_explorer/*.js", lambda route: waiting.append(route))
    figure.cell("4-9").click()
    expect(figure.status).to_contain_text("Loading 4 against 9")
    figure.open("3-8")
    before = figure.state()
    waiting[0].continue_()
    visit.page.wait_for_load_state("networkidle")
    assert figure.state() == before


def test_a_screen_reader_hears_every_view(figure):
    figure.show(30)
    labels = figure.root.locator("svg.xp-plane").evaluate_all(LABELS)
    assert [label.split(":")[0] for label in labels] == [
        "The SVM's tilting plane",
        "Histogram of the distances y d(x)",
        "Tilting angle against λ",
        "Mean distance against λ",
        "Errors against λ",
    ]
    assert figure.root.get_by_label(SLIDER).get_attribute("aria-valuetext") == "0.1"


def test_parts_hold_what_the_svms_are():
    assert len(SvmExplorer.parts()) == 45
    for pair in ("0-1", "3-8", "4-9"):
        arrays, part = svm(pair), SvmExplorer.part(pair)
        images = {
            name: np.frombuffer(part[name], "<i2").reshape(-1, 784) / part["per_unit"]
            for name in ("basis", "centroids")
        }
        coefficients = np.frombuffer(part["coefficients"], "<f4").reshape(81, -1)
        w_hat = arrays["w"] / np.linalg.norm(arrays["w"], axis=1, keepdims=True)
        assert np.linalg.norm(coefficients @ images["basis"] - w_hat, axis=1).max() < 0.1
        assert np.abs(images["centroids"] - arrays["centroids"]).max() < 1e-4
        points = np.frombuffer(part["points"], "<i2").reshape(6000, -1) / part["per_pixel"]
        offsets = np.array([model["offset"] for model in part["models"]])
        examples = np.frombuffer(part["examples"], np.uint8).reshape(2, 784) / 255
        for c, first in enumerate((0, 3000)):
            d = points[first] @ coefficients.T + offsets
            exact = linear_distances(examples[c], arrays)
            assert np.abs(d - exact).max() < 0.12
            assert [m["examples"][c] for m in part["models"]] == pytest.approx(exact, abs=1e-4)
        means = points.reshape(2, 3000, -1).mean(axis=1) @ coefficients.T + offsets
        for mean, centroid in zip(means, arrays["centroids"], strict=True):
            assert np.abs(mean - linear_distances(centroid, arrays)).max() < 0.01


def linear_distances(x, arrays):
    w = arrays["w"].astype(float)
    return (w @ x + arrays["b"]) / np.linalg.norm(w, axis=1)


def test_parts_are_light(site):
    files = sorted((site / "_static/explorables/svm_explorer").glob("*.js"))
    assert {path.stem for path in files} == SvmExplorer.parts().keys()
    assert max(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= 150_000


class Counted(Explorable):
    module = "counted"

    @classmethod
    def parts(cls):
        return {"a": [cls.source]}

    @classmethod
    def part(cls, key):
        cls.made += 1
        return {"text": cls.source.read_text(), "bytes": b"\1\2"}


def test_a_part_is_written_again_only_when_its_source_is_newer(tmp_path):
    Counted.source, Counted.made = tmp_path / "source", 0
    Counted.source.write_text("</script> old")
    for _ in range(2):
        sphinx_host.write_parts(Counted, tmp_path)
    assert Counted.made == 1
    Counted.source.write_text("new")
    os.utime(Counted.source, (2e9, 2e9))
    sphinx_host.write_parts(Counted, tmp_path)
    assert Counted.made == 2
    assert [path.name for path in (tmp_path / "counted").iterdir()] == ["a.js"]
    written = (tmp_path / "counted/a.js").read_text()
    name, values = re.fullmatch(r'explorables\.part\("(.+?)", (.+)\);\n', written).groups()
    assert name == "counted/a"
    assert json.loads(values) == {"text": "new", "bytes": {"base64": "AQI="}}


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
    assert Explorable.parts() == {}
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
        status = figure.locator(".xp-status")
        expect(status).to_contain_text("3 against 8: 6,000", timeout=PATIENCE)
        before = page.url
        figure.get_by_role("button", name="4 against 9:").click()
        expect(status).to_contain_text("4 against 9: 6,000")
        figure.get_by_label(SLIDER).fill("-2.5")
        row = svm("4-9")["table"][45]
        shown = figure.locator(".xp-readouts").inner_text()
        assert f"{row['d_adv']:.2f} pixels" in shown
        assert page.url == before
        context.close()
