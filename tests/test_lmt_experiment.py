"""Lipschitz-margin training: trainings that are interrupted, measures, and what they left."""

import csv
import json
import math
from collections import OrderedDict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from lmt_networks import stored_network
from torch import nn
from trainings import check_that_it_goes_on, same_weights, split_images

from experiments import lmt, lmt_measures, record, study, training
from helpers import attacks, evaluation, lipschitz
from helpers.lmt import certified_radius
from helpers.results import FOLDER, load_arrays, load_figures, load_lmt, load_run

pytestmark = pytest.mark.usefixtures("one_thread")

COLUMNS = (
    "model,seed,clean,pgd_03,pgd_10,pgd_158,cert_03,cert_10,cert_158,median_certified,"
    "median_attack,ratio_i,ratio_ii,ratio_iii,lipschitz,minutes"
).split(",")
FEW = {
    "pgd_steps": 4,
    "pgd_restarts": 2,
    "decoupled_steps": 20,
    "chain_images": 15,
    "chain_samples": 2,
}
RADII = ["0.3", "1.0", "1.58"]


@pytest.fixture(scope="module")
def data():
    return split_images(noise=0.1)


def tiny_network(activation, batch_norm):
    """In place of 2C2F, whose proven bounds take seconds."""
    parts = OrderedDict(
        image=nn.Unflatten(1, (1, 28, 28)),
        conv1=nn.Conv2d(1, 4, 7, stride=7),
        norm1=nn.BatchNorm2d(4),
        activation1=activation(),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64, 10),
    )
    if not batch_norm:
        del parts["norm1"]
    return nn.Sequential(parts)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Small networks, short trainings and weak attacks; files go to a folder of the test."""
    monkeypatch.setattr(study, "folder_of", lambda name, _: tmp_path / "trained" / name)
    monkeypatch.setattr(record, "FOLDER", tmp_path / "results")
    monkeypatch.setattr("helpers.results.FOLDER", tmp_path / "results")
    monkeypatch.setattr(lmt.architectures, "conv_2c2f", tiny_network)
    quick = {"epochs": 4, "batch": 60, "learning_rate": 0.01}
    recipes = {name: replace(recipe, **quick) for name, recipe in lmt.RECIPES.items()}
    recipes["best"] = replace(recipes["best"], planes=3, images=2)
    monkeypatch.setattr(lmt, "RECIPES", recipes)
    monkeypatch.setattr(lmt_measures, "SETTINGS", lmt_measures.SETTINGS | FEW)
    return tmp_path


def trained(run, data):
    """The trained network, and its curves."""
    return lmt.trained(run, data, disable=True)[1:]


# Trainings


@pytest.mark.parametrize(
    "model", ["decay", "adversarial", "lmt", "gloro", "best", "lmt_batch_norm"]
)
def test_a_training_that_is_killed_goes_on_as_if_it_had_not_been(monkeypatch, small, data, model):
    run = lmt.Run(model, seed=3)
    at = (record.os, "replace", 3)
    curves = check_that_it_goes_on(monkeypatch, run.checkpoint, lambda: trained(run, data), at)
    assert len(curves) == 4


def test_a_finished_training_is_not_repeated(small, data):
    run = lmt.Run("lmt")
    network, curves = trained(run, data)
    again, same = trained(run, data)
    assert same == curves and same_weights(network, again)


def test_trainings_of_other_settings_are_kept_apart(monkeypatch):
    run = lmt.Run("best")
    before = run.checkpoint
    monkeypatch.setitem(lmt.RECIPES, "best", replace(run.recipe, epochs=41))
    assert run.checkpoint != before and run.checkpoint.name == before.name


def test_runs_differ_in_name_and_start():
    runs = lmt.all_runs()
    assert len({run.name for run in runs}) == len(runs)
    one, other = (lmt.new_network(lmt.Run("lmt", seed)) for seed in (0, 1))
    assert not same_weights(one, other)
    orthogonal = lmt.new_network(lmt.Run("gloro")).fc2.weight.detach()
    torch.testing.assert_close(orthogonal @ orthogonal.T, torch.eye(10), atol=1e-5, rtol=0)


def test_the_plan():
    runs = lmt.all_runs()
    for model in ("plain", "decay", "adversarial", "lmt", "lmt_global", "best"):
        assert [run.seed for run in runs if run.model == model] == [0, 1, 2]
    others = [run for run in runs if run.model != "best"]
    sweep = {run.recipe.radius for run in others if run.recipe.loss == "lmt"}
    assert len(sweep) >= 5 and min(sweep) <= 0.1 and max(sweep) >= 10
    assert {lmt.Run("lmt_batch_norm"), lmt.Run("lmt_uncut_3")} <= set(runs)
    for name, recipe in lmt.RECIPES.items():
        if name not in ("gloro", "best"):
            assert (recipe.epochs, recipe.batch, recipe.learning_rate) == (20, 50, 1e-3)
            assert (recipe.activation, recipe.start) == ("ReLU", "fan_in")


def test_the_radius_rises_on_a_log_scale():
    recipe = lmt.Recipe("gloro", 1.6, ramp=0.5, ramp_from=0.1, epochs=8)
    radii = [recipe.radius_in(epoch) for epoch in range(8)]
    assert radii[3:] == pytest.approx([1.6] * 5)
    assert [b / a for a, b in pairwise(radii[:4])] == pytest.approx([2, 2, 2])
    assert lmt.Recipe("lmt", 0.7).radius_in(0) == 0.7 and lmt.Recipe().radius_in(0) == 0


def test_the_loss_trains_for_the_radius_of_the_epoch(small, data, monkeypatch):
    seen = []
    original = lmt.GloRo.__call__

    def noted(self, network, X, y):
        seen.append(self.eps)
        return original(self, network, X, y)

    monkeypatch.setattr(lmt.GloRo, "__call__", noted)
    run = lmt.Run("gloro")
    trained(run, data)
    assert seen[::2] == seen[1::2] == [run.recipe.radius_in(epoch) for epoch in range(4)]


def test_uncut_lmt_asks_the_same_of_misclassified_images(small, data):
    run, (X, y) = lmt.Run("lmt_uncut_3"), data[0]
    network = lmt.new_network(run).double()
    X = X.double()
    loss, _ = lmt.new_loss(run, network)
    for _ in range(300):
        K = lipschitz.rival_slopes(network, loss.norms)
    with torch.no_grad():
        s = network(X)
    expected = -(s + 3 * K.detach()[y]).log_softmax(1).gather(1, y[:, None]).mean()
    assert loss(network, X, y).item() == pytest.approx(expected.item(), rel=1e-5)
    assert (s.argmax(1) != y).any()


def test_training_images_that_are_held_out(mnist):
    train_set, held_out, test = training.split(mnist)
    assert [len(y) for _, y in (train_set, held_out, test)] == [55_000, 5_000, 10_000]
    X, y = held_out
    assert np.array_equal(X, mnist.x_train[-5000:]) and np.array_equal(y, mnist.y_train[-5000:])


# Measures


def test_attacks_within_certified_radii_are_refused():
    certified, found = torch.tensor([0.0, 0.5, 0.5]), torch.tensor([0.0, 0.5, 0.4])
    fooling = torch.tensor([0.0, 1.0, math.inf])
    lmt_measures.check_order(certified, fooling, certified)
    message = "an attack fooled .* 1 images: image 2 at 0.4 pixels, although 0.5 are certified"
    with pytest.raises(AssertionError, match=message):
        lmt_measures.check_order(certified, fooling, found)
    with pytest.raises(AssertionError, match="PGD fooled the network"):
        lmt_measures.check_order(certified, 0.4 * fooling, certified)


def test_a_wrong_certificate_leaves_no_results(small, data, monkeypatch):
    monkeypatch.setattr(
        lmt_measures, "certified_radius", lambda *few, **rest: torch.full((50,), 9.0)
    )
    with pytest.raises(AssertionError, match="within the certified radius"):
        study.work(replace(lmt.STUDY, data=lambda: data), lmt.Run("plain"))
    assert not (small / "results").exists()


def test_ratios_of_the_chain():
    radii = torch.tensor([[1.0, 2, 3, 6], [1, 4, 4, 6], [1, 2, 8, 4]])
    assert lmt_measures.ratios(radii) == pytest.approx(
        {
            "ratio_i": 2,
            "ratio_ii": 1.5,
            "ratio_iii": 1.5,
            "ratio_overall": 6,
            "violated_iii": 100 / 3,
        },
        rel=1e-5,
    )
    nothing = lmt_measures.ratios(torch.zeros(0, 4))
    assert set(nothing.values()) == {None}


def test_the_chain_is_of_images_that_are_right(small, data):
    network, _ = trained(lmt.Run("lmt"), data)
    X, y = data[2]
    certified = certified_radius(network, X, y)
    found = lmt_measures.attacked(network, X, y)[2]
    radii = lmt_measures.chain(network, X, y, certified, found)
    assert radii.shape == (FEW["chain_images"], 4)
    right = torch.nonzero(certified > 0)[: FEW["chain_images"], 0]
    assert torch.equal(radii[:, 0], certified[right]) and torch.equal(radii[:, 3], found[right])
    assert (radii[:, 0] <= radii[:, 1] * (1 + 1e-5)).all() and (radii[:, 1] <= radii[:, 2]).all()


def test_radii_are_rounded_to_the_safe_side():
    radii = torch.tensor([0.0, 0.12345, 28.0, math.inf], dtype=torch.float64)
    assert lmt.thousandth_below(radii).tolist() == [0, 0.123, 27.999, math.inf]
    assert lmt.thousandth_above(radii).tolist() == [0, 0.124, 28, math.inf]


def test_a_stored_radius_is_at_least_eps_where_the_radius_is_larger():
    eps = 1.58
    radii = torch.tensor([eps - 1e-9, eps, eps + 1e-9, eps + 0.0011], dtype=torch.float64)
    assert torch.equal(lmt.thousandth_below(radii) >= eps, radii > eps)


# A small run


@pytest.fixture
def run_all(small, data, monkeypatch):
    """Trains and measures a model, in this process."""
    few = replace(lmt.STUDY, data=lambda: data)

    def run_all(model):
        study.work(few, lmt.Run(model))
        study.write_summary(few)

    return run_all


@pytest.mark.parametrize("model", ["plain", "lmt", "gloro", "best", "lmt_batch_norm"])
def test_a_run_leaves_its_results(small, data, run_all, model):
    run = lmt.Run(model)
    assert not run.is_done
    run_all(model)
    assert run.is_done
    with (small / "results/lmt/summary.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert list(row) == COLUMNS
    figures, arrays = load_figures(run.result), load_arrays(run.result)
    assert row == {name: str(figures[name]) for name in COLUMNS}
    check_figures(figures, arrays, images=50)
    assert figures["held_out"].keys() == {"clean", "cert_03", "cert_10", "cert_158"}

    weights = small / f"results/lmt/{model}.safetensors"
    assert weights.is_file() == (model in lmt.KEPT)
    if model in lmt.KEPT:
        stored = stored_network(run, weights)
        radii = lmt_measures.certified_radius(stored, *data[2])
        assert np.array_equal(lmt.thousandth_below(radii), arrays["certified"])
        assert figures["clean"] == 100 * (1 - evaluation.error_rate(stored, *data[2]))


def test_a_run_whose_settings_were_changed_is_done_anew(monkeypatch, run_all):
    run_all("best")
    run = lmt.Run("best")
    assert run.is_done
    monkeypatch.setitem(lmt.RECIPES, "best", replace(run.recipe, radius=1.5))
    assert not run.is_done


def test_a_network_that_has_collapsed_is_measured_too(small, data):
    run = lmt.Run("lmt_10")
    network = lmt.new_network(run).eval()
    for W in network.parameters():
        W.data *= 0
    network.fc1.bias.data[3] = 1
    curves = [{"held_out": 10.0, "seconds": 3.0}]
    arrays, figures = lmt.measured(run, network, network, curves, data)
    assert figures["clean"] == figures["cert_158"] == figures["pgd_158"] == 10
    assert figures["lipschitz"] == 0 and figures["ratio_iii"] is None
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert set(arrays["found"].tolist()) == {0, math.inf}


def test_the_networks_of_a_model_are_read_with_their_radii_in_pixels(small, run_all, monkeypatch):
    run_all("lmt")
    run_all("plain")
    (network,) = load_lmt("lmt")
    assert network["figures"]["model"] == "lmt" and network["settings"]["radius"] == 1
    assert network["seconds"] > 0
    certified, found = network["certified"], network["found"]
    assert np.median(certified) == pytest.approx(network["figures"]["median_certified"], abs=2e-3)
    assert (certified <= found).all() and 0 < found[found > 0].min() < 28
    with pytest.raises(ValueError, match=r"model must be one of \['plain', 'lmt'\]; got 'x'"):
        load_lmt("x")


# What is in results/


def check_figures(figures, arrays, images):
    """That the numbers are those of the arrays, and that no attack breaks a certificate."""
    certified, found = arrays["certified"], arrays["found"]
    fooling = arrays["fooling"]
    assert len(certified) == len(found) == len(fooling) == images
    assert (certified <= found).all() and (certified <= fooling).all()
    right = fooling > 0
    assert np.array_equal(right, found > 0)
    assert figures["clean"] == pytest.approx(100 * right.mean())
    levels = [100, figures["clean"]]
    for radius in RADII:
        short = radius.replace(".", "")
        cert, pgd = figures[f"cert_{short}"], figures[f"pgd_{short}"]
        assert figures[f"cert_global_{short}"] <= cert <= pgd <= levels[-1]
        # A stored radius is at least ε where the radius itself is larger.
        assert cert == pytest.approx(100 * (certified >= float(radius)).mean())
        assert pgd == pytest.approx(100 * (fooling > np.float32(radius)).mean())
        levels.append(pgd)
    for name, radii in (("median_certified", certified), ("median_attack", found)):
        assert figures[name] == pytest.approx(np.median(radii), abs=2e-3)
    chain = arrays["chain"]
    if figures["ratio_iii"] is not None:
        for k, name in enumerate(["ratio_i", "ratio_ii", "ratio_iii"]):
            step = chain[:, k + 1] / chain[:, k]
            assert figures[name] == pytest.approx(np.median(step), rel=0.02)
    shown = arrays["shown"]
    changes = arrays["shown_nearest"] - arrays["shown_images"] / 255
    seen = found[shown] < math.inf
    lengths = np.linalg.norm(changes, axis=1)
    np.testing.assert_allclose(lengths[seen], found[shown][seen], atol=2e-3)
    fooled = attacks.margin(torch.tensor(arrays["shown_scores"]), torch.arange(10)) <= 1e-4
    assert np.array_equal(fooled.numpy(), seen)
    bounds = math.prod(figures["bounds"].values())
    assert figures["lipschitz"] == pytest.approx(bounds)
    assert figures["bounds_before"].keys() == figures["bounds"].keys()


@pytest.fixture
def done():
    return [run for run in lmt.all_runs() if run.is_done]


def test_the_summary_has_a_row_for_each_network(done):
    path = FOLDER / "lmt" / "summary.csv"
    rows = list(csv.DictReader(path.open())) if done else []
    for run, row in zip(done, rows, strict=True):
        figures = load_figures(run.result)
        expected = {name: figures[name] for name in COLUMNS}
        assert row == {k: "" if value is None else str(value) for k, value in expected.items()}
        assert (row["model"], row["seed"]) == (run.model, str(run.seed))


def test_the_figures_describe_the_arrays(done):
    for run in done:
        arrays = load_arrays(run.result)
        check_figures(load_figures(run.result), arrays, images=10_000)
        assert len(arrays["held_out"]) == load_run(run.result)["settings"]["epochs"]


def test_the_results_are_small():
    sizes = [path.stat().st_size for path in (FOLDER / "lmt").rglob("*") if path.is_file()]
    assert sum(sizes) < 9.5e6


@pytest.mark.slow
@pytest.mark.parametrize("model", lmt.KEPT)
def test_the_stored_networks_are_those_that_were_measured(mnist, done, model):
    run = lmt.Run(model)
    if run not in done:
        return
    X, y = training.split(mnist)[2]
    network = stored_network(run, FOLDER / f"lmt/{model}.safetensors")
    figures, arrays = load_figures(run.result), load_arrays(run.result)
    assert lipschitz.lipschitz_constant(network, (784,)) == pytest.approx(figures["lipschitz"])
    fifth = slice(None, None, 5)  # test_certificates.py looks at all, in another way
    radii = lmt_measures.certified_radius(network, X[fifth], y[fifth])
    certified = lmt.thousandth_below(radii).numpy()
    assert np.abs(certified - arrays["certified"][fifth]).max() < 1.5e-3
    few = slice(500)
    nearest = attacks.pgd(network, X[few], y[few], 1.58, steps=10)
    fooled = attacks.is_fooled(network, nearest, y[few]).numpy()
    assert not (fooled & (arrays["certified"][few] > 1.58)).any()
