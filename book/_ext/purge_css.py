"""One style sheet for the site, which holds the rules that its pages can use.

The theme and what comes with it ask for fifteen files before a page shows anything. A phone
waits a second for them, and two thirds of their rules are for what the book does not have.
"""

import hashlib
import posixpath
import re
from itertools import pairwise
from pathlib import Path

import tinycss2

SHEET = "book.css"
OWN = {"explorables/explorables.css", "site.css", "theme.css"}  # classes may be put together there
LINK = re.compile(
    r'\s*<link (?=[^>]*rel="stylesheet")[^>]*href="([^"?]*_static/)([^"?]+)[^"]*"[^>]*>'
)
IMPORT = re.compile(r'@import "([^"]+)";')
URL = re.compile(r"""url\(["']?(?!data:|#)([^"')]+)["']?\)""")
CLASS = re.compile(r'\bclass="([^"]*)"')
WORD = re.compile(r"[\w-]+")
BOOTSTRAP = "bs-"  # begins classes that its script puts together
GROUPS = {"media", "supports", "layer"}


def classes(page):
    """The classes of the elements in the HTML text ``page``."""
    return {name for names in CLASS.findall(page) for name in names.split()}


def words(script):
    """What may be a class in the text of a script."""
    return set(WORD.findall(script))


def _classes(selector):
    """The classes that an element needs; those within :not() and the like do not count."""
    return [name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident"]


def _selectors(prelude):
    found = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def used_rules(css, known):
    """The style sheet ``css``, without comments and rules whose classes are not in ``known``."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(rule.serialize() for rule in _used(rules, known))


def _used(rules, known):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                tinycss2.serialize(selector)
                for selector in _selectors(rule.prelude)
                if all(name in known or name.startswith(BOOTSTRAP) for name in _classes(selector))
            ]
            rule.prelude = tinycss2.parse_component_value_list(",".join(selectors))
            if not selectors:
                continue
        elif rule.type == "at-rule" and rule.lower_at_keyword in GROUPS and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            rule.content = list(_used(inner, known))
            if not rule.content:
                continue
        yield rule


def read_sheet(static, name):
    """The text of a style sheet, with what it imports, and addresses as seen from ``static``."""
    folder = posixpath.dirname(name)
    css = (static / name).read_text(encoding="utf-8")
    css = URL.sub(lambda hit: f'url("{posixpath.normpath(posixpath.join(folder, hit[1]))}")', css)
    return IMPORT.sub(
        lambda hit: read_sheet(static, posixpath.normpath(posixpath.join(folder, hit[1]))), css
    )


def link_one(page, version):
    """The HTML text ``page`` with one link in place of all those to style sheets of the site."""
    first = LINK.search(page)
    if not first:
        return page
    link = f'\n    <link rel="stylesheet" href="{first[1]}{SHEET}?v={version}">'
    return page[: first.start()] + link + LINK.sub("", page[first.end() :])


def write_sheet(app, exception):
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    paths = sorted(path for path in site.rglob("*.html") if static not in path.parents)
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    names = dict.fromkeys(hit[2] for page in pages.values() for hit in LINK.finditer(page))
    names.pop(SHEET, None)
    if not names:
        return  # no page has been written anew
    files = [*static.glob("*.js"), *static.glob("scripts/*.js")]
    scripts = (path.read_text(encoding="utf-8") for path in files)
    known = set().union(*map(classes, pages.values()), *map(words, scripts))
    css = ""
    for name in names:
        text = read_sheet(static, name)
        css += used_rules(text, words(text) if name in OWN else known)
    (static / SHEET).write_text(css, encoding="utf-8")
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, page in pages.items():
        linked = link_one(page, version)
        if linked != page:
            path.write_text(linked, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_sheet, priority=960)  # once the icons are done
    return {"parallel_read_safe": True, "parallel_write_safe": True}
