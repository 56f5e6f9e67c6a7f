"""A figure as a reader meets it: on a page of its own, read and driven by what stands there.

Tests ask for what a reader sees, by role, name and text; how a plot is made of SVG is known here
alone.
"""

import re

import numpy as np


def numbers(text):
    """The numbers in a text, as floats; a true minus sign counts."""
    return [float(number.replace("−", "-")) for number in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def text_of(locator):
    """The text of an element, with plain spaces for those that no line ends at."""
    return locator.inner_text().replace("\u00a0", " ")


def pixels(canvas):
    """The red, green and blue of each pixel of a digit: an array (784, 3), from 0 to 255."""
    shown = canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]")
    return np.array(shown).reshape(-1, 4)[:, :3]


def centre(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class FigurePage:
    """One figure of an open page.

    A subclass names its class of explorables as ``figure``.
    """

    figure: type

    def __init__(self, visit):
        self.visit = visit
        self.page = visit.page
        self.root = self.page.locator(f'.explorable[data-module="{self.figure.module}"]').first
        started = self.root.and_(self.page.locator("[data-state=live], [data-state=failed]"))
        started.wait_for()
        assert self.root.get_attribute("data-state") == "live", visit.errors
        self.root.scroll_into_view_if_needed()

    # What it says

    @property
    def verdict(self):
        return self.root.locator(".xp-verdict")

    @property
    def note(self):
        return self.root.locator("p.xp-note")

    def readout(self, name):
        """The number or numbers shown under ``name``, as floats; "d_err" has a subscript."""
        return numbers(self.readout_text(name))

    def readout_text(self, name):
        shown = re.compile(f"^{re.escape(name.replace('_', ''))}$")
        label = self.root.locator(".xp-readouts span", has_text=shown)
        return text_of(label.locator("xpath=following-sibling::strong"))

    def caption(self, name):
        """What stands below the picture of that name."""
        title = self.root.get_by_text(name, exact=True)
        return text_of(title.locator("xpath=following-sibling::*"))

    def plot(self, name):
        """The plot whose accessible name begins with, or matches, ``name``."""
        wanted = re.compile(f"^{re.escape(name)}") if isinstance(name, str) else name
        plots = self.root.get_by_role("group", name=wanted).and_(self.page.locator("svg"))
        return Plot(plots)

    def image(self, label):
        """The picture of 28 × 28 pixels whose label begins so: red, green and blue, (784, 3)."""
        return pixels(self.root.get_by_role("img", name=re.compile(f"^{re.escape(label)}")))

    # What it is driven by

    def control(self, name):
        """A slider, a list or a box, by the beginning of its label."""
        return self.root.get_by_label(re.compile(f"^{re.escape(name)}"))

    def handle(self, name):
        return self.root.get_by_role("slider", name=name, exact=True)

    def spoken(self, name):
        """The value of a slider or a handle as a screen reader says it."""
        return self.handle(name).get_attribute("aria-valuetext").replace("\u00a0", " ")

    def drag(self, name, dx, dy):
        """Drag the centre of a handle by so many pixels, in several steps, with the mouse."""
        x, y = centre(self.handle(name).locator("path"))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=5)
        self.page.mouse.up()

    @property
    def model(self):
        """An expression for the figure's model in the page."""
        index = self.root.evaluate(
            "figure => [...document.querySelectorAll('.explorable')].indexOf(figure) + 1"
        )
        return f"explorables.models['explorable-{index}']"

    def set(self, **traits):
        self.page.evaluate(
            f"traits => Object.entries(traits).forEach(([name, v]) => {self.model}.set(name, v))",
            traits,
        )

    def get(self, trait):
        return self.page.evaluate(f"trait => {self.model}.get(trait)", trait)

    # Its size

    def height(self):
        return self.root.bounding_box()["height"]

    def sticks_out(self):
        """How many pixels it is wider than its frame."""
        return self.root.evaluate("figure => figure.scrollWidth - figure.clientWidth")

    def reserved_height(self, width):
        """What the page keeps free for it, at a width of the window."""
        return self.figure.heights[0 if width > 656 else 1]


class HeldParts:
    """The parts of figures that a page asks for from now on: each is held until it is released."""

    def __init__(self, page, module):
        self.page = page
        self.routes = {}
        page.route(f"**/{module}/*.js", self._hold)

    def _hold(self, route):
        key = route.request.url.rpartition("/")[2].removesuffix(".js")
        self.routes[key] = route

    def wait_for(self, key):
        """Wait until the page has asked for the part."""
        for _ in range(3_000):
            if key in self.routes:
                return
            self.page.wait_for_timeout(10)
        raise AssertionError(f"part {key} was not asked for")

    def release(self, key):
        """Let the page have the part, and wait until the figure has got it."""
        self.wait_for(key)
        self.page.evaluate(WATCH, f"/{key}.js")
        self.routes.pop(key).continue_()
        self.page.evaluate("arrived")


# After the script's own listener, and after the promises that this one keeps.
WATCH = """(end) => {
  const file = [...document.scripts].find(({ src }) => src.endsWith(end));
  window.arrived = new Promise((done) => file.addEventListener("load", () => setTimeout(done)));
}"""


class Plot:
    """A plot, read in the units of its axes."""

    def __init__(self, locator):
        self.locator = locator

    @property
    def frame(self):
        """The box of the frame on the screen."""
        return self.locator.locator(".xp-frame").bounding_box()

    def mark(self, name):
        """The marks that were given a name: `data-name`."""
        return self.locator.locator(f'[data-name="{name}"]')

    def points(self, name):
        """Of each visible mark of that name its data points, an array (points, 2) for each."""
        return [points for _, points in self._read(name)]

    def point(self, name):
        """The only point of the only mark of that name."""
        [[point]] = self.points(name)
        return point

    def all_points(self):
        """Of each visible mark that has a name its data points: a dict by name."""
        return dict(self._read())

    def names(self):
        """The names of the marks that are shown."""
        return [name for name, _ in self._read()]

    def texts(self):
        """The words that stand in the plot, without those of its axes."""
        return [text for text, _ in self.boxes_of_texts()]

    def boxes_of_texts(self):
        """These words, each with its box on the screen: left, right, top and bottom."""
        return self.locator.locator("text.xp-label, text.xp-word").evaluate_all(
            "texts => texts.filter((t) => t.textContent && t.checkVisibility())"
            r".map((t) => [t.textContent.replaceAll('\u00a0', ' '),"
            " t.getBoundingClientRect().toJSON()])"
        )

    def is_shown(self, name):
        return self.mark(name).first.is_visible()

    def to_pixels(self, x, y):
        """Where a data point lies on the screen."""
        (x0, x1), (y0, y1) = self._axes()
        box = self.frame
        return (
            box["x"] + (x - x0) / (x1 - x0) * box["width"],
            box["y"] + (y1 - y) / (y1 - y0) * box["height"],
        )

    def to_units(self, x, y):
        """The data point that lies there on the screen."""
        (x0, x1), (y0, y1) = self._axes()
        box = self.frame
        return (
            x0 + (x - box["x"]) / box["width"] * (x1 - x0),
            y1 - (y - box["y"]) / box["height"] * (y1 - y0),
        )

    def _axes(self):
        return [
            [float(v) for v in self.locator.get_attribute(name).split()]
            for name in ("data-x", "data-y")
        ]

    def _read(self, name=None):
        found = self.locator.evaluate(READ, name)
        return [(name, np.array(points, float).reshape(-1, 2)) for name, points in found]


# Of each visible mark of that name, or of any, its name and its points in data units, of a path
# those that it moves to, or draws a line or an arc to. A mark on a right axis is read on that one.
READ = """(plot, name) => {
  const box = plot.querySelector(".xp-frame");
  const [left, top, width, height] = ["x", "y", "width", "height"].map((of) =>
    Number(box.getAttribute(of)));
  const numbers = (text) => (text.match(/-?[\\d.]+(?:e-?\\d+)?/g) || []).map(Number);
  const pairs = (all) => all.flatMap((v, k) => (k % 2 ? [] : [[v, all[k + 1]]]));
  // Chromium calls a group visible although it is not displayed.
  const isShown = (node) => node.checkVisibility() && !node.closest("g[style*='display: none']");
  const steps = (path) => path.match(/[MLA][^A-DF-Za-df-z]+/g) || [];
  const places = (node) => {
    const number = (attribute) => Number(node.getAttribute(attribute));
    switch (node.tagName) {
      case "line": return [[number("x1"), number("y1")], [number("x2"), number("y2")]];
      case "circle": return [[number("cx"), number("cy")]];
      case "rect":
        return [[number("x"), number("y")],
          [number("x") + number("width"), number("y") + number("height")]];
      case "polyline": case "polygon": return pairs(numbers(node.getAttribute("points") || ""));
      case "path":
        return steps(node.getAttribute("d") || "").map((step) => numbers(step).slice(-2));
      default: return pairs(numbers(node.getAttribute("transform") || "").slice(0, 2));
    }
  };
  const axis = (node, which) =>
    node.closest(`[data-${which}]`).dataset[which].split(" ").map(Number);
  return [...plot.querySelectorAll("[data-name]")]
    .filter((node) => (name === null || node.dataset.name === name) && isShown(node))
    .map((node) => {
      const [[x0, x1], [y0, y1]] = [axis(plot, "x"), axis(node, "y")];
      const inUnits = ([u, v]) => [
        x0 + ((u - left) / width) * (x1 - x0), y1 - ((v - top) / height) * (y1 - y0)];
      return [node.dataset.name, places(node).map(inUnits)];
    });
}"""
