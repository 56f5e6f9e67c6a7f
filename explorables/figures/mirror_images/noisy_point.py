"""One mislabelled image, and what regularisation makes of it."""

import traitlets

from explorables.base import Explorable
from explorables.traits import Number, ToyImage


class NoisyPoint(Explorable):
    """Drag the noisy point p, labelled I, and watch the boundary fit it or ignore it.

    The training images are [-a, 0] (class I) and [a, 0] (class J) for a in ``brightness``,
    and ``p`` (class I). The page minimises the mean ``loss`` ("hinge" or "softplus") plus
    λ‖w‖² with λ = 10^``log_lam``; ``bias`` is "origin" (b = 0) or "free" (b is fitted too).
    """

    heights = (453, 764)
    title = traitlets.Unicode("The noisy point").tag(sync=True)
    brightness = traitlets.List([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]).tag(sync=True)
    p = ToyImage([0.07, -0.07]).tag(sync=True)
    loss = traitlets.Enum(["hinge", "softplus"], "hinge").tag(sync=True)
    bias = traitlets.Enum(["origin", "free"], "origin").tag(sync=True)
    log_lam = Number(-6.0, min=-6, max=-1, step=0.1).tag(sync=True)
