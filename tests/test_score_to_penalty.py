"""From score to penalty: what the figure shows is what the helpers say of the 6,000 digits."""

import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of
from svm_distances import LOSSES, assert_histogram, distances, svm

from explorables import ScoreToPenalty
from helpers import linear
from helpers.data import digit_pair

IMAGE = "Score of the image x"


class Steps(FigurePage):
    figure = ScoreToPenalty

    @property
    def panels(self):
        names = ("raw score", "margin", "penalty")
        return [self.plot(f"Histogram of the {name}") for name in names]

    def places(self):
        """Where the image x stands in the panels, on their horizontal axes."""
        return pytest.approx([panel.point("x")[0] for panel in self.panels], abs=1e-6)

    def notes(self):
        return [text_of(note) for note in self.root.locator(".xp-note").all()]


@pytest.fixture
def figure(open_figure):
    return open_figure(Steps)


@pytest.mark.parametrize("name", LOSSES)
def test_it_agrees_with_helpers(figure, mnist, name):
    figure.control(name).check()
    digits = digit_pair(mnist, 3, 8, n=3000)
    R = linear.empirical_risk(*digits, *svm(), LOSSES[name])
    assert figure.readout("mean penalty R") == pytest.approx([R], abs=0.000501)
    rate = 100 * linear.error_rate(*digits, *svm())
    assert figure.readout("error rate") == pytest.approx([rate], abs=0.00501)
    assert "128 misclassified" in figure.panels[1].texts()
    assert rate == pytest.approx(128 / 60)


@pytest.mark.parametrize("name", LOSSES)
def test_histograms_count_the_images(figure, name):
    figure.control(name).check()
    margins = np.linalg.norm(svm()[0]) * distances()
    first, second, third = figure.panels
    assert_histogram(first, "class I", 0.25, -margins[:3000])
    assert_histogram(first, "class J", 0.25, margins[3000:])
    for kind, images in {"correct": margins > 0, "misclassified": margins <= 0}.items():
        assert_histogram(second, kind, 0.25, margins[images])
        assert_histogram(third, kind, 0.2, LOSSES[name](margins[images]))
    [[(R, foot), _]] = third.points("mean penalty")
    assert third.to_pixels(R, foot)[0] >= third.frame["x"] + 8  # it is no part of the frame
    penalties = LOSSES[name](margins)
    assert R == pytest.approx(penalties.mean(), abs=1e-3)
    in_first_bar = np.sum(penalties[margins > 0] < 0.2)
    assert f"↑ {in_first_bar:,} images" in third.texts()


def test_an_image_goes_through_the_steps(figure):
    assert figure.places() == [-2, -2, 3]
    assert figure.notes() == [
        "s(x) = −2.00, so the classifier says I",
        "y = +1, so y s(x) = −2.00: misclassified",
        "the penalty of x is f(−2.00) = 3.00",
    ]
    figure.control("I (3s)").check()
    assert figure.places() == [-2, 2, 0]
    assert figure.notes()[1] == "y = −1, so y s(x) = 2.00: correct"
    figure.handle(IMAGE).press("Shift+ArrowRight")
    figure.handle(IMAGE).press("ArrowRight")
    assert figure.places() == [-0.5, 0.5, 0.5]
    figure.control("0-1").check()
    assert figure.places() == [-0.5, 0.5, 0]
    figure.drag(IMAGE, 2000, 30)
    assert numbers(figure.spoken(IMAGE)) == [10]
    assert figure.notes()[0] == "s(x) = 10.00, so the classifier says J"
    assert figure.places() == [10, -10, 1]
    figure.control("hinge").check()
    assert figure.places() == [10, -10, 11]


def test_there_may_be_fewer_images(open_figure):
    d = np.array([-2, -0.5, 0.25, -0.1, 1.5, 2])
    figure = open_figure(Steps, widget=ScoreToPenalty(distances=d, norm=2), fresh=True)
    first, second, _ = figure.panels
    assert_histogram(first, "class I", 0.25, 2 * d[:3])
    assert_histogram(first, "class J", 0.25, 2 * d[3:])
    assert "2 misclassified" in second.texts()
    assert figure.readout("error rate") == pytest.approx([100 / 3], abs=0.00501)
    R = np.maximum(1 - 2 * np.repeat([-1, 1], 3) * d, 0).mean()
    assert figure.readout("mean penalty R") == pytest.approx([R], abs=0.000501)


def test_names_stand_inside_their_panels(figure):
    for name in LOSSES:
        figure.control(name).check()
        for panel in figure.panels:
            frame = panel.frame
            for _, box in panel.boxes_of_texts():
                assert frame["x"] <= box["left"]
                assert box["right"] <= frame["x"] + frame["width"]


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"loss": "squared"}, "loss"),
        ({"score": 11}, "score"),
        ({"score": math.nan}, "score must be a finite number"),
        ({"y": 0}, "y"),
        ({"distances": [[1, 2]]}, "distances: the array must have shape"),
    ],
)
def test_bad_values_are_named(traits, message):
    with pytest.raises(traitlets.TraitError, match=message):
        ScoreToPenalty(**traits)
