"""A chapter's cells run again when anything they depend on has changed, and only then.

MyST-NB's execution cache knows a chapter by the source of its cells, so a broken helper would
still build green. Each chapter therefore carries a key made from the files that its cells use. The
key is put into the front matter's ``kernelspec``, which the cache looks at, while Sphinx reads the
page, so the chapter's file and the notebooks made from it stay clean.

A chapter uses the modules that it imports, the figures among them, and all that these import in
turn. Data are counted more coarsely: wherever their name is mentioned.
"""

import ast
import hashlib
import json
import re
import sys
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook

from explorables import FIGURES
from helpers.files import read_source, visible_files

PACKAGES = ("explorables", "helpers")
EVERYTHING = frozenset(f"{package}.*" for package in PACKAGES)
REQUIREMENTS = ("requirements.txt", "requirements/reader.txt")
DATA = {
    "homework": "homework/*.json",
    "mplstyle": "helpers/*.mplstyle",
    "published": "book/published.yml",
    "results": "results/**/*",
}
SITE = ("book/**/*", "explorables/**/*", "helpers/**/*", *DATA.values(), *REQUIREMENTS)
NOT_DIGESTED = {".md", ".pyc"}
FRONT_MATTER = re.compile(r"---[^\n]*\n(.*?)^---", re.S | re.M)


def imports(source, package=""):
    """The dotted names that the Python text ``source`` imports, as a set.

    ``package`` is the one the text belongs to, for relative imports. A cell that is not plain
    Python may import anything.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return EVERYTHING
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


def files_run(name, root):
    """The Python files below ``root`` that importing the dotted ``name`` runs, as a set.

    A figure is loaded when it is asked for, so ``import explorables`` may load them all.
    """
    package, _, member = name.partition(".")
    if package not in PACKAGES:
        return set()
    if member == "*" or name == "explorables":
        return set(visible_files(root, f"{package}/**/*.py"))
    if package == "explorables" and member in FIGURES:
        name = f"explorables.figures.{FIGURES[member]}"
    parts = name.split(".")
    paths = (root.joinpath(*parts[:count]) for count in range(1, len(parts) + 1))
    files = (file for path in paths for file in (path / "__init__.py", path.with_suffix(".py")))
    return {file for file in files if file.is_file()}


def closure(sources, root):
    """The files of the book's packages that the Python texts ``sources`` run, transitively."""
    found, names = set(), set().union(*map(imports, sources))
    while names:
        new = set().union(*(files_run(name, root) for name in names)) - found
        found |= new
        names = set()
        for path in new:
            package = ".".join(path.relative_to(root).parent.parts)
            names |= imports(read_source(path), package)
    return found


def dependencies(sources, root):
    """The files that the outputs of a chapter depend on, given its cells' ``sources``."""
    modules = closure(sources, root)
    texts = [*sources, *(read_source(path) for path in modules)]
    mentioned = [files for word, files in DATA.items() if any(word in text for text in texts)]
    return modules | set(visible_files(root, *REQUIREMENTS, *mentioned))


@cache
def _file_digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(files, root, *more):
    named = sorted((path.relative_to(root).as_posix(), _file_digest(path)) for path in files)
    return hashlib.sha256(json.dumps([sys.version, named, *more]).encode()).hexdigest()


def cache_key(text, path, root):
    """The key of the chapter ``text``, read from ``path``, in the book at ``root``."""
    cells = read_myst_markdown_notebook(text, path=path).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return _digest(dependencies(sources, root), root, sources)


def stamp(text, key):
    """``text`` with ``key`` in its front matter's ``kernelspec``, and every line in place."""
    front = FRONT_MATTER.match(text)
    metadata = yaml.safe_load(front[1])
    metadata.setdefault("kernelspec", {})["cache_key"] = key
    line = json.dumps(metadata, default=str)
    return f"---\n{line}" + "\n" * front[1].count("\n") + text[front.end(1) :]


def stamp_page(app, docname, source):
    if is_myst_markdown_notebook(source[0]):
        root = Path(app.srcdir)
        key = cache_key(source[0], app.env.doc2path(docname), root)
        source[0] = stamp(source[0], key)


def digest_site(app, config):
    """Have all pages read anew when anything but a chapter has changed.

    Sphinx itself would not notice; it would not even copy a changed style sheet.
    """
    root = Path(app.srcdir)
    files = [path for path in visible_files(root, *SITE) if path.suffix not in NOT_DIGESTED]
    config.site_digest = _digest(files, root)


def setup(app):
    app.add_config_value("site_digest", "", "env")
    app.connect("config-inited", digest_site)
    app.connect("source-read", stamp_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
