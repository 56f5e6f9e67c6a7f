"""Front-end modules without a build step.

An anywidget takes its script as one string, and a page opened from ``file://`` may not
import modules by address. So the one kind of import our modules use,
``import { a, b } from "../../kit/dom.js"``, is replaced by the imported file itself; so is
``export { a, b } from "./dom.js"``, which passes on what it imports.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^(import|export) \{([^}]+)\} from "(\.[^"]+\.js)";$', re.M)
EXPORT = re.compile(r"^export (?=(?:function|const) (?:(\w+)|\{([^}]+)\}))", re.M)


def bundle(path):
    """The ES module at ``path`` as one string, the files it imports written into it.

    Each imported file stands there once, before those that import it: as a function that is
    called and returns the exported names, while its other names stay private to it.

    Raises FileNotFoundError where an imported file is missing, and ValueError where it does not
    export what is imported: a page would tell its reader only.
    """
    files = {}  # path of an imported file -> the name of its constant, and what it exports
    code = []  # of the imported files, in the order in which it has to run

    def resolved(path):
        def from_constant(match):
            keyword, names, file = match.groups()
            constant, exported = imported((path.parent / file).resolve())
            wanted = {name.strip() for name in names.split(",")} - {""}
            if missing := wanted - exported:
                raise ValueError(f"{path} imports {sorted(missing)}, which {file} does not export")
            return f"{'export ' * (keyword == 'export')}const {{{names}}} = {constant};"

        return IMPORT.sub(from_constant, path.read_text(encoding="utf-8"))

    def imported(path):
        if path not in files:
            source = resolved(path)
            listed = (one or several for one, several in EXPORT.findall(source))
            exported = {name.strip() for names in listed for name in names.split(",")} - {""}
            constant = f"${path.stem}_{len(files)}".replace("-", "_")
            files[path] = constant, exported
            body = f"{EXPORT.sub('', source)}\nreturn {{ {', '.join(sorted(exported))} }};"
            code.append(f"const {constant} = (() => {{\n{body}\n}})();\n")
        return files[path]

    main = resolved(Path(path).resolve())
    return "".join(code) + main
