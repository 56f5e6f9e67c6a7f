"""The driver of experiments: what is done is not done again, and every experiment is a command."""

import ast
import csv
import json
import os
import pickle
import runpy
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from experiments import record, study
from helpers import data, formats, results
from helpers.formats import Format

FOLDER = Path(study.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
COMMANDS = [
    name for name in NAMES if "__main__" in (FOLDER / f"{name}.py").read_text(encoding="utf-8")
]


LONG = ("robustness/sizes", "attacked")  # computed over days: a part may be committed


def test_every_committed_run_is_done():
    runs = [run for name in COMMANDS for run in import_module(f"experiments.{name}").STUDY.runs()]
    assert [run.result for run in runs if not run.is_done and not run.result.startswith(LONG)] == []
    committed = {path.parent for path in results.FOLDER.rglob("run.json")}
    committed = {path.relative_to(results.FOLDER).as_posix() for path in committed}
    assert committed - {run.result for run in runs} == {"page_costs"}  # made by benchmarks/pages.py


@pytest.fixture(scope="module")
def touched():
    """The paths in the project that this process writes, moves or removes, as it does so.

    (Other processes may well be at work on results/ meanwhile.)
    """
    paths, watching = [], True

    def watch(event, arguments):
        if not watching:
            return
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.mkdir", "os.remove", "os.rename", "os.rmdir"):
            path = os.path.abspath(str(arguments[0]))
            if path.startswith(str(FOLDER.parent)) and "__pycache__" not in path:
                paths.append(path)

    sys.addaudithook(watch)
    yield paths
    watching = False  # a hook cannot be taken away


def test_what_is_touched_is_noted(touched):
    path = record.BUILD / "touched.json"
    record.write_json(path, {})
    path.unlink()
    assert {Path(each).name for each in touched} >= {"touched.json"}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("argument, status", [("--help", 0), ("--tea", 2), ("tea", 2)])
def test_every_experiment_reads_its_arguments_first(
    name, argument, status, touched, monkeypatch, capsys
):
    def nothing(*_, **__):
        raise AssertionError("it ran")

    touched.clear()
    module = f"experiments.{name}"
    monkeypatch.setattr(sys, "argv", [module, argument])
    monkeypatch.setattr(study, "drive", nothing)
    monkeypatch.setattr(data, "mnist_files", nothing)
    monkeypatch.delitem(sys.modules, module, raising=False)  # runpy warns of what is imported
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    assert ended.value.code == status
    printed = capsys.readouterr()
    if status == 0:
        text = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
        assert f"python -m experiments.{name}" in text and text in printed.out
    else:
        assert f"unrecognized arguments: {argument}" in printed.err
    assert touched == []


def test_all_else_in_experiments_is_imported():
    shared = {"lmt_measures", "plane", "record", "robustness_measures", "study", "training"}
    assert set(NAMES) - set(COMMANDS) == shared


# A study of two runs


@dataclass(frozen=True)
class Square(study.Run):
    n: int
    recipe: str = "plain"

    @property
    def result(self):
        return f"squares/runs/{self.n}"

    @property
    def settings(self):
        return {"recipe": self.recipe}


def trained(run, data, **bar):
    return run.n**2, [{"seconds": 0.1}, {"seconds": 0.2}]


def measured(run, square, curves, data):
    data.append(run.n)
    return {"square": square}, {"n": run.n, "epochs": len(curves)}


def in_this_process(work, runs, jobs, after_each):
    for run in runs:
        work(run, position=1)
        after_each()


@pytest.fixture
def squares(tmp_path, monkeypatch):
    """The study, and a list of the runs that were measured."""
    for module in (record, results):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setattr(study, "in_processes", in_this_process)
    monkeypatch.setitem(formats.FORMATS, "squares/runs/*", {"square": Format("int64", ())})
    seen = []

    def runs():
        return [Square(2), Square(3)]

    def summary(runs):
        return [results.load_figures(run.result) for run in runs]

    return study.Study("squares", runs, lambda: seen, measured, trained, None, summary), seen


def test_only_what_is_missing_is_done(squares, tmp_path):
    squares, seen = squares
    study.drive(squares)
    assert seen == [2, 3] and study.done(squares) == squares.runs()
    (tmp_path / "squares/runs/2/run.json").unlink()
    assert study.done(squares) == [Square(3)]
    study.drive(squares)
    assert seen == [2, 3, 2]
    study.drive(squares, anew=True)
    assert seen == [2, 3, 2, 2, 3]
    assert results.load_arrays("squares/runs/3")["square"] == 9


def test_the_summary_has_what_is_done_so_far(squares, tmp_path, monkeypatch):
    squares, _ = squares
    work = study.work

    def until_3(of, run, position=0):
        if run.n == 3:
            raise KeyboardInterrupt
        work(of, run, position)

    monkeypatch.setattr(study, "work", until_3)
    with pytest.raises(KeyboardInterrupt):
        study.drive(squares)
    with (tmp_path / "squares/summary.csv").open() as file:
        assert list(csv.DictReader(file)) == [{"n": "2", "epochs": "2"}]


def test_the_seconds_of_a_run_are_those_of_its_training_and_its_measures(squares):
    study.drive(squares[0])
    assert 0.3 <= results.load_run("squares/runs/2")["seconds"] < 30


def test_checkpoints_of_other_recipes_are_kept_apart():
    assert Square(2).checkpoint.name == Square(2, "other").checkpoint.name == "2.safetensors"
    assert Square(2).checkpoint != Square(2, "other").checkpoint


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_jobs_are_one_or_more(jobs, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["lmt", "--jobs", jobs])
    with pytest.raises(SystemExit):
        study.asked_jobs("A study.")
    assert "--jobs" in capsys.readouterr().err


def test_a_run_without_arrays_or_figures_leaves_only_how_it_was_run(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    nothing = study.Study(
        "tea", study.only("tea", lambda: {"cups": 2}), lambda: None, lambda run, data: ({}, {})
    )
    study.drive(nothing)
    assert [path.name for path in (tmp_path / "tea").iterdir()] == ["run.json"]
    run = json.loads((tmp_path / "tea/run.json").read_text(encoding="utf-8"))
    assert run["settings"] == {"cups": 2} and np.isfinite(run["seconds"])


@pytest.mark.parametrize("name", ["lenet", "lmt", "robustness", "robustness_sizes"])
def test_studies_of_networks_reach_their_processes(name):
    of_name = import_module(f"experiments.{name}").STUDY
    assert pickle.loads(pickle.dumps(of_name)) == of_name
