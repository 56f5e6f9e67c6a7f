"""Every linear SVM of the book: all pairs of digits, all strengths of regularisation."""

import numpy as np
import traitlets

from explorables.arrays import wire
from explorables.base import Explorable
from explorables.traits import DigitPair, Number, digits_of
from helpers import linear
from helpers.files import visible_files
from helpers.formats import PIXELS, SVM_PAIR, Format
from helpers.results import FOLDER, load_arrays, load_run, load_svms, load_table, rows_of_pair

RESULT = "svm_mnist"
IMAGES = Format("int16", ("images", PIXELS), "px", "images and directions", per_unit=10_000)
COUNTS = Format("uint16", ("lam", 2, "bins"), "images", "images of each class by y d(x)")
EXAMPLES = Format("uint8", (2, PIXELS), "px", "a training image of each class", per_unit=255)


def log_lams():
    """log10 λ of the SVMs, from the largest; λ is the factor of ‖w‖²."""
    return load_run(RESULT)["settings"]["log_lam"]


def rows_of(table, pair):
    """The rows of the summary that belong to a pair such as "3-8", from the largest λ."""
    return rows_of_pair(table, *digits_of(pair))


def _summary(table, pair):
    rows = rows_of(table, pair)
    best = int(np.argmin(rows["err_test"]))
    return {
        "pair": pair,
        "log_lam": log_lams()[best],
        "err_test": round(float(rows["err_test"][best]), 5),
        "theta": np.degrees(rows["theta"]).round(1).tolist(),
    }


class SvmExplorer(Explorable):
    """Open any pair of digits and any of its SVMs, and look at it from all sides.

    ``pair`` is "i-j" with i < j; λ = 10^``log_lam`` is the factor of ‖w‖², with log_lam from -6 to
    2, at first that of the least test error; the figure shows the nearest of the ``log_lams``.
    ``plane`` is the tilting plane of the SVM ("own") or of the pair's SVM with the least test error
    ("best"), ``measure`` what colours the map of pairs. In the book, the address of the page keeps
    the view: ``#svm=3-8,-2.5``.

    The SVMs are the results of ``experiments/svm_mnist.py``. In the tilting plane an image stands
    right to 0.15 pixels, since its coordinates along a few directions are kept; distances, which
    ``experiments/svm_margins.py`` has counted, angles, errors and norms are exact. Tanay & Griffin
    2018, "Example: SVM on MNIST".
    """

    heights = (785, 1645)
    title = traitlets.Unicode("SVMs for every pair of digits").tag(sync=True)
    pair = DigitPair("3-8").tag(sync=True)
    log_lam = Number(min=-6, max=2).tag(sync=True)
    plane = traitlets.Enum(["own", "best"], "own").tag(sync=True)
    measure = traitlets.Enum(["err_test", "log_lam", "theta"], "err_test").tag(sync=True)
    log_lams = traitlets.List(help="log10 λ of the SVMs, from the largest").tag(sync=True)
    margin_axis = traitlets.List(
        help="the ends of the histogram's axis in its unit, 1/‖w‖ but no more than so many pixels"
    ).tag(sync=True)
    pairs = traitlets.List(
        help="of each pair its digits, the SVM with the least test error (per cent), and θ of all "
        "SVMs in degrees, from the largest λ"
    ).tag(sync=True)

    @classmethod
    def parts(cls):
        return [path.stem for path in visible_files(FOLDER / RESULT / "pairs", "*.npz")]

    @classmethod
    def part(cls, key):
        """What the figure draws of a pair such as "3-8": a dict.

        models: the figures of each SVM, from the largest λ, and the signed distances of the two
        examples from its boundary, moved to the middle of the means. points, coefficients, basis
        and centroids are those of formats.SVM_PAIR, counts are those of formats.SVM_MARGINS;
        examples is a typical image of each class. Lengths are in pixels.

        Raises ValueError where ``key`` is no pair, FileNotFoundError where there are no results.
        """
        i, j = digits_of(key)
        arrays = load_svms(i, j)
        margins = load_arrays("svm_margins")
        examples = margins["typical"][[i, j]] / 255
        return {
            "models": [
                _model(row, w, b, offset, examples)
                for row, w, b, offset in zip(
                    arrays["table"], arrays["w"], arrays["b"], arrays["offset"], strict=True
                )
            ],
            "points": wire(arrays["points"], SVM_PAIR["points"]),
            "coefficients": wire(arrays["coefficients"], SVM_PAIR["coefficients"]),
            "counts": wire(margins["counts"][cls.parts().index(key)], COUNTS),
            "basis": wire(arrays["basis"], IMAGES),
            "centroids": wire(arrays["centroids"], IMAGES),
            "examples": wire(examples, EXAMPLES),
        }

    @traitlets.default("log_lams")
    def _load_log_lams(self):
        return log_lams()

    @traitlets.default("log_lam")
    def _least_test_error(self):
        rows = rows_of(load_table(RESULT), self.pair)
        return log_lams()[np.argmin(rows["err_test"])]

    @traitlets.default("margin_axis")
    def _load_margin_axis(self):
        settings = load_run("svm_margins")["settings"]
        return [settings[name] for name in ("first", "last", "unit_px")]

    @traitlets.default("pairs")
    def _load_pairs(self):
        table = load_table(RESULT)
        return [_summary(table, pair) for pair in self.parts()]


def _model(row, w, b, offset, examples):
    figures = {name: float(row[name]) for name in ("theta", "d_adv", "err_train", "err_test")}
    return {name: round(value, 5) for name, value in figures.items()} | {
        "norm": float(f"{row['norm_w']:.5g}"),
        "offset": round(float(offset), 5),
        "examples": (linear.signed_distance(examples, w, b) - offset).round(5).tolist(),
    }
