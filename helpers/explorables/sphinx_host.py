"""Puts explorables into the pages that Sphinx and MyST-NB build.

Entry points in ``pyproject.toml`` tell MyST-NB of the two classes here; the extension's
:func:`setup` writes the scripts the pages load.
"""

import json
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import NbElementRenderer

from helpers.explorables.base import CSS, HERE, MIME_TYPE, script

HOST = "explorables/host.js"


class ExplorableMime:
    """Turns an explorable's MIME data into a ``div`` with its state as JSON inside."""

    mime_priority_overrides = [("html", MIME_TYPE, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != MIME_TYPE:
            return None
        spec = dict(data.content, id=_page_id(renderer, data.content["id"]))
        for path in (HOST, f"explorables/{spec['module']}.js"):
            renderer.add_js_file(path, path, {"defer": "defer"})
        return [nodes.raw("", _placeholder(spec), format="html")]


def _page_id(renderer, model_id):
    """Model ids are random; a page counts its explorables instead: same input, same page."""
    seen = renderer.renderer.sphinx_env.temp_data.setdefault("explorables", [])
    if model_id not in seen:
        seen.append(model_id)
    return f"explorable-{seen.index(model_id) + 1}"


def _placeholder(spec):
    """What stands in the page until ``host.js`` brings it to life."""
    title = escape(spec["state"]["title"])
    state = json.dumps(spec, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
    return (
        f'<div class="explorable" data-module="{spec["module"]}" data-state="waiting">'
        f"<noscript><p>{title}: this figure needs JavaScript.</p></noscript>"
        f'<script type="application/json">{state}</script></div>'
    )


class BookRenderer(NbElementRenderer):
    """MyST-NB's own renderer, less the widget state that only html-manager would read."""

    def render_nb_finalise(self, metadata):
        pass


def write_assets(app):
    """One classic script per front-end module: it registers its source with the host."""
    folder = Path(app.outdir).parent / ".explorables"
    (folder / "explorables").mkdir(parents=True, exist_ok=True)
    assets = {"host.js": (HERE / "host.js").read_text(encoding="utf-8"), "explorables.css": CSS}
    for path in HERE.glob("*.js"):
        if path.name not in ("host.js", "common.js"):
            source = json.dumps(script(path.stem))
            assets[path.name] = f"explorables.define({json.dumps(path.stem)}, {source});\n"
    for name, text in assets.items():
        (folder / "explorables" / name).write_text(text, encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def setup(app):
    app.connect("builder-inited", write_assets)
    app.add_css_file("explorables/explorables.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
