"""Linear classifiers of 5 and 7: which pixels standard and robust training lean on.

    python -m experiments.robustness_linear

Tsipras et al. 2019 trained on the same pair. Class I is 5, class J is 7. Logistic regression is
trained as it is, and against an adversary who changes every pixel by ε; then as it is, but on those
pixels alone that correlate best with the label. How many pixels are best is chosen on training
images that are held out. What is robust is exact, both where pixels may leave [0, 1] and where they
may not: see helpers.robust_linear. It takes a minute, and fills results/robustness/linear/;
experiments.robustness runs it too.
"""

from dataclasses import replace

import numpy as np

from experiments import study
from experiments.training import HELD_OUT
from helpers.data import digit_pair, load_mnist
from helpers.robust_linear import correlations, fit, robust_accuracy

NAME = "robustness/linear"
SETTINGS = {
    "digits": [5, 7],
    "lam": 1e-4,
    "eps_train": [0.0, 0.05, 0.1, 0.2],
    "pixels": [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 400, 500, 600, 784],
    "eps": [round(k / 100, 2) for k in range(31)],
    "eps_of_choice": 0.1,  # how many pixels are best is judged by the robust accuracy at this ε
    "held_out": HELD_OUT,
}
EPS_OF_ROWS = [0.05, 0.1, 0.2, 0.3]


def fit_on_best(X, y, correlation, k):
    """w and b of standard training on the k pixels of the largest correlations, up to sign; the
    weights of the others are 0."""
    best = np.argsort(-np.abs(correlation), kind="stable")[:k]
    w = np.zeros(X.shape[1])
    w[best], b = fit(X[:, best], y, lam=SETTINGS["lam"])
    return w, b


def robust(classifiers, X, y, in_range=False):
    """The share of images, in per cent, for each classifier (w, b) and each eps of SETTINGS."""
    return [
        [100 * robust_accuracy(X, y, w, b, eps, in_range) for eps in SETTINGS["eps"]]
        for w, b in classifiers
    ]


def chosen_pixels(held_out_of_pixels):
    """The number of pixels with which standard training is most robust at ``eps_of_choice`` on the
    images that are held out, the smaller one in a tie."""
    of_choice = SETTINGS["eps"].index(SETTINGS["eps_of_choice"])
    return SETTINGS["pixels"][int(np.argmax([shares[of_choice] for shares in held_out_of_pixels]))]


def arrays_of(train_set, held_out, test_set):
    """The arrays that are left, by name."""
    correlation = correlations(*train_set)
    trained = [fit(*train_set, eps, SETTINGS["lam"]) for eps in SETTINGS["eps_train"]]
    of_pixels = [fit_on_best(*train_set, correlation, k) for k in SETTINGS["pixels"]]
    return {
        "correlation": correlation,
        "eps_train": SETTINGS["eps_train"],
        "w": [w for w, _ in trained],
        "b": [b for _, b in trained],
        "eps": SETTINGS["eps"],
        "robust": robust(trained, *test_set),
        "robust_in_range": robust(trained, *test_set, in_range=True),
        "pixels": SETTINGS["pixels"],
        "w_of_pixels": [w for w, _ in of_pixels],
        "robust_of_pixels": robust(of_pixels, *test_set),
        "robust_in_range_of_pixels": robust(of_pixels, *test_set, in_range=True),
        "held_out_of_pixels": robust(of_pixels, *held_out, in_range=True),
    }


def rows_of(arrays, figures):
    """The rows of the summary, one for each classifier and radius: as for networks, an image stays
    in [0, 1]."""
    models = [
        (f"eps_{eps:g}", eps, shares)
        for eps, shares in zip(SETTINGS["eps_train"], arrays["robust_in_range"], strict=True)
    ] + [
        (f"best_{k}_pixels", 0.0, shares)
        for k, shares in zip(SETTINGS["pixels"], arrays["robust_in_range_of_pixels"], strict=True)
    ]
    return [
        {
            "experiment": "linear",
            "model": model,
            "norm": "linf" if eps_train else "none",
            "eps_train": eps_train,
            "n_train": figures["n_train"],
            "seed": 0,
            "clean": round(float(shares[0]), 4),
            "robust_eps": eps,
            "robust": round(float(shares[SETTINGS["eps"].index(eps)]), 4),
            "attack": "linf-exact",
            "minutes": 0.0,
        }
        for model, eps_train, shares in models
        for eps in EPS_OF_ROWS
    ]


def data():
    """The images of the two digits, to train, to choose the number of pixels by, and to test on:
    three pairs X, y."""
    mnist, digits = load_mnist(), SETTINGS["digits"]
    X, y = mnist.x_train, mnist.y_train
    kept = replace(mnist, x_train=X[:-HELD_OUT], y_train=y[:-HELD_OUT])
    held_out = replace(mnist, x_train=X[-HELD_OUT:], y_train=y[-HELD_OUT:])
    return (
        digit_pair(kept, *digits, split="train"),
        digit_pair(held_out, *digits, split="train"),
        digit_pair(mnist, *digits, split="test"),
    )


def measured(run, data):
    """The arrays, how many images there are, and how many pixels were chosen."""
    arrays = arrays_of(*data)
    figures = {
        f"n_{name}": len(y)
        for name, (_, y) in zip(("train", "held_out", "test"), data, strict=True)
    }
    return arrays, figures | {"chosen_pixels": chosen_pixels(arrays["held_out_of_pixels"])}


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
