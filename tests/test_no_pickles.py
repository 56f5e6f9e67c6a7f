"""Nothing of the project runs what a data file says: pickles are never read."""

import ast

import jupytext
import pytest
from conftest import ROOT

UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}  # modules
LOADERS = {"torch.load", "joblib.load", "pd.read_pickle", "pandas.read_pickle"}
ARRAYS = {"np.load", "numpy.load"}  # these read pickles unless they are told not to
FOLDERS = ("helpers", "experiments", "book", "homework", "benchmarks", "binder")
PROGRAMS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
NOTEBOOKS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))


def unsafe(source):
    """What in a program could read a pickle, as it is written there."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names if name.name.split(".")[0] in UNSAFE]
            case ast.ImportFrom(module=str(module), names=names):
                found += [module] if module.split(".")[0] in UNSAFE else []
                loaders = {f"{module}.{name.name}" for name in names} & (LOADERS | ARRAYS)
                found += sorted(loaders)  # a call would not say where its name is from
            case ast.Call(func=func, keywords=keywords):
                options = {each.arg: each.value for each in keywords}
                name = ast.unparse(func)
                allowed = options.get("allow_pickle")
                is_forbidden = isinstance(allowed, ast.Constant) and allowed.value is False
                if name in LOADERS or (name in ARRAYS and not is_forbidden):
                    found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("from dill import load", ["dill"]),
        ("from torch import load, nn", ["torch.load"]),
        ("from joblib import Parallel", []),
    ],
)
def test_imports_of_what_reads_pickles_are_found(source, found):
    assert unsafe(source) == found


@pytest.mark.parametrize("loader", sorted(LOADERS | ARRAYS))
def test_calls_that_read_pickles_are_found(loader):
    call = f"{loader}(path)"
    assert unsafe(f"x = {call}") == [call]


@pytest.mark.parametrize("loader", sorted(ARRAYS))
def test_arrays_are_read_only_where_pickles_are_forbidden(loader):
    forbidden, *others = (f"{loader}(path, allow_pickle={value})" for value in (False, True, "it"))
    assert unsafe(forbidden) == []
    assert [unsafe(call) for call in others] == [[call] for call in others]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_program_reads_pickles(path):
    assert unsafe(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_notebook_reads_pickles(path):
    cells = jupytext.read(path, fmt="md:myst").cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert [found for source in code for found in unsafe(source)] == []
