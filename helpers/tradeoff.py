"""A distribution on which accuracy and robustness are at odds, and the linear classifiers on it.

Tsipras et al. 2019, "Robustness May Be at Odds with Accuracy", Section 2. A label y is -1 or +1,
evenly. Of an image x of d + 1 features

    x_1 = y with probability p, else −y:  one strong feature, no more accurate than p;
    x_2, …, x_{d+1} ~ N(ηy, 1), independent:  weak features, together accurate beyond p.

The adversary sees x and y and changes every feature by ``eps`` at most (an L∞ ball). A linear
classifier sign(w·x) has the weights w of shape (d + 1,), that of x_1 first, and no bias. Its
margin y w·x can be lowered by exactly eps ‖w‖₁. Given whether x_1 = y, the margin is Gaussian, so
accuracies and mean losses are exact here, without samples. An image on the boundary counts as
misclassified.

ValueError where p is not in [½, 1), d not an integer >= 1, eta or eps not finite, eta not
positive, eps negative, or where w does not fit.
"""

import math
import numbers
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, ndtr

from helpers import losses
from helpers.checks import check_least, check_positive, finite, labelled, vector
from helpers.linear import raw_score

SMOOTH = 0.01  # how far around its kink the hinge is rounded off in `fit`
GAP = 1e-5  # how far above its minimum the loss of `fit` may be


@dataclass(frozen=True)
class Problem:
    """The distribution: ``p`` in [½, 1), ``d`` >= 1 weak features, ``eta`` > 0, their mean."""

    p: float
    d: int
    eta: float

    def __post_init__(self):
        _check_p(self.p)
        if not (isinstance(self.d, numbers.Integral) and self.d >= 1):
            raise ValueError(f"d must be an integer of at least 1; it was {self.d!r}")
        check_positive(eta=self.eta)


def _check_p(p):
    if not 0.5 <= p < 1:
        raise ValueError(f"p must be in [0.5, 1); it was {p!r}")


def sample(problem, n, seed=0):
    """``n`` images X of shape (n, d + 1) and their labels y of shape (n,), -1 and +1."""
    if not (isinstance(n, numbers.Integral) and n >= 0):
        raise ValueError(f"n must be a whole number of 0 or more; it was {n!r}")
    rng = np.random.default_rng(seed)
    y = rng.choice([-1, 1], n)
    strong = np.where(rng.random(n) < problem.p, y, -y)
    weak = rng.normal(problem.eta * y[:, None], 1, (n, problem.d))
    return np.column_stack([strong, weak]), y


# Classifiers


def mix(problem, w_1):
    """Weights of w_1 x_1 + the mean of the weak features, shape (d + 1,)."""
    return np.concatenate([[finite("w_1", w_1)], np.full(problem.d, 1 / problem.d)])


def f_avg(problem):
    """The paper's f_avg: weights of the mean of the weak features."""
    return mix(problem, 0.0)


def x_1_alone(problem):
    """Weights of the strong feature alone: (1, 0, …, 0)."""
    return np.concatenate([[1.0], np.zeros(problem.d)])


def best_mix(problem, eps=0.0):
    """The mix of the largest accuracy against ``eps``, f_avg and x_1 alone among them.

    With eps = 0 it is the Bayes classifier, w_1 = ln(p/(1 − p))/(2dη): no classifier is more
    accurate. The accuracy of mix(w_1), w_1 >= 0, rises until the smaller root of

        2 d eps w_1² − 2 d (η − eps) w_1 + ln(p (1 − eps)/((1 − p)(1 + eps))) = 0,

    falls until the larger one, and rises from there towards that of x_1 alone.
    """
    check_least(0, eps=eps)
    candidates = [f_avg(problem), x_1_alone(problem)]
    pull = problem.eta - eps
    if pull > 0 and eps < 2 * problem.p - 1:
        log_odds = math.log(problem.p * (1 - eps) / ((1 - problem.p) * (1 + eps))) / problem.d
        if pull**2 > 2 * eps * log_odds:
            root = log_odds / (pull + math.sqrt(pull**2 - 2 * eps * log_odds))
            candidates.insert(0, mix(problem, root))
    return max(candidates, key=lambda w: accuracy(problem, w, eps))


# Accuracy


def _margins(problem, w, eps):
    """Of y w·x − eps ‖w‖₁: its means where x_1 = y and where x_1 = −y, and its deviation."""
    w = vector("w", w, problem.d + 1)
    check_least(0, eps=eps)
    rest = problem.eta * w[1:].sum() - eps * np.abs(w).sum()
    return w[0] + rest, -w[0] + rest, np.linalg.norm(w[1:])


def accuracy(problem, w, eps=0.0):
    """Probability that sign(w·x) is right whatever the adversary does, a float in [0, 1]. Exact.

    With eps = 0 it is the standard accuracy.
    """
    right, wrong, deviation = _margins(problem, w, eps)

    def positive(mean):
        return ndtr(mean / deviation) if deviation > 0 else float(mean > 0)

    return float(problem.p * positive(right) + (1 - problem.p) * positive(wrong))


def robust_bound(standard, p):
    """The most accuracy against eps >= 2η that a standard accuracy leaves: Theorem 2.1.

    min(1 − δ, δ p/(1 − p)) at standard accuracy 1 − δ, a number or an array in [0, 1]. It holds
    for every classifier, linear or not. It is attained at δ = 1 − p, by x_1 alone for eps < 1.
    """
    standard = finite("standard", standard)
    if not ((standard >= 0) & (standard <= 1)).all():
        raise ValueError(f"standard must hold accuracies in [0, 1]; it was {standard}")
    _check_p(p)
    return np.minimum(standard, (1 - standard) * p / (1 - p))


def worst_margin(X, y, w, eps=0.0):
    """y w·x − eps ‖w‖₁ of each image of a sample, shape (n,): what the adversary leaves of it."""
    X, y = labelled(X, y)
    check_least(0, eps=eps)
    return y * raw_score(X, w, 0.0) - eps * np.abs(w).sum()


# Training: the least mean hinge of the worst margin, among weights with ‖w‖ <= 1


def hinge_risk(problem, w, eps=0.0):
    """E max(1 − (y w·x − eps ‖w‖₁), 0), the mean hinge loss of the worst margin. Exact."""
    right, wrong, deviation = _margins(problem, w, eps)

    def mean_hinge(mean):
        if deviation == 0:
            return float(losses.hinge(mean))
        z = (1 - mean) / deviation
        return deviation * (z * ndtr(z) + math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))

    return float(problem.p * mean_hinge(right) + (1 - problem.p) * mean_hinge(wrong))


def population_minimiser(problem, eps=0.0):
    """The weights with ‖w‖ <= 1 of the least hinge_risk, shape (d + 1,): Theorem 2.2.

    From eps = η on it is x_1 alone, or 0, which classifies nothing, where eps >= 2p − 1. For
    smaller eps the weak weights are equal, and the two numbers that are left are searched for.
    """
    check_least(0, eps=eps)
    if eps >= problem.eta:
        return float(eps < 2 * problem.p - 1) * x_1_alone(problem)

    def weights(w_1, length):
        return np.concatenate([[w_1], np.full(problem.d, length / math.sqrt(problem.d))])

    def risk(w_1, length):
        return hinge_risk(problem, weights(w_1, length), eps)

    def best_length(w_1):
        return _least(lambda length: risk(w_1, length), math.sqrt(1 - w_1**2))

    w_1 = _least(lambda w_1: risk(w_1, best_length(w_1)), 1)
    return weights(w_1, best_length(w_1))


def _least(function, end):
    """Where a convex function on [0, end] is least."""
    bounds, options = (0, end), {"xatol": 1e-10, "maxiter": 200}
    return minimize_scalar(function, bounds=bounds, method="bounded", options=options).x


def fit(X, y, eps=0.0):
    """The weights with ‖w‖ <= 1 of the least mean hinge of worst_margin(X, y, w, eps).

    ``X`` has shape (n, d + 1), ``y`` holds -1 and +1. With eps = 0 it is a soft-margin support
    vector machine without bias. For larger eps, w = u − v with u, v >= 0 and ‖w‖₁ = Σ (u + v)
    make every margin a linear function; weights that should be 0 are. The hinge is rounded off, so
    the mean loss may exceed the least one, by 0.007 at most where features are about as large as 1.
    Where several w are optimal, as where a sample can be separated, it is one of them.

    SLSQP is quick but may stop short. From where it stops, projected gradient descent with momentum
    goes on until a bound of how far the loss lies above its minimum falls to GAP times the largest
    feature. On a convex problem with a Lipschitz gradient, as this is, it always does.
    """
    X, y = labelled(X, y)
    check_least(0, eps=eps)
    Z = np.hstack([y[:, None] * X - eps, -y[:, None] * X - eps])
    step = 4 * SMOOTH * len(y) / max(np.linalg.norm(Z, 2) ** 2, 1e-300)  # 1/Lipschitz constant

    def gradient(z):
        return -expit((1 - Z @ z) / SMOOTH) @ Z / len(y)

    start = minimize(
        lambda z: (SMOOTH * losses.softplus((Z @ z - 1) / SMOOTH).mean(), gradient(z)),
        np.zeros(Z.shape[1]),
        jac=True,
        method="SLSQP",
        bounds=[(0, None)] * Z.shape[1],
        constraints={"type": "ineq", "fun": lambda z: 1 - z @ z, "jac": lambda z: -2 * z},
        options={"maxiter": 500, "ftol": 1e-10},
    )
    z = ahead = _allowed(np.nan_to_num(start.x))
    weight = 1.0
    largest = max(1, np.abs(Z).max())  # rounding keeps the bound from falling below its share
    while _gap(z, gradient(z)) > GAP * largest:
        last, z = z, _allowed(ahead - step * gradient(ahead))
        if (ahead - z) @ (z - last) > 0:  # downhill is no longer ahead: lose the momentum
            weight = 1.0
        following = (1 + math.sqrt(1 + 4 * weight**2)) / 2
        ahead = z + (weight - 1) / following * (z - last)
        weight = following
    u, v = np.split(z, 2)
    return u - v


def _allowed(z):
    """The point nearest to z among those with z >= 0 and ‖z‖ <= 1."""
    z = np.maximum(z, 0)
    return z / max(1, np.linalg.norm(z))


def _gap(z, g):
    """How far a convex function with the gradient g at z lies above its minimum over the allowed
    points, at most: as far as its tangent plane falls."""
    return g @ z + np.linalg.norm(np.maximum(-g, 0))
