"""The scores of 6,000 digits, their margins, and what a loss makes of them."""

import traitlets

from explorables.figures.scaling_the_loss.digit_distances import DigitDistances
from explorables.traits import Number


class ScoreToPenalty(DigitDistances):
    """Follow an image through the three steps from its raw score to its penalty.

    ``score`` and ``y`` are the raw score and the class (-1 for I, +1 for J) of the image x that
    the reader moves. Tanay & Griffin 2018, "Scaling the loss function".
    """

    heights = (548, 807)
    title = traitlets.Unicode("From score to penalty").tag(sync=True)
    score = Number(-2.0, min=-10, max=10, step=0.25).tag(sync=True)
    y = traitlets.Enum([-1, 1], 1).tag(sync=True)
