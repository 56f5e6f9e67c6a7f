"""All linear SVMs of the book: 45 pairs of digits × 81 strengths of regularisation.

    python -m experiments.svm_mnist [--jobs N] [--dask ADDRESS]

The settings are those of Tanay & Griffin 2018: the first 3,000 training images of each class,
pixels in [0, 1], mean hinge loss plus λ‖w‖², the bias not regularised, and the test error on all
test images of the two digits. λ falls from 10^2 to 10^-6 in steps of 10^-0.1. Class I is the
smaller digit.

A pair takes about ten seconds of one core. Pairs are spread over the cores of this machine, or
with --dask over the workers of a dask.distributed cluster (the project's extra `cluster`), started
in copies of the project. Each finished pair is kept: a run that was interrupted goes
on where it was. Results do not depend on how the pairs were spread.

Beside weights and figures, a pair keeps what its figures draw: all 6,000 training images as
coordinates in a basis of 12 directions, ẑ and those in which its 81 normals differ most. For the
chapters before, images of 3 and 8 are kept more finely. The training images past the first 3,000 of
each class are held out: λ is chosen by how many of them are robustly classified, at each ε.
"""

import itertools
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from experiments import study
from experiments.record import save_arrays, save_table, write_arrays
from helpers import linear, tilting
from helpers.data import digit_pair, load_mnist
from helpers.formats import SVM_FINE, SVM_PAIR
from helpers.svm import lam_to_paper, svm_path

SETTINGS = {
    "images_per_class": 3000,
    "log_lam": [round(2 - k / 10, 1) for k in range(81)],
    "tol": 1e-6,
    "directions": 12,
    "eps": [k / 10 for k in range(41)],
    "drawn_per_class": 500,
    "weak_log_lam": -4.0,
    "middling_log_lam": -3.0,
}
FIGURES = ("theta", "d_adv", "d_err", "err_train", "err_test", "norm_w", "b", "gap")
DRAWN_FINELY = (3, 8)
PAIRS = list(itertools.combinations(range(10), 2))


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


def basis_of(w, z_hat, directions):
    """Orthonormal rows: ẑ, and those directions at right angles to it that ŵ turns to most."""
    w_hat = w / np.linalg.norm(w, axis=1, keepdims=True)
    rest = w_hat - np.outer(w_hat @ z_hat, z_hat)
    across = np.linalg.svd(rest, full_matrices=False)[2][: directions - 1]
    return np.vstack([z_hat, signs(across)[:, None] * across])


def signs(directions):
    """−1 or 1 for each row, shape (k,): the sign of its entry of largest magnitude.

    A singular vector is known up to its sign. Multiplied by this one, it is the same whichever way
    it was computed.
    """
    largest = np.abs(directions).argmax(axis=1)
    return np.sign(directions[np.arange(len(directions)), largest])


def solve_pair(train_set, test_set, settings):
    """The SVMs of a pair, what is kept of them, and their FIGURES as an array, a row an SVM."""
    X, y = train_set
    w, b, _, gap = svm_path(X, y, 10.0 ** np.array(settings["log_lam"]), settings["tol"])
    i, j = tilting.centroids(X, y)
    basis = basis_of(w, (j - i) / np.linalg.norm(j - i), settings["directions"])
    norms = np.linalg.norm(w, axis=1)
    models = list(zip(w, b, strict=True))
    measured = [measure(*model, i, j, train_set, test_set) for model in models]
    robust = [linear.robust_accuracy(*test_set, *model, settings["eps"]) for model in models]
    n_test = len(test_set[1])
    return {
        "figures": np.column_stack([[list(each.values()) for each in measured], b, gap]),
        "w": w,
        "b": b,
        "centroids": np.array([i, j]),
        "basis": basis,
        "coefficients": w @ basis.T / norms[:, None],
        "offset": (w @ ((i + j) / 2) + b) / norms,
        "points": (X - (i + j) / 2) @ basis.T,
        "per_pixel": np.array(SVM_PAIR["points"].per_unit),
        "robust": np.round(np.array(robust) * n_test),
        "n_test": np.array(n_test),
    }


def solve_named(pair, *data):
    return pair, solve_pair(*data)


def data_of(mnist, pair):
    train_set = digit_pair(mnist, *pair, n=SETTINGS["images_per_class"])
    return train_set, digit_pair(mnist, *pair, split="test")


def name_of(pair):
    return f"{pair[0]}-{pair[1]}"


def solve_all(mnist, paths, jobs):
    """Solve the pairs whose arrays are missing, each in whichever process is free.

    paths: a dict, for each pair where its arrays are to be.
    """
    missing = [pair for pair, path in paths.items() if not path.is_file()]
    parallel = Parallel(jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs")
    solved = parallel(
        delayed(solve_named)(pair, *data_of(mnist, pair), SETTINGS) for pair in missing
    )
    done = len(paths) - len(missing)
    for pair, arrays in tqdm(solved, "Pairs", len(paths), initial=done, unit="pair"):
        write_arrays(paths[pair], arrays)


def read(path):
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def rows_of(pair, figures):
    """The lines of the summary that belong to a pair."""
    for log_lam, values in zip(SETTINGS["log_lam"], figures, strict=True):
        alpha = round(float(np.log10(lam_to_paper(10**log_lam))), 1)
        # Ten digits are more than the sums are good for, whatever machine made them.
        rounded = {name: f"{value:.10g}" for name, value in zip(FIGURES, values, strict=True)}
        yield {"digit_i": pair[0], "digit_j": pair[1], "alpha": alpha, **rounded}


def in_tilting_planes(X, w, i, j):
    """Each image along ẑ, shape (m,), and along each SVM's n̂, shape (81, m), from (i + j)/2."""
    vertical, n_hat = [], None
    for each in reversed(w):  # from the smallest λ: the largest have no n̂ of their own
        z_hat, n_hat = tilting.tilting_plane(each, i, j, fallback=n_hat)
        horizontal, along_n = tilting.project(X, z_hat, n_hat, (i + j) / 2).T
        vertical.append(along_n)
    return horizontal, np.array(vertical[::-1])


def fine_images(train_set, w, b):
    """What the introduction and chapters 2 and 3 draw of the images and SVMs of one pair."""
    X, y = train_set
    w = w.astype(np.float32).astype(float)  # as it is stored
    i, j = tilting.centroids(X, y)
    drawn = SETTINGS["drawn_per_class"]
    points = np.concatenate([np.flatnonzero(y == label)[:drawn] for label in (-1, 1)])
    horizontal, vertical = in_tilting_planes(X[points], w, i, j)
    weak, middling = (
        SETTINGS["log_lam"].index(SETTINGS[name]) for name in ("weak_log_lam", "middling_log_lam")
    )
    weak_plane = tilting.project(X, *tilting.tilting_plane(w[weak], i, j), (i + j) / 2)
    distances = linear.signed_distance(X, w[middling], b[middling])
    return {
        "lam": 10.0 ** np.array(SETTINGS["log_lam"]),
        "w": w,
        "b": b,
        "centroids": np.array([i, j]),
        "points": points,
        "horizontal": horizontal,
        "vertical": vertical,
        "in_weak_plane": weak_plane,
        "per_pixel": SVM_FINE["vertical"].per_unit,
        "middling": middling,
        "distances": distances,
        "distances_per_pixel": SVM_FINE["distances"].per_unit,
    }


def held_out_of(mnist, pair):
    """The training images of a pair that its SVMs have not learnt from, as digit_pair has them."""
    X, y = digit_pair(mnist, *pair)
    unseen = [np.flatnonzero(y == label)[SETTINGS["images_per_class"] :] for label in (-1, 1)]
    return X[np.concatenate(unseen)], y[np.concatenate(unseen)]


def robust_held_out(mnist, pair, w, b):
    """How many held-out images each SVM gets right at each ε, shape (81, 41), and of how many."""
    X, y = held_out_of(mnist, pair)
    w = w.astype(np.float32).astype(float)  # as it is stored
    models = zip(w, b, strict=True)
    robust = [linear.robust_accuracy(X, y, *model, SETTINGS["eps"]) for model in models]
    return np.round(np.array(robust) * len(y)), len(y)


def measured(run, mnist, jobs=-1):
    """The arrays of the pair that is drawn finely; those of all pairs, and the summary."""
    paths = {pair: run.parts / f"{name_of(pair)}.npz" for pair in PAIRS}
    solve_all(mnist, paths, jobs)
    rows, held_out = [], []
    for pair, path in paths.items():
        arrays = read(path)
        rows += rows_of(pair, arrays.pop("figures"))
        save_arrays(f"svm_mnist/pairs/{name_of(pair)}", arrays)
        held_out.append(robust_held_out(mnist, pair, arrays["w"], arrays["b"]))
        if pair == DRAWN_FINELY:
            fine = fine_images(data_of(mnist, pair)[0], arrays["w"], arrays["b"])
    robust, n = map(np.array, zip(*held_out, strict=True))
    save_arrays("svm_mnist/held_out", {"robust": robust, "n": n})
    save_table("svm_mnist/summary", rows)
    return fine, {}


STUDY = study.Study("svm_mnist", study.only("svm_mnist", lambda: SETTINGS), load_mnist, measured)


@contextmanager
def cluster(address):
    """Inside it, joblib sends its tasks to the dask.distributed cluster at ``address``."""
    from dask.distributed import Client

    with Client(address) as client, parallel_config("dask", client=client):
        yield


def main():
    parser = study.command_line(__doc__)
    parser.add_argument("--jobs", type=int, default=-1, help="processes (default: one a core)")
    parser.add_argument("--dask", metavar="ADDRESS", help="scheduler, as in tcp://localhost:8786")
    asked = parser.parse_args()
    with cluster(asked.dask) if asked.dask else nullcontext():
        study.drive(replace(STUDY, measure=partial(measured, jobs=asked.jobs)), anew=True)


if __name__ == "__main__":
    main()
