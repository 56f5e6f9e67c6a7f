"""Image space: a point that a reader drags, and the image that it is."""

import math
import re

import pytest
import traitlets
from figure_page import FigurePage, centre, numbers
from playwright.sync_api import expect

from explorables import ImageSpace

POINT = "The image x"


class Space(FigurePage):
    figure = ImageSpace

    @property
    def brightnesses(self):
        return self.plot("Image space: brightness")

    @property
    def picture(self):
        return self.root.get_by_role("img", name="centre of brightness")


@pytest.fixture
def figure(open_figure):
    return open_figure(Space)


def test_the_mouse_drags_the_image(figure):
    assert numbers(figure.spoken(POINT)) == [-0.8, 0.0]
    frame = figure.brightnesses.frame
    figure.drag(POINT, frame["width"] / 2, -frame["height"] / 4)
    assert numbers(figure.spoken(POINT)) == pytest.approx([0.2, 0.5], abs=0.011)
    assert figure.brightnesses.point("x") == pytest.approx([0.2, 0.5], abs=0.011)
    figure.drag(POINT, 2000, 2000)  # an image's brightness cannot leave [-1, 1]
    assert numbers(figure.spoken(POINT)) == [1, -1]


def test_arrow_keys_move_the_image_and_its_picture_follows(figure):
    figure.set(x=[1, -1])
    figure.handle(POINT).press("ArrowLeft")
    figure.handle(POINT).press("Shift+ArrowUp")
    assert numbers(figure.spoken(POINT)) == [0.98, -0.9]
    expect(figure.picture).to_have_attribute("aria-label", re.compile("^centre of .* 0.98 on"))
    fills = figure.picture.locator("rect").evaluate_all(
        "all => all.map((r) => r.attributes.fill.value)"
    )
    assert fills == ["rgb(13,13,13)", "rgb(252,252,252)"]


def test_a_finger_drags_too(open_figure):
    figure = open_figure(Space, width=390, has_touch=True, is_mobile=True)
    x, y = centre(figure.handle(POINT).locator("path"))
    touches = figure.page.context.new_cdp_session(figure.page)
    for kind, dx in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60), ("touchEnd", None)):
        points = [] if dx is None else [{"x": x + dx, "y": y}]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    a = -0.8 + 60 / figure.brightnesses.frame["width"] * 2
    arrived = f"Math.hypot({figure.model}.get('x')[0] - {a}, {figure.model}.get('x')[1]) < 0.011"
    figure.page.wait_for_function(arrived)  # touches arrive a frame later


def test_state_holds_what_the_page_needs_and_nothing_private():
    state = {"title": "Image space", "x": [0.1, 0.2], "ranges": {}}
    assert ImageSpace(x=[0.1, 0.2]).state() == state


@pytest.mark.parametrize("x", [[0, 2], [0, math.nan], [0]])
def test_bad_images_are_named(x):
    with pytest.raises(traitlets.TraitError, match=r"x must be two numbers in \[-1, 1\]"):
        ImageSpace(x=x)
