"""What a network says of images: its scores, how often it is wrong, and how sure it is.

The network is asked in evaluation mode, and left in the mode it was found in.
"""

import torch
from scipy.optimize import brentq

from helpers.checks import check_classes
from helpers.modes import evaluation_mode


@torch.no_grad()
def scores(network, X, batch=1000):
    """The raw scores of each class, shape (m, classes), for X of shape (m, n)."""
    with evaluation_mode(network):
        return torch.cat([network(rows) for rows in X.split(batch)])


def error_rate(network, X, y):
    """The share of the images that are misclassified, in [0, 1]. X, y: as train takes them."""
    check_classes(X, y)
    return (scores(network, X).argmax(1) != y).double().mean().item()


def walk(network, X, moved, places):
    """The scores at so many places of the straight way from each image to where it was moved, both
    ends included: shape (m, places, classes)."""
    shares = torch.linspace(0, 1, places, dtype=X.dtype, device=X.device)[:, None, None]
    on_the_way = [scores(network, X + share * (moved - X)) for share in shares]
    return torch.stack(on_the_way, 1)


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
