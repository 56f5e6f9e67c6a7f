"""What of the site others have written: a bill of materials, ``sbom.cdx.json``.

It has the form of CycloneDX 1.6. A part is listed if the site holds a file of it. Its version is
that of the package that the files come from, or what a file itself says; licences are SPDX
expressions.
"""

import json
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pydata_sphinx_theme
import sphinx_copybutton

BILL = "sbom.cdx.json"
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
KATEX = Path(__file__).with_name("katex")


@dataclass(frozen=True)
class Part:
    """A part of the site: its name on PyPI or npm, its licence, and its files.

    files: patterns of paths below ``_static``.
    source: for a part from npm, a file that tells its version, and how that looks there.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    source: tuple[Path, str] | None = None

    def component(self):
        """The part as CycloneDX describes it."""
        kind, found = ("npm", self._written()) if self.source else ("pypi", version(self.name))
        return {
            "type": "library",
            "name": self.name,
            "version": found,
            "licenses": [{"expression": self.licence}],
            "purl": f"pkg:{kind}/{self.name.replace('@', '%40')}@{found}",
            "properties": [{"name": "site:files", "value": f"_static/{f}"} for f in self.files],
        }

    def _written(self):
        path, pattern = self.source
        return re.search(pattern, path.read_text(encoding="utf-8"))[1]


PARTS = (
    Part(
        "sphinx",
        "BSD-2-Clause",
        (
            *("basic.css", "doctools.js", "documentation_options.js", "language_data.js"),
            *("searchtools.js", "sphinx_highlight.js", "file.png", "minus.png", "plus.png"),
        ),
    ),
    Part(
        "pydata-sphinx-theme",
        "BSD-3-Clause",
        ("scripts/pydata-sphinx-theme.js", "styles/pydata-sphinx-theme.css", "styles/theme.css"),
    ),
    Part(
        "sphinx-book-theme",
        "BSD-3-Clause",
        (
            *("scripts/sphinx-book-theme.js", "styles/sphinx-book-theme.css"),
            *("images/logo_*", "locales/**/*"),
        ),
    ),
    Part("sphinx-copybutton", "MIT", ("copybutton*", "copy-button.svg", "check-solid.svg")),
    Part("sphinx-design", "MIT", ("design-tabs.js", "sphinx-design.min.css")),
    Part("sphinx-togglebutton", "MIT", ("togglebutton.*",)),
    Part("sphinx-exercise", "MIT", ("exercise.css",)),
    Part("sphinx-proof", "MIT", ("proof.css",)),
    Part("myst-nb", "BSD-3-Clause", ("mystnb.*.css",)),
    Part("pygments", "BSD-2-Clause", ("pygments.css",)),
    Part(
        "bootstrap",
        "MIT",
        ("scripts/bootstrap.js*",),
        (THEME / "scripts/bootstrap.js.LICENSE.txt", r"Bootstrap v([\d.]+)"),
    ),
    Part(
        "@fortawesome/fontawesome-free",
        "CC-BY-4.0 AND OFL-1.1 AND MIT",
        ("vendor/fontawesome/**/*",),
        (THEME / "scripts/fontawesome.js.LICENSE.txt", r"Font Awesome Free ([\d.]+)"),
    ),
    Part(
        "clipboard",
        "MIT",
        ("clipboard.min.js",),
        (Path(sphinx_copybutton.__file__).parent / "_static/clipboard.min.js", r" v([\d.]+)"),
    ),
    Part("katex", "MIT", ("katex/**/*",), (KATEX / "katex.min.js", r'version:"([\d.]+)"')),
)


def parts_of(static):
    """For each part of which the folder ``static`` holds files: these, as paths below it."""
    found = {
        part: {
            path.relative_to(static).as_posix()
            for pattern in part.files
            for path in static.glob(pattern)
            if path.is_file()
        }
        for part in PARTS
    }
    return {part: files for part, files in found.items() if files}


def write_bill(app, exception):
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": app.config.project}},
        "components": [part.component() for part in parts_of(site / "_static")],
    }
    (site / BILL).write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_bill, priority=970)  # once no file comes or goes
    return {"parallel_read_safe": True, "parallel_write_safe": True}
