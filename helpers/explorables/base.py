"""An explorable is an anywidget that also lives in a page without a kernel.

In Jupyter it is an ordinary widget: its traits can be set, observed and linked. When a
chapter is built, the same display call also writes a private MIME type that holds the
traits' values; :mod:`helpers.explorables.sphinx_host` puts them into the page, where
``host.js`` hands them to the same front-end module.
"""

import base64
from pathlib import Path

import anywidget
import traitlets

from helpers.explorables.bundle import bundle
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


CSS = palette_css() + (HERE / "explorables.css").read_text(encoding="utf-8")


def script(module):
    """The source of the front-end module ``module`` (a file name without ``.js``)."""
    return bundle(HERE / f"{module}.js")


def as_json(values):
    """The dict ``values`` with its bytes in the form that ``host.js`` decodes."""
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in values.items()
    }


class Explorable(anywidget.AnyWidget):
    """Base class. A subclass gives its front-end ``module`` and a ``title``, its accessible name.

    ``heights`` are the pixels a page keeps free for the figure, on a wide screen and on a
    phone, so that the text does not jump when it comes to life.

    What a reader may never ask for is kept out of the traits: ``loadPart`` of ``common.js`` gets
    one of the :meth:`parts` when it is wanted, in a page from a file of its own.
    """

    module: str
    heights: tuple[int, int]
    _css = CSS
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.on_msg(self._send_part)

    @classmethod
    def parts(cls):
        """The keys of the parts, with the files that each is made from: dict of str to Paths."""
        return {}

    @classmethod
    def part(cls, key):
        """What belongs to ``key``: a dict of JSON values and bytes. ValueError for other keys."""
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
            values = self.part(key)
        except (OSError, ValueError) as error:
            self.send({"part": key, "error": str(error)})
            return
        buffers = {name: value for name, value in values.items() if isinstance(value, bytes)}
        rest = {name: value for name, value in values.items() if name not in buffers}
        self.send({"part": key, "values": rest, "names": list(buffers)}, list(buffers.values()))

    def state(self):
        """The values of the traits the front end reads, as JSON can hold them."""
        own = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names())
        public = sorted(name for name in own if not name.startswith("_"))
        return as_json({name: getattr(self, name) for name in public})

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data[MIME_TYPE] = {
            "id": self.model_id,
            "module": self.module,
            "heights": self.heights,
            "still": self.still(),
            "state": self.state(),
        }
        return data, metadata
