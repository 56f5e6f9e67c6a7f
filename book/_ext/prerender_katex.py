"""Formulas are set while the book is built, so that a page needs no script for them.

KaTeX runs in a V8 engine inside this process (``mini_racer``). It writes HTML for the eye
and MathML for screen readers; the site carries its style sheet and fonts alone. A formula
that KaTeX refuses is a warning that names page and line.
"""

import atexit
import html
import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).parent
KATEX = HERE / "katex"
SET_FORMULA = """
const setFormula = (tex, displayMode, macros) => {
  const options = {displayMode, macros, output: "htmlAndMathml", throwOnError: true};
  try { return JSON.stringify({html: katex.renderToString(tex, options)}); }
  catch (error) { return JSON.stringify({error: error.message}); }
};
"""
# (what, with what): operators within operators and empty widths, which MathML does not have.
REPAIRS = [
    (r"<mo>(<mo>[^<]*</mo>)</mo>", r"\1"),
    (r"<mo>(<(mover|munder)>.*?</\2>)</mo>", r"\1"),
    (r' columnspacing=""', ""),
]
# Sphinx numbers equations; the unstarred environments would have KaTeX number them again.
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|alignat)\}")


@cache
def _engine():
    engine = MiniRacer()
    atexit.register(engine.close)  # left to be collected at exit, it may wait for ever
    engine.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    engine.eval(SET_FORMULA)
    return engine


@cache
def _set_formula(tex, display, macros):
    answer = json.loads(_engine().call("setFormula", tex, display, json.loads(macros)))
    if "error" in answer:
        raise ValueError(answer["error"])
    formula = answer["html"]
    for fault, remedy in REPAIRS:
        formula = re.sub(fault, remedy, formula)
    return formula


def set_formula(tex, display=False, macros=None):
    """HTML and MathML of the formula ``tex``, set on its own line where ``display``.

    Raises ValueError with KaTeX's message where it refuses the formula.
    """
    return _set_formula(tex, display, json.dumps(macros or {}))


def display_tex(tex):
    """``tex`` of a display as Sphinx means it: blank lines part equations, ``\\\\`` lines."""
    if tex.lstrip().startswith(r"\begin"):
        return NUMBERED.sub(r"\\\1{\2*}", tex)
    parts = [part for part in re.split(r"\n\s*\n", tex) if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{gather*}" + r"\\".join(parts) + r"\end{gather*}"


def _formula_html(self, node, tex, display):
    try:
        return set_formula(tex, display, self.config.katex_macros)
    except ValueError as error:
        LOGGER.warning("%s", error, location=node)
        return f"<code>{html.escape(tex)}</code>"


def visit_inline(self, node):
    self.body.append(_formula_html(self, node, node.astext(), False))
    raise nodes.SkipNode


def visit_display(self, node):
    number = get_node_equation_number(self, node) if node["number"] else None
    if number and "amsmath" in node["classes"]:
        node["ids"] = [f"equation-{number}"]  # MyST gives a random one: same input, same page
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if number:
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    # The theme's own class for what may scroll sideways: it lets the keyboard scroll, too.
    self.body.append('<div class="formula pst-scrollable-table-container">')
    self.body.append(_formula_html(self, node, display_tex(node.astext()), True))
    self.body.append("</div></div>\n")
    raise nodes.SkipNode


def set_titles(app, pagename, templatename, context, doctree):
    """Formulas in titles: set in the menu and in print, as plain text in the browser's tab."""
    if pagename in app.env.titles:
        context["title"] = html.escape(app.env.titles[pagename].astext())
        context["pagetitle"] = app.builder.render_partial(app.env.titles[pagename])["title"]
    root = app.env.titles[app.config.root_doc]
    context["root_title"] = app.builder.render_partial(root)["title"]


def copy_styles(app):
    if app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        copy_asset(HERE / "formulas.css", static)
        for part in ("katex.min.css", "LICENSE"):
            copy_asset(KATEX / part, static / "katex")
        copy_asset(KATEX / "fonts", static / "katex" / "fonts")


def setup(app):
    app.add_config_value("katex_macros", {}, "env")
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_css_file("katex/katex.min.css")
    app.add_css_file("formulas.css")
    app.connect("html-page-context", set_titles)
    app.connect("builder-inited", copy_styles)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
