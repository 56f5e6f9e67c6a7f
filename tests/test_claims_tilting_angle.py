"""Each claim of chapter 3 that no property test of the helpers holds already."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.quoted import svm_on_mnist, tilting_angle
from helpers import linear, tilting
from helpers.results import load_arrays, load_svm_figures

NUMBERS = tilting_angle.numbers()
MODELS = load_svm_figures(3, 8)
THETA = np.array([model["theta"] for model in MODELS])
LAM = np.array([model["lam"] for model in MODELS])
TEST = np.array([model["err_test"] for model in MODELS])
TRAIN = np.array([model["err_train"] for model in MODELS])


@given(st.integers(0, 2**32 - 1))
def test_the_nearest_centroid_is_told_by_weights_along_z_hat(seed):
    rng = np.random.default_rng(seed)
    i, j, X = rng.normal(size=10), rng.normal(size=10), rng.normal(size=(50, 10))
    nearer_j = np.linalg.norm(X - j, axis=1) < np.linalg.norm(X - i, axis=1)
    score = linear.raw_score(X, j - i, (i @ i - j @ j) / 2)
    assert (nearer_j == (score > 0)).all()
    assert tilting.tilting_angle(j - i, i, j) == pytest.approx(0, abs=1e-7)


@given(st.integers(0, 2**32 - 1))
def test_no_direction_has_a_larger_adversarial_distance_than_z_hat(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(size=(20, 6)), np.repeat([-1, 1], 10), rng.normal(size=6)
    i, j = tilting.centroids(X, y)
    most = np.linalg.norm(j - i) / 2
    assert linear.adversarial_distance(X, y, w, 1.0) <= most + 1e-9
    assert linear.adversarial_distance(X, y, j - i, -2.0) == pytest.approx(most)


def test_a_sixth_is_left_at_80_degrees():
    assert np.cos(np.radians(80)) == pytest.approx(1 / 6, abs=0.01)


def test_the_angle_only_grows_as_lam_falls_and_the_training_error_falls_with_it():
    assert (np.diff(LAM) < 0).all()
    assert (np.diff(THETA) > -1e-3).all()
    assert (np.diff(TRAIN) < 0.2).all()
    assert TRAIN[-1] < 0.5 < 11 < TRAIN[0]
    assert NUMBERS["theta-least"] == pytest.approx(np.degrees(THETA.max()), abs=1e-2)


def test_the_best_model_is_tilted_a_good_way_and_both_ends_are_worse():
    best = np.argmin(TEST)
    assert 0 < best < 80
    held_out = load_arrays("svm_mnist", "held_out")["robust"]
    chosen = held_out[svm_on_mnist.OF_38, :, 0].argmax()
    for name, k in (("least-test", best), ("chosen", chosen)):
        assert NUMBERS[f"lam-{name}"] == f"{LAM[k]:.2g}"
        assert 30 < NUMBERS[f"theta-{name}"] == np.degrees(THETA[k]) < 75
    assert (NUMBERS["least-test"], NUMBERS["err-chosen"]) == (TEST[best], TEST[chosen])
    assert NUMBERS["err-largest-lam"] == TEST[0] > 10
    assert NUMBERS["err-least-lam"] == TEST[-1] > 1.5 * TEST[chosen]
    assert TEST[chosen] < TEST[best] + 0.5  # the minimum is flat
    assert THETA[-1] > THETA[chosen] + 0.3


def test_d_adv_of_every_model_is_half_the_distance_of_the_centroids_times_cos_theta():
    half = NUMBERS["half-distance"]
    assert half == pytest.approx(1.8232, abs=5e-4)
    i, j = load_arrays("svm_mnist")["centroids"]
    assert half == pytest.approx(np.linalg.norm(j - i) / 2, abs=5e-4)
    weak = np.radians(NUMBERS["theta-weak"])
    assert NUMBERS["d-adv-weak"] == pytest.approx(half * np.cos(weak), rel=1e-4)
    for model in MODELS:
        assert model["d_adv"] == pytest.approx(half * np.cos(model["theta"]), rel=1e-4, abs=1e-4)


def test_the_noisy_point_hardly_moves_the_toys_centroid():
    from helpers import toy

    X, y = toy.training_set()
    i, j = tilting.centroids(X, y)
    assert i == pytest.approx([-0.533, -0.007], abs=5e-4) and j == pytest.approx([0.6, 0])
    i, j = tilting.centroids(X[:-1], y[:-1])
    assert [*i, *j] == pytest.approx([-0.6, 0, 0.6, 0])


@given(st.integers(0, 2**32 - 1))
def test_with_uneven_classes_a_lower_bias_raises_the_mean_without_end(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(size=(30, 4)), np.repeat([-1, 1], [20, 10]), rng.normal(size=4)
    means = [linear.adversarial_distance(X, y, w, b) for b in (0, -10, -1000)]
    assert means[0] < means[1] < means[2]
    assert linear.error_rate(X, y, w, -1000) == pytest.approx(1 / 3)  # all of class J


def test_beyond_the_svms_angle_the_training_error_shoots_up():
    arrays = load_arrays("svm_mnist")
    points = arrays["in_weak_plane"]
    y = np.repeat([-1, 1], 3000)

    def error(theta):  # of the boundary through the midpoint, which is the plane's origin
        return 100 * linear.error_rate(points, y, [np.cos(theta), np.sin(theta)], 0)

    weak = np.argmin(abs(np.log10(LAM) + 4))
    assert error(THETA[weak]) < 2 < 10 < error(np.radians(86))
    assert error(np.radians(89)) > 40


def test_the_svms_boundary_misses_the_midpoint_by_hundredths_of_a_pixel():
    arrays = load_arrays("svm_mnist")
    weak = np.argmin(abs(np.log10(LAM) + 4))
    midpoint = arrays["centroids"].mean(axis=0)
    assert 0.01 < abs(linear.signed_distance(midpoint, arrays["w"][weak], arrays["b"][weak])) < 0.06


def test_the_tilted_boundary_is_down_to_one_half_at_half_the_distance():
    rng = np.random.default_rng(0)  # the data of the chapter's cells, drawn in their order
    y = np.repeat([-1, 1], 100)
    X = rng.normal(size=(200, 50)) + 0.3 * np.outer(y, rng.normal(size=50))
    i, j = tilting.centroids(X, y)
    w = [rng.normal(size=50) + 0.5 * (j - i) for _ in range(3)][-1]
    z_hat, n_hat = tilting.tilting_plane(w, i, j)

    def robust(degrees, eps):
        turned = np.cos(np.radians(degrees)) * z_hat + np.sin(np.radians(degrees)) * n_hat
        return linear.robust_accuracy(X, y, turned, -turned @ (i + j) / 2, eps)

    assert robust(0, 0) == pytest.approx(0.97, abs=0.01)
    assert robust(60, 0) == pytest.approx(0.82, abs=0.01)
    assert robust(0, 2.2) > 0.5 > robust(0, 2.4)
    assert robust(60, 1.0) > 0.5 > robust(60, 1.2)
