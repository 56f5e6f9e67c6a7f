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
    """
    constants = {}  # path of a file -> the name of its constant
    imported = []  # code, in the order in which it has to run

    def resolved(path):
        def from_constant(match):
            keyword, names, file = match.groups()
            passed_on = "export " if keyword == "export" else ""
            return f"{passed_on}const {{{names}}} = {constant_of((path.parent / file).resolve())};"

        return IMPORT.sub(from_constant, path.read_text(encoding="utf-8"))

    def constant_of(path):
        if path not in constants:
            code = resolved(path)
            constants[path] = f"${path.stem}_{len(constants)}".replace("-", "_")
            exported = [one or several.rstrip(" ,\n") for one, several in EXPORT.findall(code)]
            body = f"{EXPORT.sub('', code)}\nreturn {{ {', '.join(exported)} }};"
            imported.append(f"const {constants[path]} = (() => {{\n{body}\n}})();\n")
        return constants[path]

    main = resolved(Path(path).resolve())
    return "".join(imported) + main
