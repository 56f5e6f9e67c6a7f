"""A classifier turns from the nearest-centroid direction to the direction of an SVM and beyond."""

import math

import numpy as np
import traitlets

from helpers import tilting
from explorables.base import Explorable
from explorables.traits import LARGEST_ANGLE, Number
from helpers.formats import SVM_FINE
from helpers.results import load_arrays

FORMAT = SVM_FINE["in_weak_plane"]

LAM = 1e-4  # of the SVM that spans the plane with the centroids


def svm():
    """Weights of the SVM, shape (784,), and the centroids i and j, as the experiment left them."""
    arrays = load_arrays("svm_mnist")
    nearest = np.argmin(np.abs(np.log(arrays["lam"] / LAM)))
    return arrays["w"][nearest].astype(float), *arrays["centroids"].astype(float)


class TiltingPlane(Explorable):
    """Turn ŵ = cos θ ẑ + sin θ n̂, and the boundary through the midpoint of the centroids with it.

    ``theta`` is θ in radians, from 0, the nearest-centroid classifier of 3s and 8s, to below π/2.
    n̂ belongs to the SVM with λ = 1e-4, whose own angle is ``theta_svm``. Distances are in pixels.
    The data are the results of ``experiments/svm_mnist.py``. Tanay & Griffin 2018, "Tilting angle".
    """

    heights = (685, 869)
    title = traitlets.Unicode("Tilting plane").tag(sync=True)
    theta = Number(math.pi / 6, min=0, max=LARGEST_ANGLE).tag(sync=True)
    theta_svm = Number(min=0, max=LARGEST_ANGLE).tag(sync=True)
    centroids = traitlets.Bytes(help="float32 pixels in [0, 1] of i and of j").tag(sync=True)
    n_hat = traitlets.Bytes(help="float32, a unit vector at right angles to j - i").tag(sync=True)
    points = traitlets.Bytes(
        help="int16 coordinates along ẑ and n̂ from the midpoint of the centroids, one row an "
        "image: all 3,000 of class I, then as many of class J"
    ).tag(sync=True)
    per_pixel = traitlets.Int(help="the unit of points: so many to a pixel").tag(sync=True)

    @traitlets.default("theta_svm")
    def _load_theta_svm(self):
        return tilting.tilting_angle(*svm())

    @traitlets.default("centroids")
    def _load_centroids(self):
        return load_arrays("svm_mnist")["centroids"].astype("<f4").tobytes()

    @traitlets.default("n_hat")
    def _load_n_hat(self):
        return tilting.tilting_plane(*svm())[1].astype("<f4").tobytes()

    @traitlets.default("points")
    def _load_points(self):
        return FORMAT.encode(load_arrays("svm_mnist")["in_weak_plane"]).astype("<i2").tobytes()

    @traitlets.default("per_pixel")
    def _load_per_pixel(self):
        return FORMAT.per_unit
