"""A chapter's cells run again when anything they depend on has changed, and only then.

MyST-NB's execution cache knows a chapter by the source of its cells, so a broken helper
would still build green. Each chapter therefore carries a fingerprint of what it depends
on. It is put into the front matter's ``kernelspec``, which the cache looks at, while
Sphinx reads the page; the file and the notebooks made from it stay clean.

Where in doubt more is counted, never less: a cell that is not plain Python counts as
importing every helper, and data counts wherever its name is mentioned.
"""

import ast
import hashlib
import json
import re
import sys
from functools import lru_cache
from pathlib import Path

import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook

PACKAGE = "helpers"
EVERYTHING = f"{PACKAGE}.*"
REQUIREMENTS = ("requirements.txt", "requirements.lock")
DATA = {
    "results": "results/**/*",
    "published": "book/published.yml",
    "homework": "homework/*.json",
}
FRONT_END = {".css", ".js"}  # part of the site, and without a say in what a cell prints
SITE = ("book/**/*", "helpers/**/*", "results/**/*", "homework/*.json", *REQUIREMENTS)
NOT_DIGESTED = {".md", ".pyc"}
FRONT_MATTER = re.compile(r"---[^\n]*\n(.*?)^---", re.S | re.M)


def imports(source, package=""):
    """The dotted names within ``helpers`` that the Python text ``source`` may import.

    ``package`` is the package the source belongs to, for its relative imports. A string
    that reads like a module counts too: it may be imported by name.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {EVERYTHING}
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = [*(parents if node.level else ()), *([node.module] if node.module else ())]
            names.update(".".join([*base, alias.name]) for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return {name for name in names if name.split(".")[0] == PACKAGE}


def files_run(name, root):
    """The Python files below ``root`` that importing the dotted ``name`` may run.

    Of a package inside ``helpers`` these are all its files.
    """
    if name == EVERYTHING:
        return set((root / PACKAGE).rglob("*.py"))
    files, folder = {root / PACKAGE / "__init__.py"}, root / PACKAGE
    for part in name.split(".")[1:]:
        files.add(folder / f"{part}.py")
        folder /= part
        files.update(folder.rglob("*.py"))
    return {path for path in files if path.is_file()}


def closure(sources, root):
    """The files of ``helpers`` that the Python texts ``sources`` may run, transitively."""
    found, names = set(), set().union(*map(imports, sources))
    while names:
        new = set().union(*(files_run(name, root) for name in names)) - found
        found |= new
        names = set()
        for path in new:
            package = ".".join(path.relative_to(root).parent.parts)
            names |= imports(path.read_text(encoding="utf-8"), package)
    return found


def dependencies(sources, root):
    """The files that the outputs of a chapter depend on, given its cells' ``sources``."""
    modules = closure(sources, root)
    files = {root / name for name in REQUIREMENTS} | modules
    if modules:
        not_data = FRONT_END | {".py", ".pyc"}
        files |= {p for p in (root / PACKAGE).rglob("*") if p.suffix not in not_data}
    texts = [*sources, *(path.read_text(encoding="utf-8") for path in modules)]
    for word, pattern in DATA.items():
        if any(word in text for text in texts):
            files |= set(root.glob(pattern))
    return {path for path in files if path.is_file()}


@lru_cache(maxsize=None)
def _file_digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(files, root, *more):
    named = sorted((path.relative_to(root).as_posix(), _file_digest(path)) for path in files)
    return hashlib.sha256(json.dumps([sys.version, named, *more]).encode()).hexdigest()


def fingerprint(text, path, root):
    """The fingerprint of the chapter ``text``, read from ``path``, in the book at ``root``."""
    cells = read_myst_markdown_notebook(text, path=path).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return _digest(dependencies(sources, root), root, sources)


def stamp(text, mark):
    """``text`` with ``mark`` in its front matter's ``kernelspec``, and every line in place."""
    front = FRONT_MATTER.match(text)
    metadata = yaml.safe_load(front[1])
    metadata.setdefault("kernelspec", {})["fingerprint"] = mark
    line = json.dumps(metadata, default=str)
    return f"---\n{line}" + "\n" * front[1].count("\n") + text[front.end(1) :]


def stamp_page(app, docname, source):
    if is_myst_markdown_notebook(source[0]):
        root = Path(app.srcdir)
        mark = fingerprint(source[0], app.env.doc2path(docname), root)
        source[0] = stamp(source[0], mark)


def digest_site(app, config):
    """Have all pages read anew when anything but a chapter has changed.

    Sphinx itself would not notice; it would not even copy a changed style sheet.
    """
    root = Path(app.srcdir)
    files = {p for pattern in SITE for p in root.glob(pattern) if p.suffix not in NOT_DIGESTED}
    config.site_digest = _digest({path for path in files if path.is_file()}, root)


def setup(app):
    app.add_config_value("site_digest", "", "env")
    app.connect("config-inited", digest_site)
    app.connect("source-read", stamp_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
