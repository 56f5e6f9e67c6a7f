"""The weights of the SVMs that tell 3 from 8, as pictures show them."""

import numpy as np

from helpers.formats import PIXELS, Format
from helpers.results import load_arrays

WEIGHTS = Format("int8", ("lam", PIXELS), "", "weights of each SVM, the largest ±1", per_unit=127)


def load_weights():
    """ŵ of each SVM, scaled so that its largest entry is 1 or −1, shape (81, 784)."""
    w = load_arrays("svm_mnist")["w"]
    return w / np.abs(w).max(axis=1, keepdims=True)
