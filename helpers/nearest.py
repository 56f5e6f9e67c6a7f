"""The smallest change that fools a network, as nearly as attacks find it.

Images are rows of X, shape (m, n), pixels in [0, 1]; y of shape (m,) holds their classes, int64.
Changes are measured by their Euclidean length, in pixels.
"""

import math

import torch
import torch.nn.functional as F

from helpers import attacks


def decoupled(network, X, y, steps, gamma=0.05):
    """Small adversarial changes by decoupling direction and norm (Rony et al. 2019).

    Each step goes along the gradient, its length falling from 1 to 0.01 along a cosine, and ends at
    the distance ε from the image; ε shrinks by the share gamma where the network was fooled, and
    grows by it where it was not. The nearest image that fooled it is returned, X where none did.
    """
    found, moved = X.clone(), X
    shortest, eps = torch.full((len(X),), math.inf), torch.ones(len(X))
    for k in range(steps):
        moved.requires_grad_()
        s = network(moved)
        g = torch.autograd.grad(attacks.error_log_odds(s, y).sum(), moved)[0]
        moved = moved.detach()
        fooled, length = attacks.margin(s.detach(), y) <= 0, (moved - X).norm(dim=1)
        better = fooled & (length < shortest)
        found[better], shortest[better] = moved[better], length[better]
        eps = eps * torch.where(fooled, 1 - gamma, 1 + gamma)
        step = 0.01 + 0.99 * (1 + math.cos(math.pi * k / steps)) / 2
        delta = moved + step * F.normalize(g) - X
        moved = (X + eps[:, None] * F.normalize(delta)).clamp(0, 1)
    return found


def shortened(network, X, y, moved, halvings=10):
    """The images brought back towards X as long as the network is fooled, by bisection."""
    low, high = torch.zeros(len(X), 1), torch.ones(len(X), 1)
    for _ in range(halvings):
        middle = (low + high) / 2
        fooled = attacks.is_fooled(network, X + middle * (moved - X), y)[:, None]
        low, high = torch.where(fooled, low, middle), torch.where(fooled, middle, high)
    return X + high * (moved - X)


def lengths(network, X, y, moved):
    """How far the images were moved, float64; infinite where the network is not fooled."""
    far = (moved.double() - X.double()).norm(dim=1)
    return torch.where(attacks.is_fooled(network, moved, y), far, math.inf)


def nearest_found(network, X, y, attack, batch=500):
    """The images that attack(network, X, y) finds, shortened, and their distances from X."""
    found = torch.cat(
        [
            shortened(network, X[rows], y[rows], attack(network, X[rows], y[rows]))
            for rows in torch.arange(len(X)).split(batch)
        ]
    )
    return found, lengths(network, X, y, found)
