"""The networks of the book: LeNet and its like.

A network takes images as rows, shape (m, n), pixels in [0, 1], and returns the raw scores of its
classes, shape (m, classes). Where it wants its pixels otherwise, that is its first layer.
"""

from collections import OrderedDict

from torch import nn

from helpers.layers import Maxout, Normalise, WholeConv2d


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
        OrderedDict(fc1=nn.Linear(inputs, hidden), relu=nn.ReLU(), fc2=nn.Linear(hidden, classes))
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
