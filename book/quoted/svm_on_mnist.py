"""The numbers that the chapter on the SVMs of all pairs of digits quotes.

Where an array has a value for each SVM, it has a row per pair of digits and a column per λ, from
the largest.
"""

import numpy as np

from book.quoted import costs
from helpers.published import load_published
from helpers.results import load_arrays, load_svms, load_table
from helpers.svm import lam_from_paper

SVMS = load_table("svm_mnist").reshape(45, 81)
LAM = lam_from_paper(10 ** SVMS["alpha"][0])
PAIRS = [(int(row["digit_i"]), int(row["digit_j"])) for row in SVMS[:, 0]]
ALL = np.arange(len(PAIRS))
OF_01, OF_38, OF_79 = map(PAIRS.index, ((0, 1), (3, 8), (7, 9)))
THETA, TRAIN, TEST = np.degrees(SVMS["theta"]), SVMS["err_train"], SVMS["err_test"]
HELD_OUT = load_arrays("svm_mnist", "held_out")
CHOSEN = HELD_OUT["robust"].argmax(axis=1)  # (45, 41): for each pair and ε, the column of the λ
BEST = CHOSEN[:, 0]  # that held-out images choose, of equals the largest; at ε = 0
Y = np.repeat([-1, 1], 3000)  # the labels of a pair's training images


def published_differences():
    """The largest difference from a published angle or distance, and from a published error."""
    published = [{"digit_i": 3, "digit_j": 8} | row for row in load_published("svm_mnist_3_8")]
    published += [{"lam": 100} | row for row in load_published("svm_mnist_largest_lam")]
    difference = dict.fromkeys(("theta", "d_adv", "err_train", "err_test"), 0.0)
    for paper in published:
        pair = PAIRS.index((paper["digit_i"], paper["digit_j"]))
        ours = SVMS[pair, np.abs(np.log10(LAM / paper["lam"])).argmin()]
        for name in difference.keys() & paper.keys():
            difference[name] = max(difference[name], float(abs(ours[name] - paper[name])))
    return {
        "published-difference": max(difference["theta"], difference["d_adv"]),
        "published-error-difference": max(difference["err_train"], difference["err_test"]),
    }


def piled():
    """How many training images have a margin of 1, for the SVM of 3 and 8 with λ = 10⁻³."""
    arrays = load_arrays("svm_mnist")
    distances = arrays["distances"]
    margins = SVMS["norm_w"][OF_38, int(arrays["middling"])] * Y * distances
    return int((np.abs(margins - 1) < 0.005).sum())


def best_of_38():
    """Of the SVM of 3 and 8 that held-out images choose, of the one with the least test error, and
    of those at both ends of the path."""
    k, svms = BEST[OF_38], load_svms(3, 8)
    along_w = svms["points"] @ svms["coefficients"][k]
    distances = Y * (along_w + svms["offset"][k])
    d_adv = SVMS["d_adv"][OF_38, k]
    least = TEST[OF_38].argmin()
    return {
        "d-adv-38": float(d_adv),
        "closer-38": float(100 * (distances < d_adv / 2).mean()),
        "best-38": float(TEST[OF_38, k]),
        "best-lam-38": f"{LAM[k]:.2g}",
        "best-theta-38": float(THETA[OF_38, k]),
        "least-test-38": float(TEST[OF_38, least]),
        "least-test-lam-38": f"{LAM[least]:.2g}",
        "least-test-lam-ratio-38": float(LAM[least] / LAM[k]),
        "least-test-robust-38": float(robust_accuracies()[OF_38, least, 10]),
        "first-38": float(TEST[OF_38, 0]),
        "last-38": float(TEST[OF_38, -1]),
        "last-train-38": float(TRAIN[OF_38, -1]),
    }


def largest_lam_of_01():
    """Of 0 and 1 at the largest λ: where the boundary may lie along ẑ, in pixels from (i + j)/2,
    and the training error at the midpoint, which is the SVM's, and where it is least."""
    svms = load_svms(0, 1)
    along_z = svms["points"][:, 0]
    zeros, ones = along_z[Y < 0], along_z[Y > 0]
    position = np.linspace(-8, 8, 801)[:, None]
    error = 50 * ((zeros > position).mean(axis=1) + (ones <= position).mean(axis=1))
    corner = 1 / SVMS["norm_w"][OF_01, 0]
    return {
        "interval-from": f"−{corner - ones.max():.0f}",
        "interval-to": float(zeros.min() + corner),
        "mid-train-01": float(TRAIN[OF_01, 0]),
        "mid-test-01": float(TEST[OF_01, 0]),
        "least-train-01": float(error.min()),
        "least-at-01": float(position[error.argmin(), 0]),
    }


def path_ends():
    """Of the SVMs with the smallest λ, which separate the training images of most pairs."""
    separated = TRAIN[:, -1] == 0
    *names, last = (f"{i}v{j}" for (i, j), alone in zip(PAIRS, separated, strict=True) if not alone)
    norm = float(SVMS["norm_w"][OF_01, -1])
    return {
        "theta-end-01": float(THETA[OF_01, -1]),
        "theta-end-79": float(THETA[OF_79, -1]),
        "still-01": int((np.abs(THETA[OF_01] - THETA[OF_01, -1]) < 0.1).sum()),
        "norm-end-01": norm,
        "margin-01": 1 / norm,
        "separated": int(separated.sum()),
        "not-separated": f"{', '.join(names)} and {last}",
    }


def robust_accuracies():
    """In per cent of the test images, for perturbations of 0, 0.1, ..., 4 pixels: (45, 81, 41)."""
    pairs = (load_svms(*pair) for pair in PAIRS)
    return 100 * np.array([svms["robust"] / svms["n_test"] for svms in pairs])


def price(robust, clean, at_1):
    """The cost at ε = 0 and the gain at ε = 1 of taking the columns ``at_1``, and not ``clean``."""
    cost = robust[ALL, clean, 0] - robust[ALL, at_1, 0]
    return cost, robust[ALL, at_1, 10] - robust[ALL, clean, 10]


def price_of_robustness():
    """What choosing λ for perturbations of 1 pixel, and not for clean images, costs and gains: in
    points of accuracy on the test images."""
    robust, at_1 = robust_accuracies(), CHOSEN[:, 10]
    cost, gain = price(robust, BEST, at_1)
    on_test = robust.argmax(axis=1)
    flattered = price(robust, on_test[:, 0], on_test[:, 10])
    return {
        "cost-38": float(cost[OF_38]),
        "gain-38": float(gain[OF_38]),
        "robust-clean-38": float(robust[OF_38, BEST[OF_38], 10]),
        "price-free": int((cost <= 0).sum()),
        "median-cost-on-test": float(np.median(flattered[0])),
        "median-gain-on-test": float(np.median(flattered[1])),
        "median-cost": float(np.median(cost)),
        "median-gain": float(np.median(gain)),
        "most-cost": float(cost.max()),
        "most-gain": float(gain.max()),
        "most-gain-pair": "{}v{}".format(*PAIRS[gain.argmax()]),
        "least-theta-1": float(THETA[ALL, at_1].min()),
        "most-theta-1": float(THETA[ALL, at_1].max()),
    }


def numbers():
    return {
        "largest-gap": float(1e6 * SVMS["gap"].max()),
        "piled": piled(),
        "least-held-out": f"{HELD_OUT['n'].min():,}",
        "most-held-out": f"{HELD_OUT['n'].max():,}",
        "least-best-lam": f"{LAM[BEST].min():.2g}",
        "most-best-lam": f"{LAM[BEST].max():.2g}",
        "least-best-theta": float(THETA[ALL, BEST].min()),
        "most-best-theta": float(THETA[ALL, BEST].max()),
        **published_differences(),
        **best_of_38(),
        **largest_lam_of_01(),
        **path_ends(),
        **price_of_robustness(),
        **costs("svm-on-mnist"),
    }
