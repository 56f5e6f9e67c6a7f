"""The formats of the arrays in ``results/``: what each holds, said once.

An experiment stores by them, :mod:`helpers.results` loads by them, and figures take their traits
from them, so that an array keeps its unit from the experiment to the page.

The unit "px" is the way of one pixel from black to white. Images are stored in 1/255 of it. Axes of
one name have one length in a file.
"""

from fnmatch import fnmatch
from typing import NamedTuple

import numpy as np


class Format(NamedTuple):
    """How an array is stored, and what it holds.

    dtype: of what is stored. shape: a length, or the name of one, for each axis. unit: of the
    values, and ``per_unit`` of them stored as one: whole thousandths of a pixel have the unit "px"
    and 1000 per unit. meaning: what the array holds, in words. infinity: the stored number that
    stands for an infinite value, where there may be one.
    """

    dtype: str
    shape: tuple
    unit: str = ""
    meaning: str = ""
    per_unit: float = 1
    infinity: int | None = None

    def encode(self, values):
        """The array as it is stored, from ``values`` in the unit.

        Raises ValueError where the shape is another, or a value has no place in the dtype.
        """
        values = np.asarray(values)
        self.check_shape(values)
        if self.per_unit != 1:
            values = np.round(values * self.per_unit)
        if self.infinity is not None:
            values = np.where(np.isinf(values), self.infinity, values)
        dtype = np.dtype(self.dtype)
        if dtype.kind in "iu" and values.size:
            limits = np.iinfo(dtype)
            if not (values.min() >= limits.min and values.max() <= limits.max):
                raise ValueError(
                    f"values must be stored as {self.dtype}, {1 / self.per_unit:g} {self.unit} "
                    f"apart; they range from {values.min()} to {values.max()} of these"
                )
        return values.astype(dtype)

    def decode(self, stored):
        """The values in the unit, from the array as it is stored."""
        self.check_shape(stored)
        values = stored if self.per_unit == 1 else stored / self.per_unit
        return (
            values if self.infinity is None else np.where(stored == self.infinity, np.inf, values)
        )

    def check_shape(self, array):
        """ValueError unless the array has as many axes, and their lengths where these are fixed."""
        fits = array.ndim == len(self.shape) and all(
            isinstance(wanted, str) or wanted == length
            for wanted, length in zip(self.shape, array.shape, strict=True)
        )
        if not fits:
            raise ValueError(f"the array must have shape {self.shape}; it had {array.shape}")


PIXELS = 28 * 28  # of an image

REAL_DIGIT = {  # of two SVMs, weakly and strongly regularised
    "w": Format("float32", (2, PIXELS), "1/px", "weights of each SVM"),
    "b": Format("float64", (2,), "", "bias of each SVM"),
    "digits": Format("uint8", (2, PIXELS), "1/255", "a 3 and an 8"),
}
SVM_PAIR = {  # of the SVMs of two digits, from the largest λ; images of class I, then of J
    "w": Format("float32", ("lam", PIXELS), "1/px", "weights of each SVM"),
    "b": Format("float64", ("lam",), "", "bias of each SVM"),
    "centroids": Format("float32", (2, PIXELS), "px", "i and j, the mean training images"),
    "basis": Format("float32", ("directions", PIXELS), "", "ẑ, and where ŵ turns to; orthonormal"),
    "coefficients": Format("float32", ("lam", "directions"), "", "ŵ ≈ coefficients @ basis"),
    "offset": Format("float64", ("lam",), "px", "signed distance of (i + j)/2"),
    "points": Format(
        "int16", ("images", "directions"), "px", "training images − (i + j)/2, along the basis", 50
    ),
    "robust": Format("uint16", ("lam", "eps"), "images", "test images with y d(x) > ε"),
    "n_test": Format("int64", (), "images", "how many test images there are"),
    "per_pixel": Format("int64", (), "1/px", "what of points is a pixel"),
}
SVM_FINE = {  # of the SVMs of 3 and 8, from the largest λ
    "lam": Format("float64", ("lam",), "", "λ of each SVM"),
    "w": SVM_PAIR["w"],
    "b": SVM_PAIR["b"],
    "centroids": SVM_PAIR["centroids"],
    "points": Format("int64", ("drawn",), "", "the numbers of the images that are drawn"),
    "horizontal": Format("int16", ("drawn",), "px", "their places along ẑ, from (i + j)/2", 1000),
    "vertical": Format("int16", ("lam", "drawn"), "px", "their places along n̂", 1000),
    "in_weak_plane": Format("int16", ("images", 2), "px", "places along ẑ, n̂ of a small λ", 1000),
    "middling": Format("int64", (), "", "the number of the SVM with λ = 10⁻³"),
    "distances": Format("int16", ("images",), "px", "signed distances from its boundary", 10_000),
    "per_pixel": Format("int64", (), "1/px", "what of horizontal and vertical is a pixel"),
    "distances_per_pixel": Format("int64", (), "1/px", "what of distances is a pixel"),
}
SVM_HELD_OUT = {  # of all pairs; of the training images that no SVM has learnt from
    "robust": Format("uint16", ("pairs", "lam", "eps"), "images", "those with y d(x) > ε"),
    "n": Format("int64", ("pairs",), "images", "how many there are"),
}
SVM_MARGINS = {  # of the SVMs of all pairs, from the largest λ; of class I, then of class J
    "counts": Format("uint16", ("pairs", "lam", 2, "bins"), "images", "training images by y d(x)"),
    "typical": Format("uint8", (10, PIXELS), "1/255", "the most typical image of each digit"),
}
LENET = {  # of the first training or test images; shown is one test image of each digit
    "err_train": Format("float32", ("epochs",), "%", "training error after each epoch"),
    "err_test": Format("float32", ("epochs",), "%", "test error after each epoch"),
    "rms": Format("float32", ("epochs", 4), "", "√ of the mean square of each layer's weights"),
    "equal_confidence": Format("float32", ("few",), "px", "length of the change to it"),
    "deepfool": Format("float32", ("images",), "px", "length of the change that DeepFool finds"),
    "labels": Format("uint8", ("images",), "", "classes of the test images"),
    "labels_train": Format("uint8", ("images",), "", "classes of the training images"),
    "scores": Format("float16", ("images", 10), "", "raw scores of the test images"),
    "scores_train": Format("float16", ("images", 10), "", "raw scores of the training images"),
    "margin": Format("float32", ("images",), "", "true score − largest other score"),
    "gradient_norm": Format("float32", ("images",), "1/px", "‖∇‖ of the margin"),
    "radii_l2": Format("float32", ("l2",), "px", "ε of the L2 attacks"),
    "radii_linf": Format("float32", ("linf",), "px", "ε of the L∞ attacks"),
    "robust_l2": Format("float32", ("l2",), "%", "images that no attack within ε fooled"),
    "robust_linf": Format("float32", ("linf",), "%", "images that no attack within ε fooled"),
    "filter_rms_conv1": Format("float32", (20,), "", "√ of the mean square of each filter"),
    "filter_rms_conv2": Format("float32", (50,), "", "√ of the mean square of each filter"),
    "filter_rms_fc1": Format("float32", (500,), "", "√ of the mean square of each filter"),
    "filter_rms_fc2": Format("float32", (10,), "", "√ of the mean square of each filter"),
    "roughness": Format("float32", (3,), "", "of conv1, conv2, fc1: 1 for noise, 0 if constant"),
    "conv1": Format("float32", (20, 5, 5), "", "the filters of the first layer"),
    "shown": Format("int64", (10,), "", "the numbers of the images that are shown"),
    "shown_images": Format("uint8", (10, PIXELS), "1/255", "those images"),
    "shown_adversarial": Format("float16", (10, PIXELS), "px", "changed to equal confidence"),
    "shown_deepfool": Format("float16", (10, PIXELS), "px", "changed by DeepFool"),
    "walk_adversarial": Format("float16", (10, "places", 10), "", "scores on the way there"),
    "walk_deepfool": Format("float16", (10, "places", 10), "", "scores on the way there"),
}
LMT = {  # of the test images; a radius is 0 where one is misclassified
    "held_out": Format("float32", ("epochs",), "%", "accuracy of held-out images after each epoch"),
    "certified": Format("uint16", ("images",), "px", "the thousandth below the certified r", 1000),
    "found": Format(
        "uint16",
        ("images",),
        "px",
        "distance of the nearest adversarial image, rounded up; infinite where none was found",
        1000,
        infinity=65535,
    ),
    "fooling": Format("float32", ("images",), "px", "least ε of PGD that fooled it, or infinite"),
    "chain": Format("float32", ("right", 4), "px", "radii: proven, by sampled slopes, found"),
    "shown": Format("int64", (10,), "", "the number of the first image of each digit"),
    "shown_images": Format("uint8", (10, PIXELS), "1/255", "those images"),
    "shown_nearest": Format("float32", (10, PIXELS), "px", "the nearest images that were found"),
    "shown_scores": Format("float32", (10, 10), "", "raw scores of these"),
}
CERTIFIED = {  # of the test images, in all of space and with pixels kept in [0, 1]
    name: Format("uint16", ("images",), "px", meaning, 1000, infinity=65535)
    for name, meaning in {
        "radius": "the thousandth below the exact radius",
        "distance": "the thousandth above the distance of a counterexample",
        "box_radius": "the same with pixels in [0, 1]",
        "box_distance": "the same with pixels in [0, 1]",
    }.items()
}
ROBUSTNESS = {  # of every tenth test image
    "held_out": LMT["held_out"],
    "fooling_linf": Format("float32", ("images",), "px", "least ε that fooled it, or infinite"),
    "fooling_l2": Format("float32", ("images",), "px", "least ε that fooled it, or infinite"),
}
ROBUSTNESS_SIZES = ROBUSTNESS | {
    "right": Format("bool", ("test",), "", "which of all test images the network gets right"),
}
ATTACKED = {  # by the ensemble, of the images that were attacked
    norm: Format(
        "float32",
        ("images",),
        "px",
        "distance of the nearest adversarial image; 0 if misclassified, infinite if none was found",
    )
    for norm in ("linf", "l2")
}
ROBUSTNESS_LINEAR = {  # of classifiers of two digits, trained against ε, and on few pixels
    "correlation": Format("float32", (PIXELS,), "", "correlation of each pixel with the label"),
    "eps_train": Format("float32", ("classifiers",), "px", "ε of the training"),
    "w": Format("float32", ("classifiers", PIXELS), "1/px", "weights"),
    "b": Format("float32", ("classifiers",), "", "bias"),
    "eps": Format("float32", ("eps",), "px", "ε that is tried"),
    "robust": Format("float32", ("classifiers", "eps"), "%", "if pixels may leave [0, 1]"),
    "robust_in_range": Format("float32", ("classifiers", "eps"), "%", "if pixels stay in [0, 1]"),
    "pixels": Format("int64", ("pixels",), "", "how many of the best correlated pixels are seen"),
    "w_of_pixels": Format("float16", ("pixels", PIXELS), "1/px", "weights"),
    "robust_of_pixels": Format("float32", ("pixels", "eps"), "%", "if pixels may leave [0, 1]"),
    "robust_in_range_of_pixels": Format("float32", ("pixels", "eps"), "%", "if they stay there"),
    "held_out_of_pixels": Format("float32", ("pixels", "eps"), "%", "the same, held-out images"),
}
ROBUSTNESS_TILTING = {  # of classifiers of two digits, by λ and by ε of the training
    "half_distance": Format("float32", (), "px", "½‖j − i‖"),
    "lam": Format("float32", ("lam",), "", "λ of the first kind"),
    "eps_train": Format("float32", ("eps_train",), "px", "ε of the second kind"),
    "radii": Format("float32", ("radii",), "px", "ε that is tried"),
    "theta_lam": Format("float32", ("lam",), "rad", "tilting angle θ"),
    "theta_eps": Format("float32", ("eps_train",), "rad", "tilting angle θ"),
    "d_adv_lam": Format("float32", ("lam",), "px", "adversarial distance of the training images"),
    "d_adv_eps": Format("float32", ("eps_train",), "px", "adversarial distance of the same"),
    "robust_lam": Format("float32", ("lam", "radii"), "%", "robust accuracy"),
    "robust_eps": Format("float32", ("eps_train", "radii"), "%", "robust accuracy"),
    "pairs": Format("uint8", ("pairs", 2), "", "pairs of digits whose boundaries are compared"),
    "eps_shares": Format("float32", ("shares",), "", "ε of their adversaries, over ½‖j − i‖"),
    "theta_of_pairs": Format("float32", ("pairs", "shares"), "rad", "θ of both boundaries"),
    "apart_of_pairs": Format("float32", ("pairs", "shares"), "rad", "the angle between them"),
    "robust_of_pairs": Format(
        "float32", ("pairs", "shares", 2, 2), "%", "regularised and adversarial, clean and at ε"
    ),
}
ROBUSTNESS_PICTURES = {  # of a test image of each digit, and the classes with the nearest means
    "images": Format("uint8", (10, PIXELS), "1/255", "the images"),
    "targets": Format("uint8", (10, "targets"), "", "the classes that are aimed at"),
    "gradients": Format(
        "uint8", ("networks", 10, PIXELS), "", "of the loss, from −3σ to 3σ, 128 for 0"
    ),
    "linf": Format("uint8", ("networks", 10, "targets", PIXELS), "1/255", "changed in L∞"),
    "l2": Format("uint8", ("networks", 10, "targets", PIXELS), "1/255", "changed in L2"),
    "walk_linf": Format(
        "float16", ("networks", 10, "targets", "places", 10), "", "scores on the way there"
    ),
    "walk_l2": Format(
        "float16", ("networks", 10, "targets", "places", 10), "", "scores on the way there"
    ),
}
CLASS_DISTANCES = {  # of each test image from the nearest training image of another class
    "l2": Format("float32", ("images",), "px", "Euclidean length of the difference"),
    "linf": Format("float32", ("images",), "px", "its largest pixel"),
}
VARIANCE = {  # of all pairs; ridges from the largest; the last ones of 3 and 8 alone
    "mu": Format("float64", ("mu",), "px²", "ridges μ"),
    "unused": Format("int64", ("pairs",), "", "pixels that are 0 in every training image"),
    "deviation_z": Format("float32", ("pairs",), "px", "σ within classes along ẑ"),
    "deviation_n": Format("float32", ("pairs", "lam"), "px", "σ along the n̂ of each SVM"),
    "deviation_w": Format("float32", ("pairs", "lam"), "px", "σ along the ŵ of each SVM"),
    "deviation_n_lda": Format("float32", ("pairs", "mu"), "px", "σ along the n̂ of ridge LDA"),
    "deviation_w_lda": Format("float32", ("pairs", "mu"), "px", "σ along the ŵ of ridge LDA"),
    "theta_lda": Format("float32", ("pairs", "mu"), "rad", "tilting angle of ridge LDA"),
    "err_train_lda": Format("float32", ("pairs", "mu"), "%", "its training error"),
    "err_test_lda": Format("float32", ("pairs", "mu"), "%", "its test error"),
    "cosine": Format("float32", ("pairs", "lam"), "", "of the SVM's ŵ and the closest ridge LDA's"),
    "nearest_mu": Format("uint8", ("pairs", "lam"), "", "which μ that is"),
    "variances": Format("float32", (PIXELS,), "px²", "along the principal axes, largest first"),
    "axes": Format("float32", ("axes", PIXELS), "", "some of these axes, of length 1"),
    "descent_start": Format("float32", (PIXELS,), "1/px", "weights that descents start from"),
    "descent_w": Format("float32", ("descents", PIXELS), "1/px", "weights where they end"),
    "descent_b": Format("float64", ("descents",), "", "biases where they end"),
    "descent_norm": Format("float32", ("descents", "steps"), "1/px", "‖w‖ at each step"),
    "descent_unused": Format(
        "float32", ("descents", "steps"), "1/px", "‖w‖ of the unused pixels at each step"
    ),
    "descent_theta": Format("float32", ("descents", "steps"), "rad", "θ at each step"),
    "unused_pixels": Format("bool", (PIXELS,), "", "which pixels are 0 in every training image"),
}
PLANE = {  # what figures of networks in the plane share; lengths are in units of the plane
    "frame": Format("float64", (2, 2), "", "what is shown: least and most of each coordinate"),
    "points": Format("float32", ("points", 2), "", "the training points"),
    "labels": Format("int8", ("points",), "", "their labels, −1 or 1"),
    "segments": Format("float32", ("segments", 2, 2), "", "the boundaries, one after the other"),
    "segment_counts": Format("int64", ("networks",), "", "how many segments each of them has"),
}
TWO_LAYERS = PLANE | {
    "decay": Format("float64", ("networks",), "", "λ of each network"),
    "flipped": Format("bool", ("points",), "", "which labels are wrong"),
    "W1": Format("float32", ("networks", "hidden", 2), "", "W₁"),
    "b1": Format("float32", ("networks", "hidden"), "", "b₁"),
    "w2": Format("float32", ("networks", "hidden"), "", "w₂"),
    "b2": Format("float32", ("networks",), "", "b₂"),
}
LMT_PLANE = PLANE | {
    "c": Format("float64", ("networks",), "", "c of each network's LMT, 0 for none"),
    "W1": Format("float64", ("networks", "hidden", 2), "", "W₁"),
    "b1": Format("float64", ("networks", "hidden"), "", "b₁"),
    "w2": Format("float64", ("networks", "hidden"), "", "w₂, of the difference of the scores"),
    "b2": Format("float64", ("networks",), "", "b₂, of the difference of the scores"),
    "K": Format("float64", ("networks",), "", "the slope that is proven"),
    "nearest": Format("float64", ("networks", "points", 2), "", "the boundary's nearest points"),
}

#: The formats of each file of arrays: of results/real_digit/arrays.npz, and so on.
FORMATS = {
    "real_digit/arrays": REAL_DIGIT,
    "svm_mnist/arrays": SVM_FINE,
    "svm_mnist/pairs/*": SVM_PAIR,
    "svm_mnist/held_out": SVM_HELD_OUT,
    "svm_margins/arrays": SVM_MARGINS,
    "lenet/runs/*/arrays": LENET,
    "lmt/runs/*/arrays": LMT,
    "certified/*/arrays": CERTIFIED,
    "robustness/runs/*/arrays": ROBUSTNESS,
    "robustness/sizes/*/arrays": ROBUSTNESS_SIZES,
    "robustness/linear/arrays": ROBUSTNESS_LINEAR,
    "robustness/tilting/arrays": ROBUSTNESS_TILTING,
    "robustness/pictures/arrays": ROBUSTNESS_PICTURES,
    "attacked/*/arrays": ATTACKED,
    "class_distances/arrays": CLASS_DISTANCES,
    "variance/arrays": VARIANCE,
    "two_layers/arrays": TWO_LAYERS,
    "lmt_plane/arrays": LMT_PLANE,
}
#: What stored numbers are divided by: arrays are in their units once they are loaded.
SCALES = ("per_pixel", "distances_per_pixel")


def formats_of(file):
    """The formats of the arrays in results/<file>.npz, a dict by name.

    Raises KeyError where there are none.
    """
    for pattern, formats in FORMATS.items():
        if fnmatch(file, pattern):
            return formats
    raise KeyError(f"there are no formats of {file!r}; there are some of {', '.join(FORMATS)}")
