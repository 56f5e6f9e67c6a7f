"""One axis: linear classifiers of 5 and 7 under L2 regularisation, and under adversarial training.

    python -m experiments.robustness_tilting

Class I is 5, class J is 7, with as many images of each. Logistic regression is trained with ever
stronger L2 regularisation, and, with hardly any, against ever stronger Euclidean adversaries. Both
turn the boundary towards that of the nearest centroid: chapters 3 and 4 measured this by the
tilting angle θ and the adversarial distance. What is robust is exact: see helpers.linear. It takes
half a minute, and fills results/robustness/tilting/; experiments.robustness runs it too.
"""

import numpy as np

from experiments import study
from helpers import linear, tilting
from helpers.data import digit_pair, load_mnist
from helpers.robust_linear import fit_l2

NAME = "robustness/tilting"
SETTINGS = {
    "digits": [5, 7],
    "n": 5000,  # images of each class
    "lam": [round(10 ** (k / 2), 8) for k in range(-10, 3)],
    "eps_train": [0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0],
    "lam_eps": 1e-5,  # beside the adversary
    "radii": [round(k / 10, 1) for k in range(21)],
}


def on_the_axis(classifiers, train_set, test_set):
    """θ, the adversarial distance and robust accuracies of each classifier (w, b)."""
    i, j = tilting.centroids(*train_set)
    return {
        "theta": [tilting.tilting_angle(w, i, j) for w, _ in classifiers],
        "d_adv": [linear.adversarial_distance(*train_set, w, b) for w, b in classifiers],
        "robust": [
            100 * linear.robust_accuracy(*test_set, w, b, SETTINGS["radii"]) for w, b in classifiers
        ],
    }


def arrays_of(train_set, test_set):
    """The arrays that are left, by name."""
    i, j = tilting.centroids(*train_set)
    lam, eps, lam_eps = (SETTINGS[name] for name in ("lam", "eps_train", "lam_eps"))
    families = {
        "lam": [fit_l2(*train_set, 0, value) for value in lam],
        "eps": [fit_l2(*train_set, value, lam_eps) for value in eps],
    }
    arrays = {
        f"{name}_{family}": values
        for family, classifiers in families.items()
        for name, values in on_the_axis(classifiers, train_set, test_set).items()
    }
    half_distance = np.linalg.norm(j - i) / 2
    of_settings = {"lam": lam, "eps_train": eps, "radii": SETTINGS["radii"]}
    return arrays | of_settings | {"half_distance": half_distance}


def data():
    """The images of the two digits, to train and to test on: two pairs X, y."""
    mnist = load_mnist()
    train_set = digit_pair(mnist, *SETTINGS["digits"], n=SETTINGS["n"], split="train")
    return train_set, digit_pair(mnist, *SETTINGS["digits"], split="test")


def measured(run, data):
    """The arrays, and how many images there are."""
    train_set, test_set = data
    figures = {"n_train": len(train_set[1]), "n_test": len(test_set[1])}
    return arrays_of(train_set, test_set), figures


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
