"""How the images of two digits vary, and along which directions their SVMs tilt.

    python -m experiments.variance

For all 45 pairs of digits, of the training images that their SVMs learnt from: the standard
deviation within classes along ẑ, and along the n̂ and the ŵ of each of the 81 SVMs; the same of
ridge LDA for 61 ridges μ, with its tilting angle and errors, its boundary through the midpoint of
the centroids; and which ridge comes closest to each SVM. For 3 and 8 also some principal axes of
the images within their classes, and a logistic regression that starts from random weights and
descends, once without decay and once with it.

It takes two minutes, needs results/svm_mnist/, and fills results/variance/.
"""

import itertools

import numpy as np
from tqdm import tqdm

from experiments import study
from helpers import lda, tilting
from helpers.data import digit_pair, load_mnist
from helpers.descent import descend
from helpers.results import load_svms

NAME = "variance"
PAIRS = list(itertools.combinations(range(10), 2))
SETTINGS = {
    "images_per_class": 3000,  # as in svm_mnist
    "log_mu": [round(2 - k / 10, 1) for k in range(61)],
    "closely": [3, 8],
    "axes": [1, 3, 10, 30, 100, 300],  # numbers of the principal axes that are kept
    "descent": {"deviation": 0.1, "seed": 0, "eta": 0.1, "steps": 500, "lams": [0.0, 0.03]},
}
MUS = 10.0 ** np.array(SETTINGS["log_mu"])


def n_hats(weights, i, j):
    """The n̂ of each of the weights, which go from the least tilted to the most, as rows."""
    rows = []
    for w in weights[::-1]:
        rows.append(tilting.tilting_plane(w, i, j, fallback=rows[-1] if rows else None)[1])
    return np.array(rows[::-1])


def deviations(S, weights, i, j):
    """The standard deviations within classes along the n̂ and the ŵ of each of the weights."""
    return lda.deviation(S, n_hats(weights, i, j)), lda.deviation(S, weights)


def errors_of(weights, midpoint, X, y):
    """The errors in per cent of boundaries through the midpoint, one for each of the weights."""
    scores = (X - midpoint) @ weights.T
    return 100 * (y[:, None] * scores <= 0).mean(axis=0)


def of_pair(svm_weights, train_set, test_set):
    """What is measured of a pair: a dict of numbers and rows."""
    i, j = tilting.centroids(*train_set)
    S = lda.within_class_covariance(*train_set)
    weights = lda.ridge_lda(S, i, j, MUS)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    errors = [errors_of(weights, (i + j) / 2, *images) for images in (train_set, test_set)]
    cosines = svm_weights @ weights.T / np.linalg.norm(svm_weights, axis=1)[:, None]
    of_svm, of_lda = (deviations(S, each, i, j) for each in (svm_weights, weights))
    return {
        "unused": int((train_set[0] == 0).all(axis=0).sum()),
        "deviation_z": lda.deviation(S, j - i),
        "deviation_n": of_svm[0],
        "deviation_w": of_svm[1],
        "deviation_n_lda": of_lda[0],
        "deviation_w_lda": of_lda[1],
        "theta_lda": [tilting.tilting_angle(w, i, j) for w in weights],
        "err_train_lda": errors[0],
        "err_test_lda": errors[1],
        "cosine": cosines.max(axis=1),
        "nearest_mu": cosines.argmax(axis=1),
    }


def principal_axes(S):
    """The variances along all principal axes, the largest first, and the axes that are kept."""
    variances, axes = np.linalg.eigh(S)
    kept = [number - 1 for number in SETTINGS["axes"]]
    return variances[::-1].clip(min=0), axes.T[::-1][kept]


def descents(X, y):
    """Logistic regressions from one random start, by their λ: what is kept of each step."""
    how = SETTINGS["descent"]
    rng = np.random.default_rng(how["seed"])
    start = how["deviation"] * rng.normal(size=X.shape[1])
    i, j = tilting.centroids(X, y)
    unused = (X == 0).all(axis=0)
    paths = [descend(X, y, start, 0.0, how["eta"], lam, how["steps"]) for lam in how["lams"]]
    last = [(w[-1], b[-1]) for w, b in paths]
    return {
        "descent_start": start,
        "descent_w": [w for w, _ in last],
        "descent_b": [b for _, b in last],
        "descent_norm": [np.linalg.norm(w, axis=1) for w, _ in paths],
        "descent_unused": [np.linalg.norm(w[:, unused], axis=1) for w, _ in paths],
        "descent_theta": [[tilting.tilting_angle(w, i, j) for w in path] for path, _ in paths],
        "unused_pixels": unused,
    }


def closely(X, y):
    """What is kept of the pair that is looked at closely."""
    variances, axes = principal_axes(lda.within_class_covariance(X, y))
    return {"variances": variances, "axes": axes} | descents(X, y)


def measured(run, mnist):
    """The arrays, and no figures."""
    rows = []
    for pair in tqdm(PAIRS, "Pairs", unit="pair"):
        train_set = digit_pair(mnist, *pair, n=SETTINGS["images_per_class"])
        weights = load_svms(*pair)["w"].astype(float)
        rows.append(of_pair(weights, train_set, digit_pair(mnist, *pair, split="test")))
    arrays = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    pair = digit_pair(mnist, *SETTINGS["closely"], n=SETTINGS["images_per_class"])
    return {"mu": MUS} | arrays | closely(*pair), {}


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), load_mnist, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
