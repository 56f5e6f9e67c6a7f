"""Every point of the square [-1, 1]² is an image of the toy problem."""

import traitlets

from helpers.explorables.base import Explorable, script
from helpers.explorables.traits import ToyImage


class ImageSpace(Explorable):
    """Drag the point x = (a, b) and see its image: a centre of brightness a, a background b."""

    module = "image_space"
    heights = (366, 501)
    _esm = script(module)
    title = traitlets.Unicode("Image space").tag(sync=True)
    x = ToyImage([-0.8, 0.0]).tag(sync=True)
