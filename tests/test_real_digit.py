"""A real digit: how far both digits walk, and what the classifiers say on the way."""

import numpy as np
import pytest
from figure_page import FigurePage, numbers

from explorables import RealDigit
from helpers import linear
from helpers.results import load_arrays, load_figures

AS_THEY_ARE, MIRRORED = ["says 3", "says 8"], ["says 8", "says 3"]


class Digits(FigurePage):
    figure = RealDigit

    @property
    def walk(self):
        return self.control("Walk to the mirror image")

    def shown(self):
        """What the classifiers say of each digit, and how far each has moved."""
        notes = self.root.get_by_text("moved").all_inner_texts()
        words = [note.split("\n") for note in notes]
        return [verdict for verdict, _ in words], [numbers(moved)[0] for _, moved in words]

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).press("Space")


@pytest.fixture
def figure(open_figure):
    return open_figure(Digits)


@pytest.fixture
def full_way():
    return [
        d for figures in load_figures("real_digit").values() for d in figures["mirror_distance"]
    ]


def test_the_digits_walk_to_their_mirror_images(figure, full_way):
    assert figure.shown() == (AS_THEY_ARE * 2, [0, 0, 0, 0])
    for t, verdicts in ((0.3, AS_THEY_ARE), (0.51, MIRRORED)):
        figure.walk.fill(str(t))
        assert figure.shown()[0] == verdicts * 2
        way = [t * distance for distance in full_way]
        assert figure.shown()[1] == pytest.approx(way, abs=0.00501)


def test_buttons_and_keys_lead_to_the_stops(figure, full_way):
    figure.press("boundary")
    assert figure.shown()[0] == ["on the boundary"] * 4
    figure.walk.press("End")
    assert figure.shown()[0] == MIRRORED * 2
    assert figure.shown()[1] == pytest.approx(full_way, abs=0.00501)
    figure.press("digit")
    assert figure.shown()[1] == [0, 0, 0, 0]


def test_the_picture_is_that_of_the_mirror_image(figure):
    figure.press("mirror image")
    canvas = figure.root.get_by_role("img", name="the digit 8, moved 3.14; the Strong")
    drawn = canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]")
    arrays = load_arrays("real_digit")
    x_m = linear.mirror_image(arrays["digits"][1] / 255, arrays["w"][1], arrays["b"][1])
    assert np.abs(np.array(drawn[::4]) - 255 * x_m.clip(0, 1)).max() <= 1


def test_there_may_be_more_classifiers(open_figure):
    w = load_arrays("real_digit")["w"]
    facts = {"lam": 0.5, "err_test": 1.25, "b": 0}
    widget = RealDigit(
        weights=[*w, w[0] + w[1]],
        classifiers=[{"name": name, **facts} for name in ("Weak", "Strong", "Both")],
    )
    figure = open_figure(Digits, widget=widget, fresh=True)
    cards = figure.root.get_by_role("group", name="regularisation")
    assert [text.split("\n")[0] for text in cards.all_inner_texts()] == [
        "Weak regularisation",
        "Strong regularisation",
        "Both regularisation",
    ]
    figure.walk.fill("1")
    assert len(figure.shown()[1]) == 6
    ways = [2 * abs(linear.signed_distance(widget.digits, row, 0)) for row in widget.weights]
    assert figure.shown()[1] == pytest.approx(np.ravel(ways), abs=0.00501)


def test_arrays_are_those_of_the_experiment():
    widget, arrays = RealDigit(), load_arrays("real_digit")
    assert widget.digits == pytest.approx(arrays["digits"] / 255)
    assert (widget.weights == arrays["w"]).all()
