"""A chapter's cells run again when anything they depend on has changed, and only then.

MyST-NB's execution cache knows a chapter by the source of its cells, so a broken helper
would still build green. Each chapter therefore carries a fingerprint of what it depends
on. It is put into the front matter's ``kernelspec``, which the cache looks at, while
Sphinx reads the page; the file and the notebooks made from it stay clean.

Where in doubt more is counted, never less: a cell that is not plain Python counts as
importing every helper, and a file of data counts wherever its folder is mentioned.
"""

import ast
import hashlib
import json
import sys
from functools import lru_cache
from pathlib import Path

import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook

PACKAGE = "helpers"
EVERYTHING = f"{PACKAGE}.*"
REQUIREMENTS = ("requirements.txt", "requirements.lock")
DATA = {"results": "results/**/*", "published": "book/published.yml"}
NOT_RUN = {".css", ".js", ".pyc"}


def imports(source, package=""):
    """The names below ``helpers`` that ``source`` may import, as a set of dotted names.

    ``package`` is the package the source belongs to, for its relative imports. A string
    that looks like a module counts too: it may be imported by name.
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
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            names.update(f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return {name for name in names if name.split(".")[0] == PACKAGE}


def files_run(name, root):
    """The Python files below ``root`` that importing the dotted ``name`` may run.

    Of a package inside ``helpers`` these are all its files.
    """
    if name == EVERYTHING:
        return set((root / PACKAGE).rglob("*.py"))
    files, folder = set(), root
    for part in name.split("."):
        files.add(folder / f"{part}.py")
        folder /= part
        files.update(folder.glob("*.py" if folder.parent != root else "__init__.py"))
    return {path for path in files if path.is_file()}


def closure(sources, root):
    """The files of ``helpers`` that running ``sources`` may run, transitively, sorted."""
    found, names = set(), set().union(*map(imports, sources))
    while names:
        new = set().union(*(files_run(name, root) for name in names)) - found
        found |= new
        names = set()
        for path in new:
            package = ".".join(path.relative_to(root).parent.parts)
            names |= imports(path.read_text(encoding="utf-8"), package)
    return sorted(found)


def dependencies(sources, root):
    """All files that the outputs of the cells ``sources`` depend on, sorted."""
    modules = closure(sources, root)
    files = {root / name for name in REQUIREMENTS} | set(modules)
    if modules:
        files |= {p for p in (root / PACKAGE).rglob("*") if p.suffix not in NOT_RUN | {".py"}}
    texts = [*sources, *(path.read_text(encoding="utf-8") for path in modules)]
    for word, pattern in DATA.items():
        if any(word in text for text in texts):
            files |= set(root.glob(pattern))
    return sorted(path for path in files if path.is_file())


@lru_cache(maxsize=None)
def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(text, path, root):
    """The fingerprint of the chapter ``text``, read from ``path``, in the book at ``root``."""
    cells = read_myst_markdown_notebook(text, path=path).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    files = [(p.relative_to(root).as_posix(), _digest(p)) for p in dependencies(sources, root)]
    return hashlib.sha256(json.dumps([sys.version, sources, files]).encode()).hexdigest()


def stamp(text, mark):
    """``text`` with ``mark`` in its front matter's ``kernelspec``, its lines where they were."""
    _, front, body = text.split("---\n", 2)
    metadata = yaml.safe_load(front)
    metadata.setdefault("kernelspec", {})["fingerprint"] = mark
    return f"---\n{json.dumps(metadata)}" + "\n" * front.count("\n") + "---\n" + body


def stamp_page(app, docname, source):
    if is_myst_markdown_notebook(source[0]):
        path = app.env.doc2path(docname)
        source[0] = stamp(source[0], fingerprint(source[0], path, Path(app.srcdir)))


def outdated(app, env, added, changed, removed):
    """The chapters that now have another fingerprint than when they were read."""
    pages = []
    for docname in env.found_docs - added - changed:
        path = Path(env.doc2path(docname))
        text = path.read_text(encoding="utf-8")
        if is_myst_markdown_notebook(text):
            stamped = env.metadata[docname].get("kernelspec", {}).get("fingerprint")
            if stamped != fingerprint(text, path, Path(app.srcdir)):
                pages.append(docname)
    return pages


def setup(app):
    app.connect("source-read", stamp_page)
    app.connect("env-get-outdated", outdated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
