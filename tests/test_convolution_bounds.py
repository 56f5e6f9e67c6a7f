"""The norm of a convolution and its bounds: the figure computes what helpers.spectral says."""

import math

import numpy as np
import pytest
import torch
import traitlets
from figure_page import FigurePage, numbers, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from javascript import javascript
from playwright.sync_api import expect
from torch import nn

from explorables import ConvolutionBounds
from helpers import spectral

SOME = [
    {},
    {"kernel_size": 3, "stride": 1, "size": 20},
    {"kernel_size": 4, "stride": 4, "padding": 0, "size": 12},
    {"kernel_size": 5, "stride": 3, "padding": 3, "size": 9, "seed": 4},
    {"kernel_size": 6, "stride": 2, "padding": 2, "size": 20, "weights": "difference"},
    {"kernel_size": 2, "stride": 1, "padding": 0, "size": 8, "weights": "ones"},
    {"kernel_size": 1, "stride": 3, "padding": 3, "size": 8, "weights": "difference"},
]


def layer_of(widget):
    """The convolution that a ConvolutionBounds describes, and the shape of its input."""
    kernel = torch.from_numpy(widget.kernel().copy())
    layer = nn.Conv2d(1, 1, widget.kernel_size, widget.stride, widget.padding, bias=False).double()
    layer.weight.data = kernel[None, None]
    return layer, (1, widget.size, widget.size)


def true_norm(layer, shape):
    return torch.linalg.svdvals(spectral.operator_matrix(layer, shape))[0].item()


@st.composite
def widgets(draw):
    return ConvolutionBounds(
        kernel_size=draw(st.integers(1, 6)),
        stride=draw(st.integers(1, 4)),
        padding=draw(st.integers(0, 3)),
        size=draw(st.integers(8, 16)),
        weights=draw(st.sampled_from(["random", "random", "ones", "difference"])),
        seed=draw(st.integers(0, 9)),
    )


# The numbers of the front end


@pytest.fixture(scope="module")
def in_javascript():
    """A function: the value of an expression about the convolution W of a widget."""
    with javascript("mathematics/convolution.js") as value:

        def about(widget, expression):
            kernel, k = widget.kernel().ravel().tolist(), widget.kernel_size
            made = (
                f"W = convolution({{ kernel: {kernel}, k: {k}, stride: {widget.stride}, "
                f"padding: {widget.padding}, size: {widget.size} }})"
            )
            return value(expression, before=made)

        yield about


@given(widgets())
@settings(max_examples=40)
def test_W_and_its_transpose(in_javascript, widget):
    layer, shape = layer_of(widget)
    W = spectral.operator_matrix(layer, shape).numpy()
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=W.shape[1]), rng.normal(size=W.shape[0])
    assert in_javascript(widget, "[W.outputs, W.inputs]") == list(W.shape)
    applied = in_javascript(widget, f"Array.from(W.apply({x.tolist()}))")
    assert applied == pytest.approx(W @ x, abs=1e-12)
    back = in_javascript(widget, f"Array.from(W.transpose({y.tolist()}))")
    assert back == pytest.approx(W.T @ y, abs=1e-12)


@given(widgets())
@settings(max_examples=40)
def test_the_norm_and_the_overlap(in_javascript, widget):
    layer, shape = layer_of(widget)
    expected = true_norm(layer, shape)
    assert in_javascript(widget, "operatorNorm(W)") == pytest.approx(expected, rel=1e-7)
    nn.init.ones_(layer.weight)
    windows = spectral.operator_matrix(layer, shape).sum(0)
    assert in_javascript(widget, "Array.from(W.windows)") == windows.tolist()
    assert windows.max() == spectral.overlap(layer, shape)


@pytest.mark.parametrize("weights", ["random", "ones", "difference"])
@pytest.mark.parametrize(
    ("k", "stride", "padding"),
    [(3, 1, 1), (6, 1, 3), (5, 2, 0), (2, 1, 0), (2, 1, 1)],  # a kernel of 2 × 2 takes longest
)
def test_the_norm_of_large_images(in_javascript, weights, k, stride, padding):
    widget = ConvolutionBounds(
        kernel_size=k, stride=stride, padding=padding, size=20, weights=weights
    )
    expected = true_norm(*layer_of(widget))
    assert in_javascript(widget, "operatorNorm(W)") == pytest.approx(expected, rel=1e-7)


@given(widgets(), st.integers(1, 3))
@settings(max_examples=40)
def test_power_iteration_rises_and_stays_below(in_javascript, widget, seed):
    sigmas = np.array(in_javascript(widget, f"powerIteration(W, {seed}).upTo(60)"))
    norm = true_norm(*layer_of(widget))
    assert len(sigmas) == 60 and (np.diff(sigmas) >= -1e-12 * norm).all()
    assert 0.95 * norm <= sigmas[-1] <= norm * (1 + 1e-12)
    made = f"(({{ upTo }}) => [upTo(7), upTo(3), upTo(60)])(powerIteration(W, {seed}))"
    seven, three, all_ = in_javascript(widget, made)
    assert (seven, three, all_) == (list(sigmas[:7]), list(sigmas[:3]), list(sigmas))


@given(widgets())
def test_what_the_verdicts_rest_on(widget):
    """n = 1, as where k ≤ s: the bound is the norm. n = k·k: the bounds agree."""
    layer, shape = layer_of(widget)
    norm, bound = true_norm(layer, shape), spectral.reshaped_bound(layer, shape)
    n, k = spectral.overlap(layer, shape), widget.kernel_size
    if n == 1:
        assert bound == pytest.approx(norm)
    if n == k * k:
        assert bound == pytest.approx(spectral.parseval_bound(layer))
    assert n == 1 or widget.stride < k


# The figure


class Bounds(FigurePage):
    figure = ConvolutionBounds

    @property
    def map(self):
        return self.root.get_by_role("img", name="pixels, each in up to")

    @property
    def iteration(self):
        return self.plot("Power iteration")

    def show(self, **traits):
        """Show these values; returns a widget with the same."""
        widget = ConvolutionBounds(**traits)
        numbers = ("kernel_size", "stride", "padding", "size", "seed", "steps")
        self.set(**{name: getattr(widget, name) for name in (*numbers, "weights")})
        return widget

    def table(self):
        """Of σ, ‖W‖ and the two bounds: value, ratio to ‖W‖, width of the bar in per cent."""
        rows = self.root.locator("tbody tr").all()
        values = [numbers(" ".join(row.locator("td").all_inner_texts())) for row in rows]
        widths = [numbers(row.locator(".xp-norm").get_attribute("style"))[0] for row in rows]
        return np.column_stack([values, widths])

    def sigmas(self):
        """Of each start, σ as a share of ‖W‖ after each step that is shown."""
        points = self.iteration.all_points()
        return np.array([points[f"start {k}"][:, 1] for k in (1, 2, 3)]) / 100

    def squares(self, name):
        """Where the squares of a part of the map begin, and their side."""
        return corners(self.map.locator(f'[data-name="{name}"]'))

    def levels(self):
        """Of each number of windows the pixels that are in so many: paths."""
        return self.map.locator("[data-windows]").all()


def corners(path):
    """Where the squares of a path begin, and their side."""
    found = np.array([numbers(square)[:3] for square in path.get_attribute("d").split("M")[1:]])
    return found[:, :2], found[0, 2]


@pytest.fixture
def figure(open_figure):
    return open_figure(Bounds)


@pytest.mark.parametrize("traits", SOME)
def test_the_table_has_the_numbers_of_the_helpers(figure, traits):
    widget = figure.show(**traits)
    layer, shape = layer_of(widget)
    norm = true_norm(layer, shape)
    expected = [norm, spectral.reshaped_bound(layer, shape), spectral.parseval_bound(layer)]
    (sigma, *shown) = figure.table()
    for (value, ratio, width), wanted in zip(shown, expected, strict=True):
        assert value == pytest.approx(wanted, abs=0.00051)
        assert ratio == pytest.approx(wanted / norm, abs=0.00051)
        assert width == pytest.approx(100 * wanted / expected[-1], abs=0.01)
    assert sigma[1] == pytest.approx(figure.sigmas()[:, -1].max(), abs=0.00051)
    assert figure.root.locator("tbody th").all_inner_texts() == [
        "σ, 10 steps",
        "‖W‖",
        f"√n ‖W′‖, n = {spectral.overlap(layer, shape)}",
        "√(k·k) ‖W′‖",
    ]


@pytest.mark.parametrize("traits", SOME)
def test_the_picture_shows_windows_and_one_of_the_pixels_in_most(figure, traits):
    widget = figure.show(**traits)
    layer, shape = layer_of(widget)
    n, k = spectral.overlap(layer, shape), widget.kernel_size
    nn.init.ones_(layer.weight)
    counts = spectral.operator_matrix(layer, shape).sum(0).reshape(shape[1:]).numpy()
    levels = figure.levels()
    assert len(levels) == n
    for level, path in enumerate(levels, 1):
        if (counts == level).any():
            (at, side) = corners(path)
            assert side == 1 and len(at) == (counts == level).sum()
            assert all(counts[int(y), int(x)] == level for x, y in at)
        else:
            assert path.get_attribute("d") == ""
    [pixel], _ = figure.squares("shared pixel")
    assert counts[int(pixel[1]), int(pixel[0])] == n
    windows, side = figure.squares("windows")
    assert len(windows) == n and side == k
    assert ((windows <= pixel) & (pixel < windows + k)).all()
    assert ((windows + widget.padding) % widget.stride == 0).all()
    assert f"n = {n}, where k·k = {k * k}." in text_of(figure.root)
    assert f"up to {n} window" in figure.map.get_attribute("aria-label")


def test_the_kernel_is_drawn(figure):
    for traits in SOME:
        widget = figure.show(**traits)
        k = widget.kernel_size
        picture = figure.root.get_by_role("img", name=f"the kernel, {k} × {k} weights")
        cells = picture.locator("rect").evaluate_all(
            "cells => cells.map((c) => [c.getAttribute('class'), c.getAttribute('fill-opacity')])"
        )
        signs = np.array([1 if kind.endswith("-i") else -1 for kind, _ in cells])
        strengths = np.array([strength for _, strength in cells], float)
        kernel = widget.kernel().ravel()
        assert signs * strengths == pytest.approx(kernel / abs(kernel).max(), abs=1e-9)


def test_the_verdict(figure):
    def says(**traits):
        figure.show(**traits)
        return text_of(figure.verdict).partition(" After ")

    def ratio(**traits):
        layer, shape = layer_of(ConvolutionBounds(**traits))
        norm = true_norm(layer, shape)
        bounds = spectral.reshaped_bound(layer, shape), spectral.parseval_bound(layer)
        return [f"{bound / norm:.2f} times" for bound in bounds]

    tight, loose = ratio()
    above, _, below = says()
    assert above == f"√n ‖W′‖ is {tight} the norm, Parseval’s √(k·k) ‖W′‖ {loose}."
    missing = 100 * (1 - figure.sigmas()[:, -1].max())
    assert numbers(below) == pytest.approx([10, missing], abs=0.051)
    assert below.endswith("too small: no bound.")

    same = {"kernel_size": 3, "stride": 1}
    above = f"Both bounds are {ratio(**same)[0]} the norm: pixels are in up to all k·k windows."
    assert says(**same)[0] == above
    apart = {"kernel_size": 3, "stride": 3, "padding": 0, "steps": 1, "size": 9}
    above, _, below = says(**apart)
    assert (
        above == "No two windows share a pixel: √n ‖W′‖ is the norm, Parseval’s bound 3.00 times."
    )
    assert below == "1 step σ has come up to the norm."
    assert says(kernel_size=1, stride=1)[0] == (
        "With a single pixel in the kernel, both bounds are the norm itself."
    )


def test_steps_are_taken_one_by_one_and_all_at_once(open_figure):
    figure = open_figure(Bounds, reduced_motion="reduce")
    steps = figure.control("Steps")
    before = figure.sigmas()
    figure.root.get_by_role("button", name="one step").press("Enter")
    assert steps.input_value() == "11"
    after = figure.sigmas()
    assert after.shape == (3, 11) and after[:, :10] == pytest.approx(before)
    figure.root.get_by_role("button", name="run").press("Enter")
    assert steps.input_value() == "40" and figure.sigmas().shape == (3, 40)
    figure.root.get_by_role("button", name="one step").press("Enter")
    assert steps.input_value() == "40"
    steps.press("Home")
    assert figure.sigmas().shape == (3, 1)


def test_a_run_goes_through_all_steps(figure):
    figure.page.evaluate(
        """() => {
          const model = explorables.models["explorable-1"];
          window.seen = [];
          model.on("change:steps", () => seen.push(model.get("steps")));
        }"""
    )
    figure.root.get_by_role("button", name="run").click()
    steps = figure.control("Steps")
    expect(steps).to_have_value("40", timeout=60_000)
    assert figure.page.evaluate("seen") == list(range(1, 41))


def test_a_reader_who_takes_over_stops_the_run(figure):
    seen = figure.page.evaluate(
        """async () => {
          const model = explorables.models["explorable-1"];
          [...document.querySelectorAll("button")].find((b) => b.textContent === "run").click();
          const frames = async (count) => {
            for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
          };
          await frames(3);
          model.set("steps", 30);
          await frames(3);
          return model.get("steps");
        }"""
    )
    assert seen == 30


def test_controls(figure):
    for label, value, text in (
        ("Kernel k", "4", "5 × 5"),
        ("Stride s", "3", "3"),
        ("Padding p", "0", "0"),
        ("Image", "9", "9 × 9"),
    ):
        control = figure.control(label)
        control.fill(value)  # kernels are numbered from 0
        assert control.get_attribute("aria-valuetext") == text
    figure.root.get_by_role("combobox").select_option("ones")
    traits = {"kernel_size": 5, "stride": 3, "padding": 0, "size": 9}
    expected = true_norm(*layer_of(ConvolutionBounds(weights="ones", **traits)))
    assert figure.table()[1, 0] == pytest.approx(expected, abs=0.00051)
    values = []
    for seed in (*range(1, 10), 0):  # another kernel is a random one, and after the last the first
        figure.root.get_by_role("button", name="another kernel").press("Enter")
        expected = true_norm(*layer_of(ConvolutionBounds(seed=seed, **traits)))
        values.append(figure.table()[1, 0])
        assert values[-1] == pytest.approx(expected, abs=0.00051)
    assert figure.root.get_by_role("combobox").input_value() == "random"
    assert len(set(values)) == 10


def test_there_may_be_other_kernels(open_figure):
    weights = np.random.default_rng(5).normal(size=(2, 3, 3))
    widget = ConvolutionBounds(random_weights=weights, kernel_size=2, seed=1)
    figure = open_figure(Bounds, widget=widget, fresh=True)
    for seed in (1, 0, 1):
        widget.seed = seed
        assert figure.table()[1, 0] == pytest.approx(true_norm(*layer_of(widget)), abs=0.00051)
        figure.root.get_by_role("button", name="another kernel").press("Enter")
    size = figure.control("Kernel k")
    for key, text in (("End", "3 × 3"), ("Home", "1 × 1")):
        size.press(key)
        assert size.get_attribute("aria-valuetext") == text


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Bounds, width=width)
    heights = set()
    for traits in SOME:
        for steps in (1, 23, 40):
            figure.show(**traits, steps=steps)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The widget


def test_kernels():
    assert np.array_equal(
        ConvolutionBounds(weights="ones", kernel_size=2).kernel(), np.ones((2, 2))
    )
    edge = ConvolutionBounds(weights="difference", kernel_size=3).kernel()
    assert np.array_equal(edge, [[-1, 0, 1]] * 3)
    small, large = (ConvolutionBounds(kernel_size=k, seed=3).kernel() for k in (3, 6))
    assert np.array_equal(small, large[:3, :3])
    assert np.array_equal(ConvolutionBounds().random_weights[3], large)


BAD = {
    "kernel_size": [0, 7],
    "stride": [0, 5],
    "padding": [-1, 4],
    "size": [7, 21, 8.5],
    "weights": ["blur"],
    "seed": [-1, 10],
    "steps": [0, 41, math.nan],
    "random_weights": [np.ones(36), "many"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        ConvolutionBounds(**{name: value})
