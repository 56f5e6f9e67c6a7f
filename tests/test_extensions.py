"""The parts of the book's extensions that are plain functions."""

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import cache_key
import inline_svg
import matplotlib.pyplot as plt
import notebook_buttons
import prerender_katex
import purge_css
import pytest
import repair_theme
import subset_icons
import yaml
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from myst_nb.core.read import read_myst_markdown_notebook

from explorables import FIGURES
from explorables.host import sphinx

ROOT = Path(__file__).resolve().parent.parent
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
CHAPTER = """\
---
title: A chapter
kernelspec:
  display_name: Python 3
  name: python3
---
# Title

```{code-cell} python
from helpers.plots import PALETTE
```
"""


# --- notebook_buttons


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/owner/name",
        "https://github.com/owner/name.git",
        "https://github.com/owner/name.git/",
        "https://user:secret@github.com/owner/name.git",
        "git@github.com:owner/name.git",
        "github.com:owner/name",
        "ssh://git@github.com/owner/name.git",
        "ssh://git@github.com:22/owner/name.git",
        "git://github.com/owner/name.git\n",
    ],
)
def test_web_address_of_a_remote(remote):
    assert notebook_buttons.web_address(remote) == "https://github.com/owner/name"


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/name.git",
        "../name",
        "./owner/name",
        "C:/books/name",
        r"C:\books\name",
        "file:///srv/git/name.git",
        "https://localhost/owner/name",
        "http://127.0.0.1:8080/owner/name",
        "https://github.com/name",
        "https://[github.com/owner/name",
        "https://github.com:port/owner/name",
    ],
)
def test_remote_that_no_web_host_offers_has_no_address(remote):
    assert notebook_buttons.web_address(remote) is None


def test_own_port_of_a_web_host_stays():
    address = "https://git.example.org:8443/owner/name"
    assert notebook_buttons.web_address(f"{address}.git") == address


@given(st.text())
def test_any_text_is_an_address_without_credentials_or_none(remote):
    address = notebook_buttons.web_address(remote)
    assert address is None or re.fullmatch(r"https://[^/@]+/.+", address)


@pytest.mark.parametrize(
    ("repository", "source"),
    [
        ("https://github.com/owner/name", "gh/owner/name"),
        ("https://gitlab.com/owner/name", "gl/owner%2Fname"),
        ("https://codeberg.org/owner/name", "git/https%3A%2F%2Fcodeberg.org%2Fowner%2Fname"),
    ],
)
def test_binder_opens_the_chapter_in_jupyterlab(repository, source):
    address = notebook_buttons.binder_address(repository, "a/branch", "book/chapter.md")
    assert address == (
        f"https://mybinder.org/v2/{source}/a%2Fbranch?urlpath=lab%2Ftree%2Fbook%2Fchapter.md"
    )


def test_binder_opens_what_is_checked_out(tmp_path):
    def git(*arguments):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", "-C", tmp_path, *who, *arguments]
        return subprocess.check_output(command, encoding="utf-8").strip()

    assert notebook_buttons.checked_out(tmp_path) == "main"  # an archive without git
    git("init", "--quiet", "--initial-branch", "spring")
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    assert notebook_buttons.checked_out(tmp_path) == "spring"
    git("checkout", "--quiet", "--detach")
    assert notebook_buttons.checked_out(tmp_path) == git("rev-parse", "HEAD")
    git("tag", "v1")
    assert notebook_buttons.checked_out(tmp_path) == "v1"


# --- cache_key


@pytest.fixture
def root(tmp_path):
    """A book's folder with a few helpers, figures, results and requirements."""
    files = {
        "helpers/__init__.py": "",
        "helpers/alpha.py": "from . import beta",
        "helpers/beta.py": "from helpers.gamma.one import x",
        "helpers/gamma/__init__.py": "",
        "helpers/gamma/one.py": "from ..delta import y",
        "helpers/gamma/two.py": "",
        "helpers/delta.py": "",
        "helpers/results.py": "",
        "helpers/plots.py": "open('book.mplstyle')",
        "helpers/book.mplstyle": "",
        "helpers/unused.py": "import helpers.alpha",
        "explorables/__init__.py": "",
        "explorables/arrays.py": "",
        "explorables/base.py": "import helpers.delta",
        "explorables/figures/__init__.py": "",
        "explorables/figures/quiz/__init__.py": "",
        "explorables/figures/quiz/quiz.py": "from explorables.base import Explorable",
        "explorables/figures/quiz/quiz.js": "",
        "explorables/figures/intro/__init__.py": "",
        "explorables/figures/intro/real_digit.py": "from helpers import results",
        "results/a/b.json": "",
        "book/published.yml": "",
        "requirements.txt": "",
        "requirements/reader.txt": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def modules(root, *sources):
    """The modules that the sources run, less the packages' own."""
    paths = (path.relative_to(root) for path in cache_key.closure(sources, root))
    return {path.as_posix() for path in paths if path.name != "__init__.py"}


GAMMA = {"helpers/gamma/one.py", "helpers/delta.py"}
QUIZ = {"explorables/figures/quiz/quiz.py", "explorables/base.py", "helpers/delta.py"}
REAL_DIGIT = {"explorables/figures/intro/real_digit.py", "helpers/results.py"}
ALL = QUIZ | REAL_DIGIT | {"explorables/arrays.py"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy, helpersome", set()),
        ("import helpers", set()),
        ("from helpers import nothing_of_the_kind", set()),
        ("import helpers.delta as d", {"helpers/delta.py"}),
        ("from helpers.delta import y", {"helpers/delta.py"}),
        ("if x:\n    from helpers import delta", {"helpers/delta.py"}),
        ("from helpers.gamma import two", {"helpers/gamma/two.py"}),
        ("from helpers import beta", GAMMA | {"helpers/beta.py"}),
        ("from helpers import alpha", GAMMA | {"helpers/beta.py", "helpers/alpha.py"}),
        ("from explorables import Quiz", QUIZ),
        ("from explorables import Quiz as Q, RealDigit", QUIZ | REAL_DIGIT),
        ("from explorables.figures.intro.real_digit import RealDigit", REAL_DIGIT),
        ("import explorables", ALL),
        ("from explorables import *", ALL),
    ],
)
def test_imports_are_followed(root, source, expected):
    assert modules(root, source) == expected


def test_packages_that_are_passed_are_run(root):
    run = cache_key.closure(["import helpers.gamma.two"], root)
    packages = {path.parent.name for path in run if path.name == "__init__.py"}
    assert packages == {"helpers", "gamma"}


@pytest.mark.parametrize("source", ["%matplotlib inline", "def f(:"])
def test_a_cell_that_is_not_plain_python_may_run_everything(root, source):
    assert cache_key.closure([source], root) == set(root.rglob("*.py"))


@pytest.mark.parametrize(
    ("source", "changed", "counts"),
    [
        ("", "requirements.txt", True),
        ("", "requirements/reader.txt", True),
        ("", "helpers/delta.py", False),
        ("", "results/a/b.json", False),
        ("import helpers.alpha", "helpers/gamma/one.py", True),
        ("import helpers.alpha", "helpers/gamma/two.py", False),
        ("import helpers.alpha", "helpers/unused.py", False),
        ("import helpers.alpha", "helpers/book.mplstyle", False),
        ("import helpers.plots", "helpers/book.mplstyle", True),
        ("import helpers.alpha", "results/a/b.json", False),
        ("import helpers.results", "results/a/b.json", True),
        ("open('../results/a/b.json')", "results/a/b.json", True),
        ("published('x')", "book/published.yml", True),
        ("from explorables import Quiz", "explorables/figures/quiz/quiz.py", True),
        ("from explorables import Quiz", "explorables/figures/quiz/quiz.js", False),
        ("from explorables import Quiz", "explorables/base.py", True),
        ("from explorables import Quiz", "explorables/figures/intro/real_digit.py", False),
        ("from explorables import Quiz", "results/a/b.json", False),
        ("from explorables import RealDigit", "results/a/b.json", True),
    ],
)
def test_key_changes_with_what_the_cells_depend_on(root, source, changed, counts):
    chapter = CHAPTER.replace("from helpers.plots import PALETTE", source)

    def key():
        cache_key._file_digest.cache_clear()
        return cache_key.cache_key(chapter, root / "c.md", root)

    before = key()
    (root / changed).write_text("# changed", encoding="utf-8")
    assert (key() != before) is counts


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_depends_on_its_own_module_and_not_on_other_chapters(figure):
    run = modules(ROOT, f"from explorables import {figure}")
    folder, module = FIGURES[figure].split(".")
    figures = {Path(path) for path in run if path.startswith("explorables/figures/")}
    assert Path(f"explorables/figures/{folder}/{module}.py") in figures
    assert {path.parent.name for path in figures} <= {folder, "shared"}


def test_key_sees_cells_and_not_prose(root):
    def key(text):
        return cache_key.cache_key(text, root / "c.md", root)

    assert key(CHAPTER + "More prose.\n") == key(CHAPTER)
    assert key(CHAPTER.replace("PALETTE", "STYLE")) != key(CHAPTER)


VALUES = st.one_of(st.text(), st.dates(), st.lists(st.integers()))


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_stamp_changes_the_kernelspec_alone_and_moves_no_line(metadata):
    front = yaml.safe_dump({"title": "t", **metadata, "kernelspec": {"name": "python3"}})
    body = "# Title\n\nText --- with\n---\nrules.\n"
    stamped = cache_key.stamp(f"---\n{front}---\n{body}", "the key")
    assert stamped.endswith(f"---\n{body}")
    assert stamped.count("\n") == f"---\n{front}---\n{body}".count("\n")
    kernelspec = read_myst_markdown_notebook(stamped).metadata["kernelspec"]
    assert kernelspec["cache_key"] == "the key"
    assert kernelspec["name"] == "python3"


# --- the parts of figures


class Figure:
    """A figure with one part, which is what its module says."""

    module = "figure"

    @staticmethod
    def parts():
        return ("one",)

    @staticmethod
    def part(key):
        return {"key": key}


@pytest.mark.parametrize(
    "changed",
    [
        "explorables/base.py",
        "explorables/arrays.py",
        "explorables/figures/quiz/quiz.py",
        "helpers/results.py",
        "results/a/b.json",
        "results/a/new.json",
    ],
)
def test_parts_are_written_anew_when_anything_they_are_made_of_has_changed(
    root, changed, monkeypatch
):
    monkeypatch.setattr(sphinx, "HERE", root / "explorables")
    folder = root / "_build"
    part = folder / "figure/one.js"
    part.parent.mkdir(parents=True)
    sphinx.write_parts([Figure], folder)
    assert part.read_text(encoding="utf-8") == 'explorables.part("figure/one", {"key":"one"});\n'
    part.write_text("as it was", encoding="utf-8")
    sphinx.write_parts([Figure], folder)
    assert part.read_text(encoding="utf-8") == "as it was"
    (root / changed).write_text("# changed", encoding="utf-8")
    sphinx.write_parts([Figure], folder)
    assert part.read_text(encoding="utf-8") != "as it was"


# --- prerender_katex


def test_formula_is_html_and_mathml():
    formula = prerender_katex.set_formula(r"\R^2", macros={r"\R": r"\mathbb{R}"})
    assert 'class="katex"' in formula
    assert "<math" in formula
    assert "<script" not in formula


@pytest.mark.parametrize("tex", [r"\frac{1", r"\lamda", "x^", r"\begin{align} a"])
def test_formula_that_katex_refuses(tex):
    with pytest.raises(ValueError, match="KaTeX parse error"):
        prerender_katex.set_formula(tex)


@pytest.mark.parametrize(
    "tex",
    [
        "a = b",
        "a &= b \\\\\n c &= d",
        "a = b\n\nc = d",
        "a &= b \\\\ &= c\n\nd = e",
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"\begin{equation} a \end{equation}",
        r"\begin{cases} 1 & x \\ 0 & y \end{cases}",
    ],
)
def test_displays_are_set_and_left_unnumbered(tex):
    formula = prerender_katex.set_formula(prerender_katex.display_tex(tex), display=True)
    assert 'display="block"' in formula
    assert "eqn-num" not in formula


# --- inline_svg

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
PALETTE = {"class-i": {"light": "#0072B2", "dark": "#5cb8f0"}}
NUMBER = r"-?\d+\.?\d*"


def draw_svg():
    figure, axes = plt.subplots()
    axes.plot([1, 2], color="#0072b2")
    axes.axhline(1, color="black")
    axes.set_xlabel("x")
    file = io.StringIO()
    figure.savefig(file, format="svg")
    plt.close(figure)
    return file.getvalue()


def references(svg):
    return set(re.findall(r'(?:href="|url\()#([^")]+)', svg))


def test_figures_of_a_page_share_no_id_and_refer_to_their_own():
    text = draw_svg()
    first, second = (inline_svg.inline_svg(text, "A line", prefix, PALETTE) for prefix in "ab")
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0].isdisjoint(ids[1])
    assert [references(first), references(second)] == ids
    assert ids[0] != set()


def test_figure_is_the_same_whatever_names_matplotlib_drew_by():
    # Without a fixed salt matplotlib's names are random.
    assert len({inline_svg.inline_svg(draw_svg(), "A line", "a", PALETTE) for _ in range(2)}) == 1


def test_lines_stay_where_they_are_to_a_hundredth_of_a_point():
    text = draw_svg()
    svg = inline_svg.inline_svg(text, "A line", "a", PALETTE)
    assert len(svg) < 0.9 * len(text)
    paths = [" ".join(re.findall(r' d="([^"]*)"', each)) for each in (text, svg)]
    before, after = ([float(number) for number in re.findall(NUMBER, each)] for each in paths)
    assert len(before) == len(after) > 50
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.0051


def test_figure_names_itself_fits_and_follows_the_theme():
    svg = inline_svg.inline_svg(draw_svg(), 'A "line" & more', "a", PALETTE)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A "line" & more'
    assert "max-width:100%" in root.get("style")
    assert "height" not in root.attrib
    width, height = root.get("viewBox").split()[2:]
    assert f"aspect-ratio:{width}/{height};content-visibility:auto" in root.get("style")
    assert "var(--class-i, #0072B2)" in svg
    assert "stroke: currentColor" in svg
    assert "#000000" not in svg
    assert "<metadata" not in svg and "<style" not in svg


def test_text_of_a_figure_stays_whole():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>a <tspan>b</tspan> c</text></svg>'
    assert "<text>a <tspan>b</tspan> c</text>" in inline_svg.inline_svg(svg, "Text", "a", {})


@given(st.lists(COLOURS, min_size=1), st.dictionaries(NAMES, COLOURS, max_size=3))
def test_colours_of_the_palette_become_variables_and_others_stay(colours, named):
    palette = {name: {"light": light, "dark": "#ffffff"} for name, light in named.items()}
    known = inline_svg.theme_colours(palette)
    style = "; ".join(f"fill: {colour}" for colour in colours)
    expected = "; ".join(f"fill: {known.get(colour, colour)}" for colour in colours)
    assert inline_svg.recolour(style, known) == expected


# --- repair_theme


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://example.org/a.js"></script>',
        "<img alt='' src='//example.org/a.png'>",
        '<img alt="" srcset="a.png 1x, https://example.org/b.png 2x">',
        '<link href="https://example.org/a.css" rel="stylesheet">',
        '<iframe src="http://example.org"></iframe>',
        '<image xlink:href="https://example.org/a.png" />',
        '<p style="background: url(https://example.org/a.png)">',
    ],
)
def test_requests_to_other_hosts_are_found(tag):
    assert len(repair_theme.outside_requests(tag)) == 1


@pytest.mark.parametrize(
    "tag",
    [
        '<a href="https://example.org">',
        '<link rel="canonical" href="https://example.org">',
        '<img alt="" src="../a.png">',
        '<img alt="" src="data:image/png;base64,//8=">',
        '<use xlink:href="#a" />',
        "<p>https://example.org</p>",
    ],
)
def test_links_and_own_files_are_no_requests(tag):
    assert repair_theme.outside_requests(tag) == []


@pytest.mark.parametrize(
    ("tag", "count"),
    [
        ("<script>let a = 1;</script>", 1),
        ('<button onclick="print()">', 1),
        ('<script src="a.js"></script>', 0),
        ('<script type="application/json">{}</script>', 0),
        ("<code>&lt;script&gt;</code>", 0),
    ],
)
def test_inline_scripts_and_handlers_are_found(tag, count):
    assert len(repair_theme.inline_scripts(tag)) == count


def test_a_search_script_that_cannot_be_mended_is_an_error(tmp_path):
    script = tmp_path / "_static" / "searchtools.js"
    script.parent.mkdir()
    script.write_text("const other = 1;", encoding="utf-8")
    with pytest.raises(ValueError, match="must contain"):
        repair_theme.mend_search(tmp_path)


def test_repairing_a_page_twice_changes_nothing(site):
    for path in site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert repair_theme.repair(page) == page


# --- subset_icons

CSS = (
    r'.fa-bell:before,.fa-alarm:before{content:"\f0f3"}.fa-car:before{content:"\f1b9"}'
    '.x{--i:"\ue001"}'
)


def test_rules_and_glyphs_of_icons_that_are_shown_stay():
    css = subset_icons.used_rules(CSS, {"fa-alarm"})
    assert "fa-bell" in css and "fa-car" not in css
    assert subset_icons.glyphs(css) == [0xE001, 0xF0F3]


def test_font_holds_the_icons_that_are_shown(site):
    css = (site / "_static" / subset_icons.THEME_CSS).read_text(encoding="utf-8")
    fonts = [TTFont(path) for path in (site / "_static" / subset_icons.FONTS).glob("*")]
    held = set().union(*(font.getBestCmap() for font in fonts))
    assert set(subset_icons.glyphs(css)) <= held
    assert len(held) < 200


# --- purge_css


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("p{color:red}", "p{color:red}"),
        (".a p{color:red}", ".a p{color:red}"),
        (".a.b{color:red}", ""),
        (".b,.a > i{color:red}", ".a > i{color:red}"),
        (".a:not(.b){color:red}", ".a:not(.b){color:red}"),
        (".bs-tooltip-auto{color:red}", ".bs-tooltip-auto{color:red}"),
        ("@media print{.a{color:red}.b{color:red}}", "@media print{.a{color:red}}"),
        ("@media print{.b{color:red}}", ""),
        ("@font-face{font-family:b}", "@font-face{font-family:b}"),
        ("/* a note */", ""),
    ],
)
def test_rules_stay_that_an_element_can_meet(rule, kept):
    assert purge_css.used_rules(rule, {"a"}) == kept


def test_a_sheet_brings_what_it_imports_and_finds_its_files(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "base.css").write_text("p{background:url(a.png)}", encoding="utf-8")
    (tmp_path / "deep/top.css").write_text(
        """@import "../base.css";i{src:url('../b.woff'),url(c.woff),url("data:,d")}""",
        encoding="utf-8",
    )
    css = purge_css.read_sheet(tmp_path, "deep/top.css")
    assert css == (
        'p{background:url("a.png")}i{src:url("b.woff"),url("deep/c.woff"),url("data:,d")}'
    )


def test_a_page_asks_for_one_sheet_whichever_version_it_had():
    links = (
        '<link href="../_static/a.css?digest=1" rel="stylesheet" />'
        '<link rel="next" href="b.html" />'
        '<link rel="stylesheet" type="text/css" href="../_static/b.css" />'
    )
    once = purge_css.link_one(links, "1")
    assert once.count("<link") == 2
    assert '<link rel="stylesheet" href="../_static/book.css?v=1">' in once
    assert purge_css.link_one(once, "2") == once.replace("v=1", "v=2")


def test_the_sheet_of_the_site_finds_its_fonts(site):
    css = (site / "_static" / purge_css.SHEET).read_text(encoding="utf-8")
    faces = re.findall(r"@font-face\s*{(.*?)}", css, re.S)
    assert len(faces) > 5
    for face in faces:
        files = purge_css.URL.findall(face)
        assert any((site / "_static" / file).is_file() for file in files), face


def test_every_page_has_one_sheet_no_script_that_blocks_and_a_description(site):
    pages = sorted((site / "book").glob("*.html"))
    assert len(pages) > 5
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert page.count('rel="stylesheet"') == 1, path
        assert re.findall(r'<script src="[^"]*"', page) == [], path
        assert len(re.findall(r'<script data-first="yes" src="[^"]*/start.js', page)) == 1, path
        assert re.search(r'<meta name="description" content="[^"\\]{30,}">', page), path
