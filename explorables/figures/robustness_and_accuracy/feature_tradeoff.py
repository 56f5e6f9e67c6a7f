"""Accuracy against robustness where one feature is strong and many are weak."""

import traitlets

from explorables.base import Explorable
from explorables.traits import Integer, Number


class FeatureTradeoff(Explorable):
    """Choose the distribution and the adversary, and see which linear classifiers withstand it.

    ``p``, from 0.5 to 0.99, is the accuracy of the strong feature x₁; ``d``, from 10 to 100,000,
    how many weak features there are, each N(ηy, 1); ``separation`` is η√d, from 0.5 to 5; ``push``
    is ε/η, from 0 to 4, of an adversary who changes every feature by ε at most.

    The ``view`` is of the "accuracies" of f_avg, x₁ alone, all mixes and the best of them, under
    the frontier of Theorem 2.1, or of the mean of the "weak features" before and after the push.
    Bars show the accuracies, and the weights of least hinge loss with and without the adversary
    (Theorem 2.2), all of them exact: see helpers.tradeoff. Tsipras et al. 2019, "Robustness May Be
    at Odds with Accuracy", Section 2.
    """

    heights = (672, 1174)
    title = traitlets.Unicode("Accuracy against robustness: one strong feature, many weak").tag(
        sync=True
    )
    p = Number(0.95, min=0.5, max=0.99, step=0.01).tag(sync=True)
    d = Integer(1000, min=10, max=100_000).tag(sync=True)
    separation = Number(3.0, min=0.5, max=5, step=0.1).tag(sync=True)
    push = Number(2.0, min=0, max=4, step=0.05).tag(sync=True)
    view = traitlets.Enum(["accuracies", "weak features"], "accuracies").tag(sync=True)
