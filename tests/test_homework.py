"""The problem sets, made and graded by nbgrader: solutions, untouched releases, wrong answers."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest

from homework import check, release

ROOT = Path(__file__).resolve().parent.parent
WRONG = Path(__file__).resolve().parent / "wrong_answers"
SETS = release.read_sets()
HEADER = re.compile(r"^# %% (\S+), fails (.+?): (\D.*)\n", re.M)
PARAMETERS = re.compile(r"(?<=:tags: \[parameters\]\n\n).*?(?=```)", re.S)
CHANGED = {
    "attacks": 'MODEL, EPS_LINF, EPS_L2, STEPS, SEED = "adversarial", 0.2, 2.5, 20, 11',
    "certificates": 'MODEL, EPS, SEED = "adversarial", 0.3, 21',
    "geometry": "I, J, STRONG, WEAK, NEAREST = 1, 7, 10, 60, 2.0",
    "regularisation-path": "I, J, LAM, EXCESS, EXTRA_ERROR = 1, 7, 0.1, 0.02, 0.4",
    "robustness-and-accuracy": "P, D, ETA, EPS, SEED = 0.85, 30, 0.2, 0.45, 3",
}


def wrong_answers(name):
    """For each, the answer it stands for, the tests that it fails, and its code."""
    text = (WRONG / f"{name}.py").read_text(encoding="utf-8")
    _, *parts = HEADER.split(text)
    for answer, tests, _, code in zip(*[iter(parts)] * 4, strict=True):
        yield answer, {f"test-{test.replace(':', '-')}" for test in tests.split(", ")}, code


def wrong_students(name):
    """The student wrong-0 gives the first wrong answer to every question, wrong-1 the second, and
    so on, and the right one where there are no more: each a list of wrong answers.

    That they lose what these fail and no more shows that no test needs another one's answer.
    """
    by_answer = {}
    for wrong in wrong_answers(name):
        by_answer.setdefault(wrong[0], []).append(wrong)
    rounds = zip_longest(*by_answer.values())
    return {f"wrong-{k}": [wrong for wrong in each if wrong] for k, each in enumerate(rounds)}


def grade_all(course, name):
    """Every submission to a problem set, graded, and our solution to it with other parameters."""
    other = f"{name}-changed"
    changed = PARAMETERS.sub(CHANGED[name] + "\n", SETS[name])
    release.release(course, {name: SETS[name], other: changed})
    check.hand_in(course, name, "untouched")
    check.hand_in(course, name, "solution", {})
    for student, wrong in wrong_students(name).items():
        check.hand_in(course, name, student, {answer: code for answer, _, code in wrong})
    check.hand_in(course, other, "changed", {})
    return check.grade(course, name) | check.grade(course, other)


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """What each student earned, by problem set: see check.grade. Two sets are graded at a time."""
    courses = [tmp_path_factory.mktemp(name) for name in SETS]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return dict(zip(SETS, pool.map(grade_all, courses, SETS), strict=True))


every_set = pytest.mark.parametrize("name", SETS)


@pytest.mark.slow
@every_set
def test_each_solution_earns_full_marks(name, marks):
    assert check.lost(marks[name]["solution"]) == set()


@pytest.mark.slow
@every_set
def test_each_solution_earns_full_marks_with_other_parameters(name, marks):
    assert len(PARAMETERS.findall(SETS[name])) == 1
    assert check.lost(marks[name]["changed"]) == set()


@pytest.mark.slow
@every_set
def test_an_untouched_release_earns_nothing(name, marks):
    assert [test for test, (score, _) in marks[name]["untouched"].items() if score] == []


@pytest.mark.slow
@every_set
def test_wrong_answers_fail_their_tests_and_no_others(name, marks):
    for student, wrong in wrong_students(name).items():
        expected = set().union(*(tests for _, tests, _ in wrong))
        assert check.lost(marks[name][student]) == expected, student


@every_set
def test_each_question_has_wrong_answers(name):
    tests = {cell.id for cell in cells(SETS[name]) if "test" in cell.metadata}
    assert set().union(*(failed for _, failed, _ in wrong_answers(name))) == tests


def cells(text):
    return release.source_notebook(text).cells


# What is made of a problem set


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder with all problem sets."""
    folder = tmp_path_factory.mktemp("course")
    release.release(folder, SETS)
    return folder


@pytest.mark.slow
@every_set
def test_a_release_shows_no_solution_and_no_hidden_test(name, course):
    text = (course / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    for mark in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "Rubric", "Solution"):
        assert mark not in text
    released = {cell.id: cell for cell in nbformat.reads(text, 4).cells}
    for cell in cells(SETS[name]):
        if "answer" in cell.metadata:
            assert "raise NotImplementedError()" in released[cell.id].source
            for body in re.findall(r"BEGIN SOLUTION\n(.*?) *### END", cell.source, re.S):
                assert body not in released[cell.id].source


@every_set
def test_each_task_has_a_solution_and_a_rubric(name):
    tasks = [cell for cell in cells(SETS[name]) if "task" in cell.metadata]
    assert tasks
    for cell in tasks:
        question, scheme = cell.source.split("=== BEGIN MARK SCHEME ===")
        assert question.strip() and "**Solution.**" in scheme and "**Rubric.**" in scheme
        assert scheme.rstrip().endswith("=== END MARK SCHEME ===")


@pytest.mark.slow
def test_the_same_source_makes_the_same_notebook(course, tmp_path):
    release.release(tmp_path, {"geometry": SETS["geometry"]})
    for kind in ("source", "release"):
        path = Path(kind, "geometry", "geometry.ipynb")
        assert (tmp_path / path).read_bytes() == (course / path).read_bytes()


@pytest.mark.slow
def test_the_settings_of_a_course_stay(tmp_path):
    settings = tmp_path / "nbgrader_config.py"
    settings.write_text("# mine\nc = get_config()\n", encoding="utf-8")
    release.release(tmp_path, {"geometry": SETS["geometry"]})
    assert settings.read_text(encoding="utf-8") == "# mine\nc = get_config()\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":points: 2", ":points: 0", "points of the test 'signed-distance' must be 1 or more"),
        (":test: d-adv\n", ":test: d\n", r"each answer must have a test.*\['d-adv'\]"),
        (":answer: d-adv", ":answer: tilting-plane", r"each id must.* once.*\['tilting-plane'\]"),
    ],
)
def test_a_mistake_in_a_problem_set_is_named(old, new, message):
    with pytest.raises(ValueError, match=message):
        release.source_notebook(SETS["geometry"].replace(old, new))


@pytest.mark.slow
def test_what_nbgrader_refuses_is_an_error(tmp_path):
    unfinished = SETS["geometry"].replace("### END HIDDEN TESTS", "", 1)
    with pytest.raises(RuntimeError, match="(?s)nbgrader refused geometry:.*No end hidden tests"):
        release.release(tmp_path, {"geometry": unfinished})


def test_the_summary_for_the_guide_is_that_of_the_problem_sets():
    summary = json.loads(check.SUMMARY.read_text(encoding="utf-8"))
    assert all(of.pop("seconds") > 0 for of in summary.values())
    assert summary == {name: check.describe(text) for name, text in SETS.items()}


# An instructor's path


@pytest.mark.slow
def test_from_a_fresh_clone_to_feedback(tmp_path):
    clone = tmp_path / "clone"
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, encoding="utf-8").split(
        "\0"
    )
    for path in (Path(name) for name in names if (ROOT / name).is_file()):
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, clone / path)
    (clone / ".venv").symlink_to(sys.prefix)  # what `make homework` would install
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment["PYTHONPATH"] = str(clone)

    def run(*command, cwd):
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("make", "--old-file", ".venv/.homework", "homework", cwd=clone)
    course = clone / "course"
    assert {path.name for path in (course / "release").iterdir()} == SETS.keys()
    [(answer, _, code), *_] = wrong_answers("geometry")
    check.hand_in(course, "geometry", "ada", {answer: code})
    downloaded = course / "downloaded/geometry/archive/ada_1815_file_geometry.ipynb"
    downloaded.parent.mkdir(parents=True)
    shutil.move(course / "submitted/ada/geometry/geometry.ipynb", downloaded)
    shutil.rmtree(course / "submitted")

    run("nbgrader", "zip_collect", "geometry", cwd=course)
    run("nbgrader", "autograde", "geometry", cwd=course)
    run("nbgrader", "generate_feedback", "geometry", cwd=course)
    run("nbgrader", "export", cwd=course)

    feedback = (course / "feedback/ada/geometry/geometry.html").read_text(encoding="utf-8")
    assert "AssertionError" in feedback and "Rubric" in feedback
    with (course / "grades.csv").open(encoding="utf-8") as file:
        [row] = [row for row in csv.DictReader(file) if row["assignment"] == "geometry"]
    of = check.describe(SETS["geometry"])
    assert row["student_id"] == "ada"
    assert float(row["max_score"]) == of["autograded"] + of["written"]
    assert float(row["score"]) == of["autograded"] - 2  # the written answers are not marked yet
