"""Gradient descent on the regularised risk of a linear classifier, step by step.

The risk is the mean softplus, the loss of logistic regression, plus λ‖w‖². A step of size η is

    w ← (1 − 2ηλ) w − η ∂R/∂w,    b ← b − η ∂R/∂b,

and ∂R/∂w is a sum of images. So in a direction in which every image has the coordinate 0, such as a
pixel that is black in all of them, no step changes the weights other than by the factor 1 − 2ηλ:
after t steps w⊥ = (1 − 2ηλ)ᵗ w⊥(0). Melamed, Yehudai & Vardi 2023, "Adversarial Examples Exist in
Two-Layer ReLU Networks for Low Dimensional Linear Subspaces", have the same of a network's first
layer.
"""

import numpy as np

from helpers.checks import check_least, check_positive, labelled, number, vector
from helpers.losses import softplus_slope


def descend(X, y, w, b, eta, lam, steps):
    """The weights and biases of every step, the start included: shapes (steps + 1, n) and
    (steps + 1,).

    X: images, shape (m, n). y: -1 for class I, +1 for class J, shape (m,). w, b: the start, of
    shape (n,) and a number. eta: the step η > 0. lam: λ >= 0. steps: a whole number >= 0.

    Raises ValueError for anything else, and where 2ηλ is 1 or more, so that a step would turn the
    weights round.
    """
    X, y = labelled(X, y)
    w, b = vector("w", w, X.shape[1]), number("b", b)
    check_positive(eta=eta)
    check_least(0, lam=lam, steps=steps)
    if not 2 * eta * lam < 1:
        raise ValueError(f"2 eta lam must be below 1; it was {2 * eta * lam:g}")
    path_w, path_b = [w], [b]
    for _ in range(steps):
        slopes = softplus_slope(y * (X @ w + b)) * y / len(y)
        w, b = (1 - 2 * eta * lam) * w - eta * slopes @ X, b - eta * slopes.sum()
        path_w.append(w)
        path_b.append(b)
    return np.array(path_w), np.array(path_b)
