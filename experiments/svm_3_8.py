"""The 81 linear SVMs that tell 3 from 8, from strong regularisation to weak.

    python -m experiments.svm_3_8

The settings are those of Tanay & Griffin 2018: the first 3,000 training images of each class,
pixels in [0, 1], mean hinge loss plus λ‖w‖², the bias not regularised. λ falls from 10^2 to 10^-6
in steps of 10^-0.1. The paper writes 10^7 to 10^-1, because its penalty has a further factor of
1e-5. Where the largest λ leave the bias free within an interval, libsvm takes its midpoint, and so
did the paper.

For the figures, the first 500 training images of each class are projected onto the tilting plane
of each SVM, and all 6,000 onto that of one weakly regularised SVM. Their distances from one more
boundary, of a middling λ, are kept too. A run takes about two minutes; one that was interrupted
goes on where it was.
"""

import shutil
import time
from pathlib import Path
from zlib import crc32

import numpy as np
from sklearn.svm import SVC
from tqdm import tqdm

from experiments.record import save, write_arrays
from helpers import linear, tilting
from helpers.data import digit_pair, load_mnist

SETTINGS = {
    "digits": [3, 8],
    "images_per_class": 3000,
    "drawn_per_class": 500,
    "log_lam": [round(2 - k / 10, 1) for k in range(81)],
    "weak_log_lam": -4.0,
    "middling_log_lam": -3.0,
    "tol": 1e-3,
}
# Other settings are another run: it must not go on with the SVMs of this one.
RUN = f"svm_3_8-{crc32(repr(SETTINGS).encode()):08x}"
FINISHED = Path(__file__).resolve().parent.parent / "_build" / RUN
PER_PIXEL = 1000  # coordinates are stored as whole thousandths of a pixel
# Distances are finer: chapter 2 multiplies them by up to 30 and shows three digits of the mean.
DISTANCES_PER_PIXEL = 10_000


def train(X, y, gram, lam):
    """Weights and bias of the SVM with mean hinge loss and penalty lam · ‖w‖².

    ``gram`` is X Xᵀ, which all SVMs share: with it a fit takes a tenth of the time.
    """
    C = 1 / (2 * lam * len(y))
    svm = SVC(kernel="precomputed", C=C, tol=SETTINGS["tol"]).fit(gram, y)
    return svm.dual_coef_[0] @ X[svm.support_], svm.intercept_[0]


def train_all(X, y):
    """Weights, shape (81, 784), and biases, shape (81,); finished SVMs are kept in FINISHED."""
    gram = X @ X.T
    models = []
    for log_lam in tqdm(SETTINGS["log_lam"], desc="SVMs", unit="model"):
        path = FINISHED / f"{log_lam}.npz"
        if not path.is_file():
            w, b = train(X, y, gram, 10**log_lam)
            write_arrays(path, {"w": w, "b": np.array(b)})
        with np.load(path) as model:
            models.append((model["w"], model["b"]))
    w, b = zip(*models, strict=True)
    return np.array(w), np.array(b)


def measure(w, b, i, j, train_set, test_set):
    """Tilting angle (radians), adversarial and error distance (pixels), errors (per cent)."""
    return {
        "theta": tilting.tilting_angle(w, i, j),
        "d_adv": linear.adversarial_distance(*train_set, w, b),
        "d_err": linear.error_distance(*train_set, w, b),
        "err_train": 100 * linear.error_rate(*train_set, w, b),
        "err_test": 100 * linear.error_rate(*test_set, w, b),
        "norm_w": float(np.linalg.norm(w)),
    }


def in_tilting_planes(X, w, i, j):
    """Each image along ẑ, shape (m,), and along each SVM's n̂, shape (81, m), from (i + j)/2."""
    vertical, n_hat = [], None
    for each in reversed(w):  # from the smallest λ: the largest have no n̂ of their own
        z_hat, n_hat = tilting.tilting_plane(each, i, j, fallback=n_hat)
        horizontal, along_n = tilting.project(X, z_hat, n_hat, (i + j) / 2).T
        vertical.append(along_n)
    return horizontal, np.array(vertical[::-1])


def quantised(coordinates, per_pixel=PER_PIXEL):
    return np.round(coordinates * per_pixel).astype(np.int16)


def main():
    started = time.perf_counter()
    mnist = load_mnist()
    n, drawn = SETTINGS["images_per_class"], SETTINGS["drawn_per_class"]
    train_set = digit_pair(mnist, *SETTINGS["digits"], n=n)
    test_set = digit_pair(mnist, *SETTINGS["digits"], split="test")
    X, y = train_set
    w, b = train_all(X, y)
    i, j = tilting.centroids(X, y)
    lam = [10**log_lam for log_lam in SETTINGS["log_lam"]]
    points = np.concatenate([np.flatnonzero(y == label)[:drawn] for label in (-1, 1)])
    horizontal, vertical = in_tilting_planes(X[points], w, i, j)
    weak = w[SETTINGS["log_lam"].index(SETTINGS["weak_log_lam"])]
    middling = SETTINGS["log_lam"].index(SETTINGS["middling_log_lam"])
    distances = linear.signed_distance(X, w[middling], b[middling])
    in_weak_plane = tilting.project(X, *tilting.tilting_plane(weak, i, j), (i + j) / 2)
    arrays = {
        "lam": np.array(lam),
        "w": w.astype(np.float32),
        "b": b,
        "centroids": np.array([i, j], np.float32),
        "points": points,
        "horizontal": quantised(horizontal),
        "vertical": quantised(vertical),
        "in_weak_plane": quantised(in_weak_plane),
        "per_pixel": np.array(PER_PIXEL),
        "middling": np.array(middling),
        "distances": quantised(distances, DISTANCES_PER_PIXEL),
        "distances_per_pixel": np.array(DISTANCES_PER_PIXEL),
    }
    figures = [
        {"lam": each, **measure(w_k, b_k, i, j, train_set, test_set)}
        for each, w_k, b_k in zip(lam, w, b, strict=True)
    ]
    save("svm_3_8", arrays, figures, SETTINGS, started)
    shutil.rmtree(FINISHED)


if __name__ == "__main__":
    main()
