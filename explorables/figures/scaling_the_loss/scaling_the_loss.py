"""One boundary, and a loss that the length of the weights scales."""

import math

import traitlets

from explorables.figures.scaling_the_loss.digit_distances import DigitDistances
from explorables.traits import Number


class ScalingTheLoss(DigitDistances):
    """Change the length of the weights, ‖w‖ = 10^``log_norm``, while the boundary stays
    where it is.

    ``log_norm`` starts at the length that the SVM was trained to. Both ŵ and b′ = b/‖w‖ are fixed.
    Tanay & Griffin 2018, "Scaling the loss function".
    """

    heights = (521, 924)
    title = traitlets.Unicode("Scaling the loss").tag(sync=True)
    log_norm = Number(min=-1.5, max=1.5, step=0.05).tag(sync=True)

    @traitlets.default("log_norm")
    def _as_trained(self):
        return math.log10(self.norm)
