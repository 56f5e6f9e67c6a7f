"""The results of the experiments: written whole, read back as they were, and small."""

import json
import time

import numpy as np
import pytest

from experiments import record
from helpers import formats, results
from helpers.formats import Format

FOLDERS = sorted(path for path in results.FOLDER.iterdir() if path.is_dir())
ARRAYS = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "digits": np.array([0.7])}
TOY = {"w": Format("float32", ("rows", 3)), "digits": Format("uint8", (1,), "px", "", 10)}
FIGURES = {"weak": {"lam": 10.0, "mirror_distance": [0.1, 2.5]}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder that stands in for results/."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setitem(formats.FORMATS, "toy/arrays", TOY)
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


@pytest.mark.parametrize("bad", [{"arrays": {"w": np.array([{}])}}, {"figures": {"lam": object()}}])
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


def test_no_array_without_a_format(folder):
    with pytest.raises(KeyError, match="n_test"):
        save(arrays=ARRAYS | {"n_test": np.array(3)})
    with pytest.raises(KeyError, match="there are no formats of 'tea/arrays'"):
        record.save_arrays("tea/arrays", ARRAYS)
    assert list(folder.iterdir()) == []


def stored_arrays(path):
    """The arrays of a file as they are stored, and their formats."""
    file = path.relative_to(results.FOLDER).with_suffix("").as_posix()
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays), formats.formats_of(file)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_committed_array_has_its_format(folder):
    for path in folder.rglob("*.npz"):
        arrays, of_file = stored_arrays(path)
        missing = of_file.keys() - arrays.keys()
        assert arrays.keys() <= of_file.keys()
        assert not missing or "runs" in path.parts  # some networks are attacked in one norm only
        axes = {}
        for name, array in arrays.items():
            form = of_file[name]
            assert array.dtype == form.dtype, (path, name)
            form.check_shape(array)
            for axis, length in zip(form.shape, array.shape, strict=True):
                assert axes.setdefault(axis, length) == length, (path, name, axis)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_committed_arrays_are_stored_as_they_are_loaded(folder):
    for path in folder.rglob("*.npz"):
        arrays, of_file = stored_arrays(path)
        for name, array in arrays.items():
            again = of_file[name].encode(of_file[name].decode(array))
            assert again.dtype == array.dtype and np.array_equal(again, array), (path, name)


def test_stored_parts_of_a_pixel_say_what_the_format_says():
    for path in (results.FOLDER / "svm_mnist").rglob("*.npz"):
        arrays, of_file = stored_arrays(path)
        for scale, names in {
            "per_pixel": ("points", "horizontal", "vertical", "in_weak_plane"),
            "distances_per_pixel": ("distances",),
        }.items():
            per_unit = {of_file[name].per_unit for name in names if name in arrays} - {1}
            assert per_unit == ({arrays[scale].item()} if scale in arrays else set())


@pytest.mark.parametrize(
    "values, message",
    [
        ([[0.1, 0.2]], r"the array must have shape \('images',\); it had \(1, 2\)"),
        ([0.1, 70.0], "they range from 100.0 to 70000.0"),
        ([-0.1], "values must be stored as uint16, 0.001 px apart"),
        ([np.nan], "they range from nan to nan"),
    ],
)
def test_what_does_not_fit_a_format_is_not_stored(values, message):
    with pytest.raises(ValueError, match=message):
        Format("uint16", ("images",), "px", "", 1000).encode(np.array(values))


def test_infinity_is_stored_as_a_number_and_comes_back():
    form = Format("uint16", ("images",), "px", "", 1000, infinity=65535)
    stored = form.encode([1.2346, np.inf, 0])
    assert stored.dtype == np.uint16 and stored.tolist() == [1235, 65535, 0]
    assert form.decode(stored).tolist() == [1.235, np.inf, 0]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_committed_results_are_complete_and_come_from_their_experiment(folder):
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.rglob("run.json")]
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
        assert json.loads(path.read_text(encoding="utf-8"))
    tables = [results.load_table(folder.name)] if (folder / "summary.csv").is_file() else []
    assert all(len(table) for table in tables)


def test_committed_results_are_small():
    sizes = [path.stat().st_size for path in results.FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) < 45e6


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
