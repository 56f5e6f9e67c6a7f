"""How much of its accuracy a linear classifier keeps when every image may be moved by eps."""

from pathlib import Path

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import DigitPair, Number, digits_of
from helpers.results import FOLDER, load_svms


class RobustAccuracy(Explorable):
    """Compare the 81 SVMs of a pair of digits by the share of test images they get right however
    each image is moved by ``eps`` pixels.

    ``pair`` is "i-j" with i < j. λ = 10^``log_lam`` is the factor of ‖w‖², from -6 to 2 in tenths,
    at first the one of the largest test accuracy; ``eps`` goes from 0 to 4 pixels in tenths. The
    figure shows the nearest tenth. The accuracies are exact: an image counts where y d(x) > eps.

    The counts are results of ``experiments/svm_mnist.py``. Tanay & Griffin 2018, "Example: SVM on
    MNIST", has the classifiers; see helpers.linear.robust_accuracy for what is counted.
    """

    heights = (639, 1137)
    title = traitlets.Unicode("Robust accuracy of linear classifiers").tag(sync=True)
    pair = DigitPair("3-8").tag(sync=True)
    log_lam = Number(min=-6, max=2).tag(sync=True)
    eps = Number(1.0, min=0, max=4).tag(sync=True)

    @classmethod
    def parts(cls):
        folder = FOLDER / "svm_mnist" / "pairs"
        return {path.stem: [path, Path(__file__)] for path in folder.glob("*.npz")}

    @classmethod
    def part(cls, key):
        """How many of the pair's ``n_test`` test images have y d(x) > eps.

        ``robust`` is uint16: a row of 41 eps = 0, 0.1, ..., 4 for each of 81 λ, the largest first.
        """
        if key not in cls.parts():
            return super().part(key)
        svms = _svms(key)
        return {"robust": svms["robust"].astype("<u2").tobytes(), "n_test": int(svms["n_test"])}

    @traitlets.default("log_lam")
    def _largest_test_accuracy(self):
        return round(2 - np.argmax(_svms(self.pair)["robust"][:, 0]) / 10, 1)


def _svms(pair):
    return load_svms(*digits_of(pair))
