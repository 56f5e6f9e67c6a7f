"""A chapter's download reads like its page."""

import re
import subprocess
import sys
from pathlib import Path

import chapter_notebook
import nbformat
import pytest
from bs4 import BeautifulSoup
from pybtex.database import parse_file, parse_string

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(
    path.stem
    for path in (ROOT / "book").glob("*.md")
    if "\nkernelspec:" in path.read_text(encoding="utf-8")
)
IN_LAB = {"kbd"}  # roles that JupyterLab shows as the page does


# --- one small chapter

CHAPTER = """\
---
title: A chapter
kernelspec:
  display_name: Python 3
  name: python3
---
# Title

An error of {glue:text}`error:.1f` % on {glue:text}`machine`, says {footcite:t}`one,three`, in
{doc}`other`, {doc}`this one <other>` and {doc}`../glossary` {footcite:p}`two`; see {numref}`fig-a`.

$$
x = 1
$$

$$
x = 2
$$ (eq-two)

- In a list, before {eq}`eq-two`:

  $$
  x = 3
  $$

```{code-cell} python
---
tags: [remove-input]
mystnb:
  figure:
    name: fig-a
    caption: |
      Fell to {glue:text}`error:.2f` %,
      they say.
---
from helpers.plots import PALETTE
```

```{code-cell} python
print("shown")
```

```{exercise} Find out
:label: ex-find
Press {kbd}`Tab`.
```

```{prf:proof}
As above.
```

## References

```{footbibliography}
```
"""
WORKS = """
@article{one, author={Ana Zorn}, title={First}, journal={J}, year={2001}}
@article{two, author={Bo Young and Cy {\\'E}tan}, title={Second}, journal={J}, year={2002}}
@article{three, author={D X and E Y and F Z}, title={Third}, journal={J}, year={2003}}
"""
PAGE = chapter_notebook.Page(
    name="book/chapter",
    numbers={"fig-a": "7", "eq-two": "12", "ex-find": "3"},
    titles={"book/other": "Another chapter", "glossary": "Glossary"},
    notebooks={"book/chapter", "book/other"},
    entries=parse_string(WORKS, "bibtex").entries,
    values={"error": 3.14159, "machine": "two cores"},
)
FILLED = """\
# Title

An error of 3.1 % on two cores, says Zorn (2001), X et al. (2003), in
[Another chapter](other.ipynb), [this one](other.ipynb) and *Glossary* (Young and Étan, 2002); \
see Fig. 7.

\\begin{equation*}
x = 1
\\end{equation*}

\\begin{equation*}
x = 2 \\tag{12}
\\end{equation*}

- In a list, before (12):

  \\begin{equation*}
  x = 3
  \\end{equation*}"""


@pytest.fixture(scope="module")
def small():
    return nbformat.reads(chapter_notebook.notebook(CHAPTER, PAGE), as_version=4)


def test_notebook_is_valid_and_the_same_each_time(small):
    nbformat.validate(small)
    assert chapter_notebook.notebook(CHAPTER, PAGE) == chapter_notebook.notebook(CHAPTER, PAGE)
    assert small.metadata.kernelspec == {"display_name": "Python 3", "name": "python3"}


@pytest.mark.parametrize("own", [None, "helpers.py", "helpers/__init__.py", "helpers/own.py"])
def test_a_students_own_helpers_are_named_in_one_line(small, own, tmp_path):
    check = small.cells[1]
    assert check.metadata.jupyter.source_hidden
    if own:
        path = tmp_path / own
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise SystemExit('is not run')", encoding="utf-8")
    command = [sys.executable, "-c", check.source]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert bool(done.returncode) == bool(own)
    if own:
        told = done.stderr.splitlines()[-1]
        assert told.startswith(f"ImportError: {tmp_path / 'helpers'}")
        assert told.endswith(" hides the book's helpers: rename it, and restart the kernel")


def test_text_is_filled_in(small):
    assert small.cells[0].source == FILLED


def test_caption_follows_its_figure_whose_source_is_folded(small):
    figure, caption, shown = small.cells[2:5]
    assert figure.source == "from helpers.plots import PALETTE"
    assert figure.metadata.jupyter.source_hidden
    assert caption.source == "**Fig. 7** Fell to 3.14 %,\nthey say."
    assert "jupyter" not in shown.metadata


def test_exercises_keep_the_numbers_of_the_page_and_proofs_have_none(small):
    end = small.cells[5].source
    assert "```{exercise} Find out\n:label: ex-find\n:enumerator: 3\nPress {kbd}`Tab`." in end
    assert "```{prf:proof}\n:enumerated: false\nAs above." in end


def test_references_are_sorted_by_author(small):
    works = small.cells[5].source.partition("## References\n\n")[2].splitlines()
    assert [work.partition(".")[0] for work in works] == [
        "- D X, E Y, and F Z",
        "- Bo Young and Cy Étan",
        "- Ana Zorn",
    ]


@pytest.mark.parametrize("text", ["{glue:text}`none:.1f`", "{doc}`none`", "{footcite:t}`none`"])
def test_what_the_book_does_not_have_is_an_error(text):
    with pytest.raises(KeyError):
        chapter_notebook.notebook(f"{CHAPTER}\n{text}\n", PAGE)


# --- the chapters


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request, site):
    """A chapter's downloaded notebook, and its page."""
    name = request.param
    notebook = nbformat.read(site / f"_sources/book/{name}.ipynb", as_version=4)
    page = BeautifulSoup((site / f"book/{name}.html").read_text(encoding="utf-8"), "html.parser")
    return notebook, page.find("article")


def test_code_is_the_chapters_and_none_of_the_publishing_tools(chapter):
    notebook, page = chapter
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert bool(code) == bool(page.select("div.cell, figure"))
    assert [source for source in code if re.search(r"myst_nb|glue|quoted", source)] == []


def words(notebook):
    """The notebook's text, in one line."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return " ".join(text.split())


def test_download_is_a_valid_notebook_without_outputs(chapter):
    notebook, _ = chapter
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_nothing_is_left_that_only_the_book_can_show(chapter):
    text = words(chapter[0])
    assert set(re.findall(r"\{([\w:]+)\}`", text)) <= IN_LAB
    assert not re.findall(r"footbibliography|\$\$|^\(.*\)=$", text)
    keys = parse_file(ROOT / "book/references.bib").entries
    assert [key for key in keys if key in text] == []


def test_values_are_those_of_the_page(chapter):
    notebook, page = chapter
    text = words(notebook)
    values = page.find_all(class_="pasted-text")
    for value in values:
        after = value.next_sibling if isinstance(value.next_sibling, str) else ""
        after = re.match(r"[\w\s.,%]*", " ".join(f"|{after}|".split())[1:])[0]
        assert value.text + after.rstrip() in text


def test_figures_formulas_and_exercises_have_the_numbers_of_the_page(chapter):
    notebook, page = chapter
    text = words(notebook)
    kinds = [number.text.split() for number in page.find_all(class_="caption-number")]
    for figure in (number for kind, number in kinds if kind == "Fig."):
        assert f"**Fig. {figure}** " in text
    numbered = [number for kind, number in kinds if kind in ("Exercise", "Theorem")]
    assert re.findall(r":enumerator: (\S+)", text) == numbered
    formulas = [number.text.strip("()#") for number in page.find_all(class_="eqno")]
    assert re.findall(r"\\tag\{([\d.]+)\}", text) == formulas


def test_references_are_those_of_the_page(chapter):
    notebook, page = chapter
    footnotes = [" ".join(note.find("p").text.split()) for note in page.select("aside.footnote")]
    items = re.findall(r"^- (.*)$", notebook.cells[-1].source.replace("'", "’"), re.M)
    assert sorted(items[-len(footnotes) :] if footnotes else ()) == sorted(footnotes)


def test_links_lead_to_chapters_beside_it(chapter, site):
    links = re.findall(r"\]\(([^)]*\.ipynb)\)", words(chapter[0]))
    assert [link for link in links if not (site / "_sources/book" / link).exists()] == []


def test_what_the_page_hides_is_folded(chapter):
    for cell in chapter[0].cells:
        hidden = {"remove-input", "remove-cell"} & set(cell.metadata.get("tags", ()))
        assert bool(hidden) == cell.metadata.get("jupyter", {}).get("source_hidden", False)
