"""Grade our solutions with nbgrader: python -m homework.check, after any change of a problem set.

It prints the marks of each set's solution and the processor time of grading it, and notes them in
summary.json, where the guide for instructors finds them. Its exit status is 1 where a solution does
not earn full marks.
"""

import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from helpers.files import replaced
from homework import release

SUMMARY = Path(__file__).resolve().parent / "summary.json"


def hand_in(course, name, student, answers=None):
    """Put a student's submission into the course folder.

    answers: a dict from the ids of answers to code. The others are our solutions; with None the
    release is handed in as it is.
    """
    notebook = nbformat.read(course / "release" / name / f"{name}.ipynb", 4)
    if answers is not None:
        source = nbformat.read(course / "source" / name / f"{name}.ipynb", 4)
        solutions = {cell.id: cell.source for cell in source.cells if "answer" in cell.metadata}
        for cell in notebook.cells:
            cell.source = (solutions | answers).get(cell.id, cell.source)
    path = course / "submitted" / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def grade(course, name):
    """Autograde what was handed in: a dict from a student to a dict from tests to (score, most),
    the questions in words left out.

    Raises RuntimeError with nbgrader's log where it fails.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of nbgrader's use of its database
        api = release.course_api(course)
        graded = api.autograde(name, "*")
        # Another program may have taken the port of a kernel.
        if not graded["success"] and "Kernel died before replying" in graded["log"]:
            graded = api.autograde(name, "*", force=False)  # those that failed
    if not graded["success"]:
        raise RuntimeError(f"nbgrader could not grade {name}:\n{graded['log']}")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                each.name: (each.auto_score, each.max_score)
                for notebook in submission.notebooks
                for each in notebook.grades
                if each.name.startswith("test-")
            }
            for submission in gradebook.assignment_submissions(name)
        }


def lost(marks):
    """The tests in ``marks``, of one student, that did not earn all their points."""
    return {test for test, (score, most) in marks.items() if score != most}


def describe(text):
    """What the guide says of a problem set, without the time that grading takes: a dict."""
    notebook = release.source_notebook(text)
    points = {kind: [] for kind in ("test", "task")}
    for cell in notebook.cells:
        for kind in points.keys() & cell.metadata.keys():
            points[kind].append(cell.metadata["points"])
    return {
        **notebook.metadata["homework"],
        "autograded": sum(points["test"]),
        "written": sum(points["task"]),
    }


def check(name, text):
    """Grade the solution of a problem set: the tests that it does not pass, and the seconds of
    processor time that this took."""
    with tempfile.TemporaryDirectory() as course:
        course = Path(course)
        release.release(course, {name: text})
        hand_in(course, name, "solution", {})
        start = processor_seconds()
        marks = grade(course, name)["solution"]
        return lost(marks), processor_seconds() - start


def processor_seconds():
    """Of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def main():
    summary, all_lost = {}, set()
    for name, text in release.read_sets().items():
        failed, seconds = check(name, text)
        summary[name] = describe(text) | {"seconds": round(seconds)}
        result = f"does not pass {sorted(failed)}" if failed else "full marks"
        print(f"{name}: {result}, {seconds:.0f} s")
        all_lost |= failed
    with replaced(SUMMARY) as temporary:
        temporary.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    sys.exit(bool(all_lost))


if __name__ == "__main__":
    main()
