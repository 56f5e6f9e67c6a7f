"""Every linear SVM of the book: 45 pairs of digits, 81 strengths of regularisation each."""

from pathlib import Path

import numpy as np
import traitlets

from helpers import linear
from explorables.base import Explorable
from explorables.traits import DigitPair, Number, digits_of
from helpers.formats import SVM_PAIR
from helpers.results import FOLDER, load_svms, load_table, rows_of_pair
from helpers.svm import lam_from_paper

RESULT = "svm_mnist"
PER_UNIT = 10_000  # pixels of centroids and basis are stored as whole ten-thousandths


def rows_of(table, pair):
    """The rows of the summary that belong to a pair such as "3-8", from the largest λ."""
    return rows_of_pair(table, *digits_of(pair))


def log_lams(rows):
    """log10 λ, λ being the factor of ‖w‖²; the table holds that of the paper's λ, alpha."""
    return np.log10(lam_from_paper(10 ** rows["alpha"])).round(1)


def _whole(values):
    return np.round(values * PER_UNIT).astype("<i2").tobytes()


def _examples():
    with np.load(FOLDER / RESULT / "examples.npz", allow_pickle=False) as arrays:
        return arrays["images"]


def _summary(table, pair):
    rows = rows_of(table, pair)
    best = int(np.argmin(rows["err_test"]))
    return {
        "pair": pair,
        "log_lam": float(log_lams(rows)[best]),
        "err_test": round(float(rows["err_test"][best]), 5),
        "theta": np.degrees(rows["theta"]).round(1).tolist(),
    }


class SvmExplorer(Explorable):
    """Open any pair of digits and any of its 81 SVMs, and look at it from all sides.

    ``pair`` is "i-j" with i < j; λ = 10^``log_lam`` is the factor of ‖w‖², from -6 to 2 in tenths,
    at first that of the least test error. ``plane`` is the tilting plane of the SVM ("own") or of
    the pair's SVM with the least test error ("best"), ``measure`` what colours the map of pairs.
    In the book, the address of the page keeps the view: ``#svm=3-8,-2.5``.

    The SVMs are the results of ``experiments/svm_mnist.py``. Of each image the coordinates along
    12 directions are kept, so that distances are right to 0.15 pixels; angles, errors and norms
    are exact. Tanay & Griffin 2018, "Example: SVM on MNIST".
    """

    heights = (1203, 2158)
    title = traitlets.Unicode("SVMs for every pair of digits").tag(sync=True)
    pair = DigitPair("3-8").tag(sync=True)
    log_lam = Number(min=-6, max=2).tag(sync=True)
    plane = traitlets.Enum(["own", "best"], "own").tag(sync=True)
    measure = traitlets.Enum(["err_test", "log_lam", "theta"], "err_test").tag(sync=True)
    pairs = traitlets.List(
        help="of each pair its digits, the SVM with the least test error (per cent), and θ of all "
        "SVMs in degrees, from the largest λ"
    ).tag(sync=True)

    @classmethod
    def parts(cls):
        folder = FOLDER / RESULT
        shared = [folder / "summary.csv", folder / "examples.npz", Path(__file__)]
        return {path.stem: [path, *shared] for path in sorted((folder / "pairs").glob("*.npz"))}

    @classmethod
    def part(cls, key):
        """What the figure draws of a pair such as "3-8": a dict.

        models: the figures of each SVM, from the largest λ, and the signed distances of the two
        examples. Bytes: points, int16, a row of 12 coordinates for each training image in units
        of 1/per_pixel pixels; coefficients, float32, of each ŵ in the basis; basis and centroids,
        int16 in units of 1/per_unit; examples, uint8, an image of each class.

        Raises ValueError where ``key`` is no pair, FileNotFoundError where there are no results.
        """
        i, j = digits_of(key)
        arrays = load_svms(i, j)
        rows = arrays["table"]
        examples = _examples()[[i, j]]
        return {
            "models": [
                {
                    "log_lam": float(log_lam),
                    "theta": round(float(row["theta"]), 5),
                    "d_adv": round(float(row["d_adv"]), 5),
                    "err_train": round(float(row["err_train"]), 5),
                    "err_test": round(float(row["err_test"]), 5),
                    "norm": float(f"{row['norm_w']:.5g}"),
                    "offset": round(float(offset), 5),
                    "examples": linear.signed_distance(examples / 255, w, b).round(5).tolist(),
                }
                for log_lam, row, w, b, offset in zip(
                    log_lams(rows), rows, arrays["w"], arrays["b"], arrays["offset"], strict=True
                )
            ],
            "per_pixel": SVM_PAIR["points"].per_unit,
            "per_unit": PER_UNIT,
            "points": SVM_PAIR["points"].encode(arrays["points"]).astype("<i2").tobytes(),
            "coefficients": arrays["coefficients"].astype("<f4").tobytes(),
            "basis": _whole(arrays["basis"]),
            "centroids": _whole(arrays["centroids"]),
            "examples": examples.tobytes(),
        }

    @traitlets.default("log_lam")
    def _least_test_error(self):
        rows = rows_of(load_table(RESULT), self.pair)
        return float(log_lams(rows)[np.argmin(rows["err_test"])])

    @traitlets.default("pairs")
    def _load_pairs(self):
        table = load_table(RESULT)
        return [_summary(table, pair) for pair in self.parts()]
