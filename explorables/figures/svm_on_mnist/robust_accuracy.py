"""How much of its accuracy a linear classifier keeps when every image may be moved by eps."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import DigitPair, Number, digits_of
from helpers.results import FOLDER, load_run, load_svms


class RobustAccuracy(Explorable):
    """Compare the SVMs of a pair of digits by the share of test images they get right however each
    image is moved by ``eps`` pixels.

    ``pair`` is "i-j" with i < j. λ = 10^``log_lam`` is the factor of ‖w‖², with log_lam from -6 to
    2, at first the one of the largest test accuracy; ``eps`` goes from 0 to 4 pixels. The figure
    shows the nearest λ and ε that there are results for. The accuracies are exact: an image counts
    where y d(x) > eps.

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
        return sorted(path.stem for path in (FOLDER / "svm_mnist" / "pairs").glob("*.npz"))

    @classmethod
    def part(cls, key):
        """How many of the pair's ``n_test`` test images have y d(x) > eps: ``robust``, a row for
        each of the ``log_lam``, from the largest, and in it a number for each of the ``eps``.

        Raises ValueError where ``key`` is no pair.
        """
        if key not in cls.parts():
            return super().part(key)
        svms = load_svms(*digits_of(key))
        return _grids() | {"robust": svms["robust"], "n_test": int(svms["n_test"])}

    @traitlets.default("log_lam")
    def _largest_test_accuracy(self):
        robust = load_svms(*digits_of(self.pair))["robust"]
        return _grids()["log_lam"][np.argmax(robust[:, 0])]


def _grids():
    settings = load_run("svm_mnist")["settings"]
    return {name: settings[name] for name in ("log_lam", "eps")}
