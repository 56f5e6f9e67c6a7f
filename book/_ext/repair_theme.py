"""What the theme leaves to be done: fewer bytes, no outside request, valid and accessible HTML.

Options set here rather than in ``_config.yml``, where they would replace those that
Jupyter Book sets itself.
"""

import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from textwrap import shorten

from docutils import nodes
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset

LOGGER = logging.getLogger(__name__)
UNUSED = ("sphinx_thebe", "sphinx_comments")
UNUSED_CSS = {"sphinx-thebe.css"}
UNUSED_FILES = ("scripts/fontawesome.js*", "scripts/*.map", "styles/*.map", "*webpack-macros.html")
FETCHED = {"src", "srcset", "poster", "data", "href", "xlink:href"}
NOT_FETCHED = {"alternate", "author", "canonical", "index", "license", "next", "prev", "search"}
OUTSIDE = re.compile(r"(?:^|[\s,])(?:https?:)?//", re.I)
OUTSIDE_CSS = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.I)

# (what, with what): faults of the theme's markup, and what it loads for nothing.
REPAIRS = [
    (r'\s*<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>', ""),
    (r"\s*<!-- So that users can add custom icons -->", ""),
    # Scripts do not hold up the page, and are not fetched before its style.
    (r"\s*<!-- Pre-loaded scripts[^>]*-->|\s*<link rel=\"preload\" as=\"script\"[^>]*>", ""),
    (r'<script ((?:data-sd[^>]*)?src=")', r"<script defer \1"),
    (r"\s*<script>DOCUMENTATION_OPTIONS\.[^<]*</script>", ""),
    # Inline scripts and handlers: start.js holds what they do.
    (r'\s*<script data-cfasync="false">[^<]*</script>', ""),
    (r"\s*<script>(?:let|var) toggle[^<]*</script>", ""),
    (r"\s*<script>\s*// Activate the search field[^<]*</script>", ""),
    (r'onclick="window\.print\(\)"', 'data-click="print"'),
    (r'onclick="toggleFullScreen\(\)"', 'data-click="fullscreen"'),
    # Their titles would hold the markup of formulas, and nothing shows them.
    (r'(<link rel="(?:next|prev)") title="[^"]*"', r"\1"),
    # The name must contain the text one sees, "Search Ctrl+K".
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    # Not opened in a new tab, which would stay there empty.
    (r'(<a href="[^"]*\.ipynb") target="_blank"', r"\1 download"),
    # One id for every proof and exercise of a page.
    (r'(<section[^>]*) id="(?:proof|exercise|solution)-content"', r"\1"),
    (r'(<summary) aria-label="Toggle hidden content"', r"\1"),
    (r'(<main id="main-content" class="bd-main") role="main"', r"\1"),
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    (r'(<div class="citation" id="[^"]*") role="doc-biblioentry"', r"\1"),
    (
        r'<div id="pst-primary-sidebar" class=',
        '<div id="pst-primary-sidebar" role="region" aria-label="Book menu" class=',
    ),
]
# The site's first address: without this, a page that has neither title nor language.
INDEX = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={first}">
<a href="{first}">{title}</a>
</html>
"""
# Loaded by every page for a search as one types, which the book does not offer.
SEARCH = r'\s*<script (?:defer )?src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>'
# (what, with what), in Sphinx's script of the search page.
SEARCH_REPAIRS = [
    # It looks for its excerpts in a role that valid pages do not state.
    ('[role="main"]', "main"),
    # What every object inherits, "constructor" or "__proto__", are no words of the index.
    ("const terms = Search._index.terms;", "const terms = ownWords(Search._index.terms);"),
    (
        "const titleTerms = Search._index.titleterms;",
        "const titleTerms = ownWords(Search._index.titleterms);",
    ),
    ("!terms.hasOwnProperty(word)", "!(word in terms)"),
    ("!titleTerms.hasOwnProperty(word)", "!(word in titleTerms)"),
    ("scoreMap.set(file, {})", "scoreMap.set(file, ownWords({}))"),
]
# And at its end, since the theme's own inline script may not run:
FOCUS = """
function ownWords(words) {
  return Object.assign(Object.create(null), words);
}
const field = document.querySelector("main form.bd-search input");
field.focus();
field.select();
"""


def set_options(app, config):
    config.html_theme_options["navbar_persistent"] = []  # else a second search bar
    config.html_context.setdefault("default_mode", "auto")


def silence(app, config):
    """Take out the extensions that Jupyter Book loads and this book has no use for."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ in UNUSED:
                listeners.remove(listener)
    app.registry.css_files = [css for css in app.registry.css_files if css[0] not in UNUSED_CSS]


def copy_assets(app):
    if app.builder.format == "html":
        for name in ("theme.css", "start.js", "print.js"):
            copy_asset(Path(__file__).with_name(name), Path(app.outdir) / "_static")


def describe(app, pagename, templatename, context, doctree):
    """What a search engine shows of a page: its first paragraph without formulas."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    plain = (each for each in paragraphs if not each.next_node(nodes.math))
    if paragraph := next(plain, None):
        text = escape(shorten(paragraph.astext(), 160, placeholder=" …"))
        context["metatags"] += f'\n    <meta name="description" content="{text}">'


class _Requests(HTMLParser):
    """Collects what a browser that shows the page would fetch from elsewhere."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" or (tag == "link" and attributes.get("rel") in NOT_FETCHED):
            return
        for name in FETCHED & attributes.keys():
            value = attributes[name] or ""
            if OUTSIDE.search(value) and not value.startswith("data:"):
                self.found.append(value)


def outside_requests(page):
    """The addresses outside the site from which the HTML text ``page`` would load something."""
    parser = _Requests()
    parser.feed(page)
    return parser.found + OUTSIDE_CSS.findall(page)


class _InlineScripts(HTMLParser):
    """Collects the tags that hold a script, which ``script-src 'self'`` would keep from running."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        names = {name for name, _ in attributes}
        is_inline = tag == "script" and not names & {"src", "type"}
        if is_inline or any(name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text())


def inline_scripts(page):
    """The tags of inline scripts and of elements with handlers in the HTML text ``page``."""
    parser = _InlineScripts()
    parser.feed(page)
    return parser.found


def repair(page):
    """The HTML text ``page`` without the faults in REPAIRS. Repairing twice changes nothing."""
    for fault, remedy in REPAIRS:
        page = re.sub(fault, remedy, page)
    return page


def report(name, fault, places):
    for place in places:
        LOGGER.warning("%s %s %s", name, fault, place)


def write_index(app, site):
    first = app.builder.get_target_uri(app.config.root_doc)
    page = INDEX.format(title=escape(app.config.html_title), first=first)
    (site / "index.html").write_text(page, encoding="utf-8")


def mend_search(site):
    """Replaces what SEARCH_REPAIRS says, once. Raises ValueError where Sphinx's script lacks it."""
    script = site / "_static" / "searchtools.js"
    text = script.read_text(encoding="utf-8")
    if text.endswith(FOCUS):
        return
    for fault, remedy in SEARCH_REPAIRS:
        if fault not in text:
            raise ValueError(f"{script} must contain {fault!r}, which is to be mended")
        text = text.replace(fault, remedy)
    script.write_text(text + FOCUS, encoding="utf-8")


def finish_pages(app, exception):
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for pattern in UNUSED_FILES:
        for path in (site / "_static").glob(pattern):
            path.unlink()
    write_index(app, site)
    mend_search(site)
    for path in sorted(site.rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        repaired = repair(page)
        if path.name != "search.html":
            repaired = re.sub(SEARCH, "", repaired)
        if repaired != page:  # else it is one of an earlier build
            name = path.relative_to(site)
            report(name, "asks the network for", outside_requests(repaired))
            report(name, "holds an inline script in", inline_scripts(repaired))
            path.write_text(repaired, encoding="utf-8")
    for path in sorted(site.rglob("*.css")):
        addresses = OUTSIDE_CSS.findall(path.read_text(encoding="utf-8"))
        report(path.relative_to(site), "asks the network for", addresses)


def setup(app):
    app.connect("config-inited", set_options)
    app.connect("config-inited", silence)
    app.add_css_file("theme.css")
    app.add_js_file("start.js", priority=100, **{"data-first": "yes"})  # runs before all others
    app.add_js_file("print.js", defer="defer")
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", describe)
    app.connect("build-finished", finish_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
