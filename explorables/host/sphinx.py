"""Puts explorables into the pages that Sphinx and MyST-NB build.

Entry points in ``pyproject.toml`` tell MyST-NB of the two classes here; the extension's
:func:`setup` writes the scripts the pages load.
"""

import hashlib
import json
import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import NbElementRenderer

import explorables
from explorables.arrays import wired
from explorables.base import CSS, HERE, MIME_TYPE, as_json
from explorables.host.bundle import bundle_for_page, kit_script
from helpers.files import read_source, replaced, visible_files

HOST, KIT = "explorables/host.js", "explorables/kit.js"
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
        shared = [HOST, KIT] if data.content["shares_kit"] else [HOST]
        for path in (*shared, f"explorables/{data.content['module']}.js"):
            renderer.add_js_file(path, path, {"defer": "defer"})
        html = placeholder(data.content, number, _still(env, number, data.content))
        return [nodes.raw("", html, format="html")]


def _number_on_page(env, model_id):
    """Model ids are random; a page counts its explorables instead: same input, same page."""
    seen = env.temp_data.setdefault("explorables", [])
    if model_id not in seen:
        seen.append(model_id)
    return seen.index(model_id) + 1


def _still(env, number, spec):
    """What stands there until the figure lives, and stays where it cannot: the explorable's own
    HTML, or the committed picture of the figure, if there is one."""
    if spec["still"]:
        return spec["still"]
    title = escape(spec["state"]["title"])
    name = f"{Path(env.docname).name}-{number}.png"
    if not (Path(env.srcdir) / PICTURES / name).exists():
        return note(f"{title}: this figure needs JavaScript, and has not started.")
    return picture("../" * env.docname.count("/") + f"_static/pictures/{name}", title)


def picture(source, title):
    """A still picture that is loaded when it comes near the screen, and a sentence that holds
    whatever keeps the figure from starting: without ``host.js`` no script can say more."""
    image = f'<img src="{source}" alt="{title}, a still picture" loading="lazy">'
    return image + note("A still picture: the figure needs JavaScript, and has not started.")


def note(text):
    return f'<p class="explorable-note">{text}</p>'


def placeholder(spec, number, still):
    """What stands in the page until ``host.js`` brings it to life."""
    spec = dict(spec, id=f"explorable-{number}")
    own_still = " data-still" if spec.pop("still") else ""
    del spec["shares_kit"]
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
    """The host, the style sheet, one classic script per figure, and the pictures for readers
    without scripts."""
    folder = Path(app.outdir).parent / ".explorables"
    scripts = folder / "explorables"
    scripts.mkdir(parents=True, exist_ok=True)
    figures = [getattr(explorables, name) for name in explorables.__all__]
    css = CSS + "".join(figure.css for figure in figures)
    write(scripts / "explorables.css", css)
    write(scripts / "host.js", read_source(HERE / "host" / "host.js"))
    write(scripts / "kit.js", kit_script())
    for figure in figures:
        write(scripts / f"{figure.module}.js", definition(figure))
    write_parts(figures, scripts)
    pictures = Path(app.srcdir) / PICTURES
    if pictures.is_dir():
        shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
    app.config.html_static_path.append(str(folder))


def write(path, text):
    """Write a file of the site, whole or not at all."""
    with replaced(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def definition(figure):
    """The classic script that gives the host the front-end module of a figure: as a function, since
    neither ``file://`` nor a strict content security policy lets a page import a module."""
    source = bundle_for_page(figure.front_end, figure.shares_kit)
    body = source.replace("export default ", "return ")
    return f"explorables.define({json.dumps(figure.module)}, () => {{\n{body}}});\n"


def write_parts(figures, folder):
    """One classic script per part, unless those that are there were made from the same files."""
    stamp, made_from = folder / "parts.txt", digest_of_sources()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from:
        return
    for figure in figures:
        for key in figure.parts():
            write(folder / figure.module / f"{key}.js", part_script(figure, key))
    write(stamp, made_from)


def part_script(figure, key):
    """The classic script that brings one part of a figure."""
    values = json.dumps(as_json(wired(figure.part(key))), separators=(",", ":"))
    return f"explorables.part({json.dumps(f'{figure.module}/{key}')}, {values});\n"


def digest_of_sources():
    """A digest of all that a part can be made from: the Python of the figures and of the helpers,
    and the results."""
    root = HERE.parent
    patterns = ("explorables/**/*.py", "helpers/**/*.py", "results/**/*")
    digest = hashlib.sha256()
    for path in visible_files(root, *patterns):
        digest.update(f"{path.relative_to(root).as_posix()} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


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
        write(target, f"explorables.hold({text});\n")
        app.add_js_file(path, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write_assets)
    app.connect("html-page-context", move_states, priority=900)  # after the scripts it follows
    app.add_css_file("explorables/explorables.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
