"""The norm of a convolution: power iteration from below, bounds from the kernel from above."""

import numpy as np
import traitlets

from explorables.base import Explorable

LARGEST = 6  # the largest kernel size
SEEDS = 10


class ConvolutionBounds(Explorable):
    """Choose a convolution with one channel in and one out, and compare bounds of its norm ‖W‖.

    ``kernel_size`` k is from 1 to 6, ``stride`` from 1 to 4, ``padding`` from 0 to 3 pixels of
    zeros, ``size`` from 8 to 20 pixels, the height and width of the image. The ``weights`` are
    "random", standard normal numbers that ``seed``, from 0 to 9, chooses; all "ones"; or the
    "difference" of right and left. ``steps``, from 1 to 40, is how far power iteration has come.

    Tsuzuku et al. 2018, corollary 1, has the bound √n ‖W′‖; see helpers.spectral.
    """

    heights = (766, 1277)
    title = traitlets.Unicode("Bounds for the norm of a convolution").tag(sync=True)
    kernel_size = traitlets.Int(4, min=1, max=LARGEST).tag(sync=True)
    stride = traitlets.Int(2, min=1, max=4).tag(sync=True)
    padding = traitlets.Int(1, min=0, max=3).tag(sync=True)
    size = traitlets.Int(16, min=8, max=20).tag(sync=True)
    weights = traitlets.Enum(["random", "ones", "difference"], "random").tag(sync=True)
    seed = traitlets.Int(0, min=0, max=SEEDS - 1).tag(sync=True)
    steps = traitlets.Int(10, min=1, max=40).tag(sync=True)
    random_weights = traitlets.Bytes(
        help="float64, for each seed 6 × 6 weights, of which a kernel takes the first k × k"
    ).tag(sync=True)

    @traitlets.default("random_weights")
    def _draw_weights(self):
        return _random_weights().astype("<f8").tobytes()

    def kernel(self):
        """The weights as the figure has them, shape (k, k)."""
        k = self.kernel_size
        if self.weights == "random":
            return _random_weights()[self.seed, :k, :k]
        if self.weights == "ones":
            return np.ones((k, k))
        return np.tile(np.linspace(-1, 1, k), (k, 1))


def _random_weights():
    return np.random.default_rng(0).normal(size=(SEEDS, LARGEST, LARGEST))
