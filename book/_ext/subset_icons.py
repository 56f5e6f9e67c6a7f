"""The icon font holds the icons that the site shows, and not two thousand others.

The theme ships all of Font Awesome: 156 kB of font and a quarter of the style sheet,
for some twenty icons. What is left here takes 6 kB.
"""

import logging
import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
THEME_CSS = "styles/pydata-sphinx-theme.css"
FONTS = "vendor/fontawesome/webfonts"
CLASS = re.compile(r"\bfa-[\w-]+")
# .fa-bell:before,.fa-alarm:before{content:"\f0f3"}
RULE = re.compile(r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}')
SOURCE = re.compile(r'url\(([^)]*)\.woff2\) format\("woff2"\),url\([^)]*\) format\("truetype"\)')
GLYPH = re.compile(r"[\ue000-\uf8ff]|\\([ef][0-9a-f]{3})")


def used_rules(css, classes):
    """The style sheet ``css`` without the rules of icons whose class is not in ``classes``."""
    return RULE.sub(lambda rule: rule[0] if classes & set(CLASS.findall(rule[0])) else "", css)


def glyphs(css):
    """The code points of the icons that the style sheet ``css`` can show, as a sorted list."""
    return sorted({int(hit[1], 16) if hit[1] else ord(hit[0]) for hit in GLYPH.finditer(css)})


def write_subset(source, target, codepoints):
    """Write the glyphs of the font file ``source`` for ``codepoints`` to ``target``, as WOFF."""
    options = subset.Options(flavor="woff", layout_features=[], recalc_timestamp=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codepoints)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def keep_used_icons(app, exception):
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    css = (static / THEME_CSS).read_text(encoding="utf-8")
    if not SOURCE.search(css):
        return  # already done: Sphinx has copied nothing since
    shown = [*site.rglob("*.html"), *static.rglob("*.js")]
    classes = {name for path in shown for name in CLASS.findall(path.read_text(encoding="utf-8"))}
    css = SOURCE.sub(r'url(\1.woff) format("woff")', used_rules(css, classes))
    (static / THEME_CSS).write_text(css, encoding="utf-8")
    for source in (THEME / FONTS).glob("*.ttf"):
        write_subset(source, static / FONTS / f"{source.stem}.woff", glyphs(css))
    for path in (static / FONTS).glob("*.*"):
        if path.suffix != ".woff":
            path.unlink()


def setup(app):
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("build-finished", keep_used_icons, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
