"""The bounds of robust accuracy: what the figure shows is what was proven and what was found."""

import gzip
import json
import math

import numpy as np
import pytest
import traitlets
from single_page import opening, write_page
from test_explorables import Figure, centre, numbers

from explorables import CertifiedAccuracy
from explorables.figures.lipschitz_margins.lmt_networks import NAMES
from helpers.results import load_lmt

EPS = np.round(np.arange(151) * 0.02, 2)
MARKED = (0.3, 1.0, 1.58)
MODELS = list(NAMES)
models = pytest.mark.parametrize("model", MODELS)


def network(model):
    return load_lmt(model)[0]


def shares():
    """Per cent of the test images that are certified, and that are not fooled, at each of EPS:
    shape (networks, 2, 151)."""
    figure = CertifiedAccuracy()
    counts = np.frombuffer(figure.counts, "<u2").reshape(len(MODELS), 2, 151)
    return 100 * counts.astype(float) / figure.images


@pytest.fixture(scope="module")
def expected():
    return dict(zip(MODELS, shares(), strict=True))


# What is counted


@models
def test_what_is_certified_is_what_the_experiment_counted(expected, model):
    certified, withstood = expected[model]
    figures = network(model)["figures"]
    assert certified[0] == withstood[0] == pytest.approx(figures["clean"])
    for eps, name in zip(MARKED, ("03", "10", "158"), strict=True):
        e = EPS.tolist().index(eps)
        assert certified[e] == pytest.approx(figures[f"cert_{name}"])
        assert certified[e] <= withstood[e] <= figures[f"pgd_{name}"] + 1e-9


@models
def test_every_image_is_counted_where_its_radii_say(expected, model):
    arrays = network(model)
    certified, withstood = expected[model]
    for e in range(1, 151):
        k = 20 * e  # in 1/1000 pixel
        proven = np.rint(1000 * arrays["certified"]) >= k
        broken = (np.rint(1000 * arrays["found"]) <= k) | (
            np.rint(1000 * arrays["fooling"].astype(float)) <= k
        )
        assert not (proven & broken).any()
        assert certified[e] == pytest.approx(100 * proven.mean())
        assert withstood[e] == pytest.approx(100 - 100 * broken.mean())


@models
def test_bounds_fall_and_keep_their_order(expected, model):
    certified, withstood = expected[model]
    assert (np.diff(expected[model]) <= 0).all()
    assert (certified <= withstood).all()


def test_the_state_is_light():
    state = CertifiedAccuracy().state()
    assert len(gzip.compress(json.dumps(state).encode())) < 6_000
    assert [of["model"] for of in state["networks"]] == MODELS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network", "lenet"), ("network", None), ("eps", -0.1), ("eps", 3.1), ("eps", math.nan),
        ("eps", "1"),
    ],
)  # fmt: skip
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedAccuracy(**{name: value})


# The figure


class Bounds(Figure):
    def __init__(self, visit):
        super().__init__(visit, "certified_accuracy")
        self.verdict = self.root.locator(".xp-verdict")
        self.plot = self.root.locator("svg.xp-plane")

    def show(self, model, eps):
        self.set(network=model, eps=eps)

    def radio(self, model):
        return self.root.get_by_role("radio").nth(MODELS.index(model))

    def in_units(self, points):
        """Places in the plot, in pixels of ε and in per cent."""
        left, top, width, height = self.plot.locator(".xp-frame").evaluate(
            "f => ['x', 'y', 'width', 'height'].map((name) => Number(f.getAttribute(name)))"
        )
        share = (np.array(points, float) - [left, top]) / [width, height]
        return share * [3, -100] + [0, 100]

    def curve(self, kind):
        text = self.plot.locator(f"polyline.xp-{kind}").get_attribute("points")
        return self.in_units([corner.split(",") for corner in text.split()])


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("bounds"), CertifiedAccuracy())


@pytest.fixture
def open_bounds(browser, address):
    with opening(browser, address, Bounds) as open_bounds:
        yield open_bounds


@pytest.fixture
def figure(open_bounds):
    return open_bounds(viewport={"width": 1280, "height": 900})


@models
def test_curves_are_the_bounds(figure, expected, model):
    figure.show(model, 0.5)
    for kind, bound in zip(("proof", "large"), expected[model], strict=True):
        drawn = figure.curve(kind)
        assert drawn[:, 0] == pytest.approx(EPS, abs=1e-6)
        assert drawn[:, 1] == pytest.approx(bound, abs=1e-6)


@models
def test_words_lie_in_the_areas_that_they_name(figure, expected, model):
    figure.show(model, 1)
    certified, withstood = expected[model]
    areas = {
        "proven": (withstood * 0, certified),
        "nobody knows": (certified, withstood),
        "broken": (withstood, withstood * 0 + 100),
    }
    words = figure.plot.locator("text.xp-label[visibility=visible]").all()
    assert "broken" in [word.text_content() for word in words] and len(words) >= 2
    for word in words:
        low, high = areas[word.text_content()]
        box = word.evaluate("t => [t.getBBox().x, t.getBBox().y, t.getBBox().width]")
        (left, _), (right, _) = figure.in_units([box[:2], [box[0] + box[2], box[1]]])
        middle = float(word.get_attribute("y")) - 4
        at = figure.in_units([[0, middle]])[0, 1]
        inside = slice(*np.searchsorted(EPS, [left, right]))
        assert 0 < left < right < 3
        assert (low[inside] < at).all() and (at < high[inside]).all()


def test_every_network_shows_both_bounds_at_eps(figure, expected):
    for eps in (0, 0.3, 1.24, 3):
        figure.show("plain", eps)
        notes = figure.root.locator(".xp-networks .xp-note").all_inner_texts()
        for model, note in zip(MODELS, notes, strict=True):
            assert numbers(note.replace("–", " ")) == pytest.approx(
                expected[model][:, EPS.tolist().index(eps)], abs=1e-6
            )


def says(expected, model, e):
    least, most = expected[model][:, e]
    at = f"{NAMES[model]}, ε = {EPS[e]:.2f}: "
    if e == 0:
        return f"{at}nothing is changed, and {least:.2f}\u00a0% of the images are right."
    known = (
        f"{at}at least {least:.2f}\u00a0% and at most {most:.2f}\u00a0% of the images withstand "
        f"every change. Of {most - least:.2f}\u00a0% nobody knows."
    )
    beaten = [NAMES[other] for other in MODELS if expected[other][1, e] < least]
    if not beaten:
        return known
    names = " and ".join(filter(None, [", ".join(beaten[:-1]), beaten[-1]]))
    return f"{known} So it certainly beats {names}."


@models
def test_the_verdict(figure, expected, model):
    for e in (0, 1, 15, 50, 60, 79, 100, 120, 135, 150):
        figure.show(model, float(EPS[e]))
        assert figure.verdict.inner_text() == says(expected, model, e)


def test_the_network_is_chosen_by_click_and_by_key(figure, expected):
    for model in MODELS:
        figure.root.locator(".xp-networks svg").nth(MODELS.index(model)).click()
        assert figure.radio(model).is_checked()
        assert figure.verdict.inner_text() == says(expected, model, 50)
    figure.radio(MODELS[0]).focus()
    figure.page.keyboard.press("ArrowRight")
    assert figure.verdict.inner_text() == says(expected, MODELS[1], 50)
    assert NAMES[MODELS[1]] in figure.radio(MODELS[1]).evaluate("r => r.closest('label').innerText")


def test_eps_has_a_slider_a_handle_and_stops(figure, expected):
    figure.show("plain", 1)
    figure.handle("Change ε").press("ArrowRight")
    assert figure.spoken("Change ε") == "1.02 px"
    figure.handle("ε").press("ArrowLeft")
    figure.handle("ε").press("Shift+ArrowLeft")
    assert figure.spoken("ε") == "ε = 0.90 pixels"
    for eps in (0.3, 1, 1.58):
        figure.root.get_by_role("button", name=f"ε = {eps}", exact=True).press("Enter")
        assert figure.spoken("Change ε") == f"{eps:.2f} px"
    frame = figure.plot.locator(".xp-frame").bounding_box()
    figure.show("plain", 1)
    figure.drag("ε", frame["width"] / 3, -30)
    assert figure.spoken("ε") == "ε = 2.00 pixels"
    figure.drag("ε", 2000, 0)
    assert figure.verdict.inner_text() == says(expected, "plain", 150)


@models
def test_marks_lie_on_the_curves(figure, expected, model):
    figure.show(model, 0.3)
    frame = figure.plot.locator(".xp-frame").bounding_box()
    for place, share in zip(
        (figure.handle("ε"), figure.plot.locator(".xp-adversarial")), expected[model][:, 15],
        strict=True,
    ):  # fmt: skip
        x, y = centre(place)
        assert (x - frame["x"]) / frame["width"] == pytest.approx(0.1, abs=0.005)
        assert 100 * (1 - (y - frame["y"]) / frame["height"]) == pytest.approx(share, abs=0.6)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_bounds, width):
    figure = open_bounds(viewport={"width": width, "height": 800})
    heights = set()
    for model in MODELS:
        for eps in (0, 0.3, 0.8, 1, 1.3, 1.58, 2, 3):
            figure.show(model, eps)
            heights.add(round(figure.root.locator(".xp").bounding_box()["height"]))
            assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert len(heights) == 1
