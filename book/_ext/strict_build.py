"""A build succeeds without a warning, or it fails, and fails again until it is repaired.

Stock Jupyter Book calls a warning an error only when told to (``-W``), and with
``--keep-going``, or after Ctrl-C, the next build takes half-written pages for finished
ones and succeeds. Here every way of building is strict, and a page in which a widget
would be dead does not pass either. What a cell prints stays whole: two builds give the same page.
"""

import copy
import os
from functools import partialmethod

from docutils import nodes
from nbclient import NotebookClient
from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
WIDGET = "application/vnd.jupyter.widget-view+json"
EXPLORABLE = "application/vnd.tilted-boundary.explorable+json"


def _marker(app):
    return app.doctreedir / "unfinished"


def forget_unfinished_build(app, config):
    """Read every page anew after a build that was killed: Sphinx remembers what it read,
    not what it had yet to write."""
    if _marker(app).exists():
        (app.doctreedir / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def _quoted(env):
    """What pages tell of one another: headings, their order, numbers, and the names of places."""
    headings = {docname: entries.astext() for docname, entries in env.tocs.items()}
    order, numbers = env.toctree_includes, (env.toc_secnumbers, env.toc_fignumbers)
    places = env.domaindata["std"], env.domaindata["math"]["objects"]
    return copy.deepcopy((headings, order, numbers, places))


def begin(app, env, docnames):
    """Mark the build as unfinished, and have all pages written if what they tell of one another
    has changed: Sphinx would write the changed ones alone."""
    _marker(app).touch()
    if docnames:
        before = _quoted(env)
        app.connect(
            "env-get-updated",
            lambda app, env: [] if _quoted(env) == before else env.found_docs,
            priority=1000,  # all is numbered
        )


def finish(app, exception):
    if exception is None:
        _marker(app).unlink(missing_ok=True)


def refuse_dead_widgets(app, doctree):
    """Warn of an ipywidget that no explorable stands in for: it needs a kernel."""
    for output in doctree.findall(nodes.container):
        if output.get("nb_element") == "mime_bundle":
            mime_types = {child.get("mime_type") for child in output.children}
            if WIDGET in mime_types and EXPLORABLE not in mime_types:
                LOGGER.warning(
                    "this widget needs a kernel, and a page of the book has none: "
                    "show an explorable instead",
                    location=output,
                )


def setup(app):
    os.environ.setdefault("TQDM_DISABLE", "1")  # for the kernels: a page has no progress bars
    # A kernel sends what is printed in pieces, as time goes by.
    # MyST-NB would end a line after each.
    NotebookClient.__init__ = partialmethod(NotebookClient.__init__, coalesce_streams=True)
    app.warningiserror = True
    app.keep_going = False
    app.connect("config-inited", forget_unfinished_build)
    app.connect("env-before-read-docs", begin)
    app.connect("doctree-read", refuse_dead_widgets)
    app.connect("build-finished", finish, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
