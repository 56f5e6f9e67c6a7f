"""The numbers that the text of the book quotes, computed from ``results/``.

Each page that quotes any has a module of its name, with - written as _, whose function numbers()
returns them: a dict from names to numbers, or to strings where a number alone does not say it. The
page shows one as {glue:text}`name:format`, and the tests of its claims look at the same dict.
"""

import numpy as np
from scipy.stats import binomtest

from helpers.results import load_attacked, load_costs, load_robustness


def over_seeds(name, values):
    """The mean of the ``values``, one for each seed, under ``name``, and, where there are several,
    their standard deviation under ``name`` with -sd."""
    numbers = {name: float(np.mean(values))}
    if len(values) > 1:
        numbers[f"{name}-sd"] = float(np.std(values, ddof=1))
    return numbers


def costs(chapter):
    """What it takes to run a ``chapter``, as load_costs has it: cost-seconds, cost-memory, ..."""
    return {f"cost-{name}": value for name, value in load_costs(chapter).items()}


def under_pgd(model, norm, eps):
    """What PGD leaves of the networks that load_robustness knows as ``model``, in per cent, for
    each seed."""
    seeds = [network["figures"] for network in load_robustness(model)]
    return [figures["robust"][norm][figures["radii"][norm].index(eps)] for figures in seeds]


def robust_accuracy(model, norm, eps):
    """What the whole ensemble of attacks leaves of the same networks, in per cent of every tenth
    test image, for each seed."""
    return [left_by_all(network, norm, eps) for network in names_of_seeds(model)]


def names_of_seeds(model):
    """What load_attacked calls the networks that load_robustness knows as ``model``."""
    return [f"{model}-55000-{seed}" for seed in range(len(load_robustness(model)))]


def left_by_all(network, norm, eps):
    """What the whole ensemble of attacks leaves of a network that load_attacked knows, in per cent
    of the attacked images."""
    attacked = load_attacked(network)
    return attacked["figures"]["robust"][norm][attacked["settings"]["radii"][norm].index(eps)]


def sampling_error(share, images=1000):
    """How far ``share``, which was counted on so many images, may be from the share of all such
    images: half the width of the exact binomial interval of 95 %, both in per cent."""
    interval = binomtest(round(images * share / 100), images).proportion_ci()
    return float(50 * (interval.high - interval.low))
