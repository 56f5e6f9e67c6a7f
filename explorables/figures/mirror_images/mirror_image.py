"""A boundary through the origin, an image, and its mirror image on the other side."""

import math

import traitlets

from explorables.base import Explorable
from explorables.traits import LARGEST_ANGLE, Number, ToyImage


class MirrorImage(Explorable):
    """Turn the boundary by its angle theta, move x, and compare x with its mirror image.

    ``theta`` is in radians, from 0 (the boundary is vertical) to below π/2. ``x`` is an image
    of one of the classes, [a, 0]. Tanay & Griffin 2018, "A toy problem".
    """

    heights = (430, 775)
    title = traitlets.Unicode("Mirror image").tag(sync=True)
    theta = Number(math.pi / 4, min=0, max=LARGEST_ANGLE, step=math.radians(0.5)).tag(sync=True)
    x = ToyImage([-0.8, 0.0]).tag(sync=True)
