"""Robustness against accuracy: trainings that are interrupted, attacks, and what they left."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from trainings import check_that_it_goes_on, split_images, tiny_network

from experiments import (
    record,
    robustness,
    robustness_linear,
    robustness_measures,
    robustness_pictures,
    robustness_tilting,
    study,
    training,
)
from experiments.robustness import Run
from helpers import architectures, evaluation, robust_linear
from helpers.results import FOLDER, load_arrays, load_figures, load_robustness, load_table
from helpers.weights import load_weights

pytestmark = pytest.mark.usefixtures("one_thread")

COLUMNS = (
    "experiment,model,norm,eps_train,n_train,seed,clean,robust_eps,robust,attack,minutes"
).split(",")
FEW = {"every": 2, "steps": 4, "radii": {"linf": [0.05, 0.3], "l2": [0.5, 2.0, 3.0]}}
FEW_PIXELS = {"eps_train": [0.0, 0.1], "pixels": [1, 5, 20], "eps": [0.0, 0.05, 0.1, 0.2, 0.3]}
FEW_PICTURES = {
    "steps": 5,
    "targets": 2,
    "walk": 5,
    "images": 25,
    "components": 5,
}


@pytest.fixture(scope="module")
def data():
    return split_images(noise=0.2)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Small networks, short trainings and weak attacks; files go to a folder of the test."""
    monkeypatch.setattr(study, "folder_of", lambda name, _: tmp_path / "trained" / name)
    for module in (robustness_measures, record):
        monkeypatch.setattr(module, "FOLDER", tmp_path / "results")
    monkeypatch.setattr("helpers.results.FOLDER", tmp_path / "results")
    monkeypatch.setattr(architectures, "conv_2c2f", tiny_network)
    quick = {"epochs": 4, "batch": 30, "learning_rate": 0.01, "ramp": 0.5}
    recipes = {name: replace(recipe, **quick) for name, recipe in robustness.RECIPES.items()}
    monkeypatch.setattr(robustness, "RECIPES", recipes)
    monkeypatch.setattr(robustness, "FEW", 0)
    settings = robustness_measures.SETTINGS | FEW
    monkeypatch.setattr(robustness_measures, "SETTINGS", settings)
    return tmp_path


def trained(run, data):
    return robustness.trained(run, data, disable=True)


# Trainings


@pytest.mark.parametrize("run", [Run("standard", 20, 1), Run("linf_0.3"), Run("l2_2", 20)])
def test_a_training_that_is_killed_goes_on_as_if_it_had_not_been(monkeypatch, small, data, run):
    at = (record.os, "replace", 3)
    curves = check_that_it_goes_on(monkeypatch, run.checkpoint, lambda: trained(run, data), at)
    assert len(curves) == 4


def test_the_rate_falls_and_eps_rises(small, data, monkeypatch):
    seen = []
    train = training.training.train

    def noted(network, X, y, optimiser, *settings, after_epoch, **rest):
        loss = settings[3]

        def note(epoch):
            seen.append((optimiser.param_groups[0]["lr"], loss.eps))
            after_epoch(epoch)

        train(network, X, y, optimiser, *settings, after_epoch=note, **rest)

    monkeypatch.setattr(training.training, "train", noted)
    trained(Run("l2_2"), data)
    rates, eps = zip(*seen, strict=True)
    assert eps == (1, 2, 2, 2)
    expected = [0.005 * (1 + math.cos(math.pi * share)) for share in (0, 1 / 4, 1 / 2, 3 / 4)]
    assert rates == pytest.approx(expected)


def test_weights_have_half_precision(small, data):
    network, _ = trained(Run("standard"), data)
    for W in network.parameters():
        assert W.dtype == torch.float32 and torch.equal(W, W.half().float())


@pytest.mark.parametrize("n", [1, 7, 60, 120])
def test_few_images_are_repeated_until_they_are_as_many_as_all(data, n):
    X, y = data[0]
    few, labels = robustness.drawn(X, y, n, seed=3)
    assert few.shape == X.shape and labels.shape == y.shape
    kinds, counts = few.unique(dim=0, return_counts=True)
    assert len(kinds) == n and counts.max() - counts.min() <= 1
    assert len(few[:n].unique(dim=0)) == n
    pairs = {(*x[:5].tolist(), c) for x, c in zip(X, y.tolist(), strict=True)}
    assert {(*x[:5].tolist(), c) for x, c in zip(few, labels.tolist(), strict=True)} <= pairs


def test_draws_are_nested_and_differ_by_seed(data):
    small, large, other = (robustness.drawn(*data[0], *of)[0] for of in ((5, 0), (9, 0), (5, 1)))
    assert torch.equal(small[:5], large[:5])
    assert not torch.equal(small[:5], other[:5])


def test_the_plan():
    runs = robustness.all_runs()
    assert len(set(runs)) == len({run.name for run in runs}) == len(runs)
    whole = [run for run in runs if run.n == robustness.ALL]
    for model in ("standard", "linf_0.3", "l2_2"):
        assert [run.seed for run in whole if run.model == model] == [0, 1, 2]
    for norm in ("linf", "l2"):
        assert len({run.recipe.eps for run in whole if run.recipe.norm == norm}) >= 3
    for model in ("standard", "l2_2"):
        for n in (100, 300, 1000, 3000, 10_000):
            assert [run.seed for run in runs if (run.model, run.n) == (model, n)] == [0, 1, 2]
    assert {run.recipe.attack_steps for run in runs} == {7}
    assert {run.recipe.epochs for run in runs if run.n <= robustness.FEW} == {6}
    assert {run.recipe.epochs for run in whole} == {12}
    for run in runs:
        assert run.recipe.norm == "none" or run.recipe.eps in run.radii[run.recipe.norm]


def test_as_many_images_are_trained_on_as_are_said(mnist):
    assert len(training.split(mnist)[0][1]) == robustness.ALL


# Measures


def test_the_images_that_are_attacked_come_from_all_of_the_test_set(mnist):
    X, y = robustness_measures.attacked_images(*training.split(mnist)[2])
    assert len(X) == len(y) == 1000
    assert np.array_equal(X[-1], mnist.x_test[9990])


# Gradients and large changes


def test_gradients_are_clipped_at_three_sigma():
    g = torch.randn(4, 784, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [[1.0], [1e-9], [1e6], [0.0]]
    )
    g[0, :2] = torch.tensor([100.0, -100.0])
    grey = robustness_pictures.as_grey(g)
    assert grey.dtype == torch.uint8 and (grey[3] == 128).all()
    assert grey[0, :2].tolist() == [255, 1]
    torch.testing.assert_close(
        robustness_pictures.as_grey(2 * g), grey, atol=0, rtol=0
    )  # lengths mean nothing
    sigma = g[1].std()
    inside = g[1].abs() < 3 * sigma
    drawn = (grey[1, inside].float() - 128) / 127 * 3 * sigma
    torch.testing.assert_close(drawn, g[1, inside], atol=0.012 * sigma.item(), rtol=0)


def test_large_changes_stay_within_eps_after_rounding(small, data):
    network, _ = trained(Run("standard"), data)
    X, y = data[2]
    for norm, p in (("l2", 2), ("linf", math.inf)):
        moved = robustness_pictures.large_changes(network, X, (y + 1) % 10, norm)
        eps = robustness_pictures.SETTINGS["eps"][norm]
        lengths = (moved - X).norm(dim=1, p=p)
        assert lengths.max() <= eps + 1e-5 and lengths.min() > 0.8 * eps
        greys = 255 * moved
        torch.testing.assert_close(greys, greys.round(), atol=1e-3, rtol=0)
        assert greys.min() > -1e-3 and greys.max() < 255.001


@pytest.fixture
def few_pictures(small, monkeypatch):
    settings = robustness_pictures.SETTINGS | FEW_PICTURES
    monkeypatch.setattr(robustness_pictures, "SETTINGS", settings)


def test_pictures_of_networks(few_pictures, data):
    found = {model: trained(Run(model), data)[0] for model in ("standard", "l2_2")}
    arrays, figures = robustness_pictures.results(found, data[0], data[2])
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    check_pictures(arrays, figures, list(found), FEW_PICTURES)
    assert json.loads(json.dumps(figures)) == figures
    assert figures["judge_clean"] > 90
    images = torch.tensor(arrays["images"]) / 255
    for k, network in enumerate(found.values()):
        for norm in ("linf", "l2"):
            moved = torch.tensor(arrays[norm][k]) / 255
            for place, at in ((0, images[:, None].expand_as(moved)), (-1, moved)):
                scores = evaluation.scores(network, at.flatten(0, 1)).unflatten(0, (10, 2))
                walked = torch.tensor(arrays[f"walk_{norm}"][k][:, :, place])
                torch.testing.assert_close(walked, scores, atol=2e-2, rtol=2e-3)


# Linear classifiers


@pytest.fixture(scope="module")
def pair(data):
    """Two of the classes as the linear experiment has them, to train, held out and to test."""
    found = []
    for X, y in data:
        rows = (y == 5) | (y == 7)
        found.append((X[rows].double().numpy(), (y[rows] - 6).numpy()))
    return found


@pytest.fixture
def few_pixels(small, monkeypatch):
    monkeypatch.setattr(robustness_linear, "SETTINGS", robustness_linear.SETTINGS | FEW_PIXELS)


def test_the_linear_part(few_pixels, pair):
    arrays = robustness_linear.arrays_of(*pair)
    arrays = {name: np.asarray(values) for name, values in arrays.items()}
    check_linear(arrays, pair[2])
    rows = robustness_linear.rows_of(arrays, {"n_train": 24})
    assert len(rows) == 4 * (2 + 3) and all(set(row) == set(COLUMNS) for row in rows)


def test_training_on_the_best_pixels_leaves_out_the_others(pair):
    X, y = pair[0]
    correlation = robust_linear.correlations(X, y)
    w, b = robustness_linear.fit_on_best(X, y, correlation, 5)
    used = np.flatnonzero(w)
    assert 1 <= len(used) <= 5
    assert np.abs(correlation[used]).min() >= np.sort(np.abs(correlation))[-5]
    assert np.mean(y * (X @ w + b) > 0) > 0.9


# A small run


@pytest.fixture
def run_all(few_pictures, few_pixels, small, data, pair, monkeypatch):
    """Runs the whole experiment with the runs it is given, in this process."""
    digits = {robustness_linear: pair, robustness_pictures: data, robustness: data}
    for module, few in digits.items():
        monkeypatch.setattr(module, "STUDY", replace(module.STUDY, data=lambda few=few: few))
    tilting = replace(robustness_tilting.STUDY, runs=list)  # has tests of its own
    monkeypatch.setattr(robustness_tilting, "STUDY", tilting)
    monkeypatch.setattr(robustness_pictures, "load_networks", lambda: stored(small / "results"))

    def in_this_process(work, runs, jobs, after_each):
        for run in runs:
            work(run, position=0)
            after_each()

    monkeypatch.setattr(study, "in_processes", in_this_process)
    monkeypatch.setattr("sys.argv", ["robustness"])

    def run_all(*runs):
        monkeypatch.setattr(robustness, "STUDY", replace(robustness.STUDY, runs=lambda: list(runs)))
        robustness.main()

    return run_all


def stored(folder):
    """The networks of this experiment whose weights are in results/, by name."""
    return {
        path.stem: load_weights(architectures.conv_2c2f(), path)
        for path in sorted((folder / "robustness/weights").glob("*.safetensors"))
    }


def test_a_run_leaves_its_results(run_all, small, data):
    runs = [Run("standard"), Run("l2_2"), Run("l2_2", 20), Run("l2_2", seed=1)]
    run_all(*runs)
    rows = list(csv.DictReader((small / "results/robustness/summary.csv").open()))
    assert list(rows[0]) == COLUMNS
    assert [row["experiment"] for row in rows if row["model"] == "l2_2"] == (
        ["networks"] * 5 + ["sizes"] * 3 + ["networks"] * 5
    )
    for run in runs:
        check_run(run, images=25)
    kept = stored(small / "results")
    assert set(kept) == {run.name for run in runs if run.n == robustness.ALL}
    for run in (run for run in runs if run.name in kept):
        figures, network = load_figures(run.result), kept[run.name]
        assert figures["clean"] == robustness.correct(network, *data[2])
        few = robustness_measures.attacked_images(*data[2])
        fooling = robustness_measures.fooling_radii(network, *few, run.radii)
        for norm, radii in fooling.items():
            assert np.array_equal(load_arrays(run.result)[f"fooling_{norm}"], radii)
    pictures = load_arrays(robustness_pictures.NAME), load_figures(robustness_pictures.NAME)
    check_pictures(*pictures, sorted(kept), FEW_PICTURES)


def test_what_is_done_is_not_done_again(run_all, small, monkeypatch):
    runs = [Run("standard"), Run("standard", 20)]
    run_all(*runs)
    files = {path: path.stat().st_mtime_ns for path in small.rglob("*.npz")}
    assert len(files) == 4
    run_all(*runs)
    assert {path: path.stat().st_mtime_ns for path in small.rglob("*.npz")} == files
    changed = replace(Run("standard").recipe, learning_rate=0.02)
    monkeypatch.setitem(robustness.RECIPES, "standard", changed)
    assert not any(run.is_done for run in runs)


def test_the_networks_of_a_model_are_read(run_all):
    run_all(Run("l2_2"), Run("l2_2", seed=1), Run("l2_2", 20))
    one, other = load_robustness("l2_2")
    assert (one["figures"]["seed"], other["figures"]["seed"]) == (0, 1)
    assert one["settings"]["eps"] == 2 and one["seconds"] >= 0
    assert one["held_out"].shape == (4,) and one["fooling_l2"].shape == (25,)
    (few,) = load_robustness("l2_2", 20)
    assert few["figures"]["n_train"] == 20
    message = (
        r"model and n_train must be one of \[\('l2_2', 20\), \('l2_2', 55000\)\]; "
        r"they were 'standard', 20"
    )
    with pytest.raises(ValueError, match=message):
        load_robustness("standard", 20)


# What is in results/


def check_run(run, images):
    """That the numbers of a network are those of its arrays, and those of the summary."""
    figures, arrays = load_figures(run.result), load_arrays(run.result)
    table = load_table("robustness")
    rows = table[
        (table["model"] == run.model) & (table["n_train"] == run.n) & (table["seed"] == run.seed)
    ]
    assert set(rows["clean"]) == {figures["clean"]}
    for norm, radii in run.radii.items():
        fooling = arrays[f"fooling_{norm}"]
        assert len(fooling) == images
        levels = [100 * (fooling > 0).mean()]
        for eps, share in zip(radii, figures["robust"][norm], strict=True):
            assert share == pytest.approx(100 * (fooling > np.float32(eps)).mean(), abs=1e-3)
            assert share <= levels[-1]
            levels.append(share)
            named = rows["attack"] == f"{norm}-{robustness_measures.PGD}"
            (row,) = rows[named & (rows["robust_eps"] == eps)]
            assert row["robust"] == share and row["eps_train"] == run.recipe.eps


def check_pictures(arrays, figures, names, settings):
    count, targets, walk = len(names), settings["targets"], settings["walk"]
    assert figures["networks"] == names
    assert set(figures["likeness"]) == {"noise", *names}
    assert arrays["images"].shape == (10, 784) and arrays["images"].dtype == np.uint8
    assert arrays["targets"].shape == (10, targets)
    assert not (arrays["targets"] == np.arange(10)[:, None]).any()
    assert arrays["gradients"].shape == (count, 10, 784)
    assert arrays["gradients"].dtype == np.uint8
    images = arrays["images"][:, None] / 255
    for norm, p in (("linf", np.inf), ("l2", 2)):
        assert arrays[norm].shape == (count, 10, targets, 784) and arrays[norm].dtype == np.uint8
        lengths = np.linalg.norm(arrays[norm] / 255 - images, ord=p, axis=-1)
        assert lengths.max() <= robustness_pictures.SETTINGS["eps"][norm] + 1e-6
        assert arrays[f"walk_{norm}"].shape == (count, 10, targets, walk, 10)
        assert np.isfinite(arrays[f"walk_{norm}"]).all()
        starts = arrays[f"walk_{norm}"][:, :, :, 0]
        assert (starts == starts[:, :, :1]).all()


def check_linear(arrays, test_set):
    """That the accuracies are those of the weights, and in the order that they must have."""
    X, y = test_set
    for k, (w, b) in enumerate(zip(arrays["w"], arrays["b"], strict=True)):
        margin = y * (X @ w + b)
        for eps, share in zip(arrays["eps"], arrays["robust"][k], strict=True):
            found = 100 * (margin > eps * np.abs(w).sum()).mean()
            assert share == pytest.approx(found, abs=0.2)
    for kind in ("", "_of_pixels"):
        exact, in_range = arrays[f"robust{kind}"], arrays[f"robust_in_range{kind}"]
        assert (np.diff(exact) <= 0).all() and (np.asarray(exact) <= in_range).all()
    used = [np.count_nonzero(w) for w in arrays["w_of_pixels"]]
    assert all(n <= k for n, k in zip(used, arrays["pixels"], strict=True))


@pytest.fixture
def done():
    return [run for run in robustness.all_runs() if run.is_done]


def test_the_figures_describe_the_arrays(done):
    for run in done:
        check_run(run, images=1000)


def test_the_stored_pictures():
    if record.is_done(robustness_pictures.NAME, robustness_pictures.SETTINGS):
        name, settings = robustness_pictures.NAME, robustness_pictures.SETTINGS
        check_pictures(load_arrays(name), load_figures(name), settings["networks"], settings)


def test_the_stored_linear_classifiers(mnist):
    if record.is_done(robustness_linear.NAME, robustness_linear.SETTINGS):
        test_set = robustness_linear.digit_pair(mnist, 5, 7, split="test")
        check_linear(load_arrays(robustness_linear.NAME), test_set)


def test_the_results_are_small():
    files = (FOLDER / "robustness").rglob("*")
    assert sum(path.stat().st_size for path in files if path.is_file()) < 8e6
