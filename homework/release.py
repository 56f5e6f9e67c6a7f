"""The problem sets as notebooks for students: python -m homework.release [FOLDER].

A problem set is a file homework/<name>.md, solutions and hidden tests included. From it this
command makes, in a course folder of nbgrader's (FOLDER, or course/),

    source/<name>/<name>.ipynb     the same as a notebook that nbgrader understands,
    release/<name>/<name>.ipynb    what students get: no solutions and no hidden tests.

Both are made anew each time. The folder's nbgrader_config.py, gradebook and submissions stay.

What a cell is for, its metadata say:

    answer: <id>             the student's code; between BEGIN and END SOLUTION lies ours
    test: <id>, points: 2    worth 2 points if it runs without an error; further tests of the same
                             answer are called <id>:<what>
    task: <id>, points: 5    a question in words, with the rubric that graders see; the empty cell
                             for the answer follows it

All other cells with code are given: what students change in them does not count.
"""

import argparse
import logging
import os
import shutil
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from helpers import hidden
from helpers.files import read_source, visible_files

HERE = Path(__file__).resolve().parent
NOT_SETS = {"README", "rules"}
SETS = [path for path in visible_files(HERE, "*.md") if path.stem not in NOT_SETS]
ANSWER_HERE = "*Your answer:*"
KINDS = {
    "answer": {"solution": True},
    "test": {"grade": True, "locked": True},
    "task": {"task": True, "locked": True},
    "given": {"locked": True},
}


def source_notebook(text):
    """The problem set ``text``, MyST Markdown, as a notebook with nbgrader's metadata.

    Raises ValueError where a test or a task has no points, where an answer has no test, and where
    two cells have the same id.
    """
    notebook = jupytext.reads(text, fmt="md:myst")
    title, *rest = notebook.cells
    notebook.cells = [title, *jupytext.read(HERE / "rules.md").cells]
    given, prose = count(1), count(1)
    for cell in [new_code_cell(hidden.SOURCE), *rest]:
        kind = next((kind for kind in KINDS if kind in cell.metadata), None)
        if kind is None and cell.cell_type == "code":
            kind, cell.metadata["given"] = "given", f"given-{next(given)}"
        if kind:
            cell.metadata["nbgrader"] = nbgrader_metadata(kind, cell)
        notebook.cells.append(cell)
        if kind == "task":
            notebook.cells.append(new_markdown_cell(ANSWER_HERE))
    for cell in notebook.cells:  # jupytext's are random
        named = cell.metadata.get("nbgrader", {})
        cell.id = named.get("grade_id") or f"text-{next(prose)}"
    check_ids(notebook)
    return notebook


def check_ids(notebook):
    """ValueError where an id is there twice, or an answer has no test."""
    ids = Counter(cell.id for cell in notebook.cells)
    if twice := [name for name, times in ids.items() if times > 1]:
        raise ValueError(f"each id must be there once; these are there more often: {twice}")
    answers = [cell.id for cell in notebook.cells if "answer" in cell.metadata]
    if untested := [answer for answer in answers if f"test-{answer}" not in ids]:
        raise ValueError(f"each answer must have a test of its id; these have none: {untested}")


def nbgrader_metadata(kind, cell):
    """What nbgrader wants to know of a cell of this kind."""
    name = cell.metadata[kind]
    flags = dict.fromkeys(("grade", "solution", "locked", "task"), False) | KINDS[kind]
    grade_id = f"test-{name.replace(':', '-')}" if kind == "test" else name
    metadata = {"schema_version": 3, "cell_type": cell.cell_type, "grade_id": grade_id, **flags}
    if kind in ("test", "task"):
        points = cell.metadata.get("points")
        if not (isinstance(points, int) and points > 0):
            raise ValueError(f"points of the {kind} {name!r} must be 1 or more; it was {points!r}")
        metadata["points"] = points
    return metadata


def course_api(folder):
    """nbgrader's Python interface to the course in this folder, with the course's settings."""
    # nbgrader runs alembic, which lies beside this Python: .venv need not be activated.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    api.log.setLevel(logging.ERROR)
    return api


def release(folder, texts):
    """Make source and release of each problem set in the course folder.

    texts: dict from a name to its MyST Markdown. Raises ValueError where a set is not as described
    above, and RuntimeError with nbgrader's log where nbgrader refuses it.
    """
    folder = Path(folder).resolve()
    for name, text in texts.items():
        path = folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(source_notebook(text), path)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        shutil.copy(HERE / "nbgrader_config.py", config)
    api = course_api(folder)
    for name in texts:
        made = api.generate_assignment(name)
        if not made["success"]:
            raise RuntimeError(f"nbgrader refused {name}:\n{made['log']}\n{made.get('error')}")


def read_sets():
    """The MyST Markdown of every problem set: a dict from its name."""
    return {path.stem: read_source(path) for path in SETS}


def main():
    parser = argparse.ArgumentParser(description="Make the students' notebooks.")
    parser.add_argument("folder", nargs="?", default="course", type=Path)
    folder = parser.parse_args().folder
    release(folder, read_sets())
    for name in read_sets():
        print(folder / "release" / name / f"{name}.ipynb")


if __name__ == "__main__":
    main()
