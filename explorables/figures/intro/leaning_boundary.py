"""The first picture of a boundary that tilts: digits as points, and two of them with their mirror
images."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.figures.intro.real_digit import DIGITS
from explorables.figures.shared.svm_weights import VERTICAL, WEIGHTS, load_weights
from explorables.traits import Number
from helpers import linear, tilting
from helpers.formats import SVM_FINE, Format
from helpers.results import load_arrays, load_svm_figures

PLACES = Format("float32", ("lam", 2, 2), "px", "of the 3 and the 8, along ẑ and along each n̂")


def _digits():
    return load_arrays("real_digit")["digits"] / 255


def _places():
    """Where both digits lie in each tilting plane, from (i + j)/2, shape (81, 2, 2)."""
    arrays, n_hat, found = load_arrays("svm_mnist"), None, []
    i, j = arrays["centroids"].astype(float)
    for w in reversed(arrays["w"].astype(float)):  # the largest λ have no n̂ of their own
        z_hat, n_hat = tilting.tilting_plane(w, i, j, fallback=n_hat)
        found.append(tilting.project(_digits(), z_hat, n_hat, (i + j) / 2))
    return np.array(found[::-1])


class LeaningBoundary(Explorable):
    """Weaken the regularisation of an SVM that tells 3 from 8: its boundary leans over, and comes
    closer to the digits.

    λ = 10^``log_lam`` is the factor of ‖w‖²; the figure shows the nearest of the ``models``.
    ``horizontal`` and ``vertical`` are the places of images along ẑ and along each SVM's n̂, in
    pixels from the middle of the ``centroids``, the first half of them 3s; ``places`` are those of
    the two ``digits``, which :class:`RealDigit` shows, too. SVMs and images are the results of
    ``experiments/svm_mnist.py`` and ``experiments/real_digit.py``.
    """

    heights = (774, 714)
    title = traitlets.Unicode("A boundary between 3 and 8 that leans over").tag(sync=True)
    log_lam = Number(0.7, min=-6, max=2).tag(sync=True)
    models = traitlets.List(
        help="of each SVM, from the largest λ: log_lam, theta, err_train, err_test; offset, the "
        "signed distance of the middle of the centroids; distances, those of the two digits"
    ).tag(sync=True)
    horizontal = Array(SVM_FINE["horizontal"], load=lambda: load_arrays("svm_mnist")["horizontal"])
    vertical = Array(VERTICAL, load=lambda: load_arrays("svm_mnist")["vertical"])
    centroids = Array(SVM_FINE["centroids"], load=lambda: load_arrays("svm_mnist")["centroids"])
    weights = Array(WEIGHTS, load=load_weights)
    digits = Array(DIGITS, load=_digits)
    places = Array(PLACES, load=_places)

    @traitlets.default("models")
    def _load_models(self):
        arrays, figures = load_arrays("svm_mnist"), load_svm_figures(3, 8)
        middle = arrays["centroids"].mean(axis=0)
        return [
            {
                "log_lam": round(float(np.log10(row["lam"])), 1),
                "offset": round(float(linear.signed_distance(middle, w, b)), 5),
                "distances": linear.signed_distance(self.digits, w, b).round(5).tolist(),
            }
            | {key: round(row[key], 5) for key in ("theta", "err_train", "err_test")}
            for row, w, b in zip(figures, arrays["w"], arrays["b"], strict=True)
        ]
