"""Figures drawn by cells become part of the page, and say what they show.

An SVG inside the page follows its light or dark theme, which an SVG in an ``<img>``
cannot. Colours of ``helpers.plots.PALETTE`` become CSS variables, black becomes the
colour of the text. A picture without alternative text is a warning.
"""

import re
from xml.etree import ElementTree

from docutils import nodes
from myst_nb.core.render import load_mime_renders
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MIME_TYPE = "image/svg+xml"
ADVICE = "this picture has no alternative text: say what it shows (in a cell: mystnb: image: alt)"
COLOURED = ("style", "fill", "stroke", "color", "stop-color")
INK = dict.fromkeys(("#000000", "#262626"), "currentColor")
STYLE = "max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt"
LAZY = ";aspect-ratio:{}/{};content-visibility:auto"
LONG = re.compile(r"-?\d+\.\d{3,}")  # a number with many decimals
REFERENCE = re.compile(r"(?:^|(?<=url\())#([^)]+)")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def theme_colours(palette):
    """From each light colour of ``palette`` (name -> light, dark) to a CSS value, and the inks."""
    named = {c["light"].lower(): f"var(--{name}, {c['light']})" for name, c in palette.items()}
    return INK | named


def recolour(style, colours):
    """``style`` with each colour #rrggbb that ``colours`` knows replaced by its value there."""
    return re.sub(
        r"#[0-9a-f]{6}\b", lambda hit: colours.get(hit[0].lower(), hit[0]), style, flags=re.I
    )


def own_ids(svg, prefix):
    """Name the ids that are referred to ``prefix-1``, ``prefix-2`` ..., and drop the others.

    Ids belong to the whole page once the figure does.
    """
    used = {
        target
        for element in svg.iter()
        for value in element.attrib.values()
        for target in REFERENCE.findall(value)
    }
    names = {}
    for element in svg.iter():
        name = element.attrib.pop("id", None)
        if name in used:
            names[name] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[name])
    for element in svg.iter():
        for key, value in element.attrib.items():
            element.set(key, REFERENCE.sub(lambda hit: f"#{names.get(hit[1], hit[1])}", value))


def drop_unseen(svg):
    """Remove metadata, style rules (they would reach the whole page) and indentation."""
    for parent in svg.iter():
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
        if parent.tag not in (f"{{{SVG}}}text", f"{{{SVG}}}tspan"):
            parent.text = (parent.text or "").strip()
            for child in parent:
                child.tail = None


def shorten_numbers(svg):
    """Round coordinates to hundredths of a point, which nobody sees: a page loses a fifth."""
    for element in svg.iter():
        for key in {"d", "x", "y"}.intersection(element.keys()):
            element.set(key, LONG.sub(lambda hit: f"{float(hit[0]):.2f}", element.get(key)))


def inline_svg(text, alt, prefix, palette):
    """The SVG file ``text`` as an element of an HTML page, named ``alt`` for screen readers."""
    svg = ElementTree.fromstring(text)
    drop_unseen(svg)
    shorten_numbers(svg)
    own_ids(svg, prefix)
    colours = theme_colours(palette)
    for element in svg.iter():
        for key in COLOURED:
            if key in element.attrib:
                element.set(key, recolour(element.get(key), colours))
    svg.attrib.pop("height", None)
    svg.set("role", "img")
    svg.set("aria-label", alt)
    svg.set("fill", "currentColor")
    svg.set("style", STYLE)
    if {"width", "viewBox"} <= svg.attrib.keys():  # out of sight: it keeps its place, at no cost
        svg.attrib["style"] += LAZY.format(*svg.get("viewBox").split()[2:])
    return ElementTree.tostring(svg, encoding="unicode")


class Figures:
    """A MyST-NB plugin that puts the SVG a cell has drawn into the page."""

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != MIME_TYPE:
            return None
        from helpers.plots import PALETTE

        options = renderer.renderer.get_cell_level_config(
            "render_image_options", data.cell_metadata, line=data.line
        )
        alt = options.get("alt", "").strip()
        if not alt:
            renderer.logger.warning(ADVICE, line=data.line)
        env = renderer.renderer.sphinx_env
        number = env.temp_data["figures"] = env.temp_data.get("figures", 0) + 1
        prefix = f"{env.docname.replace('/', '-')}-figure-{number}"
        svg = inline_svg(data.string, alt, prefix, PALETTE)
        return [nodes.raw("", svg, format="html", classes=["output", "image_svg"])]


def require_alt(app, doctree):
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            LOGGER.warning(ADVICE, location=image)


def setup(app):
    # A plugin registers as an entry point, which the extensions of a book do not have.
    load_mime_renders().append(Figures)
    app.connect("doctree-read", require_alt)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
