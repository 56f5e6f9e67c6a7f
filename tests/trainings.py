"""What the tests of those experiments share that train networks."""

from contextlib import contextmanager

import pytest
import torch
from torch import nn


def noisy_images(noise):
    """Ten classes of images, 20 of each: X (200, 784), in steps of 1/255, and y."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.rand(10, 784, generator=generator)
    y = torch.arange(10).repeat(20)
    X = (centres[y] + noise * torch.randn(200, 784, generator=generator)).clamp(0, 1)
    return (255 * X).round() / 255, y


def split_images(noise):
    """noisy_images as experiments split them: to train on, held out, to test; pairs X, y."""
    X, y = noisy_images(noise)
    return tuple((X[rows], y[rows]) for rows in (slice(120), slice(120, 150), slice(150, None)))


def linear_network():
    """Two classes and a boundary in the midst of the images: the network, X, y, the images'
    differences of the two scores, in float64, and w of that difference."""
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(nn.Linear(784, 2))
    nn.init.normal_(network[0].weight, generator=generator)
    X = 0.5 + 0.1 * (torch.rand(40, 784, generator=generator) - 0.5)
    network[0].bias.data = -network[0].weight.data @ X.mean(0)
    with torch.no_grad():
        s = network(X).double()
    w = (network[0].weight[1] - network[0].weight[0]).detach().double()
    return network, X, s.argmax(1), (s[:, 1] - s[:, 0]).abs(), w


def same_weights(one, other):
    ours, others = one.state_dict(), other.state_dict()
    return all(torch.equal(ours[name], others[name]) for name in ours)


@contextmanager
def killed(monkeypatch, target, method, call):
    """What runs in this context is killed when it calls target.method for the ``call``-th time."""
    original, calls = getattr(target, method), []

    def or_killed(*arguments):
        calls.append(arguments)
        if len(calls) == call:
            raise KeyboardInterrupt
        return original(*arguments)

    with monkeypatch.context() as context, pytest.raises(KeyboardInterrupt):
        context.setattr(target, method, or_killed)
        yield


def check_that_it_goes_on(monkeypatch, checkpoint, train, at, leaves=True):
    """That a training which is killed goes on as if it had not been. Returns its curves.

    train() trains the network, which is kept at the path ``checkpoint``, and returns it with its
    curves. at: target, method and call, see killed. leaves: whether there is a checkpoint by then.
    """
    expected, curves = train()
    checkpoint.unlink()
    with killed(monkeypatch, *at):
        train()
    left = [path.name for path in checkpoint.parent.iterdir()]
    assert left == ([checkpoint.name] if leaves else [])

    network, resumed = train()
    assert same_weights(network, expected)
    for row in curves + resumed:
        del row["seconds"]
    assert resumed == curves
    return curves


def tiny_network():
    """In place of 2C2F, for 784 pixels and ten classes."""
    return nn.Sequential(nn.Linear(784, 16), nn.LeakyReLU(), nn.Linear(16, 10))
