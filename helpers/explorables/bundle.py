"""Front-end modules without a build step.

An anywidget takes its script as one string, and a page opened from ``file://`` may not
import modules by address. So the one kind of import our modules use,
``import { a, b } from "./common.js"``, is replaced by the imported file itself.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]+)\} from "\./([\w-]+\.js)";$', re.M)
EXPORT = re.compile(r"^export (?=(?:function|const) )", re.M)


def bundle(path):
    """The ES module at ``path`` as one string, its relative imports written into it.

    Each imported file becomes a function that is called once and returns the imported
    names; its other names stay private to it.
    """
    path = Path(path)

    def inline(match):
        names = " ".join(match[1].split()).rstrip(",")
        body = EXPORT.sub("", bundle(path.parent / match[2]))
        return f"const {{ {names} }} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"

    return IMPORT.sub(inline, path.read_text(encoding="utf-8"))
