"""The problem sets, graded by nbgrader: solutions, untouched releases, and wrong answers."""

import re
from functools import cache
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from homework import release

WRONG = Path(__file__).resolve().parent / "wrong_answers"
SETS = release.read_sets()
HEADER = re.compile(r"^# %% (\S+), fails (.+?): (\D.*)\n", re.M)


def wrong_answers(name):
    """A tuple for each: the answer it stands for, the tests it fails, what is wrong, and code."""
    text = (WRONG / f"{name}.py").read_text(encoding="utf-8")
    _, *parts = HEADER.split(text)
    for answer, tests, why, code in zip(*[iter(parts)] * 4, strict=True):
        yield answer, {f"test-{test.replace(':', '-')}" for test in tests.split(", ")}, why, code


@cache
def students(name):
    """Submissions to a problem set: a dict from a student to a dict from answers to code.

    The student wrong-0 gives the first wrong answer to every question, wrong-1 the second, and so
    on, and the right one where there are no more. No test may depend on another one's answer.
    """
    by_answer = {}
    for answer, *rest in wrong_answers(name):
        by_answer.setdefault(answer, []).append((answer, *rest))
    rounds = zip_longest(*by_answer.values())
    wrong = {f"wrong-{k}": [each for each in given if each] for k, given in enumerate(rounds)}
    return {"solution": [], "untouched": None} | wrong


def hand_in(course, name, student, wrong):
    """A student's submission: our solution with some wrong answers, or the release (None)."""
    notebook = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
    if wrong is not None:
        source = nbformat.read(course / "source" / name / f"{name}.ipynb", 4)
        answers = {cell.id: cell.source for cell in source.cells if "answer" in cell.metadata}
        answers |= {answer: code for answer, _, _, code in wrong}
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
    path = course / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def grade(course, name):
    """Autograde what was handed in: a dict from a student to a dict from tests to (score, most)."""
    graded = release.course_api(course).autograde(name, "*")
    assert graded["success"], graded
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.max_score)
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.name.startswith("test-")
            }
            for submission in gradebook.assignment_submissions(name)
        }


@pytest.fixture(scope="module", params=SETS)
def graded(request, tmp_path_factory):
    """A problem set's name, and its marks: see grade."""
    name, course = request.param, tmp_path_factory.mktemp("course")
    release.release(course, {name: SETS[name]})
    for student, wrong in students(name).items():
        hand_in(course, name, student, wrong)
    return name, grade(course, name)


def test_each_solution_earns_full_marks(graded):
    _, marks = graded
    assert [test for test, (score, most) in marks["solution"].items() if score != most] == []


def test_an_untouched_release_earns_nothing(graded):
    _, marks = graded
    assert [test for test, (score, _) in marks["untouched"].items() if score != 0] == []


def test_each_wrong_answer_fails_its_tests_and_no_other(graded):
    name, marks = graded
    for student, wrong in students(name).items():
        if wrong:
            failed = {test for test, (score, most) in marks[student].items() if score != most}
            expected = {test: why for _, tests, why, _ in wrong for test in tests}
            assert failed == expected.keys(), expected


def test_each_question_has_wrong_answers(graded):
    name, marks = graded
    failed = set().union(*(tests for _, tests, _, _ in wrong_answers(name)))
    assert failed == marks["solution"].keys()
