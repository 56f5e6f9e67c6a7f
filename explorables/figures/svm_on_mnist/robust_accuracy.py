"""How much of its accuracy a linear classifier keeps when every image may be moved by eps."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import DigitPair, Number, digits_of
from helpers.files import visible_files
from helpers.results import FOLDER, load_arrays, load_run, load_svms


class RobustAccuracy(Explorable):
    """Compare the SVMs of a pair of digits by the share of test images they get right however each
    image is moved by ``eps`` pixels.

    ``pair`` is "i-j" with i < j. λ = 10^``log_lam`` is the factor of ‖w‖², with log_lam from -6 to
    2, at first the one that held-out images choose at ε = 0; ``eps`` goes from 0 to 4 pixels. The
    figure shows the nearest λ and ε that there are results for. The accuracies are exact: an image
    counts where y d(x) > eps.

    The counts are results of ``experiments/svm_mnist.py``. Tanay & Griffin 2018, "Example: SVM on
    MNIST", has the classifiers; see helpers.linear.robust_accuracy for what is counted.
    """

    heights = (667, 1158)
    title = traitlets.Unicode("Robust accuracy of linear classifiers").tag(sync=True)
    pair = DigitPair("3-8").tag(sync=True)
    log_lam = Number(min=-6, max=2).tag(sync=True)
    eps = Number(1.0, min=0, max=4).tag(sync=True)

    @classmethod
    def parts(cls):
        return [path.stem for path in visible_files(FOLDER / "svm_mnist" / "pairs", "*.npz")]

    @classmethod
    def part(cls, key):
        """How many of the pair's ``n_test`` test images have y d(x) > eps: ``robust``, a row for
        each of the ``log_lam``, from the largest, and in it a number for each of the ``eps``. And
        for each of these ``chosen``, the number of the SVM for which most of the ``n_held_out``
        training images that none has learnt from have y d(x) > eps; of equals, the largest λ.

        Raises ValueError where ``key`` is no pair.
        """
        if key not in cls.parts():
            return super().part(key)
        svms, (robust, n) = load_svms(*digits_of(key)), cls._held_out(key)
        return _grids() | {
            "robust": svms["robust"],
            "n_test": int(svms["n_test"]),
            "chosen": np.argmax(robust, axis=0).tolist(),
            "n_held_out": int(n),
        }

    @classmethod
    def _held_out(cls, key):
        held_out, k = load_arrays("svm_mnist", "held_out"), cls.parts().index(key)
        return held_out["robust"][k], held_out["n"][k]

    @traitlets.default("log_lam")
    def _chosen_on_clean_images(self):
        robust, _ = self._held_out(self.pair)
        return _grids()["log_lam"][np.argmax(robust[:, 0])]


def _grids():
    settings = load_run("svm_mnist")["settings"]
    return {name: settings[name] for name in ("log_lam", "eps")}
