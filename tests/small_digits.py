"""scikit-learn's 8×8 digits as tensors X, y, pixels in [0, 1]: for networks trained in seconds."""

from functools import cache

import torch
from sklearn.datasets import load_digits

from helpers import training
from helpers.architectures import two_layers
from helpers.initialisation import fan_in, initialise


@cache
def digits():
    """All of them; the tests share the tensors, and leave them as they are."""
    X, y = load_digits(return_X_y=True)
    return torch.tensor(X / 16, dtype=torch.float32), torch.tensor(y)


def train_set():
    X, y = digits()
    return X[:1200], y[:1200]


def unseen(count=None):
    """So many of those that are not in train_set(), or all."""
    X, y = (each[1200:] for each in digits())
    return X[:count], y[:count]


def trained_network(hidden=64, epochs=10):
    """A briefly trained network with one hidden layer, in evaluation mode."""
    network = initialise(two_layers(64, hidden, 10), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    training.train(network, *train_set(), optimiser, epochs=epochs, batch=50, disable=True)
    return network
