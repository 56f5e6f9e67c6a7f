"""Every point of the square [-1, 1]² is an image of the toy problem."""

import traitlets

from explorables.base import Explorable
from explorables.traits import ToyImage


class ImageSpace(Explorable):
    """Drag the point x = (a, b) and see its image: a centre of brightness a, a background b."""

    heights = (366, 501)
    title = traitlets.Unicode("Image space").tag(sync=True)
    x = ToyImage([-0.8, 0.0]).tag(sync=True)
