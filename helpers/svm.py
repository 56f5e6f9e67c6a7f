"""Linear support vector machines along a whole path of λ, each with a proof of how good it is.

For one λ the machine minimises the **primal objective**

    P(w, b) = (1/n) Σ max(1 − y s(x), 0) + λ‖w‖²,    s(x) = w·x + b,

over n labelled images. Each image's hinge is the largest of the lines α (1 − y s(x)) with a slope
α in [0, 1]. Fix the slopes, minimise over w and b instead, and what is left is the **dual
objective**

    D(α) = (1/n) Σ α − λ‖w_α‖²,    w_α = (1/2λn) Σ α y x,    provided that Σ α y = 0.

D(α) <= P(w, b) whatever α, w and b are, so the gap between the two certifies a machine: its
objective exceeds the least possible one by the gap at most.

The hinge has a kink, where Newton's method has no second derivative to work with. So each round
rounds it off: a slope may not move far from its value `alpha` of the round before,

    max over α in [0, 1] of  α u − (α − alpha)²/2σ,    u = 1 − y s(x),

is smooth in u, and its best slope is alpha + σu, clipped to [0, 1]. Newton's equations then
involve only the images whose slope is strictly between 0 and 1, a few hundred of thousands. The
best slopes are the next round's `alpha`, and σ grows, until the gap is small enough. This is the
method of multipliers with a semismooth Newton method inside. The next λ starts from the w, b and
`alpha` of the one before, which is why a path costs little more than its hardest machine; where λ
falls by more than a factor of 10, and to the first λ, a coarse path leads.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import brentq
from threadpoolctl import threadpool_limits

from helpers.checks import finite, labelled

#: Tanay & Griffin 2018 write λ for 10^5 times the factor that multiplies ‖w‖² here.
PAPER_FACTOR = 1e-5
SMALLEST_TOL = 1e-9
ROUNDS = 60
NEWTON_STEPS = 50
SIGMA, SIGMA_GROWTH = 10, 3
COARSE = 0.01  # the gap on a coarse path


def lam_from_paper(paper_lam):
    """This book's λ, the factor of ‖w‖², for the λ that Tanay & Griffin 2018 write."""
    return PAPER_FACTOR * paper_lam


def lam_to_paper(lam):
    """The λ that Tanay & Griffin 2018 write for this book's."""
    return lam / PAPER_FACTOR


class SvmPath(NamedTuple):
    """One SVM for each λ: weights (k, d), biases (k,), primal objectives (k,) and relative
    duality gaps (k,), (P − D)/P."""

    w: np.ndarray
    b: np.ndarray
    objective: np.ndarray
    gap: np.ndarray


# Matrices of this size gain nothing from threads, and lose much where other programs run too.
@threadpool_limits.wrap(limits=1)
def svm_path(X, y, lams, tol=1e-4):
    """The SVM of each of ``lams``: mean hinge loss plus λ‖w‖², the bias free, as an SvmPath.

    X: images as rows, shape (n, d). y: -1 for class I, +1 for class J, shape (n,), both present.
    lams: k numbers > 0, decreasing. tol: the largest relative duality gap, at least 1e-9 and
    below 1. Where several b are optimal, b is the midpoint of their interval, as in libsvm.

    Raises ValueError for anything else, and ArithmeticError where rounding keeps the gap from
    falling to tol.
    """
    X, y, lams, tol = _checked(X, y, lams, tol)
    inked = X.any(axis=0)  # the weight of a pixel that is always 0 is 0
    Z = y[:, None] * np.column_stack([X[:, inked], np.ones(len(y))])
    wb, alpha, last = _start(Z, y, lams[0])
    w, b, objective, gap = np.zeros((len(lams), X.shape[1])), *np.zeros((3, len(lams)))
    for k, lam in enumerate(lams):
        while last > 10 * lam:  # from further away Newton's method may not find the machine
            last /= 10
            wb, alpha, *_ = _machine(Z, y, last, COARSE, wb, alpha)
        last = lam
        wb, alpha, objective[k], gap[k] = _machine(Z, y, lam, tol, wb, alpha)
        w[k, inked], b[k] = wb[:-1], wb[-1]
    return SvmPath(w, b, objective, gap)


def _checked(X, y, lams, tol):
    X, y = labelled(X, y)
    if len(np.unique(y)) < 2:
        raise ValueError(f"y must hold both classes, -1 and +1; it held {y[0]:+.0f} only")
    lams = finite("lams", lams)
    if lams.ndim != 1 or len(lams) == 0 or not (lams > 0).all() or not (np.diff(lams) < 0).all():
        raise ValueError(f"lams must be a list of decreasing numbers > 0; it was {lams}")
    if not SMALLEST_TOL <= tol < 1:
        raise ValueError(f"tol must be at least {SMALLEST_TOL} and below 1; it was {tol!r}")
    return X, y, lams, tol


def _start(Z, y, first):
    """(w, b), slopes and λ where λ is so large that no margin reaches 1 and all slopes are 1."""
    lam = max((Z**2).sum(axis=1).max(), first)
    alpha = _balanced(np.ones(len(y)), y)
    return alpha @ Z / (2 * lam * len(y)), alpha, lam


def _machine(Z, y, lam, tol, wb, alpha):
    """The machine of one λ, from a start (wb, alpha): its own (wb, alpha), objective and gap.

    A row of Z is y (x, 1), and wb is (w, b), so that Z @ wb is y s(x).
    """
    sigma, gap = SIGMA, 1
    for _ in range(ROUNDS):
        # While the gap is wide, an exact solution of the rounded-off problem would be wasted.
        wb, alpha = _round(Z, lam, wb, alpha, sigma, precision=0.3 * max(tol, 0.2 * gap))
        wb[-1] = _bias(Z, y, wb)
        objective, gap = _certificate(Z, y, lam, wb, alpha)
        if gap <= tol:
            return wb, alpha, objective, gap
        sigma *= SIGMA_GROWTH
    raise ArithmeticError(f"the gap stays at {gap:.1e} for λ = {lam:g}; tol = {tol:g} is too small")


def _round(Z, lam, wb, alpha, sigma, precision):
    """Minimise λ‖w‖² plus the mean rounded-off hinge; returns its (w, b) and best slopes."""
    n = len(Z)
    penalty = np.append(np.full(Z.shape[1] - 1, 2 * lam), 0)
    margins = Z @ wb
    for steps in range(NEWTON_STEPS):
        slopes = np.clip(alpha + sigma * (1 - margins), 0, 1)
        gradient = penalty * wb - slopes @ Z / n
        # What is left of the gradient is what the dual objective loses against its best.
        loss = gradient[:-1] @ gradient[:-1] / (4 * lam) + abs(gradient[-1])
        # At least one step: for large λ the weights of the λ before lose next to nothing either.
        if steps > 0 and loss <= precision * _primal(lam, wb, margins):
            break
        inside = Z[(slopes > 0) & (slopes < 1)]
        step = _newton_step(inside, penalty, sigma / n, gradient)
        along = Z @ step

        def slope(t):  # of the function minimised, t steps further
            slopes = np.clip(alpha + sigma * (1 - margins - t * along), 0, 1)
            return penalty * (wb + t * step) @ step - slopes @ along / n

        t = brentq(slope, 0, 1, xtol=1e-12, rtol=1e-3) if slope(0) < 0 < slope(1) else 1
        wb, margins = wb + t * step, margins + t * along
    return wb.copy(), slopes


def _newton_step(inside, penalty, scale, gradient):
    """−H⁻¹ gradient for H = diag(penalty) + scale · insideᵀ inside, and a little more for b.

    Without that little, H has no inverse where no image is inside; more would slow Newton down.
    """
    diagonal = penalty + np.append(np.zeros(len(penalty) - 1), 1e-5 * scale)
    if len(inside) < len(diagonal):  # Woodbury's identity: a smaller matrix to factor
        scaled = inside / diagonal
        matrix = scaled @ inside.T + np.eye(len(inside)) / scale
        start = gradient / diagonal
        correction = cho_solve(cho_factor(matrix, check_finite=False), inside @ start)
        return scaled.T @ correction - start
    matrix = scale * inside.T @ inside + np.diag(diagonal)
    return -cho_solve(cho_factor(matrix, check_finite=False), gradient)


def _primal(lam, wb, margins):
    return lam * wb[:-1] @ wb[:-1] + np.maximum(1 - margins, 0).mean()


def _bias(Z, y, wb):
    """The best b for the weights in wb; where an interval is best, its midpoint.

    As a function of b alone the mean hinge is convex and piecewise linear. Its slope starts at
    −n_J/n and gains 1/n at each image's kink b = y − w·x: it is 0 between kinks n_J and n_J + 1.
    """
    kinks = np.sort(y - y * (Z[:, :-1] @ wb[:-1]))
    n_J = np.count_nonzero(y > 0)
    return kinks[n_J - 1 : n_J + 1].mean()


def _certificate(Z, y, lam, wb, alpha):
    """The primal objective of wb, and its relative distance from the dual objective of alpha."""
    primal = _primal(lam, wb, Z @ wb)
    slopes = _balanced(alpha, y)
    w = slopes @ Z[:, :-1] / (2 * lam * len(y))
    dual = slopes.mean() - lam * w @ w
    return primal, (primal - dual) / primal


def _balanced(alpha, y):
    """The slopes, scaled down in one class so that Σ α y = 0."""
    of_class = np.array([alpha[y < 0].sum(), alpha[y > 0].sum()])
    share = of_class.min() / np.maximum(of_class, np.finfo(float).tiny)
    return alpha * share[(y > 0).astype(int)]
