"""The figure of a two-layer network: what it shows is what helpers.local_linear says of it."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from test_explorables import SCHEMES, Figure, centre, numbers

from helpers import local_linear
from explorables import TwoLayerNetwork
from helpers.local_linear import Network
from helpers.plots import PALETTE
from helpers.results import load_arrays, load_table

CHAPTER = "book/weight-decay.html"
ARRAYS = load_arrays("two_layers")
LOG_LAMS = [round(-6 + k / 4, 2) for k in range(23)]
FRAME = ARRAYS["frame"]
X_HANDLE = "The point x"
SOME = [(-6.0, [0.2, 0.3]), (-4.5, [1.8, -0.4]), (-2.5, [-1.0, 1.0]), (-1.25, [0.0, -1.1])]


def network(log_lam):
    k = LOG_LAMS.index(log_lam)
    return Network(*(ARRAYS[name][k].astype(float) for name in Network._fields))


def boundary(log_lam):
    """The segments of the boundary, shape (k, 2, 2)."""
    k = LOG_LAMS.index(log_lam)
    return np.split(ARRAYS["segments"].astype(float), np.cumsum(ARRAYS["segment_counts"]))[k]


def nearest(log_lam, x):
    return local_linear.nearest_boundary_point(np.array([x]), boundary(log_lam))[0]


def table_of(name):
    """A column of the summary: a row a seed, a number a decay."""
    table = np.sort(load_table("two_layers"), order=("seed", "decay"))
    return table[name].reshape(-1, len(LOG_LAMS))


class TwoLayers(Figure):
    def __init__(self, visit):
        super().__init__(visit, "two_layer_network")
        self.verdict = self.root.locator(".xp-verdict")
        self.plane = self.root.locator(".xp-area-plane svg.xp-plane")

    def show(self, log_lam, x):
        self.root.get_by_label("Weight decay λ").fill(str(log_lam))
        self.set(x=x)

    def in_plane(self, pixels):
        """Points of the drawing in the units of the plane: shape (..., 2)."""
        left, top, width, height = self.plane.locator(".xp-frame").evaluate(
            "frame => ['x', 'y', 'width', 'height'].map((name) => Number(frame.getAttribute(name)))"
        )
        share = (np.asarray(pixels) - [left, top]) / [width, height]
        low, high = FRAME.T
        return np.stack(
            [
                low[0] + share[..., 0] * (high[0] - low[0]),
                high[1] - share[..., 1] * (high[1] - low[1]),
            ],
            axis=-1,
        )

    def path(self, kind):
        """The points at which the parts of a path begin or end: shape (k, 2)."""
        text = self.plane.locator(f"path.{kind}").get_attribute("d") or ""
        places = re.findall(r"[ML](-?[\d.e-]+) (-?[\d.e-]+)", text)
        return self.in_plane(np.array(places, float).reshape(-1, 2))

    def line(self, kind):
        names = ["x1", "y1", "x2", "y2"]
        values = self.plane.locator(f"line.{kind}").evaluate(
            "(line, names) => names.map((name) => Number(line.getAttribute(name)))", names
        )
        return self.in_plane(np.reshape(values, (2, 2)))

    def pixels(self):
        """The field of colour behind the plane: shape (rows, columns, 4), from the top."""
        size, values = self.root.locator("canvas").evaluate(
            """canvas => [[canvas.height, canvas.width],
            [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]]"""
        )
        return np.reshape(values, (*size, 4))


@pytest.fixture(params=SCHEMES)
def figure(open_page, request):
    visit = open_page(CHAPTER, scheme=request.param)
    yield TwoLayers(visit)
    assert visit.errors == []


def cells(shape):
    """The middles of the cells of the colour field, shape (rows, columns, 2)."""
    rows, columns = shape[:2]
    (left, right), (low, high) = FRAME
    across = left + (np.arange(columns) + 0.5) / columns * (right - left)
    down = high - (np.arange(rows) + 0.5) / rows * (high - low)
    return np.stack(np.meshgrid(across, down), axis=-1)


def rounded(value):
    """How far a number with three digits, and at most three decimals, may be off."""
    return max(0.00051, 0.0051 * abs(value))


@pytest.mark.parametrize(("log_lam", "x"), SOME)
def test_the_numbers_are_those_of_the_helpers(figure, log_lam, x):
    figure.show(log_lam, x)
    net, X = network(log_lam), np.array([x])
    s, norm = local_linear.score(X, net)[0], local_linear.gradient_norm(X, net)[0]
    d = local_linear.first_order_distance(X, net)[0]
    to = np.linalg.norm(nearest(log_lam, x) - x)
    shown = [("score s(x)", s), ("‖∇s(x)‖", norm), ("d(x), to first order", d), ("true distance", to)]
    for name, value in shown:
        assert figure.readout(name) == pytest.approx([value], abs=rounded(value))
    assert figure.readout("units on at x") == [local_linear.units_on(X, net)[0].sum(), 24]
    k = LOG_LAMS.index(log_lam)
    assert figure.readout("training error") == pytest.approx(table_of("err_train")[0, [k]], abs=0.051)
    assert figure.readout("test error") == pytest.approx(table_of("err_test")[0, [k]], abs=0.051)
    fitted = table_of("mislabelled_fitted")[0, k] / 5  # per cent of 20
    assert figure.readout("mislabelled fitted") == pytest.approx([fitted, 20])


@pytest.mark.parametrize(("log_lam", "x"), SOME)
def test_the_boundary_the_line_and_their_nearest_points_are_drawn(figure, log_lam, x):
    figure.show(log_lam, x)
    net = network(log_lam)
    drawn = figure.path("xp-boundary").reshape(-1, 2, 2)
    assert drawn == pytest.approx(boundary(log_lam), abs=1e-4)

    w, b = (part[0] for part in local_linear.local_linear(np.array([x]), net))
    own = figure.line("xp-dashed")
    assert own @ w + b == pytest.approx(np.zeros(2), abs=1e-3 * np.linalg.norm(w))
    foot = x - (w @ x + b) / (w @ w) * w
    assert figure.line("xp-to-foot") == pytest.approx(np.array([x, foot]), abs=1e-3)
    expected = np.array([x, nearest(log_lam, x)])
    assert figure.line("xp-adversarial") == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("log_lam", [-6.0, -3.0, -1.0, -0.5])
def test_each_unit_at_work_has_its_line(figure, log_lam):
    figure.show(log_lam, [0, 0])
    net = network(log_lam)
    lines = figure.path("xp-units").reshape(-1, 2, 2)
    at_work = np.flatnonzero(net.w2)
    assert len(lines) == len(at_work)
    for unit, ends in zip(at_work, lines, strict=True):
        inputs = ends @ net.W1[unit] + net.b1[unit]
        assert inputs == pytest.approx(np.zeros(2), abs=1e-3 * np.linalg.norm(net.W1[unit]))


def test_the_training_points_are_drawn_and_the_mislabelled_ones_ringed(figure):
    X, labels, flipped = (ARRAYS[name] for name in ("points", "labels", "flipped"))
    for kind, expected in (
        ("xp-spots-i", X[labels < 0]), ("xp-spots-j", X[labels > 0]), ("xp-rings", X[flipped])
    ):
        assert figure.path(kind) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("log_lam", [-5.0, -2.5])
def test_the_colour_is_the_steepness(figure, log_lam):
    figure.show(log_lam, [0, 0])
    pixels = figure.pixels()
    middles = cells(pixels.shape).reshape(-1, 2)
    norm = local_linear.gradient_norm(middles, network(log_lam))
    expected = 255 * 0.85 * np.clip(np.log10(norm) / 2, 0, 1)
    off = abs(pixels[..., 3].ravel() - expected)
    assert np.mean(off < 1.5) > 0.998  # rounding may take a cell for its neighbour's region


def test_the_colour_is_the_confidence(figure):
    figure.root.get_by_label("confidence").check()
    figure.show(-4.0, [0, 0])
    pixels = figure.pixels()
    s = local_linear.score(cells(pixels.shape).reshape(-1, 2), network(-4.0))
    sure = abs(2 / (1 + np.exp(-s)) - 1)
    assert pixels[..., 3].ravel() == pytest.approx(255 * 0.5 * sure, abs=1.5)
    colours = {name: PALETTE[name]["light"] for name in ("class-i", "class-j")}
    i, j = ([int(hex[k : k + 2], 16) for k in (1, 3, 5)] for hex in colours.values())
    certain = sure > 0.9  # where a canvas keeps the colour beneath the opacity
    expected = np.where(s[:, None] > 0, j, i)[certain]
    assert pixels[..., :3].reshape(-1, 3)[certain] == pytest.approx(expected, abs=2)


def test_the_colour_follows_the_theme_and_the_choice(figure):
    light = figure.pixels()
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.page.wait_for_function(
        """([old]) => {
          const canvas = document.querySelector('.explorable[data-module="two_layer_network"] canvas');
          const at = canvas.getContext("2d").getImageData(0, 0, 1, 1).data;
          return at[0] !== old;
        }""",
        arg=[int(light[0, 0, 0])],
    )
    figure.root.get_by_label("confidence").check()
    assert figure.root.locator(".xp-scale").get_attribute("class").endswith("confidence")


def test_the_charts_hold_all_seeds(figure):
    charts = figure.root.locator(".xp-area-charts svg.xp-plane")
    measures = [
        ("norm_gradient_median", (-1, 2), lambda norm: np.log10(np.maximum(norm, 0.1))),
        ("err_test", (0, 7.2), np.sqrt),
    ]
    for number, (name, y, scale) in enumerate(measures):
        chart = charts.nth(number)
        left, top, width, height = chart.locator(".xp-frame").evaluate(
            "frame => ['x', 'y', 'width', 'height'].map((name) => Number(frame.getAttribute(name)))"
        )
        expected = scale(table_of(name))
        for kind, rows in (("own", expected[:1]), ("family", expected[1:])):
            curves = chart.locator(f"polyline.xp-{kind}").evaluate_all(
                "curves => curves.map((curve) => curve.getAttribute('points'))"
            )
            places = np.array([[p.split(",") for p in curve.split()] for curve in curves], float)
            log_lams = -6 + (places[..., 0] - left) / width * 5.5
            values = y[1] - (places[..., 1] - top) / height * (y[1] - y[0])
            assert log_lams == pytest.approx(np.tile(LOG_LAMS, (len(rows), 1)), abs=1e-6)
            assert values == pytest.approx(rows, abs=1e-6)


def switching(log_lam, x, to):
    """How many units switch on the way, and along how many lines."""
    net = network(log_lam)
    on = local_linear.units_on(np.array([x, to]), net)
    units = np.flatnonzero((on[0] != on[1]) & (net.w2 != 0))
    lines = np.column_stack([net.W1, net.b1])[units]
    lines /= np.linalg.norm(lines[:, :2], axis=1)[:, None]
    lines *= np.sign(lines[:, [0]])  # whichever side they are on at
    apart = [
        all(abs(line - other).max() >= 0.005 for other in lines[:k]) for k, line in enumerate(lines)
    ]
    return len(units), sum(apart)


def points_with(condition, log_lam):
    """Points of a grid for which condition(first-order distance, true distance) holds."""
    X = np.stack(np.meshgrid(np.arange(-1.5, 2.6, 0.1), np.arange(-1.2, 1.7, 0.1)), -1)
    X = X.reshape(-1, 2).round(2)
    d = abs(local_linear.first_order_distance(X, network(log_lam)))
    near = local_linear.nearest_boundary_point(X, boundary(log_lam))
    to = np.linalg.norm(near - X, axis=1)
    return X[condition(d, to)], d, to


def test_the_sentence_says_what_the_boundary_does(figure):
    units = r"(\d+) units?(?:, on (\d+) lines?,)? switch(?:es)?"
    kinds = {
        rf"In truth it is nearer, ([\d.]+): {units} on the way there\.": (
            lambda d, to: (d > 1.1 * to) & (d < 9)
        ),
        rf"In truth it is farther, ([\d.]+): {units} before that line\.": lambda d, to: to > 1.1 * d,
        r"The region reaches that far, so this is true\.": lambda d, to: abs(d - to) < 1e-9,
    }
    for log_lam in (-4.5, -3.0):
        net = network(log_lam)
        for number, (text, condition) in enumerate(kinds.items()):
            X, _, _ = points_with(condition, log_lam)
            x = X[len(X) // 2].tolist()
            figure.show(log_lam, x)
            d = local_linear.first_order_distance(np.array([x]), net)[0]
            w = local_linear.local_linear(np.array([x]), net)[0][0]
            match = re.fullmatch(
                r"Seen from x's region, the boundary is the dashed line, ([\d.]+) away\. " + text,
                figure.verdict.inner_text(),
            )
            assert match, figure.verdict.inner_text()
            assert float(match[1]) == pytest.approx(abs(d), abs=rounded(d))
            if number == 2:
                continue
            near = nearest(log_lam, x)
            to = np.linalg.norm(near - x)
            assert float(match[2]) == pytest.approx(to, abs=rounded(to))
            # The ends lie on a boundary, so a unit whose line is there may be on or off.
            end = near if number == 0 else x - d / np.linalg.norm(w) * w
            count, lines = switching(log_lam, x, end)
            assert abs(int(match[3]) - count) <= 1 and int(match[3]) >= 1
            if match[4]:
                assert abs(int(match[4]) - lines) <= 1 and int(match[4]) < int(match[3])


@pytest.mark.parametrize(
    ("log_lam", "x", "counts"),
    [(-1.5, [1.6, -0.4], (9, 1)), (-2.0, [0.4, -1.2], (7, 2)), (-3.0, [0.5, -0.4], (3, 2))],
)
def test_units_that_decay_has_merged_share_a_line(figure, log_lam, x, counts):
    figure.show(log_lam, x)
    assert switching(log_lam, x, nearest(log_lam, x)) == counts
    units, lines = counts
    plural = "s" * (lines > 1)
    said = f": {units} units, on {lines} line{plural}, switch on the way there."
    assert figure.verdict.inner_text().endswith(said)


def test_a_constant_has_neither_line_nor_boundary(figure):
    figure.show(-0.5, [0.5, 0.5])
    assert figure.verdict.inner_text() == (
        "Every unit has decayed to 0: the score is the same everywhere, without a boundary."
    )
    values = figure.root.locator(".xp-readouts")
    for name, text in (("‖∇s(x)‖", "0"), ("d(x), to first order", "none"), ("true distance", "none")):
        label = values.locator("span", has_text=re.compile(f"^{re.escape(name)}$"))
        assert label.locator("xpath=following-sibling::strong").inner_text() == text
    for kind in ("dashed", "to-foot", "adversarial"):
        assert not figure.plane.locator(f"line.xp-{kind}").is_visible()
    assert not figure.pixels()[..., 3].any()
    figure.root.get_by_label("Weight decay λ").press("Home")
    assert figure.plane.locator("line.xp-dashed").is_visible()


def test_x_follows_the_keys_and_the_mouse_and_stays_in_the_frame(figure):
    figure.set(x=[0.5, 0.5])
    figure.handle(X_HANDLE).press("ArrowRight")
    figure.handle(X_HANDLE).press("Shift+ArrowDown")
    assert numbers(figure.spoken(X_HANDLE)) == [0.55, 0.25]
    frame = figure.plane.locator(".xp-frame").bounding_box()
    figure.drag(X_HANDLE, frame["width"] / 4.6, -frame["height"] / 3.3)  # one unit each way
    assert numbers(figure.spoken(X_HANDLE)) == pytest.approx([1.55, 1.25], abs=0.02)
    figure.drag(X_HANDLE, 2000, 2000)
    assert numbers(figure.spoken(X_HANDLE)) == [2.8, -1.4]
    x, y = centre(figure.handle(X_HANDLE))
    assert x == pytest.approx(frame["x"] + frame["width"], abs=1)
    assert y == pytest.approx(frame["y"] + frame["height"], abs=1)


def test_buttons_lead_to_too_little_the_best_and_too_much(figure):
    best = LOG_LAMS[np.argmin(table_of("err_test")[0])]
    slider = figure.root.get_by_label("Weight decay λ")
    for name, log_lam in (("too little", -6), ("least test error", best), ("too much", -1)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert float(slider.input_value()) == log_lam
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "0.32"
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "0.18"


def test_values_between_two_networks_show_the_nearer(figure):
    figure.set(log_lam=-4.4, x=[0.3, 0.3])
    s = local_linear.score(np.array([[0.3, 0.3]]), network(-4.5))[0]
    assert figure.readout("score s(x)") == pytest.approx([s], abs=rounded(s))


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_page, width):
    figure = TwoLayers(open_page(CHAPTER, width=width))
    reserved = "--wide" if width == 1280 else "--narrow"
    room = figure.root.evaluate("(e, name) => parseFloat(e.style.getPropertyValue(name))", reserved)
    for log_lam, x in [*SOME, (-0.75, [-1.8, 1.9]), (-0.5, [2.8, -1.4])]:
        for colour in ("confidence", "steepness"):
            figure.show(log_lam, x)
            figure.set(colour=colour)
            assert figure.root.bounding_box()["height"] == pytest.approx(room, abs=3)
            assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_a_phone_that_is_turned_gets_another_figure(open_page):
    figure = TwoLayers(open_page(CHAPTER, width=390))
    figure.set(log_lam=-3)
    narrow = figure.plane.get_attribute("viewBox")
    figure.page.set_viewport_size({"width": 900, "height": 390})
    figure.root.locator(f'.xp-area-plane svg.xp-plane:not([viewBox="{narrow}"])').wait_for()
    assert figure.root.get_by_label("Weight decay λ").input_value() == "-3"


# The class


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_lam", -6.1), ("log_lam", 0), ("log_lam", math.nan), ("log_lam", "-3"),
        ("x", [0, 2]), ("x", [-1.9, 0]), ("x", [0, math.nan]), ("x", [0.1]), ("x", "ab"),
        ("colour", "score"),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        TwoLayerNetwork(**{name: value})


def test_good_values_are_taken():
    widget = TwoLayerNetwork(log_lam=-2, x=[2.8, -1.4], colour="confidence")
    widget.x = [-1.8, 1.9]
    assert widget.log_lam == -2 and widget.x == [-1.8, 1.9]


def test_the_state_holds_the_results_and_is_small():
    widget = TwoLayerNetwork()
    weights = np.frombuffer(widget.weights, "<f4").reshape(23, 97)
    assert np.array_equal(weights[:, 48:72], ARRAYS["b1"])
    assert np.array_equal(weights[:, 96], ARRAYS["b2"])
    assert sum(widget.segment_counts) == len(np.frombuffer(widget.segments, "<f4")) / 4
    assert widget.log_lams == LOG_LAMS and len(widget.mislabelled) == 20
    assert widget.curves["err_test"][0] == table_of("err_test")[0].tolist()
    assert len(json.dumps(widget.state())) < 60_000
