"""One axis: linear classifiers of 5 and 7 under L2 regularisation, and under adversarial training.

    python -m experiments.robustness_tilting

Class I is 5, class J is 7, with as many images of each. Logistic regression is trained with ever
stronger L2 regularisation, and, with hardly any, against ever stronger Euclidean adversaries. Both
turn the boundary towards that of the nearest centroid: chapters 3 and 4 measured this by the
tilting angle θ and the adversarial distance. For four pairs, among them the one with the nearest
centroids and the one with the furthest, boundaries of both kinds with the same θ are compared: how
far apart they are turned, and how accurate they are. What is robust is exact, with pixels that may
leave [0, 1]: see helpers.linear. It takes two minutes, and fills results/robustness/tilting/;
experiments.robustness runs it too.
"""

import numpy as np
from scipy.optimize import root_scalar

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
    "pairs": [[5, 7], [3, 8], [4, 9], [0, 1]],
    "n_of_pairs": 2000,  # images of each class
    "eps_shares": [0.2, 0.4, 0.6],  # ε of the adversary, as a share of ½‖j − i‖
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


def regularised_at(theta, train_set):
    """(w, b) of the L2-regularised classifier with the tilting angle ``theta``."""
    i, j = tilting.centroids(*train_set)

    def excess(log_lam):
        w, _ = fit_l2(*train_set, 0, 10**log_lam)
        return tilting.tilting_angle(w, i, j) - theta

    log_lam = root_scalar(excess, x0=-3, x1=-2, method="secant", xtol=0.01).root
    return fit_l2(*train_set, 0, 10**log_lam)


def compared(train_set, test_set):
    """For each of ``eps_shares``, the adversarially trained classifier and the regularised one with
    the same θ: that angle, the one between their weights, and the test images, in per cent, that
    each gets right and keeps against the ε of the training."""
    i, j = tilting.centroids(*train_set)
    half_distance = np.linalg.norm(j - i) / 2
    found = {"theta_of_pairs": [], "apart_of_pairs": [], "robust_of_pairs": []}
    for share in SETTINGS["eps_shares"]:
        eps = share * half_distance
        w, b = fit_l2(*train_set, eps, SETTINGS["lam_eps"])
        theta = tilting.tilting_angle(w, i, j)
        regularised = regularised_at(theta, train_set)
        cosine = w @ regularised[0] / np.linalg.norm(w) / np.linalg.norm(regularised[0])
        found["theta_of_pairs"].append(theta)
        found["apart_of_pairs"].append(np.arccos(cosine))
        found["robust_of_pairs"].append(
            [
                100 * linear.robust_accuracy(*test_set, *classifier, [0, eps])
                for classifier in (regularised, (w, b))
            ]
        )
    return found


def data():
    """The images of the two digits of the figure, and then those of each pair that is compared:
    pairs of X, y to train and X, y to test on."""
    mnist = load_mnist()
    asked = [(SETTINGS["digits"], SETTINGS["n"])]
    asked += [(digits, SETTINGS["n_of_pairs"]) for digits in SETTINGS["pairs"]]
    return [
        (digit_pair(mnist, *digits, n=n, split="train"), digit_pair(mnist, *digits, split="test"))
        for digits, n in asked
    ]


def measured(run, data):
    """The arrays, and how many images there are."""
    of_figure, *of_pairs = data
    train_set, test_set = of_figure
    found = [compared(*images) for images in of_pairs]
    arrays = {name: [each[name] for each in found] for name in found[0]}
    settings = {"pairs": SETTINGS["pairs"], "eps_shares": SETTINGS["eps_shares"]}
    figures = {"n_train": len(train_set[1]), "n_test": len(test_set[1])}
    return arrays_of(*of_figure) | settings | arrays, figures


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
