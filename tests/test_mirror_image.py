"""The mirror image: what the figure shows is what the helpers compute, however it is moved."""

import itertools
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, centre, numbers

from explorables import MirrorImage
from helpers import linear

IMAGE = "The image x"
TURN = "Angle of the boundary"


class Mirror(FigurePage):
    figure = MirrorImage

    @property
    def space(self):
        return self.plot("Image space")

    @property
    def verdicts(self):
        """On which side x, its projection and its mirror image lie."""
        return [text.split(",")[0] for text in self.root.locator(".xp-note").all_inner_texts()]


@pytest.fixture
def figure(open_figure):
    return open_figure(Mirror)


@pytest.mark.parametrize("degrees", [0, 12.5, 45, 60, 89.5])
@pytest.mark.parametrize("a", [-0.8, 0.35])
def test_it_agrees_with_helpers(figure, degrees, a):
    figure.set(x=[a, 0])
    figure.control("Angle θ").fill(str(degrees))
    theta = math.radians(degrees)
    x, w = np.array([a, 0.0]), np.array([math.cos(theta), math.sin(theta)])
    x_m = linear.mirror_image(x, w, 0)
    distance = 2 * abs(linear.signed_distance(x, w, 0))
    assert figure.readout("‖x − xₘ‖") == pytest.approx([np.linalg.norm(x - x_m)], abs=0.005001)
    assert figure.readout("2 |x·w|") == pytest.approx([distance], abs=0.005001)
    assert figure.space.point("xₘ") == pytest.approx(x_m, abs=1e-6)
    assert figure.space.point("xₚ") == pytest.approx((x + x_m) / 2, abs=1e-6)
    [ends] = figure.space.points("boundary")
    assert ends @ w == pytest.approx([0, 0], abs=1e-6)


@pytest.mark.parametrize("degrees", [0, 20, 45, 70, 85, 89.5])
def test_names_stand_apart(figure, degrees):
    figure.set(theta=math.radians(degrees))
    boxes = [box for text, box in figure.space.boxes_of_texts() if text not in ("I", "J")]
    names = {name for text in figure.space.texts() for name in text.split(", ")}
    assert {"x", "xₚ", "xₘ", "w"} <= names
    for a, b in itertools.combinations(boxes, 2):
        across = a["right"] <= b["left"] + 2 or b["right"] <= a["left"] + 2
        assert across or abs(a["top"] - b["top"]) > 8


def test_the_boundary_turns_by_its_handle(figure):
    figure.page.mouse.move(*centre(figure.handle(TURN).locator("path")))
    figure.page.mouse.down()
    x, y = figure.space.to_pixels(0, 0)
    figure.page.mouse.move(x - 90, y - 90 * math.tan(math.radians(30)), steps=4)
    figure.page.mouse.up()
    # The handle lies on the boundary, which is perpendicular to w: 30° above the axis is 60°.
    assert numbers(figure.spoken(TURN)) == pytest.approx([60], abs=1)


def test_the_boundary_turns_by_buttons_and_keys(figure):
    figure.root.get_by_role("button", name="θ = 0").press("Enter")
    assert numbers(figure.spoken(TURN)) == [0]
    assert figure.readout("‖x − xₘ‖") == [1.6]
    figure.root.get_by_role("button", name="θ → 90°").click()
    assert numbers(figure.spoken(TURN)) == [89.5]
    assert figure.readout("‖x − xₘ‖") == [0.01]
    figure.control("Angle θ").press("ArrowLeft")
    assert numbers(figure.spoken(TURN)) == [89]


def test_the_image_keeps_to_the_line_of_the_classes(figure):
    figure.root.get_by_role("button", name="θ → 90°").click()
    assert figure.verdicts == ["class I", "on the boundary", "class J"]
    figure.handle(IMAGE).press("ArrowRight")
    assert numbers(figure.spoken(IMAGE)) == [-0.75]
    figure.drag(IMAGE, 1000, 50)
    assert numbers(figure.spoken(IMAGE)) == [1]
    assert figure.space.point("x") == pytest.approx([1, 0], abs=1e-6)
    assert figure.verdicts == ["class J", "on the boundary", "class I"]


def test_two_figures_of_one_kind_do_not_share_state():
    first, second = MirrorImage(), MirrorImage(theta=0.2)
    assert first.model_id != second.model_id
    first.theta = 1.0
    assert second.theta == 0.2


@pytest.mark.parametrize(
    ("theta", "message"), [(math.nan, "theta must be a finite number"), (2, "theta")]
)
def test_bad_angles_are_named(theta, message):
    with pytest.raises(traitlets.TraitError, match=message):
        MirrorImage(theta=theta)
