"""Every chapter with code can be taken away as a notebook, or opened on Binder.

The theme offers both only where a launch service is configured, and hands out the
notebook with its outputs. Here the download is made from the chapter's own text (see
``chapter_notebook``), and the Binder button follows the repository the book is built from: a
fork's book points at the fork.
"""

import re
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

import chapter_notebook
from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.errors import ConfigError
from sphinx.util import logging

from helpers.files import read_source

LOGGER = logging.getLogger(__name__)
BINDER = "https://mybinder.org/v2"
BINDER_TOOLTIP = (
    "Open this chapter as a notebook on Binder, whose 2 GB of memory may not do for two at once"
)
JUPYTER_BOOK_DEFAULT = "https://github.com/executablebooks/jupyter-book"
SCHEMES = ("https", "http", "ssh", "git")
DOMAIN = re.compile(r"[\w.-]+\.[a-z]{2,}")
# The theme calls the three by their suffix alone.
DOWNLOADS = {
    "download-notebook-button": "Notebook (.ipynb)",
    "download-source-button": "Source (.md)",
    "download-pdf-button": "Print (.pdf)",
}
SCP = re.compile(r"(?:[^/@:]+@)?([\w.-]+):(?!//)(.+)")  # git@host:owner/name.git


def web_address(remote):
    """The https address of the git remote ``remote``, without credentials and ``.git``.

    None for a remote that no web host offers: a folder on this machine, for instance.
    """
    scp = SCP.fullmatch(remote.strip())
    try:
        url = urlsplit(f"ssh://{scp[1]}/{scp[2]}" if scp else remote.strip())
        port = f":{url.port}" if url.port and url.scheme in ("http", "https") else ""
    except ValueError:
        return None
    path = url.path.strip("/").removesuffix(".git")
    if url.scheme not in SCHEMES or not DOMAIN.fullmatch(url.hostname or "") or "/" not in path:
        return None
    return f"https://{url.hostname}{port}/{path}"


def _git(root, *arguments):
    """What git answers in the repository at ``root``, or "" where there is none."""
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8").stdout.strip()
    except FileNotFoundError:
        return ""


def checked_out(root):
    """The branch that is checked out at ``root``, or else the tag or commit; "main" without git.

    A tag and a commit hold still: the button of such a book opens what the book was built from.
    """
    questions = (
        ("branch", "--show-current"),
        ("describe", "--tags", "--exact-match"),
        ("rev-parse", "--verify", "--quiet", "HEAD"),
    )
    return next(filter(None, (_git(root, *question) for question in questions)), "main")


def binder_address(repository, ref, path):
    """The address that opens ``path`` of ``repository`` at ``ref`` in JupyterLab on Binder."""
    host, name = repository.removeprefix("https://").split("/", 1)
    if host == "github.com":
        source = f"gh/{name}"
    elif host == "gitlab.com":
        source = f"gl/{quote(name, safe='')}"
    else:
        source = f"git/{quote(repository, safe='')}"
    ref, page = quote(ref, safe=""), quote(f"lab/tree/{path}", safe="")
    return f"{BINDER}/{source}/{ref}?urlpath={page}"


def find_repository(app, config):
    """Settle where the Binder button points, and keep the theme from settling it itself."""
    root = Path(app.srcdir)
    configured = config.html_theme_options.pop("repository_url", "")
    for key in ("repository_branch", "path_to_docs"):
        config.html_theme_options.pop(key, None)
    if configured == JUPYTER_BOOK_DEFAULT:
        configured = ""
    repository = web_address(configured or _git(root, "remote", "get-url", "origin"))
    if configured and not repository:
        raise ConfigError(
            "repository: url in _config.yml must be an address such as "
            f"https://github.com/owner/name, got {configured!r}"
        )
    if not repository:
        LOGGER.info("No repository is known (repository: url, or git's origin): no Binder button")
    config.binder_repository = repository or ""
    config.binder_ref = checked_out(root)


def offer(app, pagename, templatename, context, doctree):
    """Put the notebook and the Binder button into the page's header."""
    if not doctree:
        return
    path = Path(app.env.doc2path(pagename))
    text = read_source(path)
    if not is_myst_markdown_notebook(text):
        return
    context["ipynb_source"] = f"{pagename}.ipynb"
    download = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    download.parent.mkdir(parents=True, exist_ok=True)
    page = chapter_notebook.page_of(app.env, pagename)
    download.write_text(chapter_notebook.notebook(text, page), encoding="utf-8")
    if app.config.binder_repository:
        file = f"notebooks/{download.name}"  # where binder/postBuild puts it
        source = app.config.binder_repository, app.config.binder_ref
        context["header_buttons"].append(
            {
                "type": "link",
                "url": binder_address(*source, file),
                "text": "",
                "tooltip": BINDER_TOOLTIP,
                "icon": "fas fa-rocket",
                "label": "binder-button",
            }
        )


def name_downloads(app, pagename, templatename, context, doctree):
    for group in context["header_buttons"]:
        for button in group.get("buttons", ()):
            button["text"] = DOWNLOADS.get(button.get("label"), button["text"])


def setup(app):
    for name in ("binder_repository", "binder_ref"):
        app.add_config_value(name, "", "html")  # another one: all pages are written anew
    app.connect("config-inited", find_repository)
    app.connect("html-page-context", offer)
    app.connect("html-page-context", name_downloads, priority=502)  # the theme has 501
    return {"parallel_read_safe": True, "parallel_write_safe": True}
