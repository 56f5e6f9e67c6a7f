"""Each claim of the appendix on the path of SVMs that no test of the helpers holds already."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import linear, losses
from helpers.svm import svm_path

N, DIMS = 200, 20


def clouds(seed=0):
    """The two clouds of the page's first cell."""
    rng = np.random.default_rng(seed)
    y = np.repeat([-1, 1], N // 2)
    return rng.normal(size=(N, DIMS)) + np.outer(y, np.linspace(0, 0.5, DIMS)), y


def primal(X, y, w, b, lam):
    return linear.empirical_risk(X, y, w, b, losses.hinge) + lam * w @ w


def dual(X, y, alpha, lam):
    w = (alpha * y) @ X / (2 * lam * len(y))
    return alpha.mean() - lam * w @ w


def best_slope(u, a, sigma):
    return np.clip(a + sigma * u, 0, 1)


def rounded_hinge(u, a, sigma):
    slope = best_slope(u, a, sigma)
    return slope * u - (slope - a) ** 2 / (2 * sigma)


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 10))
def test_no_slopes_beat_any_weights(seed, lam):
    X, y = clouds(seed % 1000)
    rng = np.random.default_rng(seed)
    alpha = np.tile(rng.uniform(0, 1, N // 2), 2)  # the same sum in both classes
    w, b = rng.normal(size=DIMS) * rng.uniform(0, 1), rng.normal()
    w_alpha = (alpha * y) @ X / (2 * lam * N)
    difference = primal(X, y, w, b, lam) - dual(X, y, alpha, lam)
    assert difference >= lam * (w - w_alpha) @ (w - w_alpha) - 1e-9


def test_a_certified_machine_is_better_than_others():
    X, y = clouds()
    path = svm_path(X, y, [1e-3], tol=1e-9)
    assert path.gap[0] <= 1e-9
    rng = np.random.default_rng(1)
    for scale in (1e-3, 1e-2, 0.1):
        w, b = path.w[0] + scale * rng.normal(size=DIMS), path.b[0] + scale * rng.normal()
        assert primal(X, y, w, b, 1e-3) >= path.objective[0] * (1 - 1e-9)


def test_the_mean_hinge_has_a_flat_bottom_for_a_large_lam_and_one_corner_for_a_small_one():
    X, y = clouds()
    widths = []
    for w, best in zip(*svm_path(X, y, [10, 0.01])[:2], strict=True):
        biases = best + np.linspace(-2, 2, 4001)
        hinges = losses.hinge(y * (X @ w + biases[:, None])).mean(axis=1)
        flat = biases[hinges < hinges.min() + 1e-9]
        widths.append(np.ptp(flat))
        assert best == pytest.approx(flat.mean(), abs=2e-3)
    assert widths[0] > 1.2 and widths[1] < 0.01


@given(st.floats(-3, 3), st.floats(0, 1), st.floats(0.1, 100))
def test_the_rounded_hinge_lies_below_and_touches_with_the_right_slope(u, a, sigma):
    assert rounded_hinge(u, a, sigma) <= max(u, 0) + 1e-12
    true_slope = float(u > 0)
    assert rounded_hinge(u, true_slope, sigma) == pytest.approx(max(u, 0))
    assert rounded_hinge(0.0, a, sigma) == pytest.approx(0, abs=1e-12)
    below = rounded_hinge(u, a, sigma) - rounded_hinge(u, a, 3 * sigma)
    assert below <= 1e-12  # a larger σ comes closer


def test_slopes_that_a_round_hands_back_are_the_true_ones():
    for u, a in ((-0.5, 0.0), (0.5, 1.0), (0.0, 0.3)):
        assert best_slope(u, a, 2.0) == a
    for u, a in ((-0.5, 0.2), (0.5, 0.9)):
        assert best_slope(u, a, 2.0) != a
