"""The bounds of robust accuracy: what the figure shows is what was proven and what was found."""

import gzip
import json
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of

from explorables import CertifiedAccuracy
from explorables.figures.lipschitz_margins.lmt_networks import NAMES
from helpers.results import load_attacked, load_lmt

EPS = np.round(np.arange(151) * 0.02, 2)
MARKED = (0.5, 1.0, 1.58, 2.0, 3.0)
MODELS = list(NAMES)
models = pytest.mark.parametrize("model", MODELS)


def certified_of(model):
    """Of every tenth test image."""
    return load_lmt(model)[0]["certified"][::10]


def far(model):
    """How far the nearest adversarial image is that was found."""
    return load_attacked(f"lmt-{model}")["l2"]


@pytest.fixture(scope="module")
def expected():
    """By model, per cent of the test images that are certified, and that are not fooled, at each
    of EPS: arrays (2, 151)."""
    figure = CertifiedAccuracy()
    assert np.array_equal(figure.radii, EPS)
    return dict(zip(MODELS, 100 * figure.counts / figure.images, strict=True))


# What is counted


@models
def test_every_image_is_counted_where_its_radii_say(expected, model):
    certified, withstood = expected[model]
    assert certified[0] == withstood[0] == pytest.approx(100 * (far(model) > 0).mean())
    for e in range(1, 151):
        proven = np.rint(1000 * certified_of(model)) >= 20 * e  # in 1/1000 pixel
        broken = far(model) <= EPS[e]
        assert not (proven & broken).any()
        assert certified[e] == pytest.approx(100 * proven.mean())
        assert withstood[e] == pytest.approx(100 - 100 * broken.mean())


@models
def test_no_attack_succeeded_within_a_certified_radius(model):
    assert (certified_of(model) <= far(model)).all()


@models
def test_bounds_fall_and_keep_their_order(expected, model):
    certified, withstood = expected[model]
    assert (np.diff(expected[model]) <= 0).all()
    assert (certified <= withstood).all()


def test_the_state_is_light():
    state = CertifiedAccuracy().state()
    assert len(gzip.compress(json.dumps(state).encode())) < 6_000
    assert [each["model"] for each in state["networks"]] == MODELS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network", "lenet"),
        ("network", None),
        ("eps", -0.1),
        ("eps", 3.1),
        ("eps", math.nan),
        ("eps", "1"),
        ("radii", [-0.02]),
        ("counts", [1, 2]),
    ],
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedAccuracy(**{name: value})


# The figure


class Bounds(FigurePage):
    figure = CertifiedAccuracy

    @property
    def bounds(self):
        return self.plot("Accuracy against ε")

    def show(self, model, eps):
        self.set(network=model, eps=eps)

    def options(self):
        """The networks to choose from."""
        return self.root.get_by_role("group", name="Network").locator("label")

    def radio(self, model):
        return self.options().nth(MODELS.index(model)).get_by_role("radio")


@pytest.fixture
def figure(open_figure):
    return open_figure(Bounds)


@models
def test_curves_are_the_bounds(figure, expected, model):
    figure.show(model, 0.5)
    for name, bound in zip(("certified", "not fooled"), expected[model], strict=True):
        [drawn] = figure.bounds.points(name)
        assert drawn == pytest.approx(np.stack([EPS, bound], axis=1), abs=1e-6)


@models
def test_words_lie_in_the_areas_that_they_name(figure, expected, model):
    figure.show(model, 1)
    certified, withstood = expected[model]
    areas = {
        "proven": (withstood * 0, certified),
        "nobody knows": (certified, withstood),
        "broken": (withstood, withstood * 0 + 100),
    }
    words = figure.bounds.boxes_of_texts()
    assert "broken" in dict(words) and len(words) >= 2
    for word, box in words:
        low, high = areas[word]
        (left, top), (right, bottom) = (
            figure.bounds.to_units(box[x], box[y])
            for x, y in (("left", "top"), ("right", "bottom"))
        )
        assert 0 < left < right < 3
        inside = slice(*np.searchsorted(EPS, [left, right]))
        middle = (top + bottom) / 2
        assert (low[inside] < middle).all() and (middle < high[inside]).all()


def test_every_network_shows_both_bounds_at_eps(figure, expected):
    for eps in (0, 0.3, 1.24, 3):
        figure.show("plain", eps)
        for model, option in zip(MODELS, figure.options().all_inner_texts(), strict=True):
            assert numbers(option.replace("–", " "))[-2:] == pytest.approx(
                expected[model][:, EPS.tolist().index(eps)], abs=1e-6
            )


def says(expected, model, e):
    least, most = expected[model][:, e]
    at = f"{NAMES[model]}, ε = {EPS[e]:.2f}: ".replace("\u00a0", " ")
    if e == 0:
        return f"{at}nothing is changed, and {least:.1f} % of the images are right."
    known = (
        f"{at}at least {least:.1f} % and at most {most:.1f} % of the images withstand every change."
        f" Of {most - least:.1f} % nobody knows."
    )
    beaten = [NAMES[other] for other in MODELS if expected[other][1, e] < least]
    if not beaten:
        return known
    names = " and ".join(filter(None, [", ".join(beaten[:-1]), beaten[-1]])).replace("\u00a0", " ")
    return f"{known} So it certainly beats {names}."


@models
def test_the_verdict(figure, expected, model):
    for e in (0, 1, 15, 50, 60, 79, 100, 120, 135, 150):
        figure.show(model, float(EPS[e]))
        assert text_of(figure.verdict) == says(expected, model, e)


def test_the_network_is_chosen_by_click_and_by_key(figure, expected):
    for model in MODELS:
        figure.options().nth(MODELS.index(model)).click(position={"x": 40, "y": 30})  # its picture
        assert figure.radio(model).is_checked()
        assert text_of(figure.verdict) == says(expected, model, 50)
    figure.radio(MODELS[0]).focus()
    figure.page.keyboard.press("ArrowRight")
    assert text_of(figure.verdict) == says(expected, MODELS[1], 50)
    assert NAMES[MODELS[1]] in figure.options().nth(1).inner_text()


def test_eps_has_a_slider_a_handle_and_stops(figure, expected):
    figure.show("plain", 1)
    figure.handle("Change ε").press("ArrowRight")
    assert figure.spoken("Change ε") == "1.02 px"
    figure.handle("ε").press("ArrowLeft")
    figure.handle("ε").press("Shift+ArrowLeft")
    assert figure.spoken("ε") == "ε = 0.90 pixels"
    for eps in MARKED:
        figure.root.get_by_role("button", name=f"ε = {eps:g}", exact=True).press("Enter")
        assert figure.spoken("Change ε") == f"{eps:.2f} px"
    figure.show("plain", 1)
    figure.drag("ε", figure.bounds.frame["width"] / 3, -30)
    assert figure.spoken("ε") == "ε = 2.00 pixels"
    figure.drag("ε", 2000, 0)
    assert text_of(figure.verdict) == says(expected, "plain", 150)


@models
def test_marks_lie_on_the_curves(figure, expected, model):
    figure.show(model, 0.3)
    for name, share in zip(("certified", "not fooled"), expected[model][:, 15], strict=True):
        assert figure.bounds.point(f"{name} at ε") == pytest.approx([0.3, share], abs=1e-6)


def test_other_radii_and_fewer_networks_live(open_figure):
    counts = [[[9, 6, 2, 0], [9, 8, 6, 5]], [[10, 9, 9, 8], [10, 10, 9, 9]]]
    widget = CertifiedAccuracy(
        networks=[{"model": "lmt", "name": "one"}, {"model": "best", "name": "two"}],
        radii=[0, 0.4, 1, 2],
        attacked=[0.4],
        counts=counts,
        images=10,
        eps=1,
    )
    figure = open_figure(Bounds, fresh=True, widget=widget)
    assert figure.options().count() == 2
    assert text_of(figure.verdict) == (
        "one, ε = 1.00: at least 20.0 % and at most 60.0 % of the images withstand every change. "
        "Of 40.0 % nobody knows."
    )
    figure.handle("Change ε").press("End")
    assert figure.spoken("Change ε") == "2.00 px"
    figure.root.get_by_role("button", name="ε = 0.4").click()
    assert figure.bounds.point("certified at ε") == pytest.approx([0.4, 60])
    assert figure.bounds.points("not fooled") == pytest.approx(
        np.array([[[0, 90], [0.4, 80], [1, 60], [2, 50]]])
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Bounds, width=width)
    heights = set()
    for model in MODELS:
        for eps in (0, 0.3, 0.8, 1, 1.3, 1.58, 2, 3):
            figure.show(model, eps)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1
