"""What the explorer of the SVMs shows of the training images exactly.

    python -m experiments.svm_margins

Of each of the 3,645 SVMs of results/svm_mnist/ the 6,000 training images are counted by their
distance y d(x) from the boundary: a histogram for each class. Its bars are measured in the
half-width 1/‖w‖ of the margin, where that is below 0.8 pixels, so that the images which lie at the
corner of the hinge, y d(x) = 1/‖w‖, fall into one bar, in its middle. Elsewhere they are measured
in 0.8 pixels.

And of each digit it keeps the training image that is the most typical: the one whose distance from
the boundaries of its nine pairs, moved to (i + j)/2, differs least from that of its class mean.

It takes two minutes, and fills results/svm_margins/.
"""

import itertools

import numpy as np
from tqdm import tqdm

from experiments import study
from helpers.data import digit_pair, load_mnist
from helpers.results import load_svms

NAME = "svm_margins"
SETTINGS = {"images_per_class": 3000, "unit_px": 0.8, "first": -4, "last": 10, "bins": 175}
PAIRS = list(itertools.combinations(range(10), 2))


def histogram(distances, unit):
    """How many of the distances lie in each of the equal bins from first · unit to last · unit,
    shape (bins,)."""
    ends = SETTINGS["first"], SETTINGS["last"]
    return np.histogram(distances / unit, SETTINGS["bins"], ends)[0]


def least_typical_distance(distances, mean):
    """How far the distances of each image are from those of the class mean, at most.

    distances: shape (SVMs, m); mean: shape (SVMs,). Returns shape (m,).
    """
    return np.abs(distances - mean[:, None]).max(axis=0)


def of_pair(mnist, i, j):
    """The counts of a pair, shape (81, 2, bins), and of each class how untypical its images are,
    shape (2, 3000)."""
    svms = load_svms(i, j)
    X, y = digit_pair(mnist, i, j, n=SETTINGS["images_per_class"])
    norms = np.linalg.norm(svms["w"].astype(float), axis=1)
    units = np.minimum(1 / norms, SETTINGS["unit_px"])
    w_hat = svms["w"] / norms[:, None]
    middle = svms["centroids"].mean(axis=0)
    counts, odd = [], []
    for label, centroid in zip((-1, 1), svms["centroids"], strict=True):
        signed = (X[y == label] @ w_hat.T + svms["b"] / norms).T
        counts.append([histogram(label * d, unit) for d, unit in zip(signed, units, strict=True)])
        from_middle = signed - svms["offset"][:, None]
        odd.append(least_typical_distance(from_middle, w_hat @ (centroid - middle)))
    return np.stack(counts, axis=1), np.array(odd)


def measured(run, mnist):
    """The arrays, and no figures."""
    counts, odd = [], np.zeros((10, SETTINGS["images_per_class"]))
    for pair in tqdm(PAIRS, unit="pair"):
        of_svms, of_images = of_pair(mnist, *pair)
        counts.append(of_svms)
        odd[list(pair)] = np.maximum(odd[list(pair)], of_images)
    typical = [
        mnist.x_train[np.flatnonzero(mnist.y_train == digit)[k]]
        for digit, k in enumerate(odd.argmin(axis=1))
    ]
    return {"counts": np.array(counts), "typical": np.round(np.array(typical) * 255)}, {}


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), load_mnist, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
