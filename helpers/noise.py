"""Random numbers for images, of which each image has its own.

What an attack finds for an image must not depend on the images that happen to stand beside it.
Therefore the random numbers of an image follow from two things alone, a seed and its pixels:
whatever its place, its batch, the precision or the device, an image gets the same ones.
"""

import copy
import zlib

import numpy as np
import torch


class Noise:
    """Random numbers for each row of the images X, shape (m, n). seed: a whole number >= 0.

    Each call draws new ones, of shape (m, size), in X's dtype and on its device. Raises ValueError
    where seed is out of its range.
    """

    def __init__(self, X, seed):
        if seed < 0:
            raise ValueError(f"seed must be a whole number of 0 or more; got {seed!r}")
        pixels = X.detach().to("cpu", torch.float32).numpy()
        self.like = X.new_empty(0)
        self.sources = [np.random.default_rng([seed, zlib.crc32(row.tobytes())]) for row in pixels]

    def of(self, rows):
        """The same random numbers, for the images of these rows alone."""
        some = copy.copy(self)
        some.sources = [self.sources[row] for row in rows.tolist()]
        return some

    def normal(self, size):
        """From the standard normal distribution."""
        return self._drawn(lambda source: source.standard_normal(size, np.float32))

    def uniform(self, size):
        """Evenly from [0, 1)."""
        return self._drawn(lambda source: source.random(size, np.float32))

    def _drawn(self, draw):
        return torch.from_numpy(np.stack([draw(source) for source in self.sources])).to(self.like)


class BatchNoise:
    """Random numbers for the images X from one source, which is quicker: what each image gets
    depends on its place in the batch. For training, where all batches are drawn at random."""

    def __init__(self, X, seed):
        self.like, self.m = X.new_empty(0), len(X)
        self.source = torch.Generator().manual_seed(seed)

    def normal(self, size):
        shape = (self.m, size)
        return torch.randn(shape, generator=self.source, dtype=torch.float32).to(self.like)

    def uniform(self, size):
        shape = (self.m, size)
        return torch.rand(shape, generator=self.source, dtype=torch.float32).to(self.like)
