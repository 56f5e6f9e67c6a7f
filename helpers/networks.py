"""Small networks in PyTorch: LeNet and its like, how they start, and how they are trained.

A network takes images as rows, shape (m, n), pixels in [0, 1], and returns the raw scores of its
classes, shape (m, classes). Where it wants its pixels otherwise, that is its first layer.
"""

import math
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from scipy.optimize import brentq
from torch import nn
from tqdm import tqdm


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
    keeps the length of a gradient, which a ReLU shortens (Anil et al. 2019, "Sorting out Lipschitz
    function approximation").
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


def lenet(mean, scale=255.0):
    """The LeNet of Tanay & Griffin 2018, which MatConvNet came with: one ReLU, no padding.

    mean, scale: as Normalise takes them, mean of shape (784,).
    """
    return nn.Sequential(
        OrderedDict(
            normalise=Normalise(mean, scale),
            image=nn.Unflatten(1, (1, 28, 28)),
            conv1=nn.Conv2d(1, 20, 5),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(20, 50, 5),
            pool2=nn.MaxPool2d(2),
            fc1=WholeConv2d(50, 500, 4),
            relu=nn.ReLU(),
            fc2=nn.Linear(500, 10),
        )
    )


def two_layers(inputs=2, hidden=24, classes=2):
    """s(x) = W₂ relu(W₁ x + b₁) + b₂, linear around almost every x; by default for points of the
    plane, shape (m, 2)."""
    return nn.Sequential(
        OrderedDict(
            fc1=nn.Linear(inputs, hidden), relu=nn.ReLU(), fc2=nn.Linear(hidden, classes)
        )
    )


def conv_2c2f(activation=nn.ReLU, batch_norm=False):
    """The small convolutional network of Wong & Kolter 2018 for images of 28×28 pixels.

    activation: nn.ReLU, MinMax, or what else makes such a layer. batch_norm: normalise what each
    convolution gives.
    """
    parts = OrderedDict(
        image=nn.Unflatten(1, (1, 28, 28)),
        conv1=nn.Conv2d(1, 16, 4, stride=2, padding=1),
        norm1=nn.BatchNorm2d(16),
        activation1=activation(),
        conv2=nn.Conv2d(16, 32, 4, stride=2, padding=1),
        norm2=nn.BatchNorm2d(32),
        activation2=activation(),
        flatten=nn.Flatten(),
        fc1=nn.Linear(32 * 7 * 7, 100),
        activation3=activation(),
        fc2=nn.Linear(100, 10),
    )
    if not batch_norm:
        del parts["norm1"], parts["norm2"]
    return nn.Sequential(parts)


def maxout_network(classes, planes, inputs=784):
    """F_c(x) = max over k of w_ck·x + b_ck: one layer, with ``planes`` planes for each class."""
    return nn.Sequential(
        OrderedDict(planes=nn.Linear(inputs, classes * planes), maxout=Maxout(planes))
    )


def layers(network):
    """The linear layers, as a dict from their names: conv1, conv2, fc1, fc2 for LeNet."""
    linear = (nn.Linear, nn.Conv2d)
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, linear)}


# The standard deviation of a layer's first weights. W has shape (out, in) or (out, in, k, k).


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
    for layer in layers(network).values():
        nn.init.normal_(layer.weight, 0, std(layer.weight), generator=generator)
        nn.init.zeros_(layer.bias)
    return network


def initialise_orthogonal(network, seed):
    """Draw every W, as a matrix (out, in·k²), with orthogonal rows of length 1, or columns where
    it is tall (Saxe et al. 2014), set the biases to 0, and return the network.
    """
    generator = torch.Generator().manual_seed(seed)
    for layer in layers(network).values():
        nn.init.orthogonal_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
    return network


def cross_entropy(network, X, y):
    """The mean of −log p_y over the images, p = softmax(s(x))."""
    return F.cross_entropy(network(X), y)


def train(
    network,
    X,
    y,
    optimiser,
    epochs,
    batch=300,
    seed=0,
    loss=cross_entropy,
    first_epoch=0,
    after_epoch=lambda epoch: None,
    **bar,
):
    """Train in place: in each epoch every image once, in an order drawn anew, ``batch`` at a time.

    X: float32 tensor, shape (m, n). y: int64 tensor, shape (m,), classes from 0. loss(network, X,
    y) is what is minimised. The order in an epoch follows from ``seed`` and the number of the
    epoch alone, so that a training may go on with ``first_epoch`` where it was interrupted;
    after_epoch(epoch) is called at the end of each. What is left over goes to the progress bar.

    Raises ValueError where X and y do not fit together or a number is out of range, and
    FloatingPointError where the training diverges.
    """
    check_labelled(X, y)
    check_least(0, epochs=epochs)
    check_least(1, batch=batch)
    network.train()
    bar = {"desc": "training", "unit": "epoch"} | bar
    for epoch in tqdm(range(first_epoch, epochs), initial=first_epoch, total=epochs, **bar):
        order = np.random.default_rng([seed, epoch]).permutation(len(X))
        for rows in torch.from_numpy(order).split(batch):
            optimiser.zero_grad()
            value = loss(network, X[rows], y[rows])
            if not value.isfinite():
                raise FloatingPointError(
                    f"the training diverged in epoch {epoch}: the loss is {value.item()}; "
                    "a smaller learning rate may help"
                )
            value.backward()
            optimiser.step()
        after_epoch(epoch)
    network.eval()


def check_labelled(X, y, name="y"):
    """ValueError unless X is a float tensor (m, n), m > 0, of finite numbers, and y an int64 tensor
    (m,) of numbers >= 0; ``name`` is what an error calls y."""
    if not torch.is_tensor(X) or X.ndim != 2 or len(X) == 0 or not X.is_floating_point():
        raise ValueError(
            f"X must be a float tensor of shape (m, n) with m > 0; it was {_in_words(X)}"
        )
    if not X.isfinite().all():
        raise ValueError("X must hold finite numbers; it had NaN or infinity")
    if not torch.is_tensor(y) or y.shape != X.shape[:1] or y.dtype != torch.int64:
        raise ValueError(
            f"{name} must be an int64 tensor of shape ({len(X)},) to fit X; it was {_in_words(y)}"
        )
    if y.min() < 0:
        raise ValueError(f"{name} must hold classes from 0; it had {y.min()}")


def check_least(least, **numbers):
    """ValueError unless each of the named numbers is finite and ``least`` or more."""
    for name, value in numbers.items():
        if not least <= value < math.inf:
            raise ValueError(f"{name} must be {least} or more, and finite; got {value}")


def _in_words(value):
    if torch.is_tensor(value):
        return f"{value.dtype} of shape {tuple(value.shape)}"
    return f"of {type(value)}"


@torch.no_grad()
def scores(network, X, batch=1000):
    """The raw scores of each class, shape (m, classes), for X of shape (m, n)."""
    return torch.cat([network(rows) for rows in X.split(batch)])


def error_rate(network, X, y):
    """The share of the images that are misclassified, in [0, 1]. X, y: as train takes them."""
    check_labelled(X, y)
    return (scores(network, X).argmax(1) != y).double().mean().item()


def temperature(s, confidence=0.95):
    """The t at which the median over the images of max softmax(s/t) is ``confidence``.

    s: scores, shape (m, classes). The larger t, the less sure of itself the network is.

    Raises ValueError unless confidence lies between 1/classes and 1, and where no t between
    1e-6 and 1e6 will do.
    """
    if not 1 / s.shape[1] < confidence < 1:
        raise ValueError(f"confidence must lie between 1/{s.shape[1]} and 1, got {confidence}")

    def excess(log_t):
        return (s / 10**log_t).softmax(1).amax(1).median().item() - confidence

    if not excess(6) < 0 < excess(-6):
        raise ValueError("no temperature between 1e-6 and 1e6 gives these scores that confidence")
    return 10 ** brentq(excess, -6, 6)


def save_weights(network, path):
    """Write the network's weights, and what it normalises with, to a .safetensors file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        save_file({name: W.contiguous() for name, W in network.state_dict().items()}, temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_weights(network, path):
    """Fill a network of the same shape from a .safetensors file, and return it, ready for use.

    Raises FileNotFoundError, or ValueError where the file is damaged or of another network.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there are no weights at {path}")
    try:
        network.load_state_dict(load_file(path))
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    except RuntimeError as error:
        raise ValueError(f"the weights in {path} do not fit this network: {error}") from error
    return network.eval()
