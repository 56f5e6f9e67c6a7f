"""Two of the linear SVMs that tell 3 from 8, one weakly and one strongly regularised.

    python -m experiments.real_digit        (after experiments.svm_mnist)

They are those of results/svm_mnist with λ = 10^-4 and 10^-1; Tanay & Griffin 2018 write λ = 10 and
10^4 for them. The strongly regularised SVM has the lower test error of the two: what it shows is
not bought with accuracy.
"""

import numpy as np

from experiments import study
from experiments.svm_mnist import data_of, measure
from helpers import linear, tilting
from helpers.data import load_mnist
from helpers.results import load_svm_figures, load_svms

SETTINGS = {"digits": [3, 8], "lam": {"weak": 1e-4, "strong": 1e-1}}


def stored(lam):
    """Weights and bias of the SVM of results/svm_mnist with this λ."""
    svms, figures = load_svms(*SETTINGS["digits"]), load_svm_figures(*SETTINGS["digits"])
    [k] = [k for k, of in enumerate(figures) if np.isclose(of["lam"], lam)]
    return svms["w"][k].astype(float), svms["b"][k]


def typical(X, y, models, label):
    """The image of a class whose distances from the boundaries come closest to the class's means.

    Closest in the sum of squared relative differences, over the models.
    """
    X = X[y == label]
    distances = np.array([label * linear.signed_distance(X, w, b) for w, b in models])
    means = distances.mean(axis=1, keepdims=True)
    return X[np.argmin(((distances / means - 1) ** 2).sum(axis=0))]


def data():
    return data_of(load_mnist(), SETTINGS["digits"])


def measured(run, data):
    train_set, test_set = data
    models = {name: stored(lam) for name, lam in SETTINGS["lam"].items()}
    centroids = tilting.centroids(*train_set)
    digits = np.array([typical(*test_set, models.values(), label) for label in (-1, 1)])
    arrays = {
        "w": [w for w, _ in models.values()],
        "b": [b for _, b in models.values()],
        "digits": np.round(digits * 255),
    }
    figures = {
        name: {
            "lam": SETTINGS["lam"][name],
            **measure(*model, *centroids, train_set, test_set),
            "mirror_distance": [float(2 * abs(linear.signed_distance(x, *model))) for x in digits],
        }
        for name, model in models.items()
    }
    return arrays, figures


STUDY = study.Study("real_digit", study.only("real_digit", lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
