"""The square attack, which asks a network for its scores alone and needs no gradient.

Andriushchenko et al. 2020, "Square attack: a query-efficient black-box adversarial attack via
random search". Images, ε and norms are those of :mod:`helpers.attacks`; images are square. Where
gradients are hidden this attack is none the worse for it.

All images share the random numbers of a query, so that what is found for one of them does not
depend on the others. A change delta has the shape (m, width, width); what is drawn has one row.
"""

import math

import torch

from helpers.attacks import NORMS, indices, into_ball, margin
from helpers.checks import check_images, check_least, check_one_of
from helpers.modes import evaluated

SHARE = 0.8  # of the pixels that the first squares have
#: After these shares of the queries the area of the squares is halved (section 4.1).
HALVED_AT = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)


def width_of(X):
    """The width of the images in pixels, or a ValueError where they are not square."""
    width = math.isqrt(X.shape[1])
    if width**2 != X.shape[1] or width < 3:
        raise ValueError(f"X must hold square images, 3 pixels wide or more; n was {X.shape[1]}")
    return width


def side(query, queries, pixels):
    """The side of the square of a query, counted from 0."""
    halvings = sum(query > at * queries for at in HALVED_AT)
    return max(1, round(math.sqrt(SHARE * pixels / 2**halvings)))


def sign(generator):
    """A random number, −1 or 1."""
    return 2.0 * torch.randint(0, 2, (), generator=generator).item() - 1


def place(width, h, generator):
    """A random square of side h, as the index of an array (m, width, width)."""
    top, left = (torch.randint(0, width - h + 1, (), generator=generator).item() for _ in "yx")
    return (..., slice(top, top + h), slice(left, left + h))


def bump(h):
    """A hill beside a hollow, shape (h, h), of length 1: how a square is changed in L2. Each falls
    from its middle in ever larger rectangles (section 4.3)."""
    hill = torch.zeros(h // 2 + h % 2, h, dtype=torch.float32)
    rows, columns = hill.shape
    middle = (rows // 2, columns // 2)
    for k in range(max(hill.shape)):
        top, left = max(middle[0] - k, 0), max(middle[1] - k, 0)
        hill[top : middle[0] + k + 1, left : middle[1] + k + 1] += 1 / (k + 1) ** 2
    whole = torch.cat([hill, -hill])[:h]
    return whole / whole.norm()


def tiled(width, generator):
    """Bumps of random signs side by side, a fifth of the width each: shape (1, width, width)."""
    h = max(2, width // 5)
    delta, places = torch.zeros(1, width, width, dtype=torch.float32), range(0, width - h + 1, h)
    for top in places:
        for left in places:
            delta[:, top : top + h, left : left + h] = sign(generator) * bump(h)
    return delta


def moved_budget(delta, eps, h, generator):
    """The change with a new bump in one square, paid for by what another square held and by what
    the box had cut off, so that its length is ε (algorithm 3)."""
    width = delta.shape[2]
    h = min(width, max(3, h + 1 - h % 2))
    to, source = place(width, h, generator), place(width, h, generator)
    new = delta.clone()
    new[to] = new[source] = 0
    held = length(delta).square() - length(new).square()  # of both squares
    unused = (eps**2 - length(delta).square()).clamp_min(0)
    hill = bump(h).to(delta)
    hill = hill if torch.rand((), generator=generator, dtype=torch.float64) < 0.5 else hill.T
    wanted = sign(generator) * hill + unit(delta[to])
    new[to] = unit(wanted) * (unused + held).clamp_min(0).sqrt()
    return eps * unit(new)


def length(delta):
    """The Euclidean length of each change, shape (m, 1, 1)."""
    return delta.flatten(1).norm(dim=1)[:, None, None]


def unit(delta):
    return delta / length(delta).clamp_min(1e-12)


def flipped_square(delta, eps, h, generator):
    """The change with a square at ε or −ε (algorithm 2)."""
    new = delta.clone()
    new[place(delta.shape[2], h, generator)] += 2 * eps * sign(generator)
    return new


@evaluated
@torch.no_grad()
def square(network, X, y, eps, norm="l2", queries=1000, seed=0):
    """The first image among ``queries`` that fools the network; X where none does, shape of X.

    Random search: a random square of the change is changed, and kept where the margin falls.

    Raises ValueError where images are not square, too.
    """
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(1, queries=queries)
    check_least(0, eps=eps)
    width = width_of(X)
    generator = torch.Generator().manual_seed(seed)
    if norm == "l2":
        start, changed = unit(tiled(width, generator)), moved_budget
    else:  # stripes
        stripes = torch.tensor([sign(generator) for _ in range(width)])
        start, changed = stripes.expand(1, width, width), flipped_square
    start = eps * start.to(X)
    found, rows = X.clone(), indices(X)
    best, smallest = X, X.new_full((len(X),), math.inf)
    for query in range(queries):
        h = side(query, queries, width**2)
        delta = (best - X).unflatten(1, (width, width))
        new = changed(delta, eps, h, generator) if query else start
        x = into_ball(X + new.flatten(1), X, eps, norm)
        margins = margin(network(x), y)
        better = margins < smallest
        best = torch.where(better[:, None], x, best)
        smallest = torch.where(better, margins, smallest)
        fooled = smallest <= 0
        found[rows[fooled]] = best[fooled]
        X, y, best, smallest, rows = (t[~fooled] for t in (X, y, best, smallest, rows))
        if len(rows) == 0:
            break
    return found
