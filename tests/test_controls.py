"""Sliders of every figure: large enough to be moved, and on the screen with what they move."""

import pytest
from figure_page import FigurePage
from test_fuzz_explorables import made

import explorables

WIDTHS = {1280: 270, 390: 300}  # of the window, and of a slider of many values, in pixels
LARGE = 12  # pixels for each value: where there are few, a slider may be shorter
RANGE = "input[type=range]"

# Moves slider number n of the figure from one end to the other, and says of each part that changes
# whether the slider is to be seen and touched when the part stands in the middle of the screen.
IS_AT_HAND = """async (figure, [range, n]) => {
  document.body.style.paddingBlock = "100vh"; // as if text stood above and below
  const slider = figure.querySelectorAll(range)[n];
  const isDrawing = (node) => ["svg", "CANVAS"].includes(node.tagName);
  const parts = [...figure.querySelectorAll("*")].filter((node) =>
    (isDrawing(node) || !node.firstElementChild) && !node.parentElement.closest("svg") &&
    !node.closest(".xp-slider"));
  const looks = () =>
    parts.map((node) => node.tagName === "CANVAS" ? node.toDataURL() : node.outerHTML);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const move = async (value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    return looks();
  };
  const [before, after] = [await move(slider.min), await move(slider.max)];
  const changed = parts.filter((part, k) =>
    before[k] !== after[k] && part.checkVisibility() && part.getBoundingClientRect().height);
  const isSeen = () => {
    const { left, right, top, bottom } = slider.getBoundingClientRect();
    const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && bottom <= innerHeight && middle === slider;
  };
  const found = [];
  for (const part of changed) {
    part.scrollIntoView({ block: "center" });
    await frame();
    found.push([part.outerHTML.slice(0, 120), isSeen()]);
  }
  return found;
}"""


def open_named(open_figure, name, width):
    widget = made(name)
    page_class = type(name, (FigurePage,), {"figure": type(widget)})
    return open_figure(page_class, widget=widget, width=width, fresh=True)


@pytest.mark.parametrize("name", explorables.__all__)
def test_on_a_phone_a_slider_is_on_the_screen_with_all_that_it_moves(open_figure, name):
    figure = open_named(open_figure, name, 390)
    for n, slider in enumerate(figure.root.locator(RANGE).all()):
        moved = figure.root.evaluate(IS_AT_HAND, [RANGE, n])
        label = slider.evaluate("slider => slider.closest('label').textContent")
        assert moved, label
        assert [part for part, is_seen in moved if not is_seen] == [], label


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", explorables.__all__)
def test_a_slider_is_wide(open_figure, name, width):
    figure = open_named(open_figure, name, width)
    for slider in figure.root.locator(RANGE).all():
        steps = slider.evaluate("({ min, max, step }) => (max - min) / step")
        assert slider.bounding_box()["width"] >= min(WIDTHS[width], LARGE * steps)
