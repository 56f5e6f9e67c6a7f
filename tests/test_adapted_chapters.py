"""A chapter is there to be changed: with other values in its first cell, all of it runs.

Each download is run where a student may have it, in a folder of its own, with nothing but the
installed package.
"""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

from experiments.chapter_costs import CHAPTERS

SAYS = "# Change these and run the chapter again.\n"
OTHER_VALUES = {
    "intro": "t = 0.5; log_lam = -2.0",
    "mirror-images": (
        "image = [0.5, 0.3]; degrees = 20; noisy_point = [0.1, 0.2]; lams = (1e-4, 1e-2)"
    ),
    "scaling-the-loss": "seed = 5; n_each = 60; n_features = 7; digits = (1, 7); budget = 2.5",
    "tilting-angle": (
        "seed = 5; n_each = 40; n_features = 9; n_few = 11; digits = (0, 9); tilt = 35"
    ),
    "svm-on-mnist": "digits = (7, 1); n_images = 60; lams = [10, 0.1]",
    "svm-path": "n = 80; dims = 5; seed = 5; lam = 10",
    "weight-decay": "n_images = 300; decays = (1e-4, 1e-3, 1e-1); seed = 5",
    "lipschitz-margins": "n_images = 300; radii_c = (0.5,); seed = 5",
    "robustness-and-accuracy": (
        "p = 0.8; d = 50; separation = 2.0; n_images = 300; seed = 5; digits = (0, 3); "
        "eps_pixel = 0.2"
    ),
}
# The package is installed, and the folder it was installed from is not on the path.
ALONE = """
import importlib.util
import helpers
assert importlib.util.find_spec("experiments") is None
"""


def first_cell(notebook):
    """The first cell of code but the one that every notebook has."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"][1]


def parameters(source):
    """The lines of a first cell that are there to be changed."""
    return source.partition(SAYS)[2].partition("\n\n")[0]


def values(source):
    """The assignments in source, by the names they give a value to."""
    found = {}
    for statement in ast.parse(source).body:
        (target,), value = statement.targets, statement.value
        names = [name.id for name in ast.walk(target) if isinstance(name, ast.Name)]
        each = value.elts if isinstance(target, ast.Tuple) else [value]
        found |= zip(names, map(ast.unparse, each), strict=True)
    return found


@pytest.fixture(scope="module")
def downloads(site):
    """The downloaded notebooks, by name."""
    paths = sorted((site / "_sources/book").glob("*.ipynb"))
    return {path.stem: nbformat.read(path, as_version=4) for path in paths}


def test_every_chapter_with_figures_says_what_to_change(downloads):
    """The others only count and quote what is in results/."""
    assert OTHER_VALUES.keys() == set(CHAPTERS)
    assert all(SAYS in first_cell(downloads[name]).source for name in CHAPTERS)


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_each_value_is_changed(downloads, name):
    written = values(parameters(first_cell(downloads[name]).source))
    changed = values(OTHER_VALUES[name])
    assert changed.keys() == written.keys()
    assert [key for key in written if written[key] == changed[key]] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHER_VALUES)
def test_changed_chapter_runs_alone(downloads, name, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    notebook = downloads[name]
    cell = first_cell(notebook)
    cell.source = cell.source.replace(parameters(cell.source), OTHER_VALUES[name])
    notebook.cells.insert(0, nbformat.v4.new_code_cell(ALONE))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert list(tmp_path.iterdir()) == []  # a chapter leaves nothing behind
