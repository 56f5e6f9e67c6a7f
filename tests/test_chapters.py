"""Every chapter runs as a notebook, as the code in its solutions does, and quotes what there is."""

import ast
import doctest
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from book.quoted import robustness_and_accuracy
from helpers.toy import NOISY_POINT

BOOK = Path(__file__).resolve().parent.parent / "book"
sys.path.append(str(BOOK / "_ext"))

import quoted_numbers  # noqa: E402

CHAPTERS = sorted(path for path in BOOK.glob("*.md") if "{code-cell}" in path.read_text())
QUOTATION = re.compile(r"\{glue:text\}`([^`]+)`")
QUOTING = sorted(path for path in BOOK.glob("*.md") if QUOTATION.search(path.read_text()))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def solution_cells(text):
    """The chapter's ``python`` blocks as cells; a doctest checks the output it shows."""
    for source in BLOCK.findall(text):
        examples = doctest.DocTestParser().get_examples(source)
        if examples:
            yield "import contextlib, io"
        for example in examples:
            yield (
                "with contextlib.redirect_stdout(io.StringIO()) as printed:\n"
                f"    {example.source.strip()}\n"
                f"assert printed.getvalue() == {example.want!r}, printed.getvalue()"
            )
        if not examples:
            yield source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_and_its_solutions_run(path, tmp_path):
    notebook = jupytext.read(path)
    extra = [nbformat.v4.new_code_cell(source) for source in solution_cells(path.read_text())]
    notebook.cells += extra
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_no_line_of_prose_begins_with_a_per_cent_sign(path):
    """MyST takes such a line for a comment, and leaves it out without a word."""
    fenced = re.sub(r"^(`{3,}).*?^\1", "", path.read_text(), flags=re.M | re.S)
    assert not re.findall(r"^\s*%.*", fenced, re.M)


# --- the numbers in the text


@pytest.mark.parametrize("path", QUOTING, ids=lambda path: path.stem)
def test_every_number_that_the_text_quotes_is_computed(path):
    numbers = quoted_numbers.numbers(path.stem)
    for quotation in QUOTATION.findall(path.read_text()):
        assert quoted_numbers.as_text(numbers, quotation)
    plain = (bool, float, int, str)
    assert [name for name, value in numbers.items() if type(value) not in plain] == []


def test_a_page_has_numbers_where_its_text_quotes_any():
    modules = {path.stem.replace("_", "-") for path in (BOOK / "quoted").glob("[a-z]*.py")}
    assert modules == {path.stem for path in QUOTING}
    assert quoted_numbers.numbers("notation") == {}


def test_values_are_formatted():
    values = {"error": 3.14159, "count": 5, "machine": "two: cores"}
    quotations = ("error:.2f", "count", "count:.1f", "machine")
    shown = [quoted_numbers.as_text(values, quotation) for quotation in quotations]
    assert shown == ["3.14", "5", "5.0", "two: cores"]


@pytest.mark.parametrize(("quotation", "error"), [("none", KeyError), ("machine:.1f", ValueError)])
def test_what_cannot_be_quoted_is_an_error(quotation, error):
    with pytest.raises(error):
        quoted_numbers.as_text({"machine": "two cores"}, quotation)


PROBLEM = robustness_and_accuracy.PROBLEM


@pytest.mark.parametrize(
    ("chapter", "quoted"),
    [
        ("mirror-images", {"noisy_point": list(NOISY_POINT)}),
        ("tilting-angle", {"digits": (3, 8)}),
        (
            "robustness-and-accuracy",
            {"p": PROBLEM.p, "d": PROBLEM.d, "separation": round(PROBLEM.eta * PROBLEM.d**0.5, 9)},
        ),
    ],
)
def test_the_text_quotes_what_the_cells_compute_as_they_stand(chapter, quoted):
    """The first cell's parameters are those of the numbers in the text."""
    cells = jupytext.read(BOOK / f"{chapter}.md").cells
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    found = {}
    for statement in ast.parse(first).body:
        if isinstance(statement, ast.Assign):
            (target,), value = statement.targets, ast.literal_eval(statement.value)
            names = [name.id for name in ast.walk(target) if isinstance(name, ast.Name)]
            found |= zip(names, value if isinstance(target, ast.Tuple) else [value], strict=True)
    assert {name: found[name] for name in quoted} == quoted
