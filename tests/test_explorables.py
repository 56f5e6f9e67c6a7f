"""What the tests of figures share that still open whole chapters."""

import re

SCHEMES = ("http", "file")


class Figure:
    """One explorable of an open page."""

    def __init__(self, visit, module):
        self.page = visit.page
        self.root = self.page.locator(f'.explorable[data-module="{module}"]')
        self.page.locator(f'.explorable[data-module="{module}"][data-state="live"]').wait_for()
        self.root.scroll_into_view_if_needed()

    def handle(self, name):
        return self.root.get_by_role("slider", name=name, exact=True)

    def readout(self, name):
        """The number or numbers shown under ``name``, as floats; "d_err" has a subscript."""
        shown = re.compile(f"^{re.escape(name.replace('_', ''))}$")
        label = self.root.locator(".xp-readouts span", has_text=shown)
        return numbers(label.locator("xpath=following-sibling::strong").inner_text())

    def spoken(self, name):
        return self.handle(name).get_attribute("aria-valuetext")

    def drag(self, name, dx, dy):
        """Drag the centre of a handle by so many pixels, in several steps, with the mouse."""
        x, y = centre(self.handle(name))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=5)
        self.page.mouse.up()

    def set(self, **traits):
        index = self.root.evaluate(
            "figure => [...document.querySelectorAll('.explorable')].indexOf(figure) + 1"
        )
        for name, value in traits.items():
            self.page.evaluate(
                "([id, name, value]) => explorables.models[id].set(name, value)",
                [f"explorable-{index}", name, value],
            )


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def centre(locator):
    box = locator.locator("path").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
