"""Puts explorables into the pages that Sphinx and MyST-NB build.

Entry points in ``pyproject.toml`` tell MyST-NB of the two classes here; the extension's
:func:`setup` writes the scripts the pages load.
"""

import json
import os
import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import NbElementRenderer

from helpers import explorables
from helpers.explorables.base import CSS, HERE, MIME_TYPE, as_json, script

HOST = "explorables/host.js"
PICTURES = "book/pictures"
SPEC = re.compile(r'(?<=<script type="application/json">).*?(?=</script>)', re.S)


class ExplorableMime:
    """Turns an explorable's MIME data into a ``div`` with its state as JSON inside."""

    mime_priority_overrides = [("html", MIME_TYPE, 1)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != MIME_TYPE:
            return None
        env = renderer.renderer.sphinx_env
        number = _number_on_page(env, data.content["id"])
        for path in (HOST, f"explorables/{data.content['module']}.js"):
            renderer.add_js_file(path, path, {"defer": "defer"})
        placeholder = _placeholder(data.content, number, _still(env, number, data.content))
        return [nodes.raw("", placeholder, format="html")]


def _number_on_page(env, model_id):
    """Model ids are random; a page counts its explorables instead: same input, same page."""
    seen = env.temp_data.setdefault("explorables", [])
    if model_id not in seen:
        seen.append(model_id)
    return seen.index(model_id) + 1


def _still(env, number, spec):
    """What a reader without scripts sees: the explorable's own HTML, which stands there for all
    until it lives, or the committed picture of the figure, if there is one."""
    if spec["still"]:
        return spec["still"]
    title = escape(spec["state"]["title"])
    name = f"{Path(env.docname).name}-{number}.png"
    if not (Path(env.srcdir) / PICTURES / name).exists():
        return f"<noscript><p>{title}: this figure needs JavaScript.</p></noscript>"
    source = "../" * env.docname.count("/") + f"_static/pictures/{name}"
    image = f'<img src="{source}" alt="{title}, a still picture" loading="lazy">'
    return f"<noscript>{image}</noscript>"


def _placeholder(spec, number, still):
    """What stands in the page until ``host.js`` brings it to life."""
    spec = dict(spec, id=f"explorable-{number}")
    own_still = " data-still" if spec.pop("still") else ""
    wide, narrow = spec.pop("heights")
    state = json.dumps(spec, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
    return (
        f'<div class="explorable" data-module="{spec["module"]}"{own_still} data-state="waiting" '
        f'style="--wide: {wide}px; --narrow: {narrow}px">'
        f"{still}"
        f'<script type="application/json">{state}</script></div>'
    )


class BookRenderer(NbElementRenderer):
    """MyST-NB's own renderer, less the widget state that only html-manager would read."""

    def render_nb_finalise(self, metadata):
        pass


def write_assets(app):
    """One classic script per front-end module, which registers its source with the host, and
    the pictures for readers without scripts."""
    folder = Path(app.outdir).parent / ".explorables"
    (folder / "explorables").mkdir(parents=True, exist_ok=True)
    assets = {"host.js": (HERE / "host.js").read_text(encoding="utf-8"), "explorables.css": CSS}
    for name in explorables.__all__:
        explorable = getattr(explorables, name)
        source = json.dumps(script(explorable.module))
        module = json.dumps(explorable.module)
        assets[f"{explorable.module}.js"] = f"explorables.define({module}, {source});\n"
        write_parts(explorable, folder / "explorables")
    for name, text in assets.items():
        (folder / "explorables" / name).write_text(text, encoding="utf-8")
    pictures = Path(app.srcdir) / PICTURES
    if pictures.is_dir():
        shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
    app.config.html_static_path.append(str(folder))


def write_parts(explorable, folder):
    """One classic script per part of the class ``explorable``, unless there is one that is newer
    than the files it is made from."""
    for key, sources in explorable.parts().items():
        path = folder / explorable.module / f"{key}.js"
        newest = max(source.stat().st_mtime for source in sources)
        if path.is_file() and path.stat().st_mtime > newest:
            continue
        values = json.dumps(as_json(explorable.part(key)), separators=(",", ":"))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}")
        name = json.dumps(f"{explorable.module}/{key}")
        unfinished.write_text(f"explorables.part({name}, {values});\n", encoding="utf-8")
        os.replace(unfinished, path)


def move_states(app, pagename, templatename, context, doctree):
    """The states of a page's explorables go to a script that does not hold up its text."""
    states = {}

    def leave(hit):
        spec = json.loads(hit[0])
        states[spec["id"]] = spec.pop("state")
        return json.dumps(spec)

    context["body"] = SPEC.sub(leave, context.get("body", ""))
    if states:
        path = f"explorables/{pagename.replace('/', '-')}.js"
        text = json.dumps(states, separators=(",", ":"))
        target = Path(app.outdir) / "_static" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"explorables.hold({text});\n", encoding="utf-8")
        app.add_js_file(path, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write_assets)
    app.connect("html-page-context", move_states, priority=900)  # after the scripts it follows
    app.add_css_file("explorables/explorables.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
