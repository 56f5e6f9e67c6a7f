"""Layers of networks beside those of PyTorch, and which of a network's layers are linear."""

import torch
import torch.nn.functional as F
from torch import nn


class Normalise(nn.Module):
    """(x − mean) · scale, for pixels x in [0, 1].

    mean: shape (n,), the mean of each pixel over the training images, in [0, 1]. scale: 255 for a
    network that is to see pixels from 0 to 255.
    """

    def __init__(self, mean, scale=1.0):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.tensor(float(scale)))

    def forward(self, x):
        return (x - self.mean) * self.scale


class WholeConv2d(nn.Conv2d):
    """A convolution with a window as large as its image: (m, in, k, k) to (m, out).

    It is computed as the matrix product that it is, which is quicker.
    """

    def forward(self, x):
        return F.linear(x.flatten(1), self.weight.flatten(1), self.bias)


class MinMax(nn.Module):
    """Half of the channels hold the larger of two numbers, the other half the smaller.

    Channel k is paired with channel k + half; their number must be even. It sorts pairs, and so
    keeps the length of a gradient, of which a ReLU drops what belongs to units that are off (Anil
    et al. 2019, "Sorting out Lipschitz function approximation").
    """

    def forward(self, x):
        if x.shape[1] % 2:
            raise ValueError(f"MinMax needs an even number of channels; there were {x.shape[1]}")
        one, other = x.chunk(2, dim=1)
        return torch.cat([torch.maximum(one, other), torch.minimum(one, other)], dim=1)


class Maxout(nn.Module):
    """The largest of every ``planes`` numbers in a row (Goodfellow et al. 2013): (m, k·planes) to
    (m, k)."""

    def __init__(self, planes):
        super().__init__()
        self.planes = planes

    def forward(self, x):
        return x.unflatten(1, (-1, self.planes)).amax(2)


class Sum(nn.ModuleList):
    """f(x) + g(x) + …: a residual block is Sum([nn.Identity(), f])."""

    def forward(self, x):
        return sum(branch(x) for branch in self)


class Concatenation(nn.ModuleList):
    """The channels of f(x), then those of g(x), …"""

    def forward(self, x):
        return torch.cat([branch(x) for branch in self], dim=1)


def linear_layers(network):
    """The linear layers, as a dict from their names: conv1, conv2, fc1, fc2 for LeNet."""
    linear = (nn.Linear, nn.Conv2d)
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, linear)}
