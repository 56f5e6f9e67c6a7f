"""The geometry of a linear classifier: what holds for every classifier and every image."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import linear

FUNCTIONS = [
    linear.raw_score,
    linear.signed_distance,
    linear.projected_image,
    linear.mirror_image,
]
numbers = st.floats(-10, 10)


def close(values):
    return pytest.approx(values, rel=1e-9, abs=1e-9)


@st.composite
def problems(draw):
    """Images X of shape (m, n), weights w that are not nearly zero, and a bias b."""
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    X = draw(arrays(float, (m, n), elements=numbers))
    w = draw(arrays(float, n, elements=numbers).filter(lambda w: np.linalg.norm(w) > 0.01))
    return X, w, draw(numbers)


def rotation(n, seed):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]


def test_one_image_by_hand():
    x, w, b = [3, 1], [3, 4], 2  # ‖w‖ = 5
    assert linear.raw_score(x, w, b) == 15
    assert linear.signed_distance(x, w, b) == 3
    assert linear.projected_image(x, w, b) == close([1.2, -1.4])
    assert linear.mirror_image(x, w, b) == close([-0.6, -3.8])


@given(problems())
def test_score_is_the_norm_times_the_distance(problem):
    X, w, b = problem
    d = linear.signed_distance(X, w, b)
    assert linear.raw_score(X, w, b) == close(math.hypot(*w) * d)


@given(problems())
def test_projected_image_is_the_nearest_point_of_the_boundary(problem):
    X, w, b = problem
    X_p = linear.projected_image(X, w, b)
    d = linear.signed_distance(X, w, b)
    assert linear.signed_distance(X_p, w, b) == close(np.zeros(len(X)))
    assert np.linalg.norm(X - X_p, axis=1) == close(np.abs(d))


@given(problems(), st.integers(0, 2**32 - 1))
def test_no_point_of_the_boundary_is_nearer_than_the_distance(problem, seed):
    X, w, b = problem
    anywhere = np.random.default_rng(seed).normal(scale=10, size=X.shape)
    on_boundary = linear.projected_image(anywhere, w, b)
    gaps = np.linalg.norm(X - on_boundary, axis=1)
    assert (gaps >= np.abs(linear.signed_distance(X, w, b)) - 1e-9).all()


@given(problems())
def test_mirror_image_lies_as_far_behind_the_boundary(problem):
    X, w, b = problem
    X_m = linear.mirror_image(X, w, b)
    d = linear.signed_distance(X, w, b)
    assert linear.signed_distance(X_m, w, b) == close(-d)
    assert np.linalg.norm(X - X_m, axis=1) == close(2 * np.abs(d))
    assert (X + X_m) / 2 == close(linear.projected_image(X, w, b))
    assert linear.mirror_image(X_m, w, b) == close(X)


@given(problems(), st.floats(1e-3, 1e3))
def test_scaling_the_classifier_scales_its_scores_and_moves_nothing(problem, scale):
    X, w, b = problem
    scaled = scale * w, scale * b
    assert linear.raw_score(X, *scaled) == close(scale * linear.raw_score(X, w, b))
    for function in (linear.signed_distance, linear.projected_image, linear.mirror_image):
        assert function(X, *scaled) == close(function(X, w, b))


@given(problems())
def test_the_opposite_classifier_has_the_same_boundary(problem):
    X, w, b = problem
    assert linear.signed_distance(X, -w, -b) == close(-linear.signed_distance(X, w, b))
    assert linear.mirror_image(X, -w, -b) == close(linear.mirror_image(X, w, b))


@given(problems(), st.integers(0, 2**32 - 1))
def test_rotating_images_and_weights_together_rotates_the_mirror_images(problem, seed):
    X, w, b = problem
    Q = rotation(len(w), seed)
    assert linear.signed_distance(X @ Q, w @ Q, b) == close(linear.signed_distance(X, w, b))
    assert linear.mirror_image(X @ Q, w @ Q, b) == close(linear.mirror_image(X, w, b) @ Q)


@given(problems(), st.integers(0, 2**32 - 1))
def test_moving_images_and_boundary_together_keeps_the_distances(problem, seed):
    X, w, b = problem
    shift = np.random.default_rng(seed).normal(size=len(w))
    moved = X + shift, w, b - w @ shift
    assert linear.signed_distance(*moved) == close(linear.signed_distance(X, w, b))
    assert linear.mirror_image(*moved) == close(linear.mirror_image(X, w, b) + shift)


@given(problems())
def test_one_image_is_a_row_of_many(problem):
    X, w, b = problem
    for function in FUNCTIONS:
        assert np.stack([function(x, w, b) for x in X]) == close(function(X, w, b))


@given(problems())
def test_the_arguments_are_left_alone(problem):
    X, w, b = problem
    X_before, w_before = X.copy(), w.copy()
    for function in FUNCTIONS:
        function(X, w, b)
    assert (X == X_before).all() and (w == w_before).all()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("X", "w", "b", "message"),
    [
        ([1, 2], [0, 0], 1, "w must not be zero"),
        ([1, 2], [[1, 2]], 0, r"w must have shape \(n,\); it had shape \(1, 2\)"),
        ([1, 2], 3, 0, r"w must have shape \(n,\)"),
        ([1, 2, 3], [1, 2], 0, r"X must have shape \(m, 2\) or \(2,\) to fit w; .* \(3,\)"),
        ([[[1, 2]]], [1, 2], 0, r"X must have shape .* it had shape \(1, 1, 2\)"),
        (1, [1, 2], 0, r"X must have shape .* it had shape \(\)"),
        ([1, 2], [1, 2], [0, 0], r"b must be one number; it had shape \(2,\)"),
        ([1, math.nan], [1, 2], 0, "X must hold finite numbers"),
        ([1, 2], [math.inf, 2], 0, "w must hold finite numbers"),
        ([1, 2], [1, 2], -math.inf, "b must hold finite numbers"),
    ],
)
def test_bad_input_is_named(function, X, w, b, message):
    with pytest.raises(ValueError, match=message):
        function(X, w, b)
