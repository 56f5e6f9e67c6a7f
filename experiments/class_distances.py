"""How far apart the classes of MNIST are.

    python -m experiments.class_distances

For each test image: how far away the nearest training image of another class is, by the Euclidean
length of the difference (L2) and by its largest pixel (L∞). Where that is 2ε or less, a change of
length ε leads from either image to the middle between them, so no classifier withstands ε on both.

It takes a quarter of an hour, and fills results/class_distances/.
"""

import math

import torch
from tqdm import tqdm

from experiments import study
from helpers.data import load_mnist

NAME = "class_distances"
NORMS = {"l2": 2.0, "linf": math.inf}  # p of each
SETTINGS = {"norms": list(NORMS), "batch": 100}


def to_another_class(X, y, X_train, y_train, p):
    """The distance of each image from the nearest training image of another class, shape (m,).

    X of shape (m, n), X_train of shape (k, n): float tensors. y, y_train: their classes. p: of the
    norm. Infinite where there is no other class.
    """
    distances = torch.cdist(X, X_train, p)
    return distances.masked_fill(y[:, None] == y_train, math.inf).amin(1)


def measured(run, mnist):
    """The arrays, and no figures."""
    X, y, X_train, y_train = (
        torch.from_numpy(values)
        for values in (mnist.x_test, mnist.y_test, mnist.x_train, mnist.y_train)
    )
    nearest = {name: [] for name in NORMS}
    for rows in tqdm(torch.arange(len(X)).split(SETTINGS["batch"]), unit="batch"):
        for name, p in NORMS.items():
            nearest[name].append(to_another_class(X[rows], y[rows], X_train, y_train, p))
    return {name: torch.cat(parts) for name, parts in nearest.items()}, {}


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), load_mnist, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
