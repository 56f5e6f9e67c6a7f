"""Real digits, cut across by the boundaries of many classifiers: upright at first, then tilted."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.figures.shared.svm_weights import VERTICAL, WEIGHTS, load_weights
from explorables.traits import Number
from helpers import linear, tilting
from helpers.formats import SVM_FINE
from helpers.results import load_arrays, load_svm_figures


class TiltingDigits(Explorable):
    """Weaken the regularisation of an SVM that tells 3 from 8, and watch its boundary tilt.

    λ = 10^``log_lam`` is the factor of ‖w‖², and ``log_lam`` goes from 2 (the boundary is upright)
    to -6; the figure shows the nearest of the ``models``, in its own tilting plane and in the plane
    of the SVM with the least test error. ``horizontal`` and ``vertical`` are the places of images
    along ẑ and along each SVM's n̂, in pixels from the middle of the ``centroids``; the first half
    are 3s. SVMs and images are the results of ``experiments/svm_mnist.py``.
    Tanay & Griffin 2018, "Tilting angle".
    """

    heights = (649, 1199)
    title = traitlets.Unicode("A boundary between 3 and 8, tilting").tag(sync=True)
    log_lam = Number(0.7, min=-6, max=2).tag(sync=True)
    models = traitlets.List(
        help="of each SVM, from the largest λ: log_lam, theta, d_adv, err_train, err_test; offset, "
        "the signed distance of the middle of the centroids; in_best_plane, what of ŵ lies there"
    ).tag(sync=True)
    best = traitlets.Int(help="number of the SVM with the least test error").tag(sync=True)
    horizontal = Array(SVM_FINE["horizontal"], load=lambda: load_arrays("svm_mnist")["horizontal"])
    vertical = Array(VERTICAL, load=lambda: load_arrays("svm_mnist")["vertical"])
    centroids = Array(SVM_FINE["centroids"], load=lambda: load_arrays("svm_mnist")["centroids"])
    weights = Array(WEIGHTS, load=load_weights)

    @traitlets.default("models")
    def _load_models(self):
        arrays, figures = load_arrays("svm_mnist"), load_svm_figures(3, 8)
        i, j = arrays["centroids"]
        frame = tilting.tilting_plane(arrays["w"][self.best], i, j)
        return [
            {
                "log_lam": round(float(np.log10(row["lam"])), 1),
                "offset": round(float(linear.signed_distance((i + j) / 2, w, b)), 5),
                "in_best_plane": tilting.in_frame(w, *frame).round(5).tolist(),
            }
            | {key: round(row[key], 5) for key in ("theta", "d_adv", "err_train", "err_test")}
            for row, w, b in zip(figures, arrays["w"], arrays["b"], strict=True)
        ]

    @traitlets.default("best")
    def _load_best(self):
        return int(np.argmin([row["err_test"] for row in load_svm_figures(3, 8)]))
