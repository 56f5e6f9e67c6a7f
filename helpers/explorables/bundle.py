"""Front-end modules without a build step.

An anywidget takes its script as one string, and a page opened from ``file://`` may not
import modules by address. So the one kind of import our modules use,
``import { a, b } from "./common.js"``, is replaced by the imported file itself; so is
``export { a, b } from "./elements.js"``, which passes on what it imports.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^(import|export) \{([^}]+)\} from "\./([\w-]+)\.js";$', re.M)
EXPORT = re.compile(r"^export (?=(?:function|const) (?:(\w+)|\{([^}]+)\}))", re.M)


def bundle(path):
    """The ES module at ``path`` as one string, the files it imports written into it.

    Each imported file stands there once, before those that import it: as a function that is
    called and returns the exported names, while its other names stay private to it.
    """
    imported = {}  # name of a file -> its code

    def resolved(path):
        return IMPORT.sub(from_constant, path.read_text(encoding="utf-8"))

    def from_constant(match):
        keyword, names, file = match.groups()
        constant = "$" + file.replace("-", "_")
        if file not in imported:
            code = resolved(Path(path).parent / f"{file}.js")
            exported = [one or several.rstrip(" ,\n") for one, several in EXPORT.findall(code)]
            body = f"{EXPORT.sub('', code)}\nreturn {{ {', '.join(exported)} }};"
            imported[file] = f"const {constant} = (() => {{\n{body}\n}})();\n"
        passed_on = "export " if keyword == "export" else ""
        return f"{passed_on}const {{{names}}} = {constant};"

    main = resolved(Path(path))
    return "".join(imported.values()) + main
