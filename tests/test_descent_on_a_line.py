"""Gradient descent on images on a line: against the helper, and as a reader trains."""

import json

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers
from javascript import javascript
from playwright.sync_api import expect

from explorables import DescentOnALine
from helpers import linear, toy
from helpers.descent import descend

START = "Weights at the start"
X, Y = (values[:-1] for values in toy.training_set())
SHOWN = np.array([-0.6, 0])


class Descent(FigurePage):
    figure = DescentOnALine

    @property
    def weights(self):
        return self.plot("The weights")

    @property
    def images(self):
        return self.plot("The images")

    def assert_shows(self, start, lam, step):
        """It shows the classifier that the helper arrives at."""
        path, b = descend(X, Y, start, 0, 0.5, lam, step)
        assert b == pytest.approx(0, abs=1e-12)
        w = path[-1]
        [taken] = self.weights.points("steps taken")
        assert taken == pytest.approx(path, abs=1e-3)
        [ends] = self.images.points("boundary")
        assert ends @ w == pytest.approx([0, 0], abs=1e-3 * np.linalg.norm(w))
        mirror = linear.mirror_image(SHOWN, w, 0)
        assert self.images.point("xₘ") == pytest.approx(mirror, abs=1e-3)
        assert self.readout("tilt θ") == pytest.approx([abs(np.degrees(toy.tilt(w)))], abs=0.06)
        assert [*self.readout("w₁"), *self.readout("w₂")] == pytest.approx(w, abs=6e-3)


@pytest.fixture
def figure(open_figure):
    return open_figure(Descent)


@pytest.mark.parametrize("lam", [0, 0.01, 0.3])
def test_the_page_descends_as_the_helper_does(lam):
    how = json.dumps({"eta": 0.5, "lam": lam, "steps": 60})
    with javascript("mathematics/descent.js") as value:
        path = value(f"descend({X.tolist()}, {Y.tolist()}, [0.5, -3], {how})")
    assert np.array(path) == pytest.approx(descend(X, Y, [0.5, -3], 0, 0.5, lam, 60)[0], abs=1e-9)


@pytest.mark.parametrize(
    ("start", "lam", "step"), [([0.5, 4], 0, 200), ([-1, -2], 0, 90), ([0.5, 4], 0.02, 150)]
)
def test_it_shows_where_the_steps_lead(figure, start, lam, step):
    figure.set(start=start, lam=lam, step=step)
    figure.assert_shows(start, lam, step)


def test_without_decay_the_boundary_stays_tilted_and_with_it_it_stands_up(figure):
    figure.set(start=[0.5, 4], lam=0, step=0)
    figure.root.get_by_role("button", name="train").click()
    expect(figure.control("Steps")).to_have_value("200")
    assert figure.readout("w₂")[-1] == 4 and figure.readout("tilt θ")[0] > 30
    assert figure.readout("share of w₂ left")[-1] == 100
    figure.control("Decay λ").fill("0.02")
    assert figure.readout("tilt θ")[0] < 2
    assert figure.readout("share of w₂ left")[-1] == pytest.approx(100 * 0.98**200, abs=0.06)


def test_a_start_is_chosen_by_mouse_and_by_keys_and_training_begins_anew(figure):
    figure.set(start=[0.5, 3], lam=0, step=50)
    figure.handle(START).press("ArrowDown")
    assert figure.get("start") == pytest.approx([0.5, 2.9]) and figure.get("step") == 0
    assert numbers(figure.spoken(START)) == pytest.approx([0.5, 2.9])
    figure.drag(START, 40, 30)
    w1, w2 = figure.get("start")
    assert w1 > 1 and w2 < 2.5
    figure.drag(START, 0, 2000)
    assert figure.get("start")[1] == -4


def test_a_reader_who_moves_the_steps_takes_over(figure):
    figure.set(start=[0.5, 4], lam=0, step=0)
    figure.root.get_by_role("button", name="train").press("Enter")
    figure.control("Steps").fill("7")
    figure.page.wait_for_timeout(300)
    assert figure.get("step") == 7


def test_it_trains_at_once_where_motion_is_unwelcome(open_figure):
    figure = open_figure(Descent, fresh=True)
    figure.page.emulate_media(reduced_motion="reduce")
    figure.root.get_by_role("button", name="train").click()
    assert figure.get("step") == 200


def test_it_keeps_its_height_and_fits(open_figure):
    for width in (1280, 390):
        figure = open_figure(Descent, width=width)
        heights = set()
        for start, step in (([0.5, 4], 0), ([-1.5, -3.5], 200), ([6, 1], 100)):
            figure.set(start=start, step=step)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
        assert heights == {figure.reserved_height(width)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("start", [0, 9]), ("start", [1]), ("start", [np.nan, 0]), ("lam", 1), ("step", 201)],
)
def test_bad_values_are_named(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        DescentOnALine(**{name: value})
