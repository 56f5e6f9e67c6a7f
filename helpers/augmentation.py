"""Training on images that chance changes: a control for adversarial training, which has an attack
change them.

Images are rows of X, shape (m, 784), pixels in [0, 1].
"""

import torch
import torch.nn.functional as F

from helpers import training
from helpers.checks import check_least

SIDE = 28


def shifted(X, most, generator):
    """Each image moved by −most to most whole pixels, down and to the right, as the generator
    draws; what comes in at an edge is black."""
    padded = F.pad(X.unflatten(1, (SIDE, SIDE)), [most] * 4)
    places = padded.unfold(1, SIDE, 1).unfold(2, SIDE, 1)  # a view: every image at every place
    down, right = torch.randint(2 * most + 1, (2, len(X)), generator=generator)
    return places[torch.arange(len(X)), down, right].flatten(1)


def noisy(X, eps, generator):
    """Each pixel changed by a number drawn evenly from −eps to eps, and kept in [0, 1]."""
    noise = eps * (2 * torch.rand(X.shape, generator=generator, dtype=torch.float32) - 1)
    return (X + noise.to(X)).clamp(0, 1)


class Augmented:
    """The cross-entropy of images that are moved and made noisy; training.train takes it.

    shift: the most whole pixels that an image is moved by in each direction. noise: the most that a
    pixel is changed by, so that an image stays in the ball of an L∞ adversary with this ε. Chance
    draws anew for each batch. state["calls"], a tensor, is the number of batches so far, from which
    it follows: the state to store where a training is to be resumed.

    Raises ValueError where shift or noise is negative.
    """

    def __init__(self, shift=0, noise=0.0):
        check_least(0, shift=shift, noise=noise)
        self.shift, self.noise = shift, noise
        self.state = {"calls": torch.tensor(0)}

    def __call__(self, network, X, y):
        calls = self.state["calls"].item()
        self.state["calls"] = torch.tensor(calls + 1)
        generator = torch.Generator().manual_seed(calls)
        changed = noisy(shifted(X, self.shift, generator), self.noise, generator)
        return training.cross_entropy(network, changed, y)
