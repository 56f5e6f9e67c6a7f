"""The sizes of a change: units, norms, and two changes of the same length as pictures."""

import json
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, pixels, text_of

from explorables import EpsilonConverter

SIZES = [
    ("l2", 0.3),
    ("l2", 1.58),
    ("l2", 14),
    ("l2", 0.001),
    ("linf", 0.3),
    ("linf", 8 / 255),
    ("linf", 0.5),
    ("linf", 0.001),
]
UNITS = {"pixels in 0–1": 1, "pixels in 0–255": 255, "standardised, ÷ 0.3081": 1 / 0.3081}
sizes = pytest.mark.parametrize(("norm", "eps"), SIZES)
IMAGE = EpsilonConverter().image


class Converter(FigurePage):
    figure = EpsilonConverter

    @property
    def fields(self):
        return self.root.get_by_role("spinbutton").all()

    def shown(self):
        """ε in the three units."""
        return [float(field.input_value()) for field in self.fields]

    def pictures(self):
        """The pixels of the three pictures, shape (3, 784), from 0 to 1."""
        return (
            np.array([pixels(canvas)[:, 0] for canvas in self.root.get_by_role("img").all()]) / 255
        )


@pytest.fixture
def figure(open_figure):
    return open_figure(Converter)


@sizes
def test_the_same_size_in_three_units(figure, norm, eps):
    figure.set(norm=norm, eps=eps)
    assert figure.shown() == pytest.approx([eps * per for per in UNITS.values()], rel=0.006)
    length, largest = (
        figure.readout(name)[-1]
        for name in ("longest change within ε (L2)", "largest of one pixel (L∞)")
    )
    assert length == pytest.approx(eps * (28 if norm == "linf" else 1), rel=0.006)
    assert largest == pytest.approx(min(eps, 1), rel=0.006)


@sizes
def test_both_pictures_are_changed_by_the_same_length(figure, norm, eps):
    figure.set(norm=norm, eps=eps)
    unchanged, every, few = figure.pictures()
    assert unchanged == pytest.approx(IMAGE, abs=1e-9)
    length = eps * (28 if norm == "linf" else 1)
    half = 0.5 / 255  # a picture has 256 levels of grey
    assert abs(every - IMAGE) == pytest.approx(np.full(784, length / 28), abs=half + 1e-9)
    assert np.linalg.norm(few - IMAGE) == pytest.approx(length, abs=half)
    whole = abs(few - IMAGE) == 1
    assert whole.sum() == math.floor(length**2 + 1e-9)
    assert (few != IMAGE).sum() <= math.ceil(length**2)
    assert every.min() >= 0 and every.max() <= 1


@sizes
def test_the_pictures_say_whether_they_are_within_epsilon(figure, norm, eps):
    figure.set(norm=norm, eps=eps)
    every, few = figure.caption("all pixels"), figure.caption("some pixels")
    assert every.endswith("✓ within ε")
    assert few.endswith("✓ within ε" if norm == "l2" else "✗ beyond ε")
    length = eps * (28 if norm == "linf" else 1)
    assert numbers(every) == pytest.approx([length / 28], rel=0.006)
    count = [1, length] if length < 1 else [length**2]
    assert numbers(few) == pytest.approx(count, rel=0.006)


def test_the_verdicts(figure):
    assert text_of(figure.verdict).replace("\u2060", "") == (
        "An L2 certificate of 1.58 holds for all L∞ changes up to 1.58/√784 = 0.0564 (14.4/255), "
        "and for no larger L∞ ball."
    )
    figure.set(norm="linf", eps=0.1)
    assert text_of(figure.verdict) == (
        "An L∞ certificate of 0.1 holds for all L2 changes up to 0.1. An L2 certificate covers "
        "this L∞ ball only from 0.1 √784 = 2.8 on."
    )


@pytest.mark.parametrize("name", UNITS)
def test_a_size_is_typed_in_any_unit(figure, name):
    figure.root.get_by_label("L∞", exact=True).check()
    field = figure.fields[list(UNITS).index(name)]
    field.fill("")
    field.press_sequentially("0.37")
    assert field.input_value() == "0.37"
    eps = 0.37 / UNITS[name]
    assert figure.shown() == pytest.approx([eps * per for per in UNITS.values()], rel=0.006)
    field.fill("1000")  # more than there is
    field.press("Enter")
    assert figure.shown()[0] == 0.5
    field.fill("-3")
    field.press("Tab")
    assert figure.shown()[0] == 0.5


def test_fields_have_names(figure):
    for field, name in zip(figure.fields, UNITS, strict=True):
        label = field.evaluate("field => field.labels[0].textContent")
        assert label.replace("\u2060", "").replace("\u00a0", " ") == name


def test_presets_set_norm_and_size(figure):
    for name, norm, eps in (
        ("L∞ 8/255", "L∞", 8 / 255),
        ("L2 0.3", "L2", 0.3),
        ("L∞ 0.3", "L∞", 0.3),
        ("L2 1.58", "L2", 1.58),
        ("L∞ 0.1", "L∞", 0.1),
        ("L2 1.0", "L2", 1.0),
    ):
        figure.root.get_by_role("button", name=name, exact=True).press("Enter")
        assert figure.root.get_by_label(norm, exact=True).is_checked()
        assert figure.shown()[0] == pytest.approx(eps, rel=0.006)
    figure.root.get_by_role("button", name="L∞ 8/255").click()
    assert figure.shown()[1] == 8


def test_the_slider_goes_from_hardly_anything_to_grey(figure):
    slider = figure.handle("ε")
    for norm, largest in (("L2", 14), ("L∞", 0.5)):
        figure.root.get_by_label(norm, exact=True).check()
        slider.press("End")
        assert figure.spoken("ε") == str(largest)
        grey = figure.pictures()[1][np.isin(IMAGE, (0, 1))]
        assert grey == pytest.approx(np.full(grey.shape, 0.5), abs=0.003)
        slider.press("ArrowLeft")
        assert figure.shown()[0] < largest
        slider.press("Home")
        assert figure.shown()[0] == 0.001
        for _ in range(4):
            before = figure.shown()[0]
            slider.press("ArrowRight")
            assert before < figure.shown()[0] < 1.06 * before


def test_a_size_too_large_for_the_other_norm_comes_back(figure):
    figure.root.get_by_label("L∞", exact=True).check()
    assert figure.shown()[0] == 0.5
    figure.root.get_by_label("L2", exact=True).check()
    assert figure.shown()[0] == 1.58


def test_another_image_is_shown_and_flipped_as_it_says(open_figure):
    ramp = np.arange(784) // 4 / 255
    widget = EpsilonConverter(image=ramp, flips=list(range(784)), eps=10.5)
    figure = open_figure(Converter, fresh=True, widget=widget)
    unchanged, _, few = figure.pictures()
    assert unchanged == pytest.approx(ramp)
    assert abs(few - unchanged).nonzero()[0].tolist() == list(range(111))  # 10.5² = 110.25


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Converter, width=width)
    heights = set()
    for norm, eps in [*SIZES, ("l2", 0.00347), ("l2", 12.8), ("linf", 0.123)]:
        figure.set(norm=norm, eps=eps)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The class


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("eps", 0),
        ("eps", 14.1),
        ("eps", math.nan),
        ("eps", "1"),
        ("norm", "L2"),
        ("norm", "l1"),
        ("image", np.zeros(783)),
        ("image", np.full(784, 1.01)),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        EpsilonConverter(**{name: value})


def test_flipped_pixels_are_black_or_white_and_each_once():
    widget = EpsilonConverter(eps=14, norm="linf")
    assert len(set(widget.flips)) == len(widget.flips) >= 14**2
    assert np.isin(IMAGE[widget.flips], (0, 1)).all()
    assert len(json.dumps(widget.state())) < 5_000
