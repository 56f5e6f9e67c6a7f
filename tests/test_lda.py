"""Ridge LDA: against numpy, against scikit-learn's LDA and ridge regression, and what it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge

from helpers import lda, tilting

RIDGES = np.array([1e-4, 1e-2, 1, 100])


@st.composite
def problems(draw, balanced=False):
    """Two clouds with a covariance of their own, and labels."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, n_I = draw(st.integers(2, 8)), draw(st.integers(15, 40))
    n_J = n_I if balanced else draw(st.integers(15, 40))
    y = np.repeat([-1, 1], [n_I, n_J])
    X = rng.normal(size=(n_I + n_J, n)) @ rng.normal(size=(n, n))
    return X + np.outer(y, rng.normal(size=n)), y


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def parts(X, y):
    """S and the centroids."""
    return lda.within_class_covariance(X, y), *tilting.centroids(X, y)


def test_by_hand():
    X, y = [[-1, 2], [-1, -2], [1, 2], [1, -2], [3, 0], [7, 0]], [-1, -1, -1, -1, 1, 1]
    S, i, j = parts(X, y)
    assert S == pytest.approx(np.array([[(4 + 8) / 6, 0], [0, 16 / 6]]))
    assert lda.deviation(S, [5, 0]) == pytest.approx(math.sqrt(2))
    assert lda.deviation(S, [[1, 0], [0, -3]]) == pytest.approx(np.sqrt([2, 8 / 3]))
    assert lda.ridge_lda(S, i, j, 0.5) == pytest.approx([5 / 2.5, 0])


@given(problems())
def test_the_covariance_is_the_mean_of_those_of_the_classes(problem):
    X, y = problem
    S = lda.within_class_covariance(X, y)
    of_classes = [np.cov(X[y == c].T, bias=True) * np.mean(y == c) for c in (-1, 1)]
    assert pytest.approx(sum(of_classes), rel=1e-9, abs=1e-9) == S
    theirs = LinearDiscriminantAnalysis(solver="eigen", store_covariance=True).fit(X, y)
    assert pytest.approx(theirs.covariance_, rel=1e-9, abs=1e-9) == S


@given(problems(), st.integers(0, 2**32 - 1))
def test_a_deviation_is_that_of_the_places_along_the_direction(problem, seed):
    X, y = problem
    v = np.random.default_rng(seed).normal(size=X.shape[1])
    along = X @ unit(v)
    variances = [along[y == c].var() * np.mean(y == c) for c in (-1, 1)]
    S = lda.within_class_covariance(X, y)
    assert lda.deviation(S, v) == pytest.approx(math.sqrt(sum(variances)), rel=1e-6)


@given(problems())
def test_it_solves_the_ridged_system(problem):
    S, i, j = parts(*problem)
    weights = lda.ridge_lda(S, i, j, RIDGES)
    for mu, w in zip(RIDGES, weights, strict=True):
        assert (S + mu * np.eye(len(S))) @ w == pytest.approx(j - i, rel=1e-6, abs=1e-6)
        assert lda.ridge_lda(S, i, j, mu) == pytest.approx(w, rel=1e-9)


@given(problems(), st.sampled_from([0, 0.01, 0.3, 0.9]), st.sampled_from(["eigen", "lsqr"]))
def test_scikit_learns_lda_has_the_same_direction(problem, shrinkage, solver):
    X, y = problem
    S, i, j = parts(X, y)
    theirs = LinearDiscriminantAnalysis(solver=solver, shrinkage=shrinkage).fit(X, y)
    # scikit-learn shrinks the covariance of each class towards its own mean variance.
    mu = shrinkage * np.trace(S) / len(S) / (1 - shrinkage)
    assert unit(theirs.coef_[0]) == pytest.approx(unit(lda.ridge_lda(S, i, j, mu)), abs=1e-6)


@given(problems(balanced=True))
def test_least_squares_with_a_penalty_has_the_same_direction(problem):
    """(1/m) Σ (y − s(x))² + μ‖w‖², the bias free: for classes of the same size."""
    X, y = problem
    for mu, w in zip(RIDGES, lda.ridge_lda(*parts(X, y), RIDGES), strict=True):
        theirs = Ridge(alpha=mu * len(y)).fit(X, y)
        assert unit(theirs.coef_) == pytest.approx(unit(w), abs=1e-6)


@given(problems(), st.integers(0, 2**32 - 1))
def test_no_direction_separates_better_for_its_spread(problem, seed):
    S, i, j = parts(*problem)
    best = lda.ridge_lda(S, i, j, 0)
    others = np.random.default_rng(seed).normal(size=(20, len(S))) + best

    def separation(v):
        return abs(v @ (j - i)) / np.linalg.norm(v, axis=-1) / lda.deviation(S, v)

    assert (separation(others) <= separation(best) * (1 + 1e-9)).all()


@given(problems())
def test_more_ridge_sets_it_upright(problem):
    """θ falls as μ grows, to 0 in the end, and the deviation along ŵ grows."""
    S, i, j = parts(*problem)
    mus = np.append(np.logspace(-6, 6, 25), 1e9 * np.trace(S))
    weights = lda.ridge_lda(S, i, j, mus)
    theta = np.array([tilting.tilting_angle(w, i, j) for w in weights])
    assert (np.diff(theta) < 1e-9).all() and theta[-1] < 1e-6
    assert (np.diff(lda.deviation(S, weights)) > -1e-9 * np.sqrt(np.trace(S))).all()


@given(st.floats(0.05, 3), st.floats(0.05, 3), st.floats(0, 89.9), st.floats(0, 10))
def test_the_angle_from_the_axes_of_an_ellipse(along, across, degrees, mu):
    """θ = arctan(r tan φ) − φ with r the ratio of the variances, for an axis at φ from ẑ."""
    phi = np.radians(degrees)
    axes = np.array([[np.cos(phi), -np.sin(phi)], [np.sin(phi), np.cos(phi)]])
    S = axes @ np.diag([along**2, across**2]) @ axes.T
    w = lda.ridge_lda(S, [-1, 0], [1, 0], mu)
    ratio = (along**2 + mu) / (across**2 + mu)
    theta = np.arctan(ratio * np.tan(phi)) - phi
    assert np.arctan2(-w[1], w[0]) == pytest.approx(theta, abs=1e-7)
    most = np.arctan(abs(ratio - 1) / (2 * np.sqrt(ratio)))
    assert abs(theta) <= most + 1e-7
    peak = np.arctan(1 / np.sqrt(ratio))
    assert abs(np.arctan(ratio * np.tan(peak)) - peak) == pytest.approx(most, abs=1e-9)


@pytest.mark.parametrize("mu", [0, 1.0])
def test_of_gaussian_classes_the_error_is_told_by_the_separation(mu):
    """Of any w through the midpoint it is Φ(−‖j − i‖ cos θ / 2σ), so the least for μ = 0."""
    S = np.array([[1.0, 0.55], [0.55, 0.4]])
    i, j = np.array([-1.0, 0]), np.array([1.0, 0])
    rng = np.random.default_rng(0)
    X = j + rng.multivariate_normal([0, 0], S, size=200_000)
    w = lda.ridge_lda(S, i, j, mu)
    half = np.cos(tilting.tilting_angle(w, i, j))
    expected = norm.cdf(-half / lda.deviation(S, w))
    assert np.mean(X @ w < 0) == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lda.within_class_covariance([[1, 2]], [1]), "class I is empty"),
        (lambda: lda.within_class_covariance([1, 2], [1, -1]), "X must have shape"),
        (lambda: lda.deviation(np.eye(2), [0, 0]), "directions must not be zero"),
        (lambda: lda.deviation(np.eye(2), [1, 2, 3]), "directions must have shape"),
        (lambda: lda.deviation(np.ones((2, 3)), [1, 2]), "S must have shape"),
        (lambda: lda.deviation(np.eye(2), [np.nan, 1]), "directions must hold finite"),
        (lambda: lda.ridge_lda(np.eye(2), [0, 0], [1, 0], -1), "mu must hold finite numbers >= 0"),
        (lambda: lda.ridge_lda(np.eye(2), [0, 0], [1, 0], np.nan), "mu must hold finite"),
        (lambda: lda.ridge_lda(np.diag([1, 0]), [0, 0], [1, 0], 0), "mu is too small, 0"),
        (lambda: lda.ridge_lda(np.eye(2), [0, 0, 0], [1, 0], 1), r"i must have shape \(2,\)"),
        (lambda: lda.ridge_lda(1.0, [0], [1], 1), "S must have shape"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
