"""The size ε of a change to an image: in three units and two norms, and as a picture."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import PIXELS, Format
from helpers.results import lenet_name, load_arrays

SHOWN = 3  # the digit that is changed
FLIPPED = 200  # more pixels than are ever flipped: 14² = 196


def _load_image():
    return load_arrays(lenet_name(1e-4, "hundredth", 0))["shown_images"][SHOWN] / 255


class EpsilonConverter(Explorable):
    """Set the size of a change, and read it in every unit that papers use.

    ``eps`` is for pixels from 0 to 1, from 0.001 to 14. The ``norm`` is "l2", a Euclidean
    length, or "linf", the largest change of one pixel; "linf" is shown up to 0.5. At both ends any
    image can be made all grey.

    The figure converts it for pixels from 0 to 255, and for images of MNIST that were divided by
    their standard deviation, 0.3081; and it compares the norms for n = 784 pixels: the L2 ball of
    radius r holds the L∞ ball of radius r/√n and lies in that of radius r. Its pictures show two
    changes of the same length, to all pixels and to a few.
    """

    heights = (571, 744)
    title = traitlets.Unicode("What ε means: three units, two norms").tag(sync=True)
    eps = Number(1.58, min=0.001, max=14, step=0.001).tag(sync=True)
    norm = traitlets.Enum(["l2", "linf"], "l2").tag(sync=True)
    image = Array(Format("uint8", (PIXELS,), "px", "a test image", 255), load=_load_image)
    flips = traitlets.List(help="the numbers of black and white pixels, to be flipped in turn").tag(
        sync=True
    )

    @traitlets.default("flips")
    def _draw_flips(self):
        extreme = np.flatnonzero(np.isin(self.image, (0, 1)))
        return np.random.default_rng(0).permutation(extreme)[:FLIPPED].tolist()
