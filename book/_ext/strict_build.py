"""A build succeeds without a warning, or it fails, and fails again until it is repaired.

Stock Jupyter Book calls a warning an error only when told to (``-W``), and with
``--keep-going``, or after Ctrl-C, the next build takes half-written pages for finished
ones and succeeds. Here every way of building is strict, and a page in which a widget
would be dead does not pass either. What a cell prints stays whole: two builds give the same page.
An execution that fails the build is not kept, and two builds of one book take turns.

Binder needs the notebooks and not the site, so a warning should not take them away. With
``WARNINGS=shown`` in the environment, warnings and cells that fail are shown, and the build
goes on.
"""

import copy
import os
from contextlib import suppress
from functools import partialmethod
from pathlib import Path

from docutils import nodes
from filelock import FileLock, Timeout
from jupyter_cache import get_cache
from myst_nb.core.execute.cache import NotebookClientCache
from nbclient import NotebookClient
from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.errors import ConfigError
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
WIDGET = "application/vnd.jupyter.widget-view+json"
EXPLORABLE = "application/vnd.tilted-boundary.explorable+json"


def take_turns(app, config):
    """Wait until no other build of this book runs: they would write the same files."""
    folder = Path(app.outdir).parent
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        LOGGER.info("Another build of this book is running: this one waits for it.")
        lock.acquire()
    app.connect("build-finished", lambda app, exception: lock.release(), priority=1001)


def refuse_other_formats(app):
    """Figures are scripts, and plots are HTML: another builder's pages would be without them."""
    if app.builder.format and app.builder.name != "html":
        raise ConfigError(
            f"the book has to be built by the builder 'html': pages by {app.builder.name!r} would "
            "have dead figures and no plots"
        )


def let_cells_fail(app, config):
    config.nb_execution_raise_on_error = False
    config.nb_output_stderr = "show"


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


def keep_no_failed_execution(app):
    """Have the cells of the pages that were read run again when reading them has failed: what they
    printed may be the cause, and come from what no file says: the environment, for instance."""
    shown = []  # the clients with the cells of these pages
    start_client = NotebookClientCache.start_client

    def start(client):
        shown.append(client)
        start_client(client)

    def finish(app, exception):
        if exception:
            for client in shown:
                forget_execution(client)

    NotebookClientCache.start_client = start
    # Sphinx keeps the warnings of all pages back until every page is read.
    app.connect("env-check-consistency", lambda app, env: shown.clear())
    app.connect("build-finished", finish)


def forget_execution(client):
    """Take the notebook of a MyST-NB client out of the cache of executions, if it is there."""
    cache = get_cache(client.nb_config.execution_cache_path)
    with suppress(KeyError):
        cache.remove_cache(cache.match_cache_notebook(client.notebook).pk)


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
    if os.environ.get("WARNINGS") == "shown":
        app.connect("config-inited", let_cells_fail)
    else:
        app.warningiserror = True
        app.keep_going = False
    keep_no_failed_execution(app)
    app.connect("config-inited", take_turns, priority=0)
    app.connect("config-inited", forget_unfinished_build)
    app.connect("builder-inited", refuse_other_formats, priority=0)
    app.connect("env-before-read-docs", begin)
    app.connect("doctree-read", refuse_dead_widgets)
    app.connect("build-finished", finish, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
