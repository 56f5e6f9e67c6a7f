"""The tilting angle, its plane, and what they say about the adversarial distance."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import linear, tilting
from helpers.data import digit_pair

numbers = st.floats(-10, 10)
biases = st.floats(-3, 3)


def close(values):
    return pytest.approx(values, rel=1e-9, abs=1e-9)


@st.composite
def problems(draw, balanced=False):
    """Images X of two classes with labels y, and weights w."""
    n, m_i = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    m_j = m_i if balanced else draw(st.integers(1, 4))
    X = draw(arrays(float, (m_i + m_j, n), elements=numbers))
    y = np.array(draw(st.permutations([-1] * m_i + [1] * m_j)))
    w = draw(arrays(float, n, elements=numbers).filter(lambda w: np.linalg.norm(w) > 0.01))
    i, j = tilting.centroids(X, y)
    assume(np.linalg.norm(j - i) > 0.01)
    return X, y, w


@st.composite
def planes(draw):
    """Weights w, centroids i and j, and the plane that they span."""
    X, y, w = draw(problems())
    i, j = tilting.centroids(X, y)
    assume(np.sin(tilting.tilting_angle(w, i, j)) > 0.01)
    return w, i, j, *tilting.tilting_plane(w, i, j)


def test_a_tilt_by_hand():
    X, y = [[0, 0], [0, 2], [4, 0], [4, 2]], [-1, -1, 1, 1]
    i, j = tilting.centroids(X, y)
    assert (i.tolist(), j.tolist()) == ([0, 1], [4, 1])
    w = [3, -3]
    assert tilting.tilting_angle(w, i, j) == close(math.pi / 4)
    z_hat, n_hat = tilting.tilting_plane(w, i, j)
    assert (z_hat, n_hat) == (close([1, 0]), close([0, -1]))
    assert tilting.project(X, z_hat, n_hat, (i + j) / 2) == close(
        np.array([[-2, 1], [-2, -1], [2, 1], [2, -1]])
    )
    assert tilting.in_frame(w, z_hat, n_hat) == close(np.sqrt([0.5, 0.5]))
    assert linear.adversarial_distance(X, y, w, 7) == close(2 * math.cos(math.pi / 4))


@given(problems(balanced=True), biases)
def test_the_adversarial_distance_of_balanced_classes_is_that_of_the_tilt(problem, b):
    X, y, w = problem
    i, j = tilting.centroids(X, y)
    half = np.linalg.norm(j - i) / 2
    expected = half * np.cos(tilting.tilting_angle(w, i, j))
    assert linear.adversarial_distance(X, y, w, b) == close(expected)


@given(problems(), biases)
def test_of_unbalanced_classes_only_the_mean_over_both_is_that_of_the_tilt(problem, b):
    X, y, w = problem
    i, j = tilting.centroids(X, y)
    of_i, of_j = (linear.adversarial_distance(X[y == c], y[y == c], w, b) for c in (-1, 1))
    half = np.linalg.norm(j - i) / 2
    assert (of_i + of_j) / 2 == close(half * np.cos(tilting.tilting_angle(w, i, j)))

    n_i, n_j = (y == -1).sum(), (y == 1).sum()
    w_hat, b_prime = w / np.linalg.norm(w), b / np.linalg.norm(w)
    over_all = (n_j * w_hat @ j - n_i * w_hat @ i + (n_j - n_i) * b_prime) / (n_i + n_j)
    assert linear.adversarial_distance(X, y, w, b) == close(over_all)


@pytest.mark.parametrize(
    ("pair", "half"), [((3, 8), 1.8232), ((7, 9), 1.5063), ((0, 1), 3.8161), ((2, 3), 2.1719)]
)
def test_no_boundary_lies_further_from_two_digits_than_half_their_centroids(mnist, pair, half):
    X, y = digit_pair(mnist, *pair, n=3000)
    i, j = tilting.centroids(X, y)
    assert linear.adversarial_distance(X, y, j - i, 0) == pytest.approx(half, abs=5e-5)
    other = np.random.default_rng(0).normal(size=784)
    assert linear.adversarial_distance(X, y, other, 0) < half


@given(planes())
def test_the_basis_is_orthonormal_and_spans_w_and_the_centroids(plane):
    w, i, j, z_hat, n_hat = plane
    basis = np.array([z_hat, n_hat])
    assert basis @ basis.T == close(np.eye(2))
    for vector in (w, j - i):
        assert basis.T @ (basis @ vector) == close(vector)
    assert z_hat @ (j - i) > 0 and n_hat @ w > 0


@given(planes(), st.floats(1e-3, math.pi - 1e-3))
def test_weights_turned_by_an_angle_are_tilted_by_it(plane, theta):
    _, i, j, z_hat, n_hat = plane
    w = 3 * (np.cos(theta) * z_hat + np.sin(theta) * n_hat)
    assert tilting.tilting_angle(w, i, j) == close(theta)
    assert tilting.in_frame(w, z_hat, n_hat) == close([np.cos(theta), np.sin(theta)])


@pytest.mark.parametrize("theta", [1e-12, 1e-9, 1e-6, 1e-3])
def test_tiny_angles_are_measured_to_all_their_digits(theta):
    measured = tilting.tilting_angle([math.cos(theta), math.sin(theta)], [-1, 0], [2, 0])
    assert measured == pytest.approx(theta, rel=1e-9)


def test_the_ends_of_the_range_of_angles():
    assert tilting.tilting_angle([5, 0], [0, 0], [1, 0]) == 0
    assert tilting.tilting_angle([-5, 0], [0, 0], [1, 0]) == close(math.pi)


@given(planes(), st.floats(1e-3, 1e3))
def test_the_norm_of_the_weights_tilts_nothing(plane, scale):
    w, i, j, z_hat, n_hat = plane
    assert tilting.tilting_angle(scale * w, i, j) == close(tilting.tilting_angle(w, i, j))
    assert tilting.tilting_plane(scale * w, i, j) == (close(z_hat), close(n_hat))


@given(planes(), st.integers(0, 2**32 - 1))
def test_horizontal_positions_do_not_depend_on_the_classifier(plane, seed):
    w, i, j, z_hat, n_hat = plane
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(5, len(w)))
    others = tilting.tilting_plane(rng.normal(size=len(w)), i, j, fallback=n_hat)
    middle = (i + j) / 2
    ours, theirs = (tilting.project(X, *p, middle) for p in ((z_hat, n_hat), others))
    assert ours[:, 0] == close(theirs[:, 0])


@given(planes(), biases, st.integers(0, 2**32 - 1))
def test_distances_from_the_boundary_can_be_read_in_the_plane(plane, b, seed):
    w, i, j, z_hat, n_hat = plane
    X = np.random.default_rng(seed).normal(size=(5, len(w)))
    middle = (i + j) / 2
    flat = tilting.project(X, z_hat, n_hat, middle)
    in_plane = flat @ tilting.in_frame(w, z_hat, n_hat) + linear.signed_distance(middle, w, b)
    assert in_plane == close(linear.signed_distance(X, w, b))


@given(planes())
def test_the_centroids_lie_on_the_horizontal_as_far_from_the_middle(plane):
    _, i, j, z_hat, n_hat = plane
    half = np.linalg.norm(j - i) / 2
    flat = tilting.project([i, j], z_hat, n_hat, (i + j) / 2)
    assert flat == close(np.array([[-half, 0], [half, 0]]))


@given(planes(), st.integers(0, 2**32 - 1))
def test_in_the_plane_of_another_classifier_part_of_w_is_lost(plane, seed):
    w, i, j, z_hat, n_hat = plane
    other = np.random.default_rng(seed).normal(size=len(w))
    x, y = tilting.in_frame(other, z_hat, n_hat)
    outside = other - (other @ z_hat) * z_hat - (other @ n_hat) * n_hat
    lost = np.linalg.norm(outside) / np.linalg.norm(other)
    assert x**2 + y**2 + lost**2 == close(1)
    assert x == close(np.cos(tilting.tilting_angle(other, i, j)))


@given(planes())
def test_weights_without_a_tilt_take_the_plane_of_their_neighbour(plane):
    _, i, j, z_hat, n_hat = plane
    for w in (j - i, i - j, z_hat + 0.9e-3 * n_hat):
        assert tilting.tilting_plane(w, i, j, fallback=n_hat) == (close(z_hat), close(n_hat))
        with pytest.raises(ValueError, match="give the n_hat of the nearest smaller λ as fallback"):
            tilting.tilting_plane(w, i, j)
    tilted = z_hat - 1.1e-3 * n_hat
    assert tilting.tilting_plane(tilted, i, j, fallback=n_hat)[1] == pytest.approx(-n_hat, abs=1e-6)


@pytest.mark.parametrize("n", [2, 784])
def test_vectors_stored_as_float32_are_good_enough_for_a_frame(n):
    z_hat, n_hat = np.linalg.qr(np.random.default_rng(0).normal(size=(n, 2)))[0].T
    stored = z_hat.astype(np.float32), n_hat.astype(np.float32)
    w = 0.6 * z_hat + 0.8 * n_hat
    assert tilting.in_frame(w, *stored) == pytest.approx([0.6, 0.8], abs=1e-6)


@pytest.mark.parametrize("function", [tilting.tilting_angle, tilting.tilting_plane])
@pytest.mark.parametrize(
    ("w", "i", "j", "message"),
    [
        ([0, 0], [0, 0], [1, 0], "w must not be zero"),
        ([1, 1], [1, 0], [1, 0], "j - i must not be zero"),
        ([1, 1], [1, 0, 0], [1, 0], r"i must have shape \(2,\); it had shape \(3,\)"),
        ([1, 1], [1, 0], [[1, 0]], r"j must have shape \(2,\); it had shape \(1, 2\)"),
        ([[1, 1]], [1, 0], [1, 1], r"w must have shape \(2,\); it had shape \(1, 2\)"),
        ([1, math.nan], [1, 0], [1, 1], "w must hold finite numbers"),
        ([1, 1], [math.inf, 0], [1, 1], "i must hold finite numbers"),
    ],
)
def test_bad_weights_and_centroids_are_named(function, w, i, j, message):
    with pytest.raises(ValueError, match=message):
        function(w, i, j)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1, 2]], [1], "class I is empty: y holds no -1"),
        ([[1, 2]], [-1], r"class J is empty: y holds no \+1"),
        ([[1, 2]], [2], "y must hold -1"),
        ([[1, math.nan]], [1], "X must hold finite numbers"),
    ],
)
def test_classes_without_a_centroid_are_named(X, y, message):
    with pytest.raises(ValueError, match=message):
        tilting.centroids(X, y)


@pytest.mark.parametrize(
    ("z_hat", "n_hat", "message"),
    [
        ([1, 0], [1, 0], "z_hat and n_hat must be unit vectors at right angles"),
        ([2, 0], [0, 1], "z_hat and n_hat must be unit vectors"),
        ([1, 0], [0, 1, 0], r"n_hat must have shape \(2,\)"),
        ([1, math.nan], [0, 1], "z_hat must hold finite numbers"),
    ],
)
def test_what_is_no_frame_is_refused(z_hat, n_hat, message):
    with pytest.raises(ValueError, match=message):
        tilting.project([[1, 2]], z_hat, n_hat, [0, 0])
    with pytest.raises(ValueError, match=message):
        tilting.in_frame([1, 2], z_hat, n_hat)


def test_other_bad_input_is_named():
    with pytest.raises(ValueError, match="z_hat and fallback must be unit vectors"):
        tilting.tilting_plane([1, 0], [0, 0], [1, 0], fallback=[1, 0])
    with pytest.raises(ValueError, match=r"X must have shape \(m, 2\); it had shape \(2,\)"):
        tilting.project([1, 2], [1, 0], [0, 1], [0, 0])
    with pytest.raises(ValueError, match=r"origin must have shape \(2,\)"):
        tilting.project([[1, 2]], [1, 0], [0, 1], 0)
    with pytest.raises(ValueError, match="w must not be zero"):
        tilting.in_frame([0, 0], [1, 0], [0, 1])
