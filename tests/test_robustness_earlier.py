"""The networks of earlier chapters, attacked as those of robustness against accuracy."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from experiments import robustness, robustness_earlier, robustness_measures
from experiments.record import is_done
from helpers import evaluation
from helpers.initialisation import fan_in, initialise
from helpers.results import load_arrays, load_figures, load_lenets, load_lmt

FEW = {"every": 2, "steps": 4, "radii": {"linf": [0.05, 0.3], "l2": [0.5, 2.0, 3.0]}}
OF_LMT = ["plain", "decay", "adversarial", "lmt", "best"]


@pytest.fixture
def few(monkeypatch):
    """Weak attacks, and few images."""
    for module in (robustness_earlier, robustness_measures):
        monkeypatch.setattr(module, "SETTINGS", module.SETTINGS | FEW)


@pytest.fixture
def small():
    """Two networks that know nothing, and images with the classes that the first one sees."""
    generator = torch.Generator().manual_seed(0)
    X = torch.rand(40, 784, generator=generator)
    found = {
        name: initialise(nn.Sequential(nn.Linear(784, 10)), fan_in, seed)
        for seed, name in enumerate(("lenet_low", "lmt"))
    }
    y = evaluation.scores(found["lenet_low"], X).argmax(1)
    return found, (X, y)


def test_what_is_measured_of_networks(few, small):
    found, test_set = small
    arrays, figures = robustness_earlier.results(found, test_set)
    assert figures["networks"] == list(found)
    assert figures["clean"]["lenet_low"] == 100 > figures["clean"]["lmt"]
    for norm, radii in FEW["radii"].items():
        fooling = arrays[f"fooling_{norm}"].numpy()
        assert fooling.shape == (2, 20) and set(fooling[0]) <= {*np.float32(radii), np.inf}
        for k, name in enumerate(found):
            shares = [100 * (fooling[k] > np.float32(eps)).mean() for eps in radii]
            assert figures["robust"][name][norm] == pytest.approx(shares, abs=1e-3)
    assert json.loads(json.dumps(figures)) == figures


def test_certified_radii_count_from_epsilon_on(few):
    certified = np.array([0.5, 9, 0.49, 9, 2.5, 9, 0, 9])  # every second counts
    assert robustness_earlier.proven_shares(certified) == [50, 25, 0]


def test_rows_of_the_summary(few, small):
    figures = robustness_earlier.results(*small)[1] | {"minutes": {"lmt": 2.5}}
    rows = robustness_earlier.rows_of({}, figures)
    assert len(rows) == 2 * (2 + 3) and all(list(row) == robustness.COLUMNS for row in rows)
    assert {(row["model"], row["n_train"], row["minutes"]) for row in rows} == {
        ("lenet_low", 60_000, None),
        ("lmt", 55_000, 2.5),
    }
    of_model = {row["model"] for row in rows if row["experiment"] == "earlier"}
    assert not of_model & set(robustness.RECIPES)


# What is in results/


@pytest.fixture
def stored():
    """Figures and arrays."""
    return load_figures(robustness_earlier.NAME), load_arrays(robustness_earlier.NAME)


def test_the_results_are_of_these_settings():
    assert is_done(robustness_earlier.NAME, robustness_earlier.SETTINGS)


def test_the_networks_are_those_of_earlier_chapters(stored):
    figures, _ = stored
    assert figures["networks"] == ["lenet_low", "lenet_high", *OF_LMT]
    for name in OF_LMT:
        assert figures["clean"][name] == load_lmt(name)[0]["figures"]["clean"]
        assert figures["minutes"][name] > 0
    for name, decay in (("lenet_low", 1e-4), ("lenet_high", 1e-1)):
        error = load_lenets(decay)[0]["figures"]["err_test"]
        assert figures["clean"][name] == pytest.approx(100 - error)


def test_no_attack_succeeded_within_a_certified_radius(stored):
    figures, arrays = stored
    for name in OF_LMT:
        certified = load_lmt(name)[0]["certified"][::10]
        fooling = arrays["fooling_l2"][figures["networks"].index(name)]
        assert len(fooling) == len(certified) == 1000
        assert (certified <= fooling).all()
        for eps, proven in zip(figures["radii"]["l2"], figures["certified"][name], strict=True):
            assert proven == pytest.approx(100 * (certified >= eps).mean(), abs=1e-3)


def test_robust_accuracy_falls_and_is_what_the_arrays_say(stored):
    figures, arrays = stored
    for k, name in enumerate(figures["networks"]):
        for norm, radii in figures["radii"].items():
            shares = figures["robust"][name][norm]
            assert shares == sorted(shares, reverse=True)
            fooling = arrays[f"fooling_{norm}"][k]
            counted = [100 * (fooling > np.float32(eps)).mean() for eps in radii]
            assert shares == pytest.approx(counted, abs=1e-3)
    assert figures["certified"]["best"] < figures["robust"]["best"]["l2"]
