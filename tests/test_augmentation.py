"""Images that chance changes: where they may go, and that a training on them can go on."""

import numpy as np
import pytest
import torch
from trainings import noisy_images

from helpers import training
from helpers.augmentation import Augmented, noisy, shifted


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def X():
    return torch.rand(500, 784, generator=generator(1))


@pytest.mark.parametrize("most", [1, 2])
def test_every_shift_comes_up_and_no_other(X, most):
    moved = shifted(X, most, generator()).view(-1, 28, 28).numpy()
    counts = {}
    for image, found in zip(X.view(-1, 28, 28).numpy(), moved, strict=True):
        room = np.pad(image, most)
        places = [
            (down, right)
            for down in range(2 * most + 1)
            for right in range(2 * most + 1)
            if np.array_equal(room[down : down + 28, right : right + 28], found)
        ]
        assert len(places) == 1
        counts[places[0]] = counts.get(places[0], 0) + 1
    assert len(counts) == (2 * most + 1) ** 2
    assert max(counts.values()) < 3 * len(X) / len(counts)


def test_a_shift_by_nothing_changes_nothing(X):
    assert torch.equal(shifted(X, 0, generator()), X)


def test_noise_stays_in_the_ball_and_in_range(X):
    changed = noisy(X, 0.1, generator())
    assert (changed - X).abs().max() <= 0.1 + 1e-6
    assert changed.min() >= 0 and changed.max() <= 1
    inside = (X > 0.1) & (X < 0.9)
    change = (changed - X)[inside]
    assert abs(change.mean()) < 1e-3 and change.std() == pytest.approx(0.1 / 3**0.5, rel=0.01)


def test_the_loss_is_that_of_the_changed_images_and_chance_goes_on():
    X, y = noisy_images(0.1)
    network = torch.nn.Linear(784, 10)
    loss = Augmented(shift=2, noise=0.1)
    first, second = (loss(network, X, y).item() for _ in range(2))
    assert first != second and loss.state["calls"] == 2
    drawn = generator()
    expected = training.cross_entropy(network, noisy(shifted(X, 2, drawn), 0.1, drawn), y)
    assert first == pytest.approx(expected.item())
    resumed = Augmented(shift=2, noise=0.1)
    resumed.state["calls"] = torch.tensor(1)
    assert resumed(network, X, y).item() == second
    assert Augmented()(network, X, y) == training.cross_entropy(network, X, y)


@pytest.mark.parametrize("wrong", [{"shift": -1}, {"noise": -0.1}, {"noise": float("nan")}])
def test_numbers_out_of_range_are_named(wrong):
    [name] = wrong
    with pytest.raises(ValueError, match=f"{name} must be 0 or more"):
        Augmented(**wrong)
