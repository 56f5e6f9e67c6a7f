"""Linear classifiers trained against a Euclidean adversary, and the axis that they share with L2
regularisation."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from experiments import robustness_tilting
from helpers import linear
from helpers.losses import softplus
from helpers.results import load_arrays
from helpers.robust_linear import fit_l2


@pytest.fixture(scope="module")
def pair():
    """5 and 7 of scikit-learn's digits, pixels in [0, 1]: X, y."""
    X, digits = load_digits(return_X_y=True)
    rows = (digits == 5) | (digits == 7)
    return X[rows] / 16, digits[rows] - 6


def worst_loss(parameters, X, y, eps, lam):
    w, b = parameters[:-1], parameters[-1]
    norm = np.linalg.norm(w)
    return softplus(y * (X @ w + b) - eps * norm).mean() + lam * norm**2


@pytest.mark.parametrize("eps", [0.05, 0.1, 0.2])
def test_the_fit_is_a_minimum(pair, eps):
    X, y = pair
    few = X[:, 18:24]
    found = np.append(*fit_l2(few, y, eps, lam=1e-3))
    start = np.append(few[y == 1].mean(0) - few[y == -1].mean(0), 0)
    search = minimize(worst_loss, start, (few, y, eps, 1e-3), "Powell", options={"xtol": 1e-8})
    assert worst_loss(found, few, y, eps, 1e-3) <= search.fun + 1e-7


def test_the_loss_is_that_of_the_worst_images(pair):
    """Each image moved by eps along −y w has the loss that the fit counts."""
    X, y = pair
    w, b = fit_l2(X, y, 0.5)
    moved = X - 0.5 * y[:, None] * w / np.linalg.norm(w)
    of_moved = linear.empirical_risk(moved, y, w, b, softplus)
    assert of_moved == pytest.approx(worst_loss(np.append(w, b), X, y, 0.5, 0), rel=1e-10)


def test_without_an_adversary_it_is_logistic_regression(pair):
    X, y = pair
    w, b = fit_l2(X, y, lam=1e-3)
    theirs = LogisticRegression(C=1 / (2e-3 * len(y)), tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(w, theirs.coef_[0], atol=2e-3)
    assert b == pytest.approx(theirs.intercept_[0], abs=2e-3)


def test_what_cannot_be_learnt_is_refused(pair):
    with pytest.raises(ArithmeticError, match="the weights were not found"):
        fit_l2(*pair, eps=5.0)  # more than half the way from class to class


@pytest.mark.parametrize("bad", [{"eps": -0.1}, {"eps": math.nan}, {"lam": -1.0}])
def test_bad_settings_are_refused(pair, bad):
    [name] = bad
    with pytest.raises(ValueError, match=f"{name} must be 0 or more, and finite"):
        fit_l2(*pair, **bad)


# The axis


def check_axis(arrays):
    for family in ("lam", "eps"):
        theta, d_adv = arrays[f"theta_{family}"], arrays[f"d_adv_{family}"]
        expected = arrays["half_distance"] * np.cos(theta)
        np.testing.assert_allclose(d_adv, expected, rtol=1e-5)
        assert (np.diff(arrays[f"robust_{family}"], axis=1) <= 0).all()


def test_both_families_lie_on_the_curve_of_the_tilting_angle(pair, monkeypatch):
    small = {"lam": [1e-3, 1e-2, 0.1], "eps_train": [0.1, 0.3], "lam_eps": 1e-3}
    monkeypatch.setattr(robustness_tilting, "SETTINGS", robustness_tilting.SETTINGS | small)
    X, y = pair
    same = np.sort(np.concatenate([np.flatnonzero(y == label)[:150] for label in (-1, 1)]))
    check_axis(robustness_tilting.arrays_of((X[same], y[same]), pair))


def test_the_stored_axis():
    arrays = load_arrays(robustness_tilting.NAME)
    assert len(arrays["theta_lam"]) == len(robustness_tilting.SETTINGS["lam"])
    assert len(arrays["theta_eps"]) == len(robustness_tilting.SETTINGS["eps_train"])
    check_axis(arrays)
    for family in ("lam", "eps"):
        assert (np.diff(arrays[f"theta_{family}"]) < 0).all()


def test_the_stored_axis_is_that_of_the_weights(mnist):
    settings, arrays = robustness_tilting.SETTINGS, load_arrays(robustness_tilting.NAME)
    train_set = robustness_tilting.digit_pair(mnist, 5, 7, n=settings["n"])
    test_set = robustness_tilting.digit_pair(mnist, 5, 7, split="test")
    eps = settings["eps_train"][4]
    w, b = fit_l2(*train_set, eps, settings["lam_eps"])
    robust = 100 * linear.robust_accuracy(*test_set, w, b, settings["radii"])
    np.testing.assert_allclose(robust, arrays["robust_eps"][4], atol=0.2)
