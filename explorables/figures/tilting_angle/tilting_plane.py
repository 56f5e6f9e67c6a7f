"""A classifier turns from the nearest-centroid direction to the direction of an SVM and beyond."""

import math

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.traits import LARGEST_ANGLE, Number
from helpers import tilting
from helpers.formats import PIXELS, SVM_FINE, Format
from helpers.results import load_arrays

LAM = 1e-4  # of the SVM that spans the plane with the centroids


def svm():
    """Weights of the SVM, shape (784,), and the centroids i and j, as the experiment left them."""
    arrays = load_arrays("svm_mnist")
    nearest = np.argmin(np.abs(np.log(arrays["lam"] / LAM)))
    return arrays["w"][nearest].astype(float), *arrays["centroids"].astype(float)


class TiltingPlane(Explorable):
    """Turn ŵ = cos θ ẑ + sin θ n̂, and the boundary through the midpoint of the centroids with it.

    ``theta`` is θ in radians, from 0, the nearest-centroid classifier of 3s and 8s, to below π/2.
    n̂ belongs to the SVM with λ = 1e-4, whose own angle is ``theta_svm``. ``points`` are the
    coordinates of the images along ẑ and n̂, from the midpoint of the ``centroids`` and in pixels,
    those of class I first, then as many of class J. The data are the results of
    ``experiments/svm_mnist.py``. Tanay & Griffin 2018, "Tilting angle".
    """

    heights = (704, 873)
    title = traitlets.Unicode("Tilting plane").tag(sync=True)
    theta = Number(math.pi / 6, min=0, max=LARGEST_ANGLE, step=math.radians(0.5)).tag(sync=True)
    theta_svm = Number(min=0, max=LARGEST_ANGLE).tag(sync=True)
    centroids = Array(SVM_FINE["centroids"], load=lambda: load_arrays("svm_mnist")["centroids"])
    n_hat = Array(
        Format("float32", (PIXELS,), "", "a unit vector at right angles to j − i"),
        load=lambda: tilting.tilting_plane(*svm())[1],
    )
    points = Array(
        SVM_FINE["in_weak_plane"], load=lambda: load_arrays("svm_mnist")["in_weak_plane"]
    )

    @traitlets.default("theta_svm")
    def _load_theta_svm(self):
        return tilting.tilting_angle(*svm())
