"""How far apart the classes of MNIST are."""

import math

import numpy as np
import pytest
import torch

from experiments import class_distances
from experiments.class_distances import to_another_class
from experiments.record import is_done
from helpers.results import load_arrays

X_TRAIN = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
Y_TRAIN = torch.tensor([0, 1, 1])


@pytest.mark.parametrize(("p", "expected"), [(2.0, [5, 10]), (math.inf, [4, 8])])
def test_the_nearest_image_of_another_class(p, expected):
    X, y = torch.tensor([[0.0, 0.0], [6.0, 8.0]]), torch.tensor([0, 1])
    assert to_another_class(X, y, X_TRAIN, Y_TRAIN, p).tolist() == expected


def test_without_another_class_it_is_infinitely_far():
    found = to_another_class(X_TRAIN[1:], Y_TRAIN[1:], X_TRAIN[1:], Y_TRAIN[1:], 2.0)
    assert found.tolist() == [math.inf, math.inf]


def test_the_stored_distances_are_of_all_test_images():
    assert is_done(class_distances.NAME, class_distances.SETTINGS)
    nearest = load_arrays(class_distances.NAME)
    assert nearest["l2"].shape == nearest["linf"].shape == (10_000,)
    assert (nearest["linf"] <= nearest["l2"]).all() and (nearest["linf"] <= 1).all()


def test_some_of_the_stored_distances(mnist):
    """Of those twenty test images that come nearest to another class, in float64."""
    nearest = load_arrays(class_distances.NAME)
    X_train = mnist.x_train.astype(float)
    for k in np.argsort(nearest["l2"])[:20]:
        differences = X_train[mnist.y_train != mnist.y_test[k]] - mnist.x_test[k]
        shortest = np.sqrt((differences**2).sum(1).min())
        assert nearest["l2"][k] == pytest.approx(shortest, abs=1e-4)
        assert nearest["linf"][k] == pytest.approx(np.abs(differences).max(1).min(), abs=1e-6)
