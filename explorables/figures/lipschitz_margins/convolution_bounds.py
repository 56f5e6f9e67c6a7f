"""The norm of a convolution: power iteration from below, bounds from the kernel from above."""

import numpy as np
import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from explorables.traits import Integer
from helpers.formats import Format

SEEDS, LARGEST = 10, 6  # kernels, and their size
RANDOM_WEIGHTS = Format(
    "float64", ("seeds", "k", "k"), "", "kernels, of which a smaller one takes the first k × k"
)


def _random_weights():
    return np.random.default_rng(0).normal(size=(SEEDS, LARGEST, LARGEST))


class ConvolutionBounds(Explorable):
    """Choose a convolution with one channel in and one out, and compare bounds of its norm ‖W‖.

    ``kernel_size`` k is from 1 to 6, ``stride`` from 1 to 4, ``padding`` from 0 to 3 pixels of
    zeros, ``size`` from 8 to 20 pixels, the height and width of the image. The ``weights`` are
    "random", standard normal numbers that ``seed``, from 0 to 9, chooses; all "ones"; or the
    "difference" of right and left. ``steps``, from 1 to 40, is how far power iteration has come.
    How many seeds there are, and how large a kernel may be, ``random_weights`` says.

    Tsuzuku et al. 2018, corollary 1, has the bound √n ‖W′‖; see helpers.spectral.
    """

    heights = (783, 1257)
    title = traitlets.Unicode("Bounds for the norm of a convolution").tag(sync=True)
    kernel_size = traitlets.Int(4, min=1).tag(sync=True)
    stride = Integer(2, min=1, max=4).tag(sync=True)
    padding = Integer(1, min=0, max=3).tag(sync=True)
    size = Integer(16, min=8, max=20).tag(sync=True)
    weights = traitlets.Enum(["random", "ones", "difference"], "random").tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    steps = Integer(10, min=1, max=40).tag(sync=True)
    random_weights = Array(RANDOM_WEIGHTS, load=_random_weights)

    @traitlets.validate("kernel_size")
    def _check_kernel_size(self, proposal):
        return self._at_most(self.random_weights.shape[1], proposal)

    @traitlets.validate("seed")
    def _check_seed(self, proposal):
        return self._at_most(len(self.random_weights) - 1, proposal)

    def _at_most(self, most, proposal):
        if proposal.value > most:
            name = proposal.trait.name
            raise traitlets.TraitError(f"{name} must be at most {most}; it was {proposal.value}")
        return proposal.value

    def kernel(self):
        """The weights as the figure has them, shape (k, k)."""
        k = self.kernel_size
        if self.weights == "random":
            return self.random_weights[self.seed, :k, :k]
        if self.weights == "ones":
            return np.ones((k, k))
        return np.tile(np.linspace(-1, 1, k), (k, 1))
