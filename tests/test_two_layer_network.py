"""The figure of a two-layer network: what it shows is what helpers.local_linear says of it."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, centre, numbers, text_of
from javascript import javascript
from playwright.sync_api import expect

from explorables import TwoLayerNetwork
from helpers import local_linear
from helpers.local_linear import Network
from helpers.plots import PALETTE
from helpers.results import load_arrays, load_table

ARRAYS = load_arrays("two_layers")
LOG_LAMS = [round(-6 + k / 4, 2) for k in range(23)]
FRAME = ARRAYS["frame"]
X_HANDLE = "The point x"
DECAY = "Weight decay λ"
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
    """A column of the summary: one row per seed, one number per decay."""
    table = np.sort(load_table("two_layers"), order=("seed", "decay"))
    return table[name].reshape(-1, len(LOG_LAMS))


# The mathematics of the front end


@pytest.fixture(scope="module")
def in_javascript():
    """A function: the value of an expression about ``net``, the network with the most weights."""
    parts = [np.ravel(part).tolist() for part in network(-6.0)]
    with javascript("mathematics/local_linear.js") as value:
        made = f"net = network(...{parts[:3]}, {parts[3][0]})"
        yield lambda expression: value(expression, before=made)


def test_scores_and_gradients_are_those_of_the_helpers(in_javascript):
    X = np.random.default_rng(0).uniform(*FRAME.T, size=(50, 2))
    found = in_javascript(f"{X.tolist()}.map((x) => around(net, x))")
    net = network(-6.0)
    assert [each["score"] for each in found] == pytest.approx(local_linear.score(X, net))
    w, _ = local_linear.local_linear(X, net)
    assert np.array([each["gradient"] for each in found]) == pytest.approx(w)
    assert [each["norm"] for each in found] == pytest.approx(local_linear.gradient_norm(X, net))
    assert [each["on"] for each in found] == local_linear.units_on(X, net).tolist()
    first_order = in_javascript(f"{X.tolist()}.map((x) => firstOrder(around(net, x), x))")
    d = abs(local_linear.first_order_distance(X, net))
    assert [each["distance"] for each in first_order] == pytest.approx(d)
    feet = np.array([each["foot"] for each in first_order])
    assert np.linalg.norm(feet - X, axis=1) == pytest.approx(d)


def test_the_field_is_that_of_the_helpers(in_javascript):
    across, up = np.linspace(*FRAME[0], 47), np.linspace(*FRAME[1], 31)
    fields = f"fields(net, {across.tolist()}, {up.tolist()})"
    score, norm = in_javascript(f"(({{ score, norm }}) => [[...score], [...norm]])({fields})")
    X = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    assert score == pytest.approx(local_linear.score(X, network(-6.0)), rel=1e-5, abs=1e-4)
    expected = local_linear.gradient_norm(X, network(-6.0))
    assert np.mean(np.isclose(norm, expected, rtol=1e-5)) > 0.998  # cells on a unit's line


def test_the_nearest_point_is_that_of_the_helpers(in_javascript):
    X = np.random.default_rng(1).uniform(*FRAME.T, size=(50, 2))
    segments = boundary(-6.0)
    rows = segments.reshape(-1, 4).tolist()
    found = in_javascript(f"{X.tolist()}.map((x) => nearestPoint({rows}, x))")
    points = np.array([each["point"] for each in found])
    assert points == pytest.approx(local_linear.nearest_boundary_point(X, segments))
    away = np.linalg.norm(points - X, axis=1)
    assert [each["distance"] for each in found] == pytest.approx(away)


def test_without_units_there_is_neither_a_foot_nor_a_boundary(in_javascript):
    flat = "network([1, 2], [3], [0], 0.5)"
    assert in_javascript(f"{flat}.units") == [] and in_javascript(f"{flat}.hidden") == 1
    assert in_javascript(f"firstOrder(around({flat}, [0, 0]), [0, 0])") == {
        "distance": None,
        "foot": None,
    }
    assert in_javascript("nearestPoint([], [0, 0]).point") is None


# The figure


class TwoLayers(FigurePage):
    figure = TwoLayerNetwork

    @property
    def plane(self):
        return self.plot("The plane with the training points")

    def pixels(self):
        """The field of colour behind the plane: shape (rows, columns, 4), from the top."""
        size, values = self.root.locator("canvas").evaluate(
            """canvas => [[canvas.height, canvas.width],
            [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]]"""
        )
        return np.reshape(values, (*size, 4))


@pytest.fixture
def figure(open_figure):
    return open_figure(TwoLayers)


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
    figure.set(log_lam=log_lam, x=x)
    net, X = network(log_lam), np.array([x])
    s, norm = local_linear.score(X, net)[0], local_linear.gradient_norm(X, net)[0]
    d = local_linear.first_order_distance(X, net)[0]
    to = np.linalg.norm(nearest(log_lam, x) - x)
    shown = [
        ("score s(x)", s),
        ("‖∇s(x)‖", norm),
        ("d(x), to first order", d),
        ("true distance", to),
    ]
    for name, value in shown:
        assert figure.readout(name) == pytest.approx([value], abs=rounded(value))
    assert figure.readout("units on at x") == [local_linear.units_on(X, net)[0].sum(), 24]
    k = LOG_LAMS.index(log_lam)
    assert figure.readout("training error") == pytest.approx(
        table_of("err_train")[0, [k]], abs=0.051
    )
    assert figure.readout("test error") == pytest.approx(table_of("err_test")[0, [k]], abs=0.051)
    fitted = table_of("mislabelled_fitted")[0, k] / 5  # per cent of 20
    assert figure.readout("mislabelled fitted") == pytest.approx([fitted, 20])


@pytest.mark.parametrize(("log_lam", "x"), SOME)
def test_the_boundary_the_line_and_their_nearest_points_are_drawn(figure, log_lam, x):
    figure.set(log_lam=log_lam, x=x)
    net = network(log_lam)
    points = figure.plane.all_points()
    assert points["boundary"].reshape(-1, 2, 2) == pytest.approx(boundary(log_lam), abs=1e-4)

    w, b = (part[0] for part in local_linear.local_linear(np.array([x]), net))
    own = points["x's own line"]
    assert own @ w + b == pytest.approx(np.zeros(2), abs=1e-3 * np.linalg.norm(w))
    foot = x - (w @ x + b) / (w @ w) * w
    assert points["way to x's own line"] == pytest.approx(np.array([x, foot]), abs=1e-3)
    expected = np.array([x, nearest(log_lam, x)])
    assert points["shortest way"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("log_lam", [-6.0, -3.0, -1.0, -0.5])
def test_each_unit_at_work_has_its_line(figure, log_lam):
    figure.set(log_lam=log_lam, x=[0, 0])
    net = network(log_lam)
    [ends_of_lines] = figure.plane.points("where units switch")
    lines = ends_of_lines.reshape(-1, 2, 2)
    at_work = np.flatnonzero(net.w2)
    assert len(lines) == len(at_work)
    for unit, ends in zip(at_work, lines, strict=True):
        inputs = ends @ net.W1[unit] + net.b1[unit]
        assert inputs == pytest.approx(np.zeros(2), abs=1e-3 * np.linalg.norm(net.W1[unit]))


def test_the_training_points_are_drawn_and_the_mislabelled_ones_ringed(figure):
    X, labels, flipped = (ARRAYS[name] for name in ("points", "labels", "flipped"))
    points = figure.plane.all_points()
    for name, expected in {
        "class I": X[labels < 0],
        "class J": X[labels > 0],
        "mislabelled": X[flipped],
    }.items():
        assert points[name] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("log_lam", [-5.0, -2.5])
def test_the_colour_is_the_steepness(figure, log_lam):
    figure.set(log_lam=log_lam, x=[0, 0])
    pixels = figure.pixels()
    middles = cells(pixels.shape).reshape(-1, 2)
    norm = local_linear.gradient_norm(middles, network(log_lam))
    expected = 255 * 0.85 * np.clip(np.log10(norm) / 2, 0, 1)
    off = abs(pixels[..., 3].ravel() - expected)
    assert np.mean(off < 1.5) > 0.998  # rounding may take a cell for its neighbour's region


def test_the_colour_is_the_confidence(figure):
    figure.root.get_by_label("confidence").check()
    figure.set(log_lam=-4.0, x=[0, 0])
    pixels = figure.pixels()
    s = local_linear.score(cells(pixels.shape).reshape(-1, 2), network(-4.0))
    sure = abs(2 / (1 + np.exp(-s)) - 1)
    assert pixels[..., 3].ravel() == pytest.approx(255 * 0.5 * sure, abs=1.5)
    colours = {name: PALETTE[name]["light"] for name in ("class-i", "class-j")}
    i, j = ([int(hex[k : k + 2], 16) for k in (1, 3, 5)] for hex in colours.values())
    certain = sure > 0.9  # where a canvas keeps the colour beneath the opacity
    expected = np.where(s[:, None] > 0, j, i)[certain]
    assert pixels[..., :3].reshape(-1, 3)[certain] == pytest.approx(expected, abs=2)


def test_the_colour_follows_the_theme_and_the_choice(open_figure):
    figure = open_figure(TwoLayers, fresh=True)
    light = figure.pixels()
    figure.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.page.wait_for_function(
        """old => {
          const context = document.querySelector("canvas").getContext("2d");
          return context.getImageData(0, 0, 1, 1).data[0] !== old;
        }""",
        arg=int(light[0, 0, 0]),
    )
    scale = figure.root.get_by_text("sure of J")
    expect(scale).not_to_be_visible()
    figure.root.get_by_label("confidence").check()
    expect(scale).to_be_visible()


def test_the_charts_hold_all_seeds(figure):
    measures = [
        (
            "The median of",
            "median ‖∇s‖",
            "norm_gradient_median",
            lambda norm: np.log10(np.maximum(norm, 0.1)),
        ),
        ("Test error", "test error", "err_test", np.sqrt),
    ]
    for chart, name, column, scale in measures:
        plot = figure.plot(chart)
        curves = [*plot.points(name), *plot.points(f"{name}, other seeds")]
        expected = [np.column_stack([LOG_LAMS, scale(row)]) for row in table_of(column)]
        assert np.array(curves) == pytest.approx(np.array(expected), abs=1e-6)
    [training] = figure.plot("Test error").points("training error")
    assert training[:, 1] == pytest.approx(np.sqrt(table_of("err_train")[0]), abs=1e-6)


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
        rf"In truth it is farther, ([\d.]+): {units} before that line\.": lambda d, to: (
            to > 1.1 * d
        ),
        r"The region reaches that far, so this is true\.": lambda d, to: abs(d - to) < 1e-9,
    }
    for log_lam in (-4.5, -3.0):
        net = network(log_lam)
        for number, (text, condition) in enumerate(kinds.items()):
            X, _, _ = points_with(condition, log_lam)
            x = X[len(X) // 2].tolist()
            figure.set(log_lam=log_lam, x=x)
            d = local_linear.first_order_distance(np.array([x]), net)[0]
            w = local_linear.local_linear(np.array([x]), net)[0][0]
            match = re.fullmatch(
                r"Seen from x's region, the boundary is the dashed line, ([\d.]+) away\. " + text,
                text_of(figure.verdict),
            )
            assert match, text_of(figure.verdict)
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
    figure.set(log_lam=log_lam, x=x)
    assert switching(log_lam, x, nearest(log_lam, x)) == counts
    units, lines = counts
    plural = "s" * (lines > 1)
    said = f": {units} units, on {lines} line{plural}, switch on the way there."
    assert text_of(figure.verdict).endswith(said)


def test_a_constant_has_neither_line_nor_boundary(figure):
    figure.set(log_lam=-0.5, x=[0.5, 0.5])
    assert text_of(figure.verdict) == (
        "Every unit has decayed to 0: the score is the same everywhere, without a boundary."
    )
    assert figure.readout_text("‖∇s(x)‖") == "0"
    for name in ("d(x), to first order", "true distance"):
        assert figure.readout_text(name) == "none"
    lines = {"x's own line", "way to x's own line", "shortest way"}
    assert not lines & set(figure.plane.names())
    assert not figure.pixels()[..., 3].any()
    figure.control(DECAY).press("Home")
    assert lines <= set(figure.plane.names())


def test_x_follows_the_keys_and_the_mouse_and_stays_in_the_frame(figure):
    figure.set(x=[0.5, 0.5])
    figure.handle(X_HANDLE).press("ArrowRight")
    figure.handle(X_HANDLE).press("Shift+ArrowDown")
    assert numbers(figure.spoken(X_HANDLE)) == [0.55, 0.25]
    frame = figure.plane.frame
    figure.drag(X_HANDLE, frame["width"] / 4.6, -frame["height"] / 3.3)  # one unit each way
    assert numbers(figure.spoken(X_HANDLE)) == pytest.approx([1.55, 1.25], abs=0.02)
    figure.drag(X_HANDLE, 2000, 2000)
    assert numbers(figure.spoken(X_HANDLE)) == [2.8, -1.4]
    x, y = centre(figure.handle(X_HANDLE).locator("path"))
    assert x == pytest.approx(frame["x"] + frame["width"], abs=1)
    assert y == pytest.approx(frame["y"] + frame["height"], abs=1)


def test_buttons_lead_to_too_little_the_best_and_too_much(figure):
    best = LOG_LAMS[np.argmin(table_of("err_test")[0])]
    for name, log_lam in (("too little", -6), ("least test error", best), ("too much", -1)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert figure.get("log_lam") == log_lam
    decay = figure.control(DECAY)
    for key, text in (("End", "0.32"), ("ArrowLeft", "0.18"), ("Home", "10⁻⁶")):
        decay.press(key)
        assert decay.get_attribute("aria-valuetext") == text


def test_values_between_two_networks_show_the_nearer(figure):
    figure.set(log_lam=-4.4, x=[0.3, 0.3])
    s = local_linear.score(np.array([[0.3, 0.3]]), network(-4.5))[0]
    assert figure.readout("score s(x)") == pytest.approx([s], abs=rounded(s))


def smaller():
    """Three networks of two units, of two seeds, with five training points."""
    return TwoLayerNetwork(
        log_lams=[-3, -1.5, 1],
        log_lam=-1.5,
        W1=[[[1, 0], [0, k]] for k in (1, 2, 0)],
        b1=np.zeros((3, 2)),
        w2=[[1, 1], [1, -1], [0, 0]],
        b2=[-1, 0, 0.5],
        segments=[[[1, 0], [0, 1]], [[0, 0], [2, 1]]],
        segment_counts=[1, 1, 0],
        frame=[[0, 4], [0, 3]],
        points=[[1, 1], [2, 1], [3, 1], [1, 2], [3, 2]],
        labels=[-1, -1, 1, 1, 1],
        mislabelled=[3],
        curves={
            name: [[1, 2, 3], [2, 3, 4]]
            for name in ("norm_gradient_median", "err_train", "err_test")
        },
        x=[2, 2],
    )


def test_there_may_be_other_networks_and_points(open_figure):
    figure = open_figure(TwoLayers, widget=smaller(), fresh=True)
    assert figure.readout("score s(x)") == [2 - 4]
    assert figure.readout("units on at x") == [2, 2]
    assert figure.readout("mislabelled fitted") == [0, 1]
    assert figure.readout("test error") == [2]
    points = figure.plane.all_points()
    assert points["boundary"] == pytest.approx(np.array([[0, 0], [2, 1]]), abs=1e-6)
    assert len(points["class I"]) == 2 and len(points["class J"]) == 3
    assert len(figure.plot("Test error").points("test error, other seeds")) == 1
    decay = figure.control(DECAY)
    for key, text in (("End", "10"), ("ArrowLeft", "0.032"), ("Home", "10⁻³")):
        decay.press(key)
        assert decay.get_attribute("aria-valuetext") == text
    assert figure.readout("test error") == [1]


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(TwoLayers, width=width)
    for log_lam, x in [*SOME, (-0.75, [-1.8, 1.9]), (-0.5, [2.8, -1.4])]:
        for colour in ("confidence", "steepness"):
            figure.set(log_lam=log_lam, x=x, colour=colour)
            assert figure.height() == pytest.approx(figure.reserved_height(width), abs=3)
            assert figure.sticks_out() <= 0


def test_a_phone_that_is_turned_gets_another_figure(open_figure):
    figure = open_figure(TwoLayers, width=390, fresh=True)
    figure.set(log_lam=-3)
    narrow = figure.plane.locator.get_attribute("viewBox")
    figure.page.set_viewport_size({"width": 900, "height": 390})
    expect(figure.plane.locator).not_to_have_attribute("viewBox", narrow)
    assert figure.spoken(DECAY) == "10⁻³"


# The class


BAD = {
    "log_lam": [-6.1, 0, math.nan, "-3"],
    "x": [[0, 2], [-1.9, 0], [0, math.nan], [0.1], "ab"],
    "colour": ["score"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
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
    for name in Network._fields:
        assert np.array_equal(getattr(widget, name), ARRAYS[name])
    assert sum(widget.segment_counts) == len(widget.segments)
    assert widget.log_lams == LOG_LAMS and len(widget.mislabelled) == 20
    assert widget.curves["err_test"][0] == table_of("err_test")[0].tolist()
    assert len(json.dumps(widget.state())) < 60_000
