"""Every chapter quotes numbers that there are, and those that its cells compute."""

import ast
import re
from pathlib import Path

import jupytext
import pytest
import quoted_numbers
from test_jupyter import solution_cells

import explorables
from book.quoted import robustness_and_accuracy
from helpers.toy import NOISY_POINT

BOOK = Path(__file__).resolve().parent.parent / "book"

QUOTATION = re.compile(r"\{glue:text\}`([^`]+)`")
QUOTING = sorted(
    path for path in BOOK.glob("*.md") if QUOTATION.search(path.read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_no_line_of_prose_begins_with_a_per_cent_sign(path):
    """MyST takes such a line for a comment, and leaves it out without a word."""
    fenced = re.sub(r"^(`{3,}).*?^\1", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert not re.findall(r"^\s*%.*", fenced, re.M)


def test_the_question_in_the_guide_for_instructors_is_one():
    [source] = solution_cells((BOOK / "instructors.md").read_text(encoding="utf-8"))
    *setup, question = ast.parse(source).body
    names = {}
    exec(compile(ast.Module(setup, []), "instructors.md", "exec"), names)
    quiz = eval(compile(ast.Expression(question.value), "instructors.md", "eval"), names)
    assert isinstance(quiz, explorables.Quiz)


# --- the numbers in the text


@pytest.mark.parametrize("path", QUOTING, ids=lambda path: path.stem)
def test_every_number_that_the_text_quotes_is_computed(path):
    numbers = quoted_numbers.numbers(path.stem)
    for quotation in QUOTATION.findall(path.read_text(encoding="utf-8")):
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
