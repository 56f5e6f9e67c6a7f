"""The numbers in a page's text: the role {glue:text}`name:format`.

MyST-NB takes such numbers from the outputs of cells. Here they come from numbers() in the page's
module of ``book/quoted``, so that a chapter's cells, and the notebook made of them, hold the lesson
alone. Writing a page computes its numbers, and runs no cell.
"""

import sys
from functools import cache
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxRole

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT))  # for ``book.quoted``, which is not installed


@cache
def numbers(page):
    """What the text of the page called ``page`` ("weight-decay") quotes: a dict from names to
    numbers and strings. It is empty where the page has no module in ``book/quoted``."""
    module = page.replace("-", "_")
    if not (ROOT / "book" / "quoted" / f"{module}.py").exists():
        return {}
    return import_module(f"book.quoted.{module}").numbers()


def as_text(values, quotation):
    """The value that the ``quotation`` names, formatted: "err-best:.2f", or "machine" as it is.

    Raises KeyError for a name that is not among the ``values``, and ValueError for a format that
    does not suit the value.
    """
    name, _, spec = quotation.partition(":")
    return format(values[name], spec)


class QuotedNumber(SphinxRole):
    def run(self):
        page = Path(self.env.docname).name
        try:
            text = as_text(numbers(page), self.text)
        except (KeyError, ValueError) as error:
            message = f"{self.text!r} cannot be quoted from the numbers of {page!r}: {error!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [nodes.inline(text, text, classes=["pasted-text"])], []


def setup(app):
    app.setup_extension("myst_nb")  # whose role this one takes the place of
    app.add_role_to_domain("glue", "text", QuotedNumber(), override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
