"""The LeNets: trainings that are interrupted, and the results that they left."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from trainings import check_that_it_goes_on, noisy_images, same_weights

from experiments import lenet, record, study, training
from helpers import architectures, attacks, evaluation
from helpers.noise import BatchNoise
from helpers.results import FOLDER, load_arrays, load_figures
from helpers.weights import load_weights

COLUMNS = (
    "decay,init,seed,err_train,err_test,rms_conv1,rms_conv2,rms_fc1,rms_fc2,temperature,"
    "equal_confidence_median,deepfool_median,robust_l2_1,robust_l2_2,robust_linf_01"
).split(",")
FEW = {
    "images": 20,
    "steps": 2,
    "restarts": 1,
    "equal_confidence_images": 20,
    "confidence": 0.6,
}


@pytest.fixture
def data():
    """Ten classes of noisy images, as the experiment's tensors: X, y, X_test, y_test."""
    X, y = noisy_images(noise=0.1)
    return [X[:150], y[:150], X[150:], y[150:]]


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The experiment's files go to a folder of the test."""
    monkeypatch.setattr(study, "folder_of", lambda *_: tmp_path / "trained")
    monkeypatch.setattr(record, "FOLDER", tmp_path / "results")
    return tmp_path


def few_epochs(monkeypatch, epochs):
    monkeypatch.setattr(lenet, "RECIPE", replace(lenet.RECIPE, epochs=epochs))


# Trainings


@pytest.mark.parametrize("when", ["before", "while", "after"])
def test_a_training_that_is_killed_goes_on_as_if_it_had_not_been(
    monkeypatch, elsewhere, data, when
):
    """Killed before the first network is written, while the second is, or after it."""
    run = lenet.Run(1e-1, seed=3)
    few_epochs(monkeypatch, 3)
    at = {
        "before": (training, "write_checkpoint", 1),
        "while": (record.os, "replace", 2),
        "after": (lenet.evaluation, "error_rate", 5),
    }[when]
    curves = check_that_it_goes_on(
        monkeypatch,
        run.checkpoint,
        lambda: lenet.trained(run, data, disable=True),
        at,
        leaves=when != "before",
    )
    assert len(curves) == 3


def test_a_finished_training_is_not_repeated(elsewhere, data, monkeypatch):
    run = lenet.Run(1e-4)
    few_epochs(monkeypatch, 2)
    network, curves = lenet.trained(run, data, disable=True)
    again, same = lenet.trained(run, data, disable=True)
    assert same == curves and same_weights(network, again)


def test_runs_differ_in_name_and_start():
    runs = lenet.all_runs()
    assert len({run.name for run in runs}) == len(runs)
    X = torch.zeros(2, 784)
    one, other, scaled = (
        lenet.new_network(run, X)
        for run in (lenet.Run(1e-4), lenet.Run(1e-4, seed=1), lenet.Run(1e-4, "fan_out"))
    )
    assert not same_weights(one, other)
    assert [network.normalise.scale.item() for network in (one, scaled)] == [255, 1]


def test_the_plan():
    runs, settings = lenet.all_runs(), lenet.SETTINGS
    published = [run for run in runs if run.init == "hundredth"]
    for decay in (settings["low"], settings["high"]):
        assert sorted(run.seed for run in published if run.decay == decay) == [0, 1, 2, 3, 4]
        assert lenet.Run(decay, "fan_out") in runs
    assert len({run.decay for run in published}) >= 7


def test_a_run_leaves_its_results(monkeypatch, elsewhere, data):
    monkeypatch.setattr(lenet, "ATTACKS", FEW)
    few_epochs(monkeypatch, 1)
    few = replace(lenet.STUDY, data=lambda: data)
    monkeypatch.setattr("helpers.results.FOLDER", elsewhere / "results")

    run = lenet.all_runs()[0]
    assert not run.is_done
    study.work(few, run)
    study.write_summary(few)
    assert run.is_done
    with (elsewhere / "results/lenet/summary.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert list(row) == COLUMNS
    figures = load_figures(run.result)
    assert list(figures) == COLUMNS and float(row["err_test"]) == figures["err_test"]
    assert load_arrays(run.result)["robust_l2"].shape == (len(lenet.RADII["l2"]),)

    stored = architectures.lenet(torch.zeros(784))
    load_weights(stored, elsewhere / "results/lenet/low.safetensors")
    assert 100 * evaluation.error_rate(stored, *data[2:]) == figures["err_test"]


# What is in results/


@pytest.fixture
def done():
    return [run for run in lenet.all_runs() if run.is_done]


def test_the_summary_has_a_row_for_each_network(done):
    with (FOLDER / "lenet" / "summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    for run, row in zip(done, rows, strict=True):
        assert row == {name: str(value) for name, value in load_figures(run.result).items()}
        assert (float(row["decay"]), row["init"], int(row["seed"])) == (
            run.decay,
            run.init,
            run.seed,
        )


def test_the_figures_describe_the_arrays(done):
    for run in done:
        figures, arrays = load_figures(run.result), load_arrays(run.result)
        assert len(arrays["err_test"]) == lenet.RECIPE.epochs
        assert figures["err_test"] == pytest.approx(float(arrays["err_test"][-1]), abs=1e-4)
        for name in ("equal_confidence", "deepfool"):
            assert figures[f"{name}_median"] == pytest.approx(float(np.median(arrays[name])))
        assert arrays["roughness"].shape == (3,)
        for kind in ("adversarial", "deepfool"):
            walk = arrays[f"walk_{kind}"]
            assert walk.shape == (10, lenet.WALK, 10)
            np.testing.assert_array_equal(walk[:, 0], arrays["scores"][arrays["shown"]])
        few = arrays["shown_deepfool"].astype(float) - arrays["shown_images"] / 255
        lengths = np.linalg.norm(few, axis=1)
        np.testing.assert_allclose(lengths, arrays["deepfool"][arrays["shown"]], atol=0.02)
        for norm in ("l2", "linf"):
            curve = arrays[f"robust_{norm}"]
            assert np.all(np.diff(curve) <= 0) and 0 <= curve[-1] <= curve[0] <= 100
        rms = [figures[f"rms_{name}"] for name in lenet.LAYERS]
        np.testing.assert_allclose(arrays["rms"][-1], rms, rtol=1e-5)
        sizes = [np.sqrt(np.mean(arrays[f"filter_rms_{name}"] ** 2)) for name in lenet.LAYERS]
        np.testing.assert_allclose(sizes, rms, rtol=1e-4)


def test_the_results_are_small():
    folder = FOLDER / "lenet"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 4.5e6


class SharedNoise(BatchNoise):
    """Starts as the experiment drew them: from one source for all images of a batch."""

    def of(self, rows):
        self.m = len(rows)
        return self


@pytest.mark.slow
def test_the_stored_network_is_the_one_that_was_measured(mnist, monkeypatch):
    monkeypatch.setattr(attacks, "Noise", SharedNoise)
    X, y = torch.from_numpy(mnist.x_test), torch.from_numpy(mnist.y_test)
    network = load_weights(
        architectures.lenet(torch.zeros(784)), FOLDER / "lenet" / "low.safetensors"
    )
    result = lenet.Run(lenet.SETTINGS["low"]).result
    figures, radii = load_figures(result), load_arrays(result)["radii_linf"][1:2].tolist()
    err_test = 100 * evaluation.error_rate(network, X, y)
    assert err_test == pytest.approx(figures["err_test"], abs=0.3)

    few = lenet.ATTACKS["images"]
    options = {name: lenet.ATTACKS[name] for name in ("steps", "restarts")}
    robust = attacks.robust_accuracy(network, X[:few], y[:few], radii, "linf", **options)
    assert 100 * robust[-1] == pytest.approx(figures["robust_linf_01"], abs=0.3)
