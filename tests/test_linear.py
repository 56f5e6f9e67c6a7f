"""The geometry of a linear classifier: what holds for every classifier and every image."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import linear, losses

FUNCTIONS = [
    linear.raw_score,
    linear.signed_distance,
    linear.projected_image,
    linear.mirror_image,
]
JUDGES = [
    linear.geometric_margin,
    linear.error_rate,
    linear.error_distance,
    linear.adversarial_distance,
    lambda X, y, w, b: linear.empirical_risk(X, y, w, b, losses.hinge),
    lambda X, y, w, b: linear.robust_accuracy(X, y, w, b, 0.1),
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


@st.composite
def labelled_problems(draw):
    """Images X, their labels y, weights w and a bias b."""
    X, w, b = draw(problems())
    return X, draw(arrays(int, len(X), elements=st.sampled_from([-1, 1]))), w, b


def of_norm(norm, w, b):
    """The classifier with the same boundary and weights of the given norm."""
    return norm * w / np.linalg.norm(w), norm * b / np.linalg.norm(w)


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


def test_five_images_by_hand():
    X, y = [[3, 1], [-1, 0.25], [0, 0], [-2, 1], [-2, -4]], [1, -1, -1, 1, -1]
    w, b = [3, 4], 2  # scores 15, 0, 2, 0, -20; distances 3, 0, 0.4, 0, -4
    assert linear.geometric_margin(X, y, w, b) == close([3, 0, -0.4, 0, 4])
    assert linear.error_rate(X, y, w, b) == 0.6
    assert linear.error_distance(X, y, w, b) == close(0.4 / 5)
    assert linear.adversarial_distance(X, y, w, b) == close(6.6 / 5)
    assert linear.empirical_risk(X, y, w, b, losses.hinge) == close((0 + 1 + 3 + 1 + 0) / 5)
    assert linear.robust_accuracy(X, y, w, b, [0, 2.9, 3.5, 5]).tolist() == [0.4, 0.4, 0.2, 0]


@given(labelled_problems())
def test_with_every_image_on_the_boundary_all_err_and_by_no_distance(problem):
    X, y, w, b = problem
    w = np.where(np.arange(len(w)) == 0, 4.0, 0.0)  # a boundary that floats can lie on
    X[:, 0], b = 0.5, -2.0
    assert linear.error_rate(X, y, w, b) == 1
    assert linear.error_distance(X, y, w, b) == 0
    assert linear.adversarial_distance(X, y, w, b) == 0


@given(labelled_problems(), st.floats(1e-3, 1e3))
def test_only_the_risk_depends_on_the_norm_of_the_weights(problem, norm):
    X, y, w, b = problem
    scaled = of_norm(norm, w, b)
    for judge in (linear.error_distance, linear.adversarial_distance):
        assert judge(X, y, *scaled) == close(judge(X, y, w, b))
    for loss in (losses.hinge, losses.softplus):
        f = losses.scaled(loss, norm)
        expected = f(linear.geometric_margin(X, y, w, b)).mean()
        assert linear.empirical_risk(X, y, *scaled, loss) == close(expected)


@pytest.mark.parametrize("loss", losses.SMALL_NORM)
@given(labelled_problems(), st.floats(1e3, 1e6))
def test_with_a_large_norm_the_risk_measures_the_error_distance(loss, problem, norm):
    X, y, w, b = problem
    risk = linear.empirical_risk(X, y, *of_norm(norm, w, b), loss)
    assert risk / norm == pytest.approx(linear.error_distance(X, y, w, b), abs=1.01 / norm)


@pytest.mark.parametrize("loss", losses.SMALL_NORM)
@given(labelled_problems(), st.floats(1e-6, 1e-3))
def test_with_a_small_norm_the_risk_measures_the_adversarial_distance(loss, problem, norm):
    X, y, w, b = problem
    alpha, beta = losses.SMALL_NORM[loss]
    risk = linear.empirical_risk(X, y, *of_norm(norm, w, b), loss)
    # b shrinks with w, so that the boundary stays where it is.
    nearly = norm * np.max(linear.geometric_margin(X, y, w, b) ** 2) + 1e-15 / norm
    d_adv = linear.adversarial_distance(X, y, w, b)
    assert (alpha - risk) / (beta * norm) == pytest.approx(d_adv, rel=1e-9, abs=nearly)


@given(labelled_problems())
def test_the_two_distances_differ_by_the_images_on_their_own_side(problem):
    X, y, w, b = problem
    own = np.maximum(linear.geometric_margin(X, y, w, b), 0).mean()
    d_err = linear.error_distance(X, y, w, b)
    assert d_err >= 0
    assert linear.adversarial_distance(X, y, w, b) == close(own - d_err)


@given(labelled_problems())
def test_without_an_attack_robust_accuracy_is_accuracy(problem):
    X, y, w, b = problem
    scores = linear.raw_score(X, w, b)
    assume(((scores == 0) | (np.abs(scores) > 1e-300)).all())  # no distance is rounded to 0
    assert linear.robust_accuracy(X, y, w, b, 0) == close(1 - linear.error_rate(X, y, w, b))


@given(labelled_problems(), st.lists(st.floats(0, 20), min_size=2))
def test_a_stronger_attack_leaves_no_more_accuracy(problem, eps):
    X, y, w, b = problem
    robust = linear.robust_accuracy(X, y, w, b, sorted(eps))
    assert (np.diff(robust) <= 0).all()
    assert robust.tolist() == [linear.robust_accuracy(X, y, w, b, one) for one in sorted(eps)]


@given(labelled_problems(), st.floats(0, 20), st.integers(0, 2**32 - 1))
def test_a_step_against_the_class_is_the_worst_attack(problem, eps, seed):
    X, y, w, b = problem
    margins = linear.geometric_margin(X, y, w, b)
    attacked = X - eps * y[:, None] * w / np.linalg.norm(w)
    decided = np.abs(margins - eps) > 1e-9  # elsewhere rounding decides
    survivors = linear.geometric_margin(attacked, y, w, b) > 0
    robust = linear.robust_accuracy(X, y, w, b, eps)
    assert np.mean(survivors & decided) <= robust <= np.mean(survivors | ~decided)

    step = np.random.default_rng(seed).normal(size=X.shape)
    step *= eps / np.linalg.norm(step, axis=1, keepdims=True)
    assert 1 - linear.error_rate(X + step, y, w, b) >= np.mean(survivors & decided)


@given(labelled_problems(), st.floats(0, 10), st.integers(0, 2**32 - 1))
def test_a_shared_budget_of_change_costs_the_svm_the_norm_of_its_weights(problem, c, seed):
    """Xu, Caramanis & Mannor 2009: for data that no boundary separates, whatever w and b."""
    X, y, w, b = problem
    X, y = np.vstack([X, X[:1]]), np.append(y, -y[0])  # one image with both labels
    ceiling = len(y) * linear.empirical_risk(X, y, w, b, losses.hinge) + c * np.linalg.norm(w)

    def attacked(budgets, directions):
        moved = X - budgets[:, None] * directions
        return len(y) * linear.empirical_risk(moved, y, w, b, losses.hinge)

    against = y[:, None] * w / np.linalg.norm(w)
    worst = np.argmin(y * linear.raw_score(X, w, b))
    assert attacked(c * np.eye(len(y))[worst], against) == close(ceiling)

    rng = np.random.default_rng(seed)
    anywhere = rng.normal(size=X.shape)
    anywhere /= np.linalg.norm(anywhere, axis=1, keepdims=True)
    shares = c * rng.dirichlet(np.ones(len(y)))
    assert attacked(shares, anywhere) <= ceiling + 1e-9
    assert attacked(shares, against) <= ceiling + 1e-9


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1, 2]], [0], r"y must hold -1 \(class I\) and \+1 \(class J\); it had \[0\.\]"),
        ([[1, 2]], [math.nan], r"y must hold -1 .* it had \[nan\]"),
        ([[1, 2]], [1, -1], r"y must have shape \(1,\) to fit X; it had shape \(2,\)"),
        ([[1, 2], [3, 4]], 1, r"y must have shape \(2,\) to fit X; it had shape \(\)"),
        ([1, 2], [1], r"X must have shape \(m, n\) with m > 0; it had shape \(2,\)"),
        (np.empty((0, 2)), [], r"X must have shape .* with m > 0; it had shape \(0, 2\)"),
        ([[1, 2, 3]], [1], r"X must have shape \(m, 2\)"),
        ([[1, math.inf]], [1], "X must hold finite numbers"),
    ],
)
def test_bad_labelled_images_are_named(judge, X, y, message):
    with pytest.raises(ValueError, match=message):
        judge(X, y, [1, 2], 0)


@pytest.mark.parametrize("judge", JUDGES)
def test_a_classifier_without_weights_is_not_judged(judge):
    with pytest.raises(ValueError, match="w must not be zero"):
        judge([[1, 2]], [1], [0, 0], 1)


@pytest.mark.parametrize("eps", [-0.1, math.nan, [0, -1]])
def test_an_attack_of_negative_length_is_refused(eps):
    with pytest.raises(ValueError, match="eps must hold numbers >= 0"):
        linear.robust_accuracy([[1, 2]], [1], [1, 2], 0, eps)
