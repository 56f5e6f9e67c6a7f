"""The results of the experiments: written whole, read back as they were, and small."""

import json
import time

import numpy as np
import pytest

from experiments import record
from helpers import results

FOLDERS = sorted(path for path in results.FOLDER.iterdir() if path.is_dir())
ARRAYS = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "digits": np.array([7], np.uint8)}
FIGURES = {"weak": {"lam": 10.0, "mirror_distance": [0.1, 2.5]}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder that stands in for results/."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    return tmp_path


def save(arrays=ARRAYS, figures=FIGURES):
    record.save("toy", arrays, figures, {"tol": 1e-3}, time.perf_counter())


def contents(folder):
    return {path.name: path.read_bytes() for path in (folder / "toy").iterdir()}


def test_what_was_saved_is_read_back(folder):
    save()
    arrays = results.load_arrays("toy")
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert (arrays[name] == array).all()
    assert results.load_figures("toy") == FIGURES


def test_a_run_says_how_to_repeat_it(folder):
    save()
    run = results.load_run("toy")
    assert run["command"] == "python -m experiments.toy"
    assert run["settings"] == {"tol": 1e-3}
    assert run["versions"]["numpy"] == np.__version__
    assert 0 <= run["seconds"] < 60


def test_the_same_results_are_the_same_bytes(folder):
    save()
    before = contents(folder)
    save()
    assert contents(folder) | {"run.json": b""} == before | {"run.json": b""}


@pytest.mark.parametrize(
    "bad", [{"arrays": {"w": np.array([{}])}}, {"figures": {"lam": object()}}]
)
def test_what_cannot_be_written_leaves_the_file_before_it(folder, bad):
    save()
    before = contents(folder)
    with pytest.raises((ValueError, TypeError)):
        save(**bad)
    assert contents(folder) == before


@pytest.mark.parametrize("load", [results.load_arrays, results.load_figures])
def test_a_missing_result_names_the_experiment_to_run(folder, load):
    with pytest.raises(FileNotFoundError, match=r"`python -m experiments\.toy` makes it"):
        load("toy")


def test_pickles_are_not_read(folder):
    (folder / "toy").mkdir()
    np.savez(folder / "toy" / "arrays.npz", w=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        results.load_arrays("toy")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_committed_results_are_complete_and_come_from_their_experiment(folder):
    runs = [json.loads(path.read_text()) for path in folder.rglob("run.json")]
    assert runs
    if folder.name == "page_costs":
        program, command = "benchmarks/pages.py", "python benchmarks/pages.py"
    else:
        program, command = f"experiments/{folder.name}.py", f"python -m experiments.{folder.name}"
    assert {run["command"] for run in runs} == {command}
    assert (results.FOLDER.parent / program).is_file()
    for path in folder.rglob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert arrays.files and all(arrays[name].size for name in arrays.files)
    for path in folder.rglob("figures.json"):
        assert json.loads(path.read_text())
    tables = [results.load_table(folder.name)] if (folder / "summary.csv").is_file() else []
    assert all(len(table) for table in tables)


def test_committed_results_are_small():
    sizes = [path.stat().st_size for path in results.FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) < 25e6


def test_one_run_of_an_experiment_is_missing(folder):
    with pytest.raises(FileNotFoundError, match=r"experiments\.toy` makes"):
        results.load_figures("toy/runs/1")


@pytest.mark.parametrize("pair", [(8, 3), (3, 3), (-1, 3), (3, 10), (3.5, 8)])
def test_no_svms_for_what_is_no_pair(pair):
    with pytest.raises(ValueError, match="i and j must be digits with i < j"):
        results.load_svms(*pair)


def test_svm_figures_are_the_rows_of_the_summary():
    figures, table = results.load_svm_figures(3, 8), results.load_table("svm_mnist")
    rows = table[(table["digit_i"] == 3) & (table["digit_j"] == 8)]
    assert len(figures) == len(rows) == 81
    for of, row in zip(figures, rows, strict=True):
        assert of["lam"] == pytest.approx(10 ** (row["alpha"] - 5))
        assert of["theta"] == row["theta"] and of["err_test"] == row["err_test"]


def test_the_lenets_of_a_decay_come_with_their_figures():
    lenets = results.load_lenets(1e-1)
    assert [lenet["figures"]["seed"] for lenet in lenets] == list(range(len(lenets)))
    for lenet in lenets:
        assert (lenet["figures"]["decay"], lenet["figures"]["init"]) == (1e-1, "hundredth")
        assert lenet["figures"]["err_test"] == pytest.approx(lenet["err_test"][-1], abs=1e-4)
    with pytest.raises(ValueError, match="decay and init must be one of .*; they were 5"):
        results.load_lenets(5)
