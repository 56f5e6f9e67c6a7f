"""The smallest change that fools a network, as nearly as attacks find it.

Images, ε and norms are those of :mod:`helpers.attacks`; distances are in pixels, and infinite where
nothing was found.
"""

import math

import torch
import torch.nn.functional as F

from helpers.attacks import (
    NORMS,
    cosine,
    error_log_odds,
    gradient,
    gradient_and_scores,
    indices,
    into_ball,
    is_fooled,
    margin,
    steepest,
)
from helpers.checks import check_images, check_least, check_one_of
from helpers.modes import evaluated
from helpers.noise import Noise

LARGEST_START = {"l2": 1.0, "linf": 0.1}  # ε before the first step
STEPS = (1.0, 0.01)  # the lengths of the first and the last step, as shares of ε
GROWTHS = (0.05, 0.005)  # the shares by which ε grows or shrinks, in the first and the last step


def distance(moved, X, norm):
    """How far each image was moved, shape (m,)."""
    change = moved - X
    return change.norm(dim=1) if norm == "l2" else change.abs().amax(1)


@evaluated
def minimum_norm(network, X, y, norm="l2", steps=100, sigma=0.0, seed=0):
    """The nearest image on the way that fools the network; X where none does, shape of X.

    Each step goes along the gradient, and ends at the distance ε from the image; ε shrinks where
    the network was fooled, and grows where it was not (Rony et al. 2019 in L2, Pintor et al. 2021
    in every norm). It starts where the boundary would be if the network were linear, and steps and
    changes of ε become smaller along a cosine.

    sigma: the gradient is that at a noisy version of the image, with a deviation of sigma in each
    pixel at first, that falls along the same cosine. Where the gradient is 0 at the image, as in a
    network that has learnt not to look at faint ink, it need not be 0 beside it.
    """
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(1, steps=steps)
    check_least(0, sigma=sigma)
    noise = Noise(X, seed)
    found, moved = X.clone(), X
    shortest = X.new_full((len(X), 1), math.inf)
    eps = linear_distance(network, X, y, norm)[:, None].clamp(1e-4, LARGEST_START[norm])
    for k in range(steps):
        share = cosine(k, steps)
        noisy = moved + sigma * share * noise.normal(X.shape[1]) if sigma > 0 else moved
        g = gradient(lambda x: error_log_odds(network(x), y), noisy)
        fooled, far = is_fooled(network, moved, y)[:, None], distance(moved, X, norm)[:, None]
        better = fooled & (far < shortest)
        found, shortest = torch.where(better, moved, found), torch.where(better, far, shortest)
        growth = between(GROWTHS, share)
        shrunk = torch.minimum(eps, shortest) * (1 - growth)
        eps = torch.where(fooled, shrunk, eps * (1 + growth))
        step = eps * between(STEPS, share)
        moved = at_distance(moved + step * steepest(g, norm), X, eps, norm)
    return found


def linear_distance(network, X, y, norm):
    """How far the boundary would be if the network were linear, shape (m,): margin/‖∇margin‖, in
    the dual norm; 0 where an image is misclassified, and infinite where the gradient is 0."""
    g, s = gradient_and_scores(network, margin, X, y)
    slope = g.norm(dim=1) if norm == "l2" else g.abs().sum(1)
    left = margin(s, y).clamp_min(0)
    return torch.where(left > 0, left / slope, 0)


def between(ends, share):
    """The last of the ends for a share of 0, the first for 1."""
    first, last = ends
    return last + share * (first - last)


def at_distance(moved, X, eps, norm):
    """The images at the distance ε from X (in L2; in L∞ no farther), then brought into [0, 1]."""
    if norm == "l2":
        return (X + eps * F.normalize(moved - X)).clamp(0, 1)
    return into_ball(moved, X, eps, norm)


@evaluated
def decoupled(network, X, y, steps, gamma=0.05):
    """Small adversarial changes by decoupling direction and norm (Rony et al. 2019).

    Each step goes along the gradient, its length falling from 1 to 0.01 along a cosine, and ends at
    the distance ε from the image; ε shrinks by the share gamma where the network was fooled, and
    grows by it where it was not. The nearest image that fooled it is returned, X where none did.
    """
    found, moved = X.clone(), X
    shortest, eps = X.new_full((len(X),), math.inf), X.new_ones(len(X))
    for k in range(steps):
        g, s = gradient_and_scores(network, error_log_odds, moved, y)
        fooled, length = margin(s, y) <= 0, (moved - X).norm(dim=1)
        better = fooled & (length < shortest)
        found[better], shortest[better] = moved[better], length[better]
        eps = torch.where(fooled, eps * (1 - gamma), eps * (1 + gamma))
        step = 0.01 + 0.99 * (1 + math.cos(math.pi * k / steps)) / 2
        delta = moved + step * F.normalize(g) - X
        moved = (X + eps[:, None] * F.normalize(delta)).clamp(0, 1)
    return found


@evaluated
def shortened(network, X, y, moved, halvings=10):
    """The images brought back towards X as long as the network is fooled, by bisection."""
    low, high = X.new_zeros(len(X), 1), X.new_ones(len(X), 1)
    for _ in range(halvings):
        middle = (low + high) / 2
        fooled = is_fooled(network, X + middle * (moved - X), y)[:, None]
        low, high = torch.where(fooled, low, middle), torch.where(fooled, middle, high)
    return X + high * (moved - X)


def lengths(network, X, y, moved):
    """How far the images were moved, float64; infinite where the network is not fooled."""
    far = (moved.double() - X.double()).norm(dim=1)
    return torch.where(is_fooled(network, moved, y), far, math.inf)


def nearest_found(network, X, y, find, batch=500):
    """The images that find(network, X, y) finds, shortened, and their distances from X."""
    found = torch.cat(
        [
            shortened(network, X[rows], y[rows], find(network, X[rows], y[rows]))
            for rows in indices(X).split(batch)
        ]
    )
    return found, lengths(network, X, y, found)
