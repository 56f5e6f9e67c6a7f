"""The cone of a Lipschitz constant: what it promises is true, and said to be false where it is."""

import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, centre, numbers, text_of
from hypothesis import given
from hypothesis import strategies as st
from javascript import javascript

from explorables import LipschitzCone

X = "The image x"
KNOTS = np.array(
    [
        [0, -0.9],
        [1.6, -0.6],
        [3, 1.4],
        [4.2, 1],
        [5.2, 2.4],
        [6.8, 1.7],
        [7.6, -0.7],
        [8.8, -0.9],
        [10, 0.7],
    ]
)

#: Each margin, and its Lipschitz constant worked out by hand.
MARGINS = {
    "hill": (
        lambda x: 5.2 * (np.exp(-(((x - 5) / 4) ** 2)) - np.exp(-0.5)),
        1.3 * math.sqrt(2 / math.e),
    ),
    "steep elsewhere": (lambda x: 2.2 * np.tanh(2.5 * (x - 1.5)) - 0.3 * (x - 1.5), 5.2),
    "cliff": (lambda x: 1.6 * np.tanh(4 * (6.5 - x)), 6.4),
    "straight pieces": (lambda x: np.interp(x, *KNOTS.T), 3.0),
}
FINE = np.linspace(0, 10, 200_001)
functions = pytest.mark.parametrize("function", MARGINS)


def zeros(function):
    f = MARGINS[function][0](FINE)
    change = np.flatnonzero(np.sign(f[:-1]) != np.sign(f[1:]))
    return (FINE[change] + FINE[change + 1]) / 2


def distance(function, x):
    return abs(zeros(function) - x).min()


# The margins of the front end


@pytest.fixture(scope="module")
def in_javascript():
    """A function: the value of an expression that may use what margins.js defines."""
    with javascript("mathematics/margins.js") as value:
        yield value


@functions
def test_margins_and_their_slopes_and_constants(in_javascript, function):
    f, L = MARGINS[function]
    x = np.arange(0.01, 10, 0.037)  # off the corners
    margin = f'margin = MARGINS["{function}"]'
    rows = f"{x.tolist()}.map((x) => [margin.f(x), margin.slope(x)])"
    values, found = in_javascript(f"[{rows}, margin.L]", before=margin)
    y, slopes = np.transpose(values)
    assert y == pytest.approx(f(x), abs=1e-12)
    assert slopes == pytest.approx((f(x + 1e-5) - f(x - 1e-5)) / 2e-5, abs=1e-5)
    assert found == pytest.approx(L, rel=1e-12)
    steepest = (abs(np.diff(f(FINE))) / np.diff(FINE)).max()
    assert steepest <= L * (1 + 1e-9) and steepest >= L * (1 - 1e-6)


@functions
def test_distances_are_those_to_the_nearest_zero(in_javascript, function):
    x = np.arange(0.013, 10, 0.11)
    row = "[margin.distance(x), ...Object.values(margin.around(x)).map(String)]"
    margin = f'margin = MARGINS["{function}"]'
    found = in_javascript(f"{x.tolist()}.map((x) => {row})", before=margin)
    for each, (nearest, left, right) in zip(x, found, strict=True):
        assert nearest == pytest.approx(distance(function, each), abs=3e-5)
        between = zeros(function)
        before, after = between[between < each], between[between > each]
        assert float(left) == pytest.approx(max(before, default=-math.inf), abs=3e-5)
        assert float(right) == pytest.approx(min(after, default=math.inf), abs=3e-5)


@functions
@pytest.mark.parametrize("factor", [0.25, 1, 3])
def test_what_a_slope_promises(in_javascript, function, factor):
    f, L = MARGINS[function]
    x = np.arange(0.013, 10, 0.11)
    found = in_javascript(f'{x.tolist()}.map((x) => promiseAt(MARGINS["{function}"], x, {factor}))')
    true = np.array([distance(function, each) for each in x])
    guarded = np.maximum(f(x), 0) / (factor * L)
    assert [each["guarded"] for each in found] == pytest.approx(guarded, abs=1e-9)
    assert [each["isRight"] for each in found] == (f(x) > 0).tolist()
    assert {each["isBound"] for each in found} == {factor >= 1}
    clear = abs(guarded - true) > 1e-3
    broken = np.array([each["isBroken"] for each in found])
    assert np.array_equal(broken[clear], (guarded > true)[clear])
    assert factor < 1 or not broken.any()


def test_stretches_begin_and_end_where_a_condition_does(in_javascript):
    found = in_javascript("stretches([0, 1, 2, 3, 4, 5], (x) => x !== 2 && x < 5, (x) => 10 * x)")
    assert found == [[[0, 0], [1, 10]], [[3, 30], [4, 40]]]
    assert in_javascript("stretches([0, 1], () => false, (x) => x)") == []


# What a chapter may say of them


@given(st.sampled_from(list(MARGINS)), st.floats(0, 10), st.floats(0, 10), st.floats(1, 8))
def test_an_L_of_at_least_the_constant_guards(function, x, other, factor):
    f, L = MARGINS[function]
    if abs(other - x) < f(x) / (factor * L):
        assert f(other) > 0
    assert abs(f(other) - f(x)) <= L * abs(other - x) * (1 + 1e-9) + 1e-12


@functions
@pytest.mark.parametrize("factor", [0.25, 0.5, 0.99])
def test_a_smaller_L_promises_too_much_somewhere(function, factor):
    f, L = MARGINS[function]
    x = FINE[f(FINE) > 1e-4]
    true = abs(zeros(function)[:, None] - x).min(axis=0)
    assert (f(x) / (factor * L) > true + 5e-5).any()


def test_each_function_teaches_what_its_name_says():
    shares = {}
    for name, (f, L) in MARGINS.items():
        shares[name] = f(5.7) / L / distance(name, 5.7)
    assert shares["hill"] > 0.75 and shares["steep elsewhere"] < 0.1
    f, _ = MARGINS["cliff"]
    slope = (f(5.7001) - f(5.6999)) / 0.0002
    assert abs(f(5.7) / slope) > 30 * distance("cliff", 5.7)


# The figure


class Cone(FigurePage):
    figure = LipschitzCone

    @property
    def margins(self):
        return self.plot("The margin f along the line")

    @property
    def distances(self):
        return self.plot("Against x")

    def show(self, function, x, factor, first_order=False):
        self.set(function=function, x=x, factor=factor, first_order=first_order)


@pytest.fixture
def figure(open_figure):
    return open_figure(Cone)


@functions
def test_numbers(figure, function):
    f, L = MARGINS[function]
    for x, factor in ((5.7, 1), (4.4, 0.5), (6.3, 3.2)):
        figure.show(function, x, factor)
        true, slope = distance(function, x), (f(x + 1e-4) - f(x - 1e-4)) / 2e-4
        for name, value in {
            "f(x)": f(x),
            "slope at x": slope,
            "true constant": L,
            "chosen L": factor * L,
            "guarded, f(x)/L": f(x) / (factor * L),
            "true distance": true,
        }.items():
            assert figure.readout(name) == pytest.approx([value], abs=0.0052)
        share = 100 * f(x) / (factor * L) / true
        assert figure.readout("share guarded") == pytest.approx([share], abs=0.52)
        guess = abs(f(x) / slope)
        shown = figure.readout("first-order guess")
        assert shown == (pytest.approx([guess], rel=1e-3, abs=0.0052) if guess < 99 else [100])


@functions
def test_the_cone_and_the_stretches_are_drawn(figure, function):
    f, L = MARGINS[function]
    for x, factor in ((5.7, 1), (5.1, 2), (5.7, 0.5)):
        figure.show(function, x, factor)
        points = figure.margins.all_points()
        drawn = points["margin"]
        assert drawn[:, 1] == pytest.approx(f(drawn[:, 0]), abs=1e-6)
        (left, bottom), tip, _ = points["lower edge of the cone"]
        assert tip == pytest.approx([x, f(x)])
        assert (tip[1] - bottom) / (tip[0] - left) == pytest.approx(factor * L)
        reach = f(x) / (factor * L)
        assert points["promised"][:, 0] == pytest.approx([x - reach, x + reach])
        ends = zeros(function)
        true = max(ends[ends < x], default=-1), min(ends[ends > x], default=11)
        assert points["true"][:, 0] == pytest.approx(true, abs=1e-4)
        kept = np.clip([x - reach, x + reach], *true)
        assert points["guarded"][:, 0] == pytest.approx(kept, abs=1e-4)
        over = ends[abs(ends - x) < reach * (1 - 1e-9)]
        crosses = [point[0][0] for point in figure.margins.points("promised too much")]
        assert crosses == pytest.approx(over.tolist(), abs=1e-4)


@functions
def test_where_the_margin_leaves_the_cone_is_marked(figure, function):
    f, L = MARGINS[function]
    at = 2.0 if function == "steep elsewhere" else 5.7  # from where the steep place is in sight
    figure.show(function, at, 1)
    [marked] = figure.margins.points("outside the cone")
    assert len(marked) == 0
    figure.show(function, at, 0.4)
    [marked] = figure.margins.points("outside the cone")
    x = np.linspace(0, 10, 401)
    out = abs(f(x) - f(at)) > 0.4 * L * abs(x - at) + 1e-6
    assert out.any()
    assert marked == pytest.approx(np.stack([x, f(x)], axis=1)[out], abs=1e-6)


@functions
def test_the_second_chart_compares_promise_and_truth_everywhere(figure, function):
    f, L = MARGINS[function]
    x = np.linspace(0, 10, 401)
    x = x[f(x) > 1e-9]
    true = np.array([distance(function, each) for each in x])
    for factor in (0.5, 1, 4):
        figure.show(function, 5.7, factor)
        points = figure.distances.all_points()
        for name, expected in (("true distance", true), ("guarded", f(x) / (factor * L))):
            drawn = points[name]
            drawn = drawn[drawn[:, 1] > 1e-6]
            assert drawn[:, 0] == pytest.approx(x, abs=1e-6)
            assert drawn[:, 1] == pytest.approx(expected, abs=1e-4)
        assert bool(len(points["promised too much"])) == (factor < 1)


def test_the_verdict(figure):
    def says(function, x, factor):
        figure.show(function, x, factor)
        return text_of(figure.verdict)

    assert says("steep elsewhere", 5.7, 1) == (
        "Guaranteed: no change of less than 0.18 pixels makes the class wrong. In truth the "
        "nearest that does is 3.13 pixels away, so 6 % is guarded."
    )
    assert says("straight pieces", 5.7, 0.4) == (
        "✗ Broken: L is below the true constant. It promises 1.82 pixels, but the class is wrong "
        "after 1.67."
    )
    assert says("cliff", 5.0, 0.25) == (
        "✗ No guarantee: L is below the true constant. Its promise of 1.00 pixels happens to be "
        "true at this x; at others it is false."
    )
    assert says("hill", 1.0, 2) == (
        "The margin is not positive: the class is wrong already. Nothing to guard."
    )
    assert not {"true", "guarded", "promised"} & set(figure.margins.names())


def test_x_follows_the_keys_and_the_mouse_along_the_curve(figure):
    f, _ = MARGINS["hill"]
    figure.handle(X).press("ArrowRight")
    figure.handle(X).press("Shift+ArrowLeft")
    assert numbers(figure.spoken(X)) == pytest.approx([5.5, f(5.5)], abs=0.0051)
    figure.handle(X).press("ArrowUp")
    assert numbers(figure.spoken(X))[0] == 5.5
    frame = figure.margins.frame
    figure.drag(X, -frame["width"] / 5, 30)
    assert numbers(figure.spoken(X))[0] == pytest.approx(3.5, abs=0.02)
    figure.drag(X, 2000, 0)
    assert numbers(figure.spoken(X))[0] == 10
    assert centre(figure.handle(X).locator("path"))[0] == pytest.approx(
        frame["x"] + frame["width"], abs=1
    )


def test_L_has_a_slider_and_a_stop_at_the_true_constant(figure):
    slope = figure.control("Slope L of the cone")
    slope.press("End")
    assert slope.get_attribute("aria-valuetext") == "8.00 × true"
    slope.press("Home")
    assert slope.get_attribute("aria-valuetext") == "0.25 × true"
    figure.root.get_by_role("button", name="L = true constant").press("Enter")
    assert slope.get_attribute("aria-valuetext") == "1.00 × true"
    assert "Guaranteed" in text_of(figure.verdict)
    slope.press("ArrowLeft")
    assert "✗" in text_of(figure.verdict)
    slope.press("ArrowRight")  # the way back leads to the true constant itself
    assert "Guaranteed" in text_of(figure.verdict)


def test_the_function_and_the_tangent_are_chosen(figure):
    figure.root.get_by_label("flat, then a cliff").check()
    assert figure.readout("true constant") == [6.4]
    assert "guarded" in figure.margins.names()
    assert not {"guess", "tangent"} & set(figure.margins.names())
    assert "guess" not in figure.margins.texts()
    figure.root.get_by_role("checkbox").press("Space")
    assert {"guess", "tangent"} <= set(figure.margins.names())
    assert "guess" in figure.margins.texts() and "guess" in figure.distances.names()
    figure.root.get_by_label("steep, but elsewhere").check()
    points = figure.margins.all_points()
    assert points["guess"][:, 0] == pytest.approx([5.7 - 3.13, 5.7 + 3.13], abs=0.01)
    (x1, y1), (x2, y2) = points["tangent"]
    assert (y2 - y1) / (x2 - x1) == pytest.approx(-0.3, abs=1e-4)


@functions
def test_a_mark_at_x_crosses_out_a_promise_that_is_too_large(figure, function):
    f, L = MARGINS[function]
    for factor in (0.4, 1):
        figure.show(function, 5.7, factor)
        points = figure.distances.all_points()
        true, reach = distance(function, 5.7), f(5.7) / (factor * L)
        assert points["true distance at x"][0] == pytest.approx([5.7, true], abs=1e-4)
        name = "promised too much at x" if reach > true else "guarded at x"
        assert points[name][0] == pytest.approx([5.7, reach], abs=1e-4)
        assert len({"promised too much at x", "guarded at x"} & set(points)) == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Cone, width=width)
    heights = set()
    for function in MARGINS:
        for x in (0, 3, 5.7):
            for factor in (0.25, 1, 8):
                figure.show(function, x, factor, first_order=x == 3)
                heights.add(round(figure.height()))
                assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The class


BAD = {
    "x": [-0.1, 10.1, math.nan],
    "factor": [0.2, 9],
    "function": ["valley"],
    "first_order": ["yes"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        LipschitzCone(**{name: value})


def test_functions_and_places_are_those_of_the_front_end(in_javascript):
    assert LipschitzCone.function.values == in_javascript("Object.keys(MARGINS)")
    assert (LipschitzCone.x.min, LipschitzCone.x.max) == (0, in_javascript("LENGTH"))
