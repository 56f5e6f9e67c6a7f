"""An explorable is an anywidget that also lives in a page without a kernel.

In Jupyter it is an ordinary widget: its traits can be set, observed and linked. When a
chapter is built, the same display call also writes a private MIME type that holds the
traits' values; :mod:`explorables.host.sphinx` puts them into the page, where ``host.js``
hands them to the same front-end module.
"""

import base64
import sys
from pathlib import Path

import anywidget
import traitlets

from explorables.arrays import wired
from explorables.host.bundle import bundle
from helpers.files import read_source
from helpers.plots import PALETTE

HERE = Path(__file__).parent
MIME_TYPE = "application/vnd.tilted-boundary.explorable+json"


def palette_css():
    """The palette as CSS variables, for light pages and for dark ones (book and Jupyter)."""

    def variables(theme):
        return " ".join(f"--{name}: {colours[theme]};" for name, colours in PALETTE.items())

    on_white = " ".join(f"--{n}-on-white: {c['light']};" for n, c in PALETTE.items())
    dark = 'html[data-theme="dark"], body[data-jp-theme-light="false"], body.vscode-dark'
    return f":root {{ {variables('light')} {on_white} }}\n{dark} {{ {variables('dark')} }}\n"


CSS = palette_css() + read_source(HERE / "kit" / "kit.css")


def as_json(value):
    """``value`` with the bytes in it in the form that ``host.js`` decodes."""
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    return value


class Explorable(anywidget.AnyWidget):
    """Base class. A subclass gives a ``title``, its accessible name; beside its Python file stand
    its front-end module and, if it needs one, its style sheet: svm_explorer.py, .js and .css.

    ``heights`` are the pixels a page keeps free for the figure, on a wide screen and on a
    phone, so that the text does not jump when it comes to life. ``ranges`` tells the front end
    of each number trait the least value, the largest, and the step.

    What a reader may never ask for is kept out of the traits: ``followPart`` of kit/model.js gets
    one of the :meth:`parts` when it is wanted, in a page from a file of its own.
    """

    module: str
    heights: tuple[int, int]
    title = traitlets.Unicode().tag(sync=True)
    ranges = traitlets.Dict(read_only=True).tag(sync=True)

    def __init_subclass__(cls, **kwargs):
        path = Path(sys.modules[cls.__module__].__file__).with_suffix("")
        is_figure = path.with_suffix(".js").is_file()
        if is_figure and "_esm" not in vars(
            cls
        ):  # each widget gets a class of its own, with traits
            cls.module = path.name
            cls.front_end = path.with_suffix(".js")
            cls.shares_kit = "kit/kit.js" in read_source(cls.front_end)
            cls._esm = bundle(cls.front_end)
            own = path.with_suffix(".css")
            cls.css = read_source(own) if own.is_file() else ""
            cls._css = CSS + cls.css
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._send_part)

    @traitlets.default("ranges")
    def _ranges(self):
        return {
            name: [trait.min, trait.max, trait.step]
            for name, trait in self.traits().items()
            if getattr(trait, "step", None)
        }

    @classmethod
    def parts(cls):
        """The keys of the parts."""
        return ()

    @classmethod
    def part(cls, key):
        """What belongs to ``key``: a dict of JSON values and numpy arrays, or what ``wire`` made
        of them. ValueError for other keys."""
        raise ValueError(f"{cls.__name__} has no part {key!r}")

    def still(self):
        """What a page shows in its place without scripts: HTML, or None for a picture of it.

        With HTML of its own it is text rather than a figure, which the page marks by
        ``data-still``: no picture is taken of it, and in print it may go on on the next page.
        """
        return None

    def _send_part(self, _widget, message, _buffers):
        key = message["part"]
        try:
            values = wired(self.part(key))
        except (OSError, ValueError) as error:
            self.send({"part": key, "error": str(error)})
            return
        arrays = [name for name, each in values.items() if is_wired(each)]
        buffers = [values[name].pop("buffer") for name in arrays]
        self.send({"part": key, "values": values, "arrays": arrays}, buffers)

    def state(self):
        """The values of the traits the front end reads, as JSON can hold them."""
        own = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names())
        public = sorted(name for name in own if not name.startswith("_"))
        return as_json(self.get_state(public))

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data[MIME_TYPE] = {
            "id": self.model_id,
            "module": self.module,
            "heights": self.heights,
            "shares_kit": self.shares_kit,
            "still": self.still(),
            "state": self.state(),
        }
        return data, metadata


def is_wired(value):
    """Whether ``value`` is an array as a page reads it."""
    return isinstance(value, dict) and "buffer" in value
