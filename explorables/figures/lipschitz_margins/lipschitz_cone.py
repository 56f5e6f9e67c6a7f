"""A margin along a line of images, and how far a Lipschitz constant guards each of them."""

import traitlets

from explorables.base import Explorable
from explorables.traits import Number


class LipschitzCone(Explorable):
    """Move an image x along a line and choose the slope L of a cone around its margin f(x).

    A margin is the score of the right class less that of its rival. If L is at least the Lipschitz
    constant of f, no change of less than f(x)/L pixels makes the class wrong.

    ``x`` is a place on the line, from 0 to 10 pixels; ``factor`` is L over the true constant of f,
    from 1/4 to 8, and below 1 nothing is guaranteed. ``function`` chooses f: a smooth "hill",
    "steep elsewhere" (not near most x), flat and then a "cliff", or "straight pieces" as of a
    network with ReLUs. With ``first_order`` the figure also shows |f(x)/f′(x)|, which is the
    distance to first order and no guarantee.

    Tsuzuku et al. 2018, "Lipschitz-Margin Training", proposition 1, has the guarantee.
    """

    heights = (625, 1057)
    title = traitlets.Unicode("The cone of a Lipschitz constant").tag(sync=True)
    x = Number(5.7, min=0, max=10).tag(sync=True)
    factor = Number(1.0, min=0.25, max=8, step=0.1).tag(sync=True)  # the step is one of log₂ L
    function = traitlets.Enum(["hill", "steep elsewhere", "cliff", "straight pieces"], "hill").tag(
        sync=True
    )
    first_order = traitlets.Bool(False).tag(sync=True)
