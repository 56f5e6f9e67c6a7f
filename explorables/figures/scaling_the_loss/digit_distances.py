"""What the explorables of chapter 2 share: how far 6,000 digits lie from one boundary."""

import numpy as np
import traitlets

from explorables.base import Explorable
from helpers.formats import SVM_FINE
from helpers.results import load_arrays

FORMAT = SVM_FINE["distances"]


class DigitDistances(Explorable):
    """The signed distances of the training images from the boundary of one SVM.

    The SVM is the one of a middling λ, 10^-3, among those of ``experiments/svm_mnist.py``.
    ``distances`` are int16, ``per_pixel`` to a pixel: first those of class I, then as many of
    class J. ``norm`` is the length of the SVM's weights. ``loss`` is "zero_one", "hinge" or
    "softplus", the names of the functions of helpers.losses.
    """

    distances = traitlets.Bytes().tag(sync=True)
    per_pixel = traitlets.Int().tag(sync=True)
    norm = traitlets.Float().tag(sync=True)
    loss = traitlets.Enum(["zero_one", "hinge", "softplus"], "hinge").tag(sync=True)

    @traitlets.default("distances")
    def _load_distances(self):
        return FORMAT.encode(load_arrays("svm_mnist")["distances"]).astype("<i2").tobytes()

    @traitlets.default("per_pixel")
    def _load_per_pixel(self):
        return FORMAT.per_unit

    @traitlets.default("norm")
    def _load_norm(self):
        arrays = load_arrays("svm_mnist")
        return float(np.linalg.norm(arrays["w"][arrays["middling"]]))
