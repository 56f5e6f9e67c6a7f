"""How the weights of a network start: drawn at random, as large as the layer's size says.

The standard deviation of a layer's first weights is a function of its W, of shape (out, in) or
(out, in, k, k).
"""

import torch
from torch import nn

from helpers.layers import linear_layers


def hundredth(W):
    """0.01 in every layer, as in MatConvNet's example for MNIST."""
    return 0.01


def fan_in(W):
    """√(2 / (in·k²)): keeps the size of what goes forward through ReLUs (He et al. 2015)."""
    return (2 / W[0].numel()) ** 0.5


def fan_out(W):
    """√(2 / (out·k²)): keeps the size of the gradients that come back (He et al. 2015)."""
    return (2 / W[:, 0].numel()) ** 0.5


def initialise(network, std, seed):
    """Draw every weight from N(0, std(W)²), set the biases to 0, and return the network.

    std: hundredth, fan_in or fan_out. seed: a whole number; the same one, the same weights.
    """
    generator = torch.Generator().manual_seed(seed)
    for layer in linear_layers(network).values():
        nn.init.normal_(layer.weight, 0, std(layer.weight), generator=generator)
        nn.init.zeros_(layer.bias)
    return network


def initialise_orthogonal(network, seed):
    """Draw every W, as a matrix (out, in·k²), with orthogonal rows of length 1, or columns where
    it is tall (Saxe et al. 2014), set the biases to 0, and return the network.
    """
    generator = torch.Generator().manual_seed(seed)
    for layer in linear_layers(network).values():
        nn.init.orthogonal_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
    return network
