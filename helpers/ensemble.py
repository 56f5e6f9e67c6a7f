"""One ensemble of attacks, from which every robust accuracy of a network in the book comes.

No attack finds the worst image in a ball, but attacks that fail for different reasons seldom fail
together. AutoAttack (Croce & Hein 2020) therefore joins four, none of which has a parameter to
tune: two ways up the gradient of different losses, one that looks for the smallest change, and one
that uses no gradient. This ensemble follows it, and adds one for gradients that vanish.

Images, ε and norms are those of :mod:`helpers.attacks`. What is found is checked in float64.
"""

import copy
import math
from functools import partial

import torch

from helpers import apgd
from helpers.attacks import NORMS, indices, is_fooled
from helpers.checks import check_images, check_least, check_one_of
from helpers.modes import evaluated, evaluation_mode
from helpers.nearest import distance, minimum_norm
from helpers.square import square, width_of

# Rounding in float32 must not carry an image out of the ball: how much smaller ε is for attacks, as
# a share of it, and in pixels.
INSIDE = (1e-6, 1e-7)


@evaluated
def towards_each_class(network, X, y, eps, norm, steps=20):
    """APGD towards each of the other classes in turn, with the targeted DLR loss."""
    found = X.clone()
    with torch.no_grad():
        classes = network(X[:1]).shape[1]
    for target in range(classes):
        left = torch.nonzero(~is_fooled(network, found, y) & (y != target))[:, 0]
        if len(left):
            goal = apgd.targeted_dlr(target)
            found[left] = apgd.apgd(network, X[left], y[left], eps, norm, goal, steps)
    return found


def inside(eps):
    """The ε of the attacks, so that what they find lies within ε in float64, too."""
    share, pixels = INSIDE
    return max(0.0, eps * (1 - share) - pixels)


#: How often the square attack may ask: in L∞, where it finds what no other attack does, as often as
#: in AutoAttack; in L2, where the others have found it before, less.
QUERIES = {"linf": 5000, "l2": 1000}


def random_squares(network, X, y, eps, norm):
    return square(network, X, y, eps, norm, QUERIES[norm])


#: Attacks that look for the smallest change: attack(network, X, y, norm).
NEAREST = {
    "minimum norm": minimum_norm,
    "minimum norm, a little noise": partial(minimum_norm, sigma=0.1),
    "minimum norm, much noise": partial(minimum_norm, sigma=0.3, steps=200),
}
#: Attacks within a ball: attack(network, X, y, eps, norm).
WITHIN = {
    "APGD-CE": apgd.apgd,
    "APGD-DLR": partial(apgd.apgd, goal=apgd.dlr),
    "APGD-T": towards_each_class,
    "Square": random_squares,
}


def checked_distance(network, X, y, moved, norm):
    """How far the images were moved, float64, shape (m,); infinite where that does not fool the
    network, which is computed in float64. network: in double precision."""
    moved = moved.double()
    valid = is_fooled(network, moved, y) & (moved.amin(1) >= 0) & (moved.amax(1) <= 1)
    return torch.where(valid, distance(moved, X.double(), norm), math.inf)


@evaluated
def attacked(network, X, y, norm, radii, batch=250):
    """The distance of the nearest adversarial image that any attack of the ensemble finds, float64,
    shape (m,): 0 where the image is misclassified as it is, infinite where nothing was found.

    radii: the ε of interest, rising. First come the attacks for the smallest change; then, from the
    largest ε to the smallest, those within a ball, which try the images that fell in all larger
    balls, but have not been found to fall in this one. The share of images with a distance above ε
    is an upper bound of the robust accuracy for every ε, and a good one for those of ``radii``.
    """
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(1, batch=batch)
    check_attackable(network, X)
    if list(radii) != sorted(radii) or not all(0 < eps < math.inf for eps in radii):
        raise ValueError(f"radii must be positive and rise; they were {list(radii)}")
    exact = copy.deepcopy(network).double()
    parts = [
        _attacked(network, exact, X[rows], y[rows], norm, radii) for rows in indices(X).split(batch)
    ]
    return torch.cat(parts)


def check_attackable(network, X):
    """ValueError unless the images are square, which the square attack needs, and the network tells
    four classes apart, which the targeted loss needs."""
    width_of(X)
    with evaluation_mode(network), torch.no_grad():
        classes = network(X[:1]).shape[1]
    if classes < 4:
        raise ValueError(f"network must have four classes or more; it had {classes}")


def _attacked(network, exact, X, y, norm, radii):
    far = checked_distance(exact, X, y, X, norm)

    def note(rows, moved):
        found = checked_distance(exact, X[rows], y[rows], moved, norm)
        far[rows] = torch.minimum(far[rows], found)

    left = torch.nonzero(far > 0)[:, 0]
    for nearest in NEAREST.values():
        if len(left):
            note(left, nearest(network, X[left], y[left], norm))
    withstood = torch.zeros_like(far, dtype=torch.bool)
    for eps in reversed(radii):
        for within in WITHIN.values():
            left = torch.nonzero((far > eps) & ~withstood)[:, 0]
            if len(left):
                note(left, within(network, X[left], y[left], inside(eps), norm))
        withstood |= far > eps
    return far


@evaluated
def left_by_each(network, X, y, norm, eps, batch=250):
    """The share of images, in [0, 1], that each attack alone leaves classified correctly within ε,
    and "all": a dict by the attack's name. Arguments: those of ``attacked``, and one ε."""
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(0, eps=eps)
    check_attackable(network, X)
    exact = copy.deepcopy(network).double()

    def left(find):
        moved = [find(network, X[rows], y[rows]) for rows in indices(X).split(batch)]
        fooled = checked_distance(exact, X, y, torch.cat(moved), norm) <= eps
        return ~(fooled | is_fooled(network, X, y))

    found = {name: left(partial(nearest, norm=norm)) for name, nearest in NEAREST.items()}
    for name, within in WITHIN.items():
        found[name] = left(partial(within, eps=inside(eps), norm=norm))
    found["all"] = torch.stack(list(found.values())).all(0)
    return {name: rows.double().mean().item() for name, rows in found.items()}
