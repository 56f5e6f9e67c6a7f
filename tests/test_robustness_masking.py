"""Attacks along gradients that were averaged over noise."""

import numpy as np
import pytest
import torch
from torch import nn

from experiments import robustness, robustness_masking
from experiments.record import is_done
from experiments.robustness_measures import attacked_images
from helpers import attacks
from helpers.results import load_arrays, load_figures, load_robustness

pytestmark = pytest.mark.usefixtures("one_thread")


class Deaf(nn.Module):
    """Two classes; it looks at the first pixel, and not below 0.5: there its gradient is 0."""

    def forward(self, X):
        s = torch.relu(X[:, 0] - 0.5) - 0.02
        return torch.stack([-s, s], 1)


X, y = torch.full((20, 100), 0.35), torch.zeros(20, dtype=torch.int64)


def test_noise_shows_what_a_flat_gradient_hides():
    assert (attacks.gradient(lambda x: attacks.error_log_odds(Deaf()(x), y), X) == 0).all()
    assert not attacks.is_fooled(Deaf(), attacks.pgd(Deaf(), X, y, 0.3, "l2"), y).any()
    never = torch.full((20,), torch.inf)
    found = robustness_masking.fooled_by_either(Deaf(), X, y, never, [0.1, 0.3])
    assert (found == 0.3).all()


def test_what_was_fooled_before_stays_so():
    fooling = torch.tensor([0.0, 0.1, torch.inf])
    found = robustness_masking.fooled_by_either(Deaf(), X[:3], y[:3], fooling, [0.1])
    assert torch.equal(found, fooling)
    assert not robustness_masking.fooled_by_either(Deaf(), X, y, torch.zeros(20), [0.1]).any()


def test_the_averaged_scores_are_means():
    network = nn.Sequential(nn.Linear(9, 3), nn.Tanh())
    averaged = attacks.Averaged(network, 0.2, 5, pixels=9)
    X = torch.rand(4, 9)
    expected = sum(network(X + noise) for noise in averaged.noise) / 5
    torch.testing.assert_close(averaged(X), expected)
    assert averaged.noise.std().item() == pytest.approx(0.2, abs=0.05)


def stored():
    return load_figures(robustness_masking.NAME), load_arrays(robustness_masking.NAME)["fooling_l2"]


def test_the_stored_figures_describe_the_arrays():
    assert is_done(robustness_masking.NAME, robustness_masking.SETTINGS)
    figures, either = stored()
    assert len(figures["networks"]) == len(either) == len(robustness_masking.RUNS)
    for network, found in zip(figures["networks"], either, strict=True):
        plain = load_robustness(network["model"])[network["seed"]]["fooling_l2"]
        assert (found <= plain).all()
        for name, radii in (("plain", plain), ("both", found)):
            shares = [100 * (radii > np.float32(eps)).mean() for eps in figures["radii"]]
            assert network[name] == pytest.approx(shares, abs=1e-3)


@pytest.mark.slow
def test_the_stored_weights_are_fooled_as_the_figures_say(mnist):
    """Of the network whose gradients hide most, the first hundred images at a length of 2. Which of
    them are fooled differs from machine to machine, how many hardly does."""
    from experiments.training import split
    from helpers import architectures
    from helpers.results import FOLDER
    from helpers.weights import load_weights

    X, y = (each[:100] for each in attacked_images(*split(mnist)[2]))
    run = robustness.Run("linf_0.3")
    path = FOLDER / f"{run.weights}.safetensors"
    network = load_weights(architectures.conv_2c2f(), path).eval()
    plain = load_arrays(run.result)["fooling_l2"][:100]
    found = robustness_masking.fooled_by_either(
        network, X, y, torch.from_numpy(plain), [0.5, 1.0, 1.5, 2.0]
    ).numpy()
    k = robustness_masking.RUNS.index(run)
    stored_radii = stored()[1][k, :100]
    left, in_file, by_plain = (float((each > 2).mean()) for each in (found, stored_radii, plain))
    assert left == pytest.approx(in_file, abs=0.08)
    assert left < by_plain - 0.2
