"""The sizes of a change: units, norms, and two changes of the same length as pictures."""

import json
import math

import numpy as np
import pytest
import traitlets
from single_page import opening, write_page
from test_explorables import Figure, numbers

from explorables import EpsilonConverter

SIZES = [("l2", 0.3), ("l2", 1.58), ("l2", 14), ("l2", 0.001), ("linf", 0.3), ("linf", 8 / 255),
         ("linf", 0.5), ("linf", 0.001)]  # fmt: skip
UNITS = {"pixels in 0–1": 1, "pixels in 0–255": 255, "standardised, ÷ 0.3081": 1 / 0.3081}
sizes = pytest.mark.parametrize(("norm", "eps"), SIZES)
IMAGE = np.frombuffer(EpsilonConverter().image, np.uint8) / 255


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("epsilon"), EpsilonConverter())


@pytest.fixture
def open_converter(browser, address):
    with opening(browser, address, Converter) as open_converter:
        yield open_converter


@pytest.fixture
def figure(open_converter):
    return open_converter(viewport={"width": 1280, "height": 800})


class Converter(Figure):
    def __init__(self, visit):
        super().__init__(visit, "epsilon_converter")
        self.verdict = self.root.locator(".xp-verdict")
        self.fields = self.root.get_by_role("spinbutton").all()
        self.slider = self.root.get_by_role("slider", name="ε")

    def shown(self):
        """ε in the three units."""
        return [float(field.input_value()) for field in self.fields]

    def pictures(self):
        """The pixels of the three pictures, shape (3, 784), from 0 to 1."""
        values = self.root.locator("canvas").evaluate_all(
            """all => all.map((canvas) =>
            [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data])"""
        )
        return np.array(values)[:, ::4] / 255


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
    every, few = figure.root.locator(".xp-thumbnail .xp-note").all_inner_texts()[1:]
    assert every.endswith("✓ within ε")
    assert few.endswith("✓ within ε" if norm == "l2" else "✗ beyond ε")
    length = eps * (28 if norm == "linf" else 1)
    assert numbers(every) == pytest.approx([length / 28], rel=0.006)
    count = [1, length] if length < 1 else [length**2]
    assert numbers(few) == pytest.approx(count, rel=0.006)


def test_the_verdicts(figure):
    assert figure.verdict.inner_text().replace("\u2060", "") == (
        "An L2 certificate of 1.58 holds for all L∞ changes up to 1.58/√784 = 0.0564 (14.4/255), "
        "and for no larger L∞ ball."
    )
    figure.set(norm="linf", eps=0.1)
    assert figure.verdict.inner_text() == (
        "An L∞ certificate of 0.1 holds for all L2 changes up to 0.1. An L2 certificate covers "
        "this L∞ ball only from 0.1 √784 = 2.8 on."
    )


@pytest.mark.parametrize("name", UNITS)
def test_a_size_is_typed_in_any_unit(figure, name):
    figure.root.get_by_label("L∞", exact=True).check()
    field = figure.fields[list(UNITS).index(name)]
    field.fill("")
    field.type("0.37")
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
        ("L∞ 8/255", "L∞", 8 / 255), ("L2 0.3", "L2", 0.3), ("L∞ 0.3", "L∞", 0.3),
        ("L2 1.58", "L2", 1.58), ("L∞ 0.1", "L∞", 0.1), ("L2 1.0", "L2", 1.0),
    ):  # fmt: skip
        figure.root.get_by_role("button", name=name, exact=True).press("Enter")
        assert figure.root.get_by_label(norm, exact=True).is_checked()
        assert figure.shown()[0] == pytest.approx(eps, rel=0.006)
    figure.root.get_by_role("button", name="L∞ 8/255").click()
    assert figure.shown()[1] == 8


def test_the_slider_goes_from_hardly_anything_to_grey(figure):
    for norm, largest in (("L2", 14), ("L∞", 0.5)):
        figure.root.get_by_label(norm, exact=True).check()
        figure.slider.press("End")
        assert figure.slider.get_attribute("aria-valuetext") == str(largest)
        grey = figure.pictures()[1][np.isin(IMAGE, (0, 1))]
        assert grey == pytest.approx(np.full(grey.shape, 0.5), abs=0.003)
        figure.slider.press("ArrowLeft")
        assert figure.shown()[0] < largest
        figure.slider.press("Home")
        assert figure.shown()[0] == 0.001
        for _ in range(4):
            before = figure.shown()[0]
            figure.slider.press("ArrowRight")
            assert before < figure.shown()[0] < 1.06 * before


def test_a_size_too_large_for_the_other_norm_comes_back(figure):
    figure.root.get_by_label("L∞", exact=True).check()
    assert figure.shown()[0] == 0.5
    figure.root.get_by_label("L2", exact=True).check()
    assert figure.shown()[0] == 1.58


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_converter, width):
    figure = open_converter(viewport={"width": width, "height": 800})
    heights = set()
    for norm, eps in [*SIZES, ("l2", 0.00347), ("l2", 12.8), ("linf", 0.123)]:
        figure.set(norm=norm, eps=eps)
        heights.add(round(figure.root.locator(".xp").bounding_box()["height"]))
        assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert len(heights) == 1


# The class


@pytest.mark.parametrize(
    ("name", "value"),
    [("eps", 0), ("eps", 14.1), ("eps", math.nan), ("eps", "1"), ("norm", "L2"),
     ("norm", "l1")],
)  # fmt: skip
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        EpsilonConverter(**{name: value})


def test_flipped_pixels_are_black_or_white_and_each_once():
    widget = EpsilonConverter(eps=14, norm="linf")
    assert len(set(widget.flips)) == len(widget.flips) >= 14**2
    assert np.isin(IMAGE[widget.flips], (0, 1)).all()
    assert len(json.dumps(widget.state())) < 5_000
