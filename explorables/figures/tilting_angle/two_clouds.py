"""Two clouds of points, and the boundary that separates them best for their spread."""

import math

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import Format

EACH = 150  # points of each class


def standard_points():
    """Points of both classes around 0, shape (300, 2): within each class of mean 0 exactly, and
    with deviation 1 along both axes."""
    rng = np.random.default_rng(0)
    clouds = []
    for _ in range(2):
        points = rng.normal(size=(EACH, 2))
        points -= points.mean(axis=0)
        values, axes = np.linalg.eigh(points.T @ points / EACH)
        clouds.append(points @ axes / np.sqrt(values))
    return np.concatenate(clouds)


class TwoClouds(Explorable):
    """Stretch and turn the clouds of two classes, and watch the boundary of ridge LDA tilt.

    The images are those of chapter 1: brightness of the centre, brightness of the background. The
    centroids are at (-0.5, 0) and (0.5, 0), so that ẑ is horizontal. Both classes have the
    deviation ``along`` an axis that is turned by ``turn`` radians, and ``across`` it. The weights
    are (S + μI)⁻¹ (j − i) with μ = 10^``log_mu`` (helpers/lda.py). ``points`` are spread as the
    covariance says, from a cloud that is round: half of them are of class I.
    """

    heights = (565, 880)
    title = traitlets.Unicode("Two clouds").tag(sync=True)
    along = Number(0.3, min=0.03, max=0.35, step=0.01).tag(sync=True)
    across = Number(0.06, min=0.03, max=0.35, step=0.01).tag(sync=True)
    turn = Number(math.radians(155), min=-math.pi, max=math.pi, step=0.02).tag(sync=True)
    log_mu = Number(-5.0, min=-5, max=1, step=0.1).tag(sync=True)
    points = Array(
        Format("float32", ("images", 2), "", "a round cloud, class I first"), load=standard_points
    )
