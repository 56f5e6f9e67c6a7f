"""scikit-learn's 8×8 digits as tensors X, y, pixels in [0, 1]: for networks trained in seconds."""

from functools import cache

import torch
from sklearn.datasets import load_digits


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
