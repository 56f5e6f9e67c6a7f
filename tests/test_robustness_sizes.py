"""Training-set sizes: one recipe for all, pairs by seed, and runs that go on where they were."""

import csv
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from trainings import check_that_it_goes_on, same_weights, split_images, tiny_network

from experiments import record, robustness, robustness_measures, study, training
from experiments import robustness_sizes as sizes
from experiments.robustness_sizes import ALL, Run
from helpers import architectures
from helpers.augmentation import Augmented
from helpers.paired import gain_over_seeds
from helpers.results import load_arrays, load_figures, load_sizes

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def data():
    return split_images(noise=0.2)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Small networks, short trainings and weak attacks; files go to a folder of the test."""
    monkeypatch.setattr(study, "folder_of", lambda name, _: tmp_path / "trained" / name)
    monkeypatch.setattr(record, "FOLDER", tmp_path / "results")
    monkeypatch.setattr("helpers.results.FOLDER", tmp_path / "results")
    monkeypatch.setattr(architectures, "conv_2c2f", tiny_network)
    quick = {"epochs": 4, "batch": 30, "learning_rate": 0.01, "ramp": 0.5}
    recipes = {name: replace(recipe, **quick) for name, recipe in sizes.RECIPES.items()}
    monkeypatch.setattr(sizes, "RECIPES", recipes)
    monkeypatch.setattr(robustness, "RECIPES", robustness.RECIPES | recipes)
    monkeypatch.setattr(sizes, "SETTINGS", sizes.SETTINGS | {"steps": 4})
    return tmp_path


def trained(run, data):
    return sizes.trained(run, data, disable=True)


# The plan


def test_the_plan():
    runs = sizes.all_runs()
    assert len({run.name for run in runs}) == len({run.result for run in runs}) == len(runs)
    seeds = {}
    for run in runs:
        seeds.setdefault((run.model, run.n), []).append(run.seed)
    assert {n for _, n in seeds} == set(sizes.SIZES) and sizes.SIZES[-1] == ALL
    for (model, n), found in seeds.items():
        assert found == list(range(len(found)))
        assert set(found) <= set(seeds["standard", n])  # each has its pair
        assert len(found) >= (5 if model in ("standard", "l2_2", "linf_0.3") and n < 30_000 else 3)
    for model in ("standard", "l2_1", "linf_0.1", "shifts", "noise", "longer"):
        assert len(seeds[model, ALL]) == 5
    for model in ("l2_2", "linf_0.3", "l2_1", "linf_0.1"):
        assert {n for of, n in seeds if of == model} == set(sizes.SIZES)


def test_one_seed_after_the_other():
    assert [run.seed for run in sizes.all_runs()] == sorted(run.seed for run in sizes.all_runs())


def test_all_sizes_have_the_recipe_of_the_networks_that_learn_from_all_images():
    for run in sizes.all_runs():
        if run.model not in sizes.CONTROLS:
            assert run.recipe == robustness.Run(run.model).recipe


def test_a_control_differs_from_standard_training_in_what_it_controls():
    standard = asdict(sizes.RECIPES["standard"])
    adversarial = sizes.RECIPES["l2_1"]
    longer = asdict(sizes.RECIPES["longer"])
    assert longer == standard | {"epochs": longer["epochs"]}
    assert longer["epochs"] == (adversarial.attack_steps + 1) * adversarial.epochs
    for model, change in (("shifts", {"shift": 2}), ("noise", {"noise": 0.1})):
        recipe = sizes.RECIPES[model]
        assert asdict(recipe) == standard | {"shift": 0, "noise": 0} | change
        assert isinstance(recipe.loss(), Augmented)
        assert (recipe.loss().shift, recipe.loss().noise) == (recipe.shift, recipe.noise)


def test_every_network_is_attacked_in_the_norm_of_its_training():
    for run in sizes.all_runs():
        if run.recipe.norm == "none":
            assert set(run.radii) == {"linf", "l2"}
        else:
            assert list(run.radii) == [run.recipe.norm]
            assert run.recipe.eps in run.radii[run.recipe.norm]


# Trainings


@pytest.mark.parametrize("run", [Run("shifts", 20, 1), Run("noise", 60), Run("linf_0.1", 20)])
def test_a_training_that_is_killed_goes_on_as_if_it_had_not_been(monkeypatch, small, data, run):
    at = (record.os, "replace", 3)
    curves = check_that_it_goes_on(monkeypatch, run.checkpoint, lambda: trained(run, data), at)
    assert len(curves) == 4


def test_all_sizes_take_as_many_steps(small, data, monkeypatch):
    steps, step = [], torch.optim.Adam.step
    monkeypatch.setattr(torch.optim.Adam, "step", lambda self: steps.append(0) or step(self))
    counts = []
    for n in (1, 50, 120):
        steps.clear()
        trained(Run("standard", n), data)
        counts.append(len(steps))
    assert counts == [4 * 4] * 3


def test_networks_of_all_images_are_those_of_the_table(small, data):
    table, _ = robustness.trained(robustness.Run("l2_1"), data, disable=True)
    network, _ = trained(Run("l2_1", ALL), data)
    assert same_weights(network, table)
    other, _ = trained(Run("l2_1", 20), data)
    assert not same_weights(other, table)


def test_the_networks_of_a_pair_start_alike_and_see_the_same_images(small, data, monkeypatch):
    seen, train = [], robustness.train

    def noted(run, network, X, y, *others, **rest):
        seen.append((network.state_dict()["0.weight"].clone(), X, y))
        return train(run, network, X, y, *others, **rest)

    monkeypatch.setattr(robustness, "train", noted)
    for run in (Run("standard", 20, 1), Run("l2_2", 20, 1), Run("shifts", 20, 1)):
        trained(run, data)
    for others in seen[1:]:
        assert all(torch.equal(*pair) for pair in zip(seen[0], others, strict=True))


# A small run


@pytest.fixture
def run_all(small, data, monkeypatch):
    """Runs the study with the runs it is given, in this process."""

    def in_this_process(work, runs, jobs, after_each):
        for run in runs:
            work(run, position=0)
            after_each()

    monkeypatch.setattr(study, "in_processes", in_this_process)

    def run_all(*runs):
        study.drive(replace(sizes.STUDY, runs=lambda: list(runs), data=lambda: data))

    return run_all


RUNS = [Run(model, 20, seed) for seed in (0, 1) for model in ("standard", "l2_1", "shifts")]


def check_run(run, test_set):
    """That the numbers of a network are those of its arrays."""
    figures, arrays = load_figures(run.result), load_arrays(run.result)
    few, _ = robustness_measures.attacked_images(*test_set)
    assert figures["clean"] == pytest.approx(100 * arrays["right"].mean(), abs=1e-3)
    assert arrays["right"].shape == (len(test_set[1]),)
    for norm, radii in run.radii.items():
        fooling = arrays[f"fooling_{norm}"]
        assert np.array_equal(fooling > 0, arrays["right"][:: sizes.SETTINGS["every"]])
        assert len(fooling) == len(few)
        shares = [100 * (fooling > np.float32(eps)).mean() for eps in radii]
        assert figures["robust"][norm] == pytest.approx(shares, abs=1e-3)


def test_a_run_leaves_its_results(run_all, small, data):
    run_all(*RUNS)
    for run in RUNS:
        check_run(run, data[2])
    with (small / "results/robustness/sizes/summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == sizes.COLUMNS
    models = [row["model"] for row in rows]
    assert models == 2 * (4 * ["standard"] + 2 * ["l2_1"] + 4 * ["shifts"])
    for row in rows:
        assert float(row["robust"]) <= 100 and row["n_train"] == "20"


def test_pairs_can_be_read_and_compared(run_all):
    run_all(*RUNS)
    one, other = (load_sizes(model, 20) for model in ("l2_1", "standard"))
    assert [network["figures"]["seed"] for network in one] == [0, 1]
    right, others = (np.array([of["right"] for of in networks]) for networks in (one, other))
    gains = [a["figures"]["clean"] - b["figures"]["clean"] for a, b in zip(one, other, strict=True)]
    assert gain_over_seeds(right, others).mean == pytest.approx(np.mean(gains), abs=1e-3)
    with pytest.raises(ValueError, match="model and n_train must be one of"):
        load_sizes("l2_1", 30)


def test_what_is_done_is_not_done_again(run_all, small, monkeypatch):
    run_all(*RUNS[:3])
    files = {path: path.stat().st_mtime_ns for path in small.rglob("*.npz")}
    assert len(files) == 3
    run_all(*RUNS[:4])
    after = {path: path.stat().st_mtime_ns for path in small.rglob("*.npz")}
    assert len(after) == 4 and files.items() <= after.items()
    changed = replace(RUNS[0].recipe, learning_rate=0.02)
    monkeypatch.setitem(sizes.RECIPES, "standard", changed)
    assert not RUNS[0].is_done


# What is in results/


def test_the_stored_figures_describe_the_arrays(mnist):
    test_set = training.split(mnist)[2]
    for run in study.done(sizes.STUDY):
        check_run(run, test_set)
