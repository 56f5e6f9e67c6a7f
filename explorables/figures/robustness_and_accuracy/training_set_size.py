"""What adversarial training does to accuracy, for few training images and for many."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.figures.robustness_and_accuracy.robustness_networks import load_trained
from explorables.traits import Number

#: How each model of experiments.robustness that was trained on few images is called.
NAMES = {
    "standard": "standard",
    "l2_2": "adversarial (L2, ε = 2)",
    "linf_0.3": "adversarial (L∞, ε = 0.3)",
}
#: Of the attacks that are shown. Of networks trained in L∞ they say little: their gradients hide
#: what is near in L2 from PGD (see results/attacked/).
NORM = "l2"


def _spread(shares):
    """The mean over the seeds, in per cent, and their standard deviation, None of a single one."""
    sd = round(float(np.std(shares, ddof=1)), 4) if len(shares) > 1 else None
    return {"mean": round(float(np.mean(shares)), 4), "sd": sd}


def _compared(shares, standard):
    """The spread of a model's shares, one a seed, and that of its gains over the standard shares:
    a seed draws the same training images for both, and some draws are better than others."""
    pairs = zip(shares, standard, strict=False)
    return _spread(shares) | {"gain": _spread([one - other for one, other in pairs])}


class TrainingSetSize(Explorable):
    """Compare standard and adversarial training by the number of images to learn from.

    ``n``, from 100 to 55,000, is the number of training images, and ``eps``, from 0 to 3 pixels,
    the largest Euclidean change of a test image. The figure shows the nearest ``n`` that standard
    training saw, on a log scale, and the nearest ``eps`` of the ``radii`` that were attacked, or 0:
    then accuracy is that of all test images, otherwise what PGD leaves of every tenth.

    The networks are results of ``experiments/robustness.py``, as many as it has trained: those on
    10,000 images or fewer take half as many steps as the others. Bands are one standard deviation
    over the seeds wide, to each side of the mean; where there is a single seed, there is none.
    Differences are means over the seeds that both have. Tsipras et al. 2019, "Robustness May Be at
    Odds with Accuracy", has the comparison.
    """

    heights = (543, 874)
    title = traitlets.Unicode("Accuracy against the number of training images").tag(sync=True)
    n = traitlets.Int(1000, min=100, max=55_000).tag(sync=True)
    eps = Number(0.0, min=0, max=3).tag(sync=True)
    radii = traitlets.List(help="those of the attacks, in pixels").tag(sync=True)
    curves = traitlets.List(
        help="of each model its name and points: n; clean, and robust at the radii or None, each "
        "with mean, sd and seeds"
    ).tag(sync=True)

    @traitlets.default("radii")
    def _load_radii(self):
        return next(found["radii"][NORM] for found in load_trained() if NORM in found["radii"])

    @traitlets.default("curves")
    def _load_curves(self):
        found = load_trained()
        return [
            {"model": model, "name": name, "points": _points(found, model)}
            for model, name in NAMES.items()
            if any(figures["model"] == model for figures in found)
        ]


def _points(found, model):
    """Means and spreads of a model, from few training images to many."""
    sizes = sorted({figures["n_train"] for figures in found if figures["model"] == model})
    return [_point(found, model, n) for n in sizes]


def _point(found, model, n):
    seeds, standard = (
        [figures for figures in found if (figures["model"], figures["n_train"]) == (name, n)]
        for name in (model, "standard")
    )
    clean = ([figures["clean"] for figures in networks] for networks in (seeds, standard))
    return {"n": n, "clean": _compared(*clean), "robust": _robust(seeds, standard)}


def _robust(seeds, standard):
    """The same at each of the radii; None where there was no attack, or it says little."""
    if any(NORM not in figures["robust"] or figures["norm"] == "linf" for figures in seeds):
        return None
    shares = ([figures["robust"][NORM] for figures in networks] for networks in (seeds, standard))
    at_radii = (zip(*networks, strict=True) for networks in shares)
    return [_compared(*pair) for pair in zip(*at_radii, strict=True)]
