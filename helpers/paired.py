"""Two trainings compared on the same images, seed by seed.

``right`` and ``other`` say which images the networks of the one training and of the other get
right: boolean, shape (seeds, images). Row k of both belongs to the same seed: the same training
images in the same order, from the same first weights. So what a seed does to both cancels in their
difference. Differences of accuracy are in points, of 100.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from helpers.checks import finite


class Interval(NamedTuple):
    """A mean, and the ends of its confidence interval."""

    mean: float
    low: float
    high: float


def t_interval(values, confidence=0.95):
    """The mean of k values, shape (k,), and its t interval: mean ± t s/√k, with s their standard
    deviation and t the quantile of Student's t with k − 1 degrees of freedom.

    It takes the values for independent draws from a normal distribution.

    Raises ValueError unless there are two values or more, and confidence lies between 0 and 1.
    """
    values = finite("values", values)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"values must have shape (k,) with k >= 2; they had shape {values.shape}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1; got {confidence!r}")
    k, mean = len(values), values.mean()
    half = stdtrit(k - 1, (1 + confidence) / 2) * values.std(ddof=1) / np.sqrt(k)
    return Interval(float(mean), float(mean - half), float(mean + half))


def differences(right, other):
    """For each seed and image what the one training gains over the other: 100, 0 or −100 points.

    Raises ValueError unless both are boolean and of one shape (seeds, images).
    """
    right, other = np.asarray(right), np.asarray(other)
    for name, array in (("right", right), ("other", other)):
        if array.dtype != bool or array.ndim != 2:
            raise ValueError(
                f"{name} must be boolean, of shape (seeds, images); it was {array.dtype} of shape "
                f"{array.shape}"
            )
    if right.shape != other.shape:
        raise ValueError(
            f"right and other must have one shape; they had {right.shape} and {other.shape}"
        )
    return 100 * (right.astype(float) - other)


def gain_over_seeds(right, other, confidence=0.95):
    """What the one training gains over the other in accuracy, and its t interval over the seeds.

    It covers what another draw of few training images, other first weights and another order would
    change, on these test images. It does not cover other test images (gain_over_images does), nor
    that of many intervals some miss.
    """
    return t_interval(differences(right, other).mean(axis=1), confidence)


def gain_over_images(right, other, confidence=0.95):
    """What the one training gains over the other in accuracy, and its t interval over the images.

    It covers what other test images of the same kind would change, for these networks. It does not
    cover other seeds (gain_over_seeds does).
    """
    return t_interval(differences(right, other).mean(axis=0), confidence)
