"""What `jupyter-book build` promises, on a small book built with the real extensions."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow

FRONT_MATTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""
CELL = """
```{{code-cell}} python
{}
import time
print("ran at", time.time_ns())
```
"""
CHAPTERS = {
    "direct": "import helpers.direct",
    "transitive": "from helpers import transitive",
    "reader": "from helpers.results import load",
    "figure": "from explorables import Red",
    "alone": "",
}
MODULES = {
    "helpers/__init__": "",
    "helpers/direct": "VALUE = 1",
    "helpers/transitive": "from .direct import VALUE",
    "helpers/results": "def load(): pass",
    "helpers/plots": "PALETTE = {}",
    "explorables/__init__": """
from importlib import import_module

FIGURES = {"Red": "colours.red", "Blue": "colours.blue"}

def __getattr__(name):
    if name not in FIGURES:
        raise AttributeError(name)
    return getattr(import_module(f"explorables.figures.{FIGURES[name]}"), name)
""",
    "explorables/base": "class Explorable: pass",
    "explorables/figures/__init__": "",
    "explorables/figures/colours/__init__": "",
    "explorables/figures/colours/red": "from explorables.base import Explorable as Red",
    "explorables/figures/colours/blue": "from explorables.base import Explorable as Blue",
    # _config.yml and MyST-NB's entry points name it.
    "explorables/host/__init__": "",
    "explorables/host/sphinx": """
from myst_nb.core.render import NbElementRenderer as BookRenderer

class ExplorableMime:
    handle_mime = staticmethod(lambda renderer, data, inline: None)

def setup(app):
    pass
""",
}
# Ends the build without a word, as a power cut would, once the first page is written.
POWER_CUT = """
import os
from pathlib import Path

def cut(app, *_):
    if (Path(app.srcdir) / "cut").exists():
        os._exit(9)

def setup(app):
    app.connect("html-page-context", cut)
"""


class Book:
    def __init__(self, root):
        self.root = root

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def append(self, path, text):
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)

    def environment(self):
        return os.environ | {"PYTHONPATH": str(self.root)}

    def start(self, *options, **variables):
        """Start to build the book, with the variables in its environment: the process."""
        return subprocess.Popen(
            [Path(sys.executable).with_name("jupyter-book"), "build", ".", *options],
            cwd=self.root,
            env=self.environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def build(self, *options, **variables):
        """Build the book; returns the exit status and all that was printed."""
        build = self.start(*options, **variables)
        printed, _ = build.communicate()
        return build.returncode, re.sub(r"\x1b\[[\d;]*m", "", printed)

    def rebuild(self, *options):
        """Build the book, which must succeed; returns the chapters whose cells have run."""
        before = self.runs()
        status, output = self.build(*options)
        assert status == 0, output
        after = self.runs()
        return {chapter for chapter in CHAPTERS if after[chapter] != before[chapter]}

    def page(self, chapter):
        path = self.root / "_build/html/book" / f"{chapter}.html"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def runs(self):
        return {chapter: re.findall(r"ran at (\d+)", self.page(chapter)) for chapter in CHAPTERS}


def write_book(root, chapters=CHAPTERS):
    """A book whose ``chapters`` each import what stands beside their name."""
    book = Book(root)
    shutil.copytree(ROOT / "book/_ext", root / "book/_ext")
    shutil.copytree(ROOT / "book/assets", root / "book/assets")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config.pop("repository", None)
    config["sphinx"]["local_extensions"]["power_cut"] = "book/_ext"
    book.write("_config.yml", yaml.safe_dump(config))
    book.write("book/_ext/power_cut.py", POWER_CUT)
    first, *rest = chapters
    files = [{"file": f"book/{chapter}"} for chapter in rest]
    toc = {"format": "jb-book", "root": f"book/{first}"}
    if files:
        toc["chapters"] = files
    book.write("_toc.yml", yaml.safe_dump(toc))
    for chapter, imports in chapters.items():
        title = f"# The {chapter} chapter\n"
        book.write(f"book/{chapter}.md", FRONT_MATTER + title + CELL.format(imports))
    for name, source in MODULES.items():
        book.write(f"{name}.py", source)
    for name in ("files", "hidden"):
        shutil.copy(ROOT / f"helpers/{name}.py", root / "helpers")
    book.write("explorables/figures/colours/red.js", "export default {};")
    book.write("results/numbers.json", "[1]")
    book.write("book/references.bib", "@misc{a, title = {A}, author = {B, C}, year = {2018}}")
    book.write("requirements.txt", "numpy")
    return book


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    book = write_book(tmp_path_factory.mktemp("book") / "book")
    status, output = book.build()
    assert status == 0, output
    shutil.copytree(book.root, book.root.with_name("as built"))
    return book


@pytest.fixture
def book(built):
    """The built book, with all that its build left behind, in the place where it was built."""
    shutil.rmtree(built.root)
    shutil.copytree(built.root.with_name("as built"), built.root)
    return built


def assert_fails(book, message, *options):
    status, output = book.build(*options)
    assert status != 0
    assert message in output


def test_failing_cell_fails_the_build_again_and_again(book):
    book.append("book/alone.md", CELL.format("raise ValueError('the cell is broken')"))
    for _ in range(2):
        assert_fails(book, "ValueError: the cell is broken")


def test_a_line_that_is_printed_slowly_is_one_line(book):
    slowly = "import time\nprint('one', end=' ', flush=True)\ntime.sleep(1)\nprint('line')"
    book.append("book/alone.md", CELL.format(slowly))
    book.rebuild()
    assert "one line" in re.sub("<[^>]+>", "", book.page("alone"))


def test_warning_fails_the_build_again_and_again_however_it_is_built(book):
    book.append("book/alone.md", "\nSee {ref}`nowhere`.\n")
    for options in [("-W", "--keep-going"), ()]:
        assert_fails(book, "undefined label: 'nowhere'", *options)


@pytest.mark.parametrize(
    "module", ["helpers/direct.py", "explorables/base.py", "explorables/figures/colours/red.py"]
)
def test_broken_module_fails_the_build_again_and_again(book, module):
    book.write(module, "VALUE = 1 / 0")
    for _ in range(2):
        assert_fails(book, "ZeroDivisionError")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("helpers/direct.py", "VALUE = 2", {"direct", "transitive"}),
        ("explorables/figures/colours/red.py", "class Red: pass", {"figure"}),
        ("explorables/figures/colours/blue.py", "class Blue: pass", set()),
        ("explorables/base.py", "class Explorable: colour = None", {"figure"}),
        ("results/more/numbers.json", "[2]", {"reader"}),
        ("requirements.txt", "numpy>=2", set(CHAPTERS)),
    ],
)
def test_cells_run_again_when_what_they_depend_on_changes(book, path, text, expected):
    book.write(path, text)
    assert book.rebuild() == expected


def test_new_number_reaches_the_text_and_runs_nothing(book):
    book.append("book/alone.md", "\nThe mean is {glue:text}`mean:.2f`.\n")
    for mean, shown in ((1.234, "1.23"), (56.789, "56.79")):
        book.write("book/quoted/alone.py", f"def numbers():\n    return {{'mean': {mean}}}\n")
        assert book.rebuild() == set()
        assert f'"pasted-text">{shown}<' in book.page("alone")


def test_new_title_reaches_every_page_and_runs_nothing(book):
    chapter = (book.root / "book/alone.md").read_text(encoding="utf-8")
    book.write("book/alone.md", chapter.replace("The alone chapter", "Another title"))
    assert book.rebuild() == set()
    assert all("Another title" in book.page(chapter) for chapter in CHAPTERS)


def test_new_order_reaches_every_page_and_runs_nothing(book):
    toc = yaml.safe_load((book.root / "_toc.yml").read_text(encoding="utf-8"))
    toc["chapters"].reverse()
    book.write("_toc.yml", yaml.safe_dump(toc))
    assert book.rebuild() == set()
    order = [Path(chapter["file"]).name for chapter in toc["chapters"]]
    for chapter in CHAPTERS:
        menu = re.findall(r'class="toctree-l1.*?href="([^"]*)"', book.page(chapter), re.S)
        assert [Path(link).stem if link != "#" else chapter for link in menu][1:] == order


def test_new_sentence_has_no_other_chapter_written_and_runs_nothing(book):
    pages = {chapter: book.root / f"_build/html/book/{chapter}.html" for chapter in CHAPTERS}
    before = {chapter: path.stat().st_mtime_ns for chapter, path in pages.items()}
    book.append("book/alone.md", "\nA new sentence.\n")
    assert book.rebuild() == set()
    assert "A new sentence." in book.page("alone")
    written = {c for c, path in pages.items() if path.stat().st_mtime_ns != before[c]}
    assert written == {"alone", "direct"}  # direct lists all chapters


def test_new_style_and_script_reach_the_site_and_run_nothing(book):
    book.write("explorables/figures/colours/red.js", "export default {a: 1};")
    book.write("book/assets/site.css", "p { color: red; }")
    assert book.rebuild() == set()
    assert (book.root / "_build/html/_static/site.css").read_text(
        encoding="utf-8"
    ) == "p { color: red; }"
    assert "p { color: red; }" in (book.root / "_build/html/_static/book.css").read_text(
        encoding="utf-8"
    )


def test_build_that_was_killed_is_not_taken_for_a_finished_one(book):
    book.write("helpers/direct.py", "VALUE = 2")
    book.write("cut", "")
    assert book.build()[0] == 9
    (book.root / "cut").unlink()
    assert book.rebuild() == {"direct", "transitive"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            CELL.format("import ipywidgets; display(ipywidgets.IntSlider())"),
            "this widget needs a kernel",
        ),
        (
            CELL.format(
                "from IPython.display import SVG\n"
                "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))"
            ),
            "no alternative text",
        ),
        ("\nThe mean is {glue:text}`mean`.\n", "'mean' cannot be quoted"),
        ("\nRead $\\frac{1$.\n", "alone.md:19:KaTeX parse error"),
        ('\n<img alt="far" src="https://example.org/far.png">\n', "asks the network for https:"),
    ],
    ids=["widget", "svg", "number", "formula", "request"],
)
def test_page_that_would_let_the_reader_down_fails_the_build(book, text, message):
    book.append("book/alone.md", text)
    assert_fails(book, message)


def test_notebook_offered_is_clean(book):
    assert 'href="../_sources/book/reader.ipynb"' in book.page("reader")
    download = book.root / "_build/html/_sources/book/reader.ipynb"
    notebook = json.loads(download.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 2
    assert "from helpers.results import load" in "".join(code[1]["source"])
    assert [cell["outputs"] for cell in code] == [[], []]
    assert "cache_key" not in download.read_text(encoding="utf-8")
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_binder_button_follows_origin_where_there_is_one(book):
    assert "mybinder.org" not in book.page("alone")
    for arguments in (
        ["init", "-q", "-b", "spring"],
        ["remote", "add", "origin", "git@github.com:reader/fork.git"],
    ):
        subprocess.run(["git", *arguments], cwd=book.root, check=True)
    assert book.rebuild() == set()
    notebook = "lab%2Ftree%2Fnotebooks%2Falone.ipynb"
    link = f"https://mybinder.org/v2/gh/reader/fork/spring?urlpath={notebook}"
    assert f'href="{link}"' in book.page("alone")


# Books of one or two pages


@pytest.fixture
def page(tmp_path):
    """A book of one page, not yet built, in a folder whose name some programs dislike."""
    return write_book(tmp_path / "a bööok", {"alone": ""})


def notebook_of(book, chapter):
    path = book.root / f"_build/html/_sources/book/{chapter}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def source(notebook):
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


PRINTS_A_VARIABLE = """
import os, sys
print(os.environ.get("COMPLAINT", ""), end="", file=sys.stderr)
"""


def test_execution_that_fails_the_build_is_not_kept(page):
    page.append("book/alone.md", CELL.format(PRINTS_A_VARIABLE))
    status, output = page.build(COMPLAINT="Invalid value for OMP_NUM_THREADS")
    assert status != 0 and "stderr" in output
    status, output = page.build()
    assert status == 0, output
    status, output = page.build("--all")
    assert status == 0 and "Using cached notebook" in output  # one that passes is kept


def test_notebooks_survive_a_warning_and_a_failing_cell_where_warnings_are_shown(page):
    """As Binder builds them."""
    page.append(
        "book/alone.md", "\nSee {ref}`nowhere`.\n" + CELL.format("raise ValueError('broken')")
    )
    status, output = page.build(WARNINGS="shown")
    assert status == 0, output
    assert "undefined label: 'nowhere'" in output and "ValueError: broken" in output
    assert "raise ValueError" in source(notebook_of(page, "alone"))
    status, output = page.build()
    assert status != 0


# Without Python's UTF-8 mode, a folder's name in other letters cannot be written to the cache.
@pytest.mark.parametrize(
    ("folder", "variables"),
    [("a bööok", {}), ("a book", {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})],
    ids=["UTF-8 mode", "ASCII"],
)
def test_a_book_is_built_where_the_locale_is_c(tmp_path, folder, variables):
    page = write_book(tmp_path / folder, {"alone": ""})
    page.append("book/alone.md", "\nA sentence with λ, ‖w‖ and é.\n" + CELL.format("print('λ')"))
    status, output = page.build(LC_ALL="C", **variables)
    assert status == 0, output
    assert "‖w‖ and é" in page.page("alone") and "λ\n" in page.page("alone")
    assert "‖w‖ and é" in source(notebook_of(page, "alone"))


def test_byte_order_mark_changes_nothing(page):
    text = (page.root / "book/alone.md").read_text(encoding="utf-8")
    page.write("book/alone.md", "\ufeff" + text)
    status, output = page.build()
    assert status == 0, output
    assert 'href="../_sources/book/alone.ipynb"' in page.page("alone")
    assert notebook_of(page, "alone")["metadata"]["kernelspec"]["name"] == "python3"
    assert "\ufeff" not in source(notebook_of(page, "alone"))


FIGURE = """
```{code-cell} python
---
mystnb:
  figure:
    name: fig-a
    caption: A line of text.
  image:
    alt: nothing
---
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg"/>')
```

See {numref}`fig-a` and {eq}`eq-a`.

$$
x = 1
$$ (eq-a)
"""


def test_notebook_has_the_numbers_of_the_page_when_chapters_are_numbered(tmp_path):
    book = write_book(tmp_path / "book", {"first": "", "second": ""})
    toc = {"format": "jb-book", "root": "book/first", "options": {"numbered": True}}
    book.write("_toc.yml", yaml.safe_dump(toc | {"chapters": [{"file": "book/second"}]}))
    book.append("book/second.md", FIGURE)
    status, output = book.build()
    assert status == 0, output
    [shown] = re.findall(r'class="caption-number">([^<]+)<', book.page("second"))
    [equation] = re.findall(r'class="eqno">\(([^<)]+)\)', book.page("second"))
    assert shown.strip() == "Fig. 1.1"
    text = source(notebook_of(book, "second"))
    assert f"**{shown.strip()}** A line of text." in text
    assert f"See {shown.strip()} and ({equation})." in text
    assert f"\\tag{{{equation}}}" in text


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "latex"])
def test_builder_that_would_leave_figures_out_is_refused(page, builder):
    status, output = page.build("--builder", builder)
    assert status != 0
    assert f"the book has to be built by the builder 'html': pages by '{builder}'" in output
    assert "Executing notebook" not in output


def test_two_builds_at_once_take_turns(page):
    page.append("book/alone.md", CELL.format("import time; time.sleep(5)"))
    builds = [page.start(), page.start()]
    printed = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], printed
    assert sum("Executing notebook" in text for text in printed) == 1


def test_files_that_begin_with_a_dot_are_not_the_books(page):
    for folder in ("book", "book/assets", "explorables", "helpers", "results"):
        for name in ("._alone.md", "._base.py", "._site.css"):
            (page.root / folder / name).write_bytes(b"\x00\x05\x16\x07\xff\xb0")
        for name in (".#alone.md", ".#base.py"):
            (page.root / folder / name).symlink_to("somebody@nowhere.1234:5678")
    page.append("book/alone.md", CELL.format("import explorables, helpers"))
    status, output = page.build()
    assert status == 0, output
    site = page.root / "_build/html"
    assert [path for path in site.rglob("*") if path.name.startswith("._")] == []


def test_pages_whose_name_begins_with_an_underscore_are_served_by_github(built):
    assert (built.root / "_build/html/.nojekyll").is_file()
