"""Front-end modules without a build step.

An anywidget takes its script as one string, and a page opened from ``file://`` may not
import modules by address. So the one kind of import our modules use,
``import { a, b } from "../../kit/dom.js"``, is replaced by the imported file itself; so is
``export { a, b } from "./dom.js"``, which passes on what it imports.
"""

import re
from pathlib import Path

from helpers.files import read_source, visible_files

KIT = Path(__file__).resolve().parent.parent / "kit"
IMPORT = re.compile(r'^(import|export) \{([^}]+)\} from "(\.[^"]+\.js)";$', re.M)
COMMENT = re.compile(r"^ *//.*\n|^\n|^ +|(?<=[;,{]) +//.*$", re.M)  # with empty lines and indents
EXPORT = re.compile(r"^export (?=(?:function|const) (?:(\w+)|\{([^}]+)\}))", re.M)


def bundle(path):
    """The ES module at ``path`` as one string, the files it imports written into it.

    Each imported file stands there once, before those that import it: as a function that is
    called and returns the exported names, while its other names stay private to it.

    Raises FileNotFoundError where an imported file is missing, and ValueError where it does not
    export what is imported: a page would tell its reader only.
    """
    bundler = _Bundler()
    main = bundler.resolved(Path(path).resolve())
    return "".join(bundler.code) + main


def bundle_for_page(path, shares_kit=True):
    """The same for a page of the book, without comments. Where it ``shares_kit``, the page has to
    load kit_script(), too, once for all its figures."""
    bundler = _Bundler(kit_apart=shares_kit)
    main = bundler.resolved(Path(path).resolve())
    return COMMENT.sub("", "".join(bundler.code) + main)


def kit_script():
    """A classic script that gives a page the files of the kit, as ``explorables.kit``."""
    bundler = _Bundler()
    files = {path.name: bundler.imported(path)[0] for path in visible_files(KIT, "*.js")}
    listed = ", ".join(f'"{name}": {constant}' for name, constant in files.items())
    code = COMMENT.sub("", "".join(bundler.code))
    return f"(() => {{\n{code}explorables.kit = {{ {listed} }};\n}})();\n"


class _Bundler:
    """code: of the imported files, in the order in which it has to run."""

    def __init__(self, kit_apart=False):
        self.kit_apart = kit_apart
        self.code = []
        self.files = {}  # path of an imported file -> what stands for it, and what it exports

    def resolved(self, path):
        """The text of a file, with what stands for its imports."""

        def from_constant(match):
            keyword, names, file = match.groups()
            constant, exported = self.imported((path.parent / file).resolve())
            wanted = {name.strip() for name in names.split(",")} - {""}
            if missing := wanted - exported:
                raise ValueError(f"{path} imports {sorted(missing)}, which {file} does not export")
            return f"{'export ' * (keyword == 'export')}const {{{names}}} = {constant};"

        return IMPORT.sub(from_constant, read_source(path))

    def imported(self, path):
        if path not in self.files:
            is_apart = self.kit_apart and path.parent == KIT
            source = (_Bundler() if is_apart else self).resolved(path)
            listed = (one or several for one, several in EXPORT.findall(source))
            exported = {name.strip() for names in listed for name in names.split(",")} - {""}
            if is_apart:
                constant = f'explorables.kit["{path.name}"]'
            else:
                constant = f"${path.stem}_{len(self.files)}".replace("-", "_")
                body = f"{EXPORT.sub('', source)}\nreturn {{ {', '.join(sorted(exported))} }};"
                self.code.append(f"const {constant} = (() => {{\n{body}\n}})();\n")
            self.files[path] = constant, exported
        return self.files[path]
