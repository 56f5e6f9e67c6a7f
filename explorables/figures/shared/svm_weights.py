"""What figures of the SVMs that tell 3 from 8 share: weights, and places of images, as finely as a
screen shows them."""

import numpy as np

from helpers.formats import PIXELS, SVM_FINE, Format
from helpers.results import load_arrays

VERTICAL = SVM_FINE["vertical"]._replace(per_unit=50)  # at most 2/3 of a screen's pixel apart
WEIGHTS = Format("int8", ("lam", PIXELS), "", "weights of each SVM, the largest ±1", per_unit=127)


def load_weights():
    """ŵ of each SVM, scaled so that its largest entry is 1 or −1, shape (81, 784)."""
    w = load_arrays("svm_mnist")["w"]
    return w / np.abs(w).max(axis=1, keepdims=True)
