"""What the explorables of chapter 2 share: how far 6,000 digits lie from one boundary."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from helpers.formats import SVM_FINE
from helpers.results import load_arrays


class DigitDistances(Explorable):
    """The signed distances of the training images from the boundary of one SVM.

    The SVM is the one of a middling λ, 10^-3, among those of ``experiments/svm_mnist.py``.
    ``distances`` are in pixels: first those of class I, then as many of class J. ``norm`` is the
    length of the SVM's weights. ``loss`` is "zero_one", "hinge" or "softplus", the names of the
    functions of helpers.losses.
    """

    distances = Array(SVM_FINE["distances"], load=lambda: load_arrays("svm_mnist")["distances"])
    norm = traitlets.Float().tag(sync=True)
    loss = traitlets.Enum(["zero_one", "hinge", "softplus"], "hinge").tag(sync=True)

    @traitlets.default("norm")
    def _load_norm(self):
        arrays = load_arrays("svm_mnist")
        return float(np.linalg.norm(arrays["w"][arrays["middling"]]))
