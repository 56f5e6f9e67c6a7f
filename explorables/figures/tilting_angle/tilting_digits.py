"""Real digits, cut across by the boundaries of 81 classifiers: upright at first, then tilted."""

import numpy as np
import traitlets

from helpers import linear, tilting
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import SVM_FINE
from helpers.results import load_arrays, load_svm_figures


class TiltingDigits(Explorable):
    """Weaken the regularisation of an SVM that tells 3 from 8, and watch its boundary tilt.

    λ = 10^``log_lam`` is the factor of ‖w‖², and ``log_lam`` goes from 2 (the boundary is upright)
    to -6. There is an SVM for every tenth; the figure shows the nearest, in its own tilting plane
    and in the plane of the SVM with the least test error. SVMs and images are the results of
    ``experiments/svm_mnist.py``. Tanay & Griffin 2018, "Tilting angle".
    """

    heights = (644, 1173)
    title = traitlets.Unicode("A boundary between 3 and 8, tilting").tag(sync=True)
    log_lam = Number(0.7, min=-6, max=2).tag(sync=True)
    models = traitlets.List(help="what is shown of each SVM, from the largest λ").tag(sync=True)
    best = traitlets.Int(help="number of the SVM with the least test error").tag(sync=True)
    per_pixel = traitlets.Int(help="units of horizontal and vertical in a pixel").tag(sync=True)
    horizontal = traitlets.Bytes(help="int16, along ẑ: half of the images are 3s").tag(sync=True)
    vertical = traitlets.Bytes(help="int16, along n̂: one row an SVM").tag(sync=True)
    centroids = traitlets.Bytes(help="float32 pixels of the mean 3 and the mean 8").tag(sync=True)
    weights = traitlets.Bytes(help="int8, one row an SVM, the largest ±127").tag(sync=True)

    @traitlets.default("models")
    def _load_models(self):
        arrays, figures = load_arrays("svm_mnist"), load_svm_figures(3, 8)
        i, j = arrays["centroids"]
        frame = tilting.tilting_plane(arrays["w"][self.best], i, j)
        return [
            {
                "log_lam": round(float(np.log10(of["lam"])), 1),
                # From the boundary to the point half-way between the centroids.
                "offset": round(float(linear.signed_distance((i + j) / 2, w, b)), 5),
                "in_best_plane": tilting.in_frame(w, *frame).round(5).tolist(),
            }
            | {key: round(of[key], 5) for key in ("theta", "d_adv", "err_train", "err_test")}
            for of, w, b in zip(figures, arrays["w"], arrays["b"], strict=True)
        ]

    @traitlets.default("best")
    def _load_best(self):
        return int(np.argmin([of["err_test"] for of in load_svm_figures(3, 8)]))

    @traitlets.default("per_pixel")
    def _load_per_pixel(self):
        return SVM_FINE["vertical"].per_unit

    @traitlets.default("horizontal")
    def _load_horizontal(self):
        return SVM_FINE["horizontal"].encode(load_arrays("svm_mnist")["horizontal"]).astype("<i2").tobytes()

    @traitlets.default("vertical")
    def _load_vertical(self):
        return SVM_FINE["vertical"].encode(load_arrays("svm_mnist")["vertical"]).astype("<i2").tobytes()

    @traitlets.default("centroids")
    def _load_centroids(self):
        return load_arrays("svm_mnist")["centroids"].astype("<f4").tobytes()

    @traitlets.default("weights")
    def _load_weights(self):
        w = load_arrays("svm_mnist")["w"]
        return np.round(w / np.abs(w).max(axis=1, keepdims=True) * 127).astype(np.int8).tobytes()
