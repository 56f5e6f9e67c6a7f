"""Each claim of chapter 3 that no property test of the helpers holds already."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.quoted import svm_on_mnist, tilting_angle
from book.quoted.svm_on_mnist import ALL, BEST, OF_38, SVMS
from book.quoted.svm_on_mnist import TEST as ERRORS
from book.quoted.tilting_angle import SEPARATION, VARIANCE, column
from helpers import linear, tilting
from helpers.results import load_arrays, load_svm_figures, load_svms

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


# Low variance, over all 45 pairs


def test_every_chosen_svm_is_closer_in_pixels_and_farther_in_deviations():
    assert (SVMS["d_adv"][ALL, BEST] < 0.85 * SVMS["d_adv"][:, 0]).all()
    assert (SEPARATION[ALL, BEST] > SEPARATION[:, 0]).all()
    assert NUMBERS["separation-chosen"] > 1.3 * NUMBERS["separation-upright"]


def test_svms_turn_to_where_digits_vary_less_and_less():
    """Along ŵ for each pair; along n̂ all in all, once it is tilted by more than a few degrees."""
    assert (np.diff(VARIANCE["deviation_w"]) < 0.01).all()
    along_n = VARIANCE["deviation_n"]
    for deviation, theta in zip(along_n, SVMS["theta"], strict=True):
        assert (np.diff(deviation[theta > np.radians(20)]) < 0.03).all()
    assert (along_n[ALL, BEST] < 0.73 * VARIANCE["deviation_z"]).all()
    assert (along_n[:, -1] < 0.46 * VARIANCE["deviation_z"]).all()
    at_1 = along_n[:, column(1)]
    assert 0.9 < at_1.min() and at_1.max() < 2
    assert 0.08 < along_n[:, -1].min() and along_n[:, -1].max() < 0.6
    deviations = [NUMBERS[f"deviation-{name}"] for name in ("z", "n-chosen", "n-weak", "n-least")]
    assert deviations == pytest.approx([1.40, 0.53, 0.29, 0.12], abs=5e-3)
    assert along_n[OF_38, [column(1), ERRORS[OF_38].argmin()]] == pytest.approx(
        [1.39, 1.00], abs=5e-3
    )


def test_the_svm_begins_as_ridge_lda_and_leaves_it():
    cosine = VARIANCE["cosine"]
    assert NUMBERS["least-cosine-tenth"] == cosine[:, column(0.1)].min() > 0.94
    medians = [np.median(cosine[:, column(lam)]) for lam in (1, 0.1, 0.01, 1e-3, 1e-4)]
    assert medians == sorted(medians, reverse=True) and medians[0] > 0.99
    assert NUMBERS["median-cosine-chosen"] > 0.75 > 0.6 > NUMBERS["median-cosine-least"]
    # The SVM of 3 and 8 with the least test error, against (S + 0.16 I)⁻¹ (j − i).
    least = ERRORS[OF_38].argmin()
    nearest = VARIANCE["mu"][VARIANCE["nearest_mu"][OF_38, least]]
    assert cosine[OF_38, least] > 0.96 and nearest == pytest.approx(0.16, abs=0.01)


def test_ridge_lda_tilts_as_its_ridge_falls_and_errs_a_little_more_than_the_svms():
    assert (np.diff(VARIANCE["theta_lda"], axis=1) > 0).all()
    errors = VARIANCE["err_test_lda"]
    assert NUMBERS["svm-better"] == (ERRORS.min(axis=1) < errors.min(axis=1)).sum() > 35
    assert 0 < NUMBERS["median-lead"] < 0.5
    assert (errors[:, 0] > errors.min(axis=1)).all()  # it is best when it is tilted
    assert errors[OF_38, -1] < errors[OF_38].min() + 1  # and stays flat
    assert ERRORS[OF_38, -1] > errors[OF_38, -1] + 1


def test_wide_directions_are_smooth_and_thin_ones_are_grain():
    def roughness(picture):
        """Mean squared difference of neighbours over the mean square: 2 for noise."""
        square = picture.reshape(28, 28)
        steps = [np.diff(square, axis=axis).ravel() for axis in (0, 1)]
        return np.mean(np.concatenate(steps) ** 2) / np.mean(square**2)

    rough = [roughness(axis) for axis in VARIANCE["axes"]]
    assert rough == sorted(rough) and rough[0] < 0.3 and rough[-1] > 2
    svms = load_svms(3, 8)
    n_hats = [
        tilting.tilting_plane(svms["w"][column(lam)], *svms["centroids"])[1]
        for lam in (1, 1e-2, 1e-4)
    ]
    rough = [roughness(n_hat) for n_hat in n_hats]
    assert rough == sorted(rough) and rough[-1] > 3 * rough[0]


# What training leaves alone


def test_descent_without_decay_keeps_the_start_where_no_image_has_ink():
    unused, start = VARIANCE["unused_pixels"], VARIANCE["descent_start"]
    assert unused.sum() == NUMBERS["unused-38"]
    kept, decayed = VARIANCE["descent_w"][:, unused]
    assert (kept == start[unused]).all()
    factor = (1 - 2 * 0.1 * float(NUMBERS["descent-lam"])) ** NUMBERS["descent-steps"]
    assert decayed == pytest.approx(factor * start[unused], abs=1e-6)
    assert (np.diff(np.degrees(VARIANCE["descent_theta"][:, 1:])) < 0.5).all()
    assert int(NUMBERS["descent-theta"]) > int(NUMBERS["descent-theta-decay"]) + 20
    assert NUMBERS["descent-unused-share"] > 30 > 5 > NUMBERS["descent-unused-decay"]
    assert NUMBERS["descent-reach-decay"] > 10 * NUMBERS["descent-reach"]


@pytest.mark.parametrize("pair", [(0, 1), (3, 8), (7, 9)], ids=str)
def test_no_svm_has_weights_where_no_image_has_ink(pair):
    svms = load_svms(*pair)
    weightless = (svms["w"] == 0).all(axis=0)
    unused = VARIANCE["unused"][svm_on_mnist.PAIRS.index(pair)]
    assert weightless.sum() == unused


def test_of_unequal_classes_the_bias_goes_to_the_larger_one_and_the_boundary_tilts():
    from helpers.svm import svm_path

    for seed in range(3):
        rng = np.random.default_rng(seed)
        y = np.repeat([-1, 1], [150, 50])
        X = rng.normal(size=(200, 10)) + np.outer(y, np.full(10, 0.5))
        path = svm_path(X, y, [1e4], tol=1e-9)
        assert path.b[0] == pytest.approx(-1, abs=1e-3)
        i, j = tilting.centroids(X, y)
        assert np.degrees(tilting.tilting_angle(path.w[0], i, j)) > 4
        nearest = X[:150][np.argsort(X[:150] @ path.w[0])[-50:]].mean(axis=0)
        assert np.degrees(tilting.tilting_angle(path.w[0], nearest, j)) < 2
