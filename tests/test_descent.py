"""Gradient descent: where it ends, and what it leaves alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from helpers.descent import descend


@st.composite
def in_a_subspace(draw):
    """Images in a random subspace, labels, and a start that points out of it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dims = draw(st.integers(1, 4))
    basis = np.linalg.qr(rng.normal(size=(8, dims)))[0].T
    y = np.repeat([-1, 1], 10)
    X = (rng.normal(size=(20, dims)) + np.outer(y, rng.normal(size=dims))) @ basis
    return X, y, rng.normal(size=8), basis


@given(in_a_subspace(), st.sampled_from([0, 0.01, 0.3]))
def test_out_of_the_subspace_weights_only_decay(problem, lam):
    X, y, start, basis = problem
    w, _ = descend(X, y, start, 0.2, eta=0.5, lam=lam, steps=40)
    across = w - w @ basis.T @ basis
    factors = (1 - 2 * 0.5 * lam) ** np.arange(41)
    assert across == pytest.approx(factors[:, None] * across[0], abs=1e-10)


def test_a_pixel_that_is_always_black_keeps_its_weight():
    rng = np.random.default_rng(0)
    X, y = rng.random((30, 5)), np.repeat([-1, 1], 15)
    X[:, 2] = 0
    w, _ = descend(X, y, np.ones(5), 0.0, eta=1.0, lam=0, steps=100)
    assert (w[:, 2] == 1).all() and (w[-1, [0, 1, 3, 4]] != 1).all()


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_it_ends_at_the_logistic_regression_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    y = np.repeat([-1, 1], 40)
    X = rng.normal(size=(80, 3)) + np.outer(y, rng.normal(size=3))
    w, b = descend(X, y, rng.normal(size=3), 1.0, eta=0.3, lam=0.05, steps=2000)
    theirs = LogisticRegression(C=1 / (2 * 0.05 * 80), tol=1e-10).fit(X, y)
    assert w[-1] == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert b[-1] == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_no_step_is_the_start():
    w, b = descend([[1.0], [2.0]], [-1, 1], [3.0], 0.5, eta=0.1, lam=0, steps=0)
    assert (w.tolist(), b.tolist()) == ([[3.0]], [0.5])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eta": 0}, "eta must be a positive"),
        ({"lam": -1}, "lam must be 0 or more"),
        ({"lam": 5}, "2 eta lam must be below 1"),
        ({"steps": -1}, "steps must be 0 or more"),
        ({"w": [1, 2, 3]}, r"w must have shape \(2,\)"),
        ({"y": [0, 1]}, "y must hold -1"),
    ],
)
def test_bad_input_is_named(change, words):
    good = {"X": np.eye(2), "y": [-1, 1], "w": [1, 1], "b": 0, "eta": 0.1, "lam": 0, "steps": 3}
    with pytest.raises(ValueError, match=words):
        descend(**good | change)
