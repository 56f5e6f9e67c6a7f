"""How steep a network can be: its Lipschitz constant L, in the Euclidean norm.

‖F(x) − F(x′)‖ ≤ L ‖x − x′‖ for all x and x′, where F(x) are the scores of an image. The least such
L is out of reach for a network; the product of those of its layers is a bound (Tsuzuku et al. 2018,
"Lipschitz-Margin Training"). That of a linear layer is its spectral norm: see helpers.spectral.

A network is an nn.Sequential of the layers that layer_bound names; ``shape`` is that of one input,
(784,) for an image as a row. Functions that take a network raise ValueError where it is something
else, where a layer has no rule, and where the shape does not fit.
"""

import copy
import math
from contextlib import contextmanager

import torch
from torch import nn

from helpers.checks import check_least
from helpers.layers import Concatenation, Maxout, MinMax, Normalise, Sum, linear_layers
from helpers.modes import evaluation_mode
from helpers.spectral import (
    ROUNDED_UP,
    operator_matrix,
    overlap,
    pair,
    power_step,
    proven_norm,
    windows,
)

SHAPE_COUNTS = (nn.Linear, nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def layer_bound(layer, norms):
    """A Lipschitz constant of one layer (Tsuzuku et al. 2018): a number or a tensor of shape ().

    norms: ProvenNorms, or a PowerIteration, whose estimates are no bounds.
    """
    match layer:
        case nn.Linear() | nn.Conv2d():
            return norms.spectral_norm(layer)
        case nn.BatchNorm1d() | nn.BatchNorm2d() if layer.affine and layer.track_running_stats:
            return (layer.weight.abs() / (norms.variance(layer) + layer.eps).sqrt()).max()
        case nn.MaxPool2d():
            return math.sqrt(overlap(layer, norms.shapes[layer]))
        case nn.AvgPool2d():
            pixels = math.prod(pair(layer.kernel_size))
            return math.sqrt(overlap(layer, norms.shapes[layer]) / pixels)
        case Normalise():
            return layer.scale.abs()
        case nn.Sigmoid():
            return 0.25
        case nn.ReLU() | nn.Tanh() | nn.Identity() | nn.Flatten() | nn.Unflatten():
            return 1.0
        case MinMax() | Maxout():
            return 1.0
        case nn.Sequential():
            return math.prod(layer_bound(each, norms) for each in layer)
        case Sum():
            return sum(layer_bound(branch, norms) for branch in layer)
        case Concatenation():
            return sum(layer_bound(branch, norms) ** 2 for branch in layer) ** 0.5
    raise ValueError(f"no Lipschitz constant is known for the layer {layer}")


@torch.no_grad()
def layer_bounds(network, shape):
    """A proven Lipschitz constant of each layer, as the network is at inference: name to float."""
    norms = ProvenNorms(network, shape)
    return {
        name: float(layer_bound(layer, norms)) for name, layer in norms.network._modules.items()
    }


def lipschitz_constant(network, shape):
    """L ≤ L₁ · L₂ · …, proven; lipschitz_constant(network[:-1], shape) leaves out the last layer.

    It holds for the network in exact arithmetic. How much the rounding of a forward pass adds to
    the scores is not part of it.
    """
    return math.prod(layer_bounds(network, shape).values()) * ROUNDED_UP


def rival_slopes(network, norms, per_rival=True):
    """K of shape (classes, classes): F_t − F_i changes by at most K_ti ‖x − x′‖.

    With L_sub the Lipschitz constant of all that comes before the last layer W,
    per_rival: K_ti = L_sub ‖w_t − w_i‖, since F_t − F_i = (w_t − w_i)·(what comes before) + …
    otherwise: K_ti = √2 L, since F_t − F_i = (e_t − e_i)·F.
    Tsuzuku et al. 2018, propositions 2 and 1. The diagonal is 0. The last layer must be nn.Linear.
    """
    *body, last = network
    if not isinstance(last, nn.Linear):
        raise ValueError(f"the last layer must be an nn.Linear; it was {last}")
    W = last.weight
    L_sub = math.prod(layer_bound(layer, norms) for layer in body)
    if per_rival:
        return L_sub * (W[:, None] - W).norm(dim=2)
    off_diagonal = 1 - torch.eye(len(W), dtype=W.dtype, device=W.device)
    return math.sqrt(2) * L_sub * norms.spectral_norm(last) * off_diagonal


@torch.no_grad()
def proven_slopes(network, shape, per_rival=True):
    """The K of rival_slopes from proven norms, in float64, for the network at inference."""
    norms = ProvenNorms(network, shape)
    return rival_slopes(norms.network, norms, per_rival) * ROUNDED_UP


def input_shapes(network, shape):
    """The shape of one input to each linear or pooling layer, as a dict from layer to tuple."""
    if not isinstance(network, nn.Sequential):
        raise ValueError(f"network must be an nn.Sequential; it was {type(network).__name__}")
    shapes = {}

    def note(layer, inputs):
        found = tuple(inputs[0].shape[1:])
        if shapes.setdefault(layer, found) != found:
            raise ValueError(f"a layer must see one shape only; {layer} saw two")

    noted = [layer for layer in network.modules() if isinstance(layer, SHAPE_COUNTS)]
    hooks = [layer.register_forward_pre_hook(note) for layer in noted]
    like = next(network.parameters(), torch.empty(0))
    try:
        with evaluation_mode(network), torch.no_grad():
            network(like.new_zeros(1, *shape))
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"shape {shape} does not fit the network: {error}") from error
    finally:
        for hook in hooks:
            hook.remove()
    return shapes


class ProvenNorms:
    """What a certificate stands on: proven spectral norms of the network at inference.

    network: a float64 copy of the one given.
    """

    def __init__(self, network, shape):
        self.network = copy.deepcopy(network).double()
        self.shapes = input_shapes(self.network, shape)

    def spectral_norm(self, layer):
        """A number of at least ‖W‖, and hardly more."""
        return proven_norm(operator_matrix(layer, self.shapes[layer]))

    def variance(self, layer):
        return layer.running_var


class PowerIteration:
    """Estimates of the spectral norms of a network in training, better with every step.

    Each linear layer keeps its vector u, random at first. Since W changes little from batch to
    batch, one step for each is enough to follow it (Miyato et al. 2018); more steps leave less of
    ‖W‖ out where training has made its largest singular values alike.

    u: dict from a layer's name to its vector, to store and restore with a training.
    """

    def __init__(self, network, shape, steps=1, seed=0):
        check_least(1, steps=steps)
        generator = torch.Generator().manual_seed(seed)
        self.steps = steps
        self.shapes = input_shapes(network, shape)
        self.names = {layer: name for name, layer in linear_layers(network).items()}
        self.u = {}
        self.batch_variances = {}
        for layer, name in self.names.items():
            W = layer.weight
            positions = windows(layer, torch.zeros(self.shapes[layer])).shape[1]
            u = torch.randn(len(W), positions, generator=generator, dtype=W.dtype)
            self.u[name] = u.to(W.device)

    def spectral_norm(self, layer):
        """σ ≤ ‖W‖ after ``steps`` more steps: shape (), with its gradient."""
        name = self.names[layer]
        for _ in range(self.steps):
            sigma, self.u[name] = power_step(layer, self.u[name], self.shapes[layer])
        return sigma

    def variance(self, layer):
        """The variance that a batch norm divides by the root of: the batch's in training, with its
        gradient, as in the program of Tsuzuku et al. 2018; else the running one."""
        return self.batch_variances[layer] if layer.training else layer.running_var

    @contextmanager
    def watching_batch_norms(self, network):
        """Within it, the variances of the batch that goes through the network are noted."""

        def note(layer, inputs):
            x = inputs[0]
            axes = [axis for axis in range(x.ndim) if axis != 1]
            # Several times as fast as x.var(axes).
            self.batch_variances[layer] = (x.square().mean(axes) - x.mean(axes) ** 2).clamp_min(0)

        noted = [layer for layer in network.modules() if isinstance(layer, BATCH_NORMS)]
        hooks = [layer.register_forward_pre_hook(note) for layer in noted]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
