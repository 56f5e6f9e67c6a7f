"""In which mode a network is looked at: at inference, whatever mode its owner left it in.

In training mode, batch normalisation takes the mean and the variance of the batch that it sees, and
remembers them, and dropout leaves units out. So a network that is only looked at in that mode
answers otherwise than in use, and is changed by it.
"""

import functools
from contextlib import contextmanager

import torch


@contextmanager
def evaluation_mode(network):
    """All layers of the network in evaluation mode, and afterwards each in the mode it had."""
    modes = [(layer, layer.training) for layer in network.modules()]
    network.eval()
    try:
        yield network
    finally:
        for layer, training in modes:
            layer.training = training


def evaluated(function):
    """A function(network, …) that does not depend on the state it is called in.

    The network is in evaluation mode while the function runs, and the function may take gradients
    even where it is called within torch.no_grad() or torch.inference_mode().
    """

    @functools.wraps(function)
    def in_own_state(network, *args, **options):
        with evaluation_mode(network), torch.inference_mode(False), torch.enable_grad():
            args = map(recordable, args)
            options = {name: recordable(value) for name, value in options.items()}
            return function(network, *args, **options)

    return in_own_state


def recordable(value):
    """``value``; of a tensor its values alone, and their copy where it was made within
    torch.inference_mode(), so that no gradient may be taken of it."""
    if not torch.is_tensor(value):
        return value
    return value.clone() if value.is_inference() else value.detach()
