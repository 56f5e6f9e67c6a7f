"""Each claim of the chapter on all pairs of digits that no test of the helpers holds already."""

import numpy as np
import pytest

from book.quoted import svm_on_mnist
from helpers import linear, tilting
from helpers.data import digit_pair
from helpers.published import load_published
from helpers.results import load_arrays, load_svms, load_table
from helpers.svm import lam_from_paper

NUMBERS = svm_on_mnist.numbers()
MODELS = load_table("svm_mnist").reshape(45, 81)  # a row a pair, from the largest λ
LAM = 10.0 ** (MODELS["alpha"][0] - 5)
PAIRS = list(zip(MODELS["digit_i"][:, 0].tolist(), MODELS["digit_j"][:, 0].tolist(), strict=True))
THETA, TRAIN, TEST = np.degrees(MODELS["theta"]), MODELS["err_train"], MODELS["err_test"]
ALL = np.arange(45)
LEAST = TEST.argmin(axis=1)  # the column with the least test error
HELD_OUT = load_arrays("svm_mnist", "held_out")
CHOSEN = HELD_OUT["robust"].argmax(axis=1)  # for each pair and eps, by the held-out images
BEST = CHOSEN[:, 0]
OF_38, OF_01, OF_79 = (PAIRS.index(pair) for pair in ((3, 8), (0, 1), (7, 9)))
Y = np.repeat([-1, 1], 3000)


def margins(svms):
    """y d(x) of the 6,000 training images, one row an SVM, to about a fiftieth of a pixel."""
    along = svms["points"] @ svms["coefficients"].T
    return Y * (along + svms["offset"]).T


@pytest.fixture(scope="module")
def robust():
    """Robust accuracy in per cent of the 45 pairs' 81 SVMs for eps = 0, 0.1, ..., 4."""
    all_svms = [load_svms(*pair) for pair in PAIRS]
    return 100 * np.array([svms["robust"] / svms["n_test"] for svms in all_svms])


# The experiment


def test_there_are_45_pairs_of_81_svms_each_certified():
    assert PAIRS == [(i, j) for i in range(10) for j in range(i + 1, 10)]
    for (i, j), rows in zip(PAIRS, MODELS, strict=True):
        assert set(rows["digit_i"]) == {i} and set(rows["digit_j"]) == {j}
    assert np.log10(LAM) == pytest.approx(np.linspace(2, -6, 81))
    assert (MODELS["gap"] <= 1e-6).all() and NUMBERS["largest-gap"] <= 1


def test_the_papers_lam_is_a_hundred_thousand_times_ours():
    assert [lam_from_paper(10.0**k) for k in (7, 5, 3, 1, -1)] == pytest.approx(
        [1e2, 1, 1e-2, 1e-4, 1e-6]
    )


@pytest.mark.parametrize("published", load_published("svm_mnist_3_8"), ids=lambda p: str(p["lam"]))
def test_3_and_8_agree_with_the_paper_to_the_last_digit_printed(published):
    ours = MODELS[OF_38, np.abs(np.log10(LAM / published["lam"])).argmin()]
    for name in published.keys() & {"theta", "d_adv"}:
        assert ours[name] == pytest.approx(published[name], abs=0.0015)
    for name in ("err_train", "err_test"):
        assert ours[name] == pytest.approx(published[name], abs=0.015)


def test_the_differences_from_the_paper_are_in_the_last_digit_printed():
    assert 0 < NUMBERS["published-difference"] < 0.0015
    assert 0 < NUMBERS["published-error-difference"] < 0.015


@pytest.mark.parametrize("published", load_published("svm_mnist_largest_lam"), ids=str)
def test_the_largest_lam_agrees_with_the_paper(published):
    ours = MODELS[PAIRS.index((published["digit_i"], published["digit_j"])), 0]
    for name in ("err_train", "err_test"):
        assert ours[name] == pytest.approx(published[name], abs=0.006)


# All pairs at a glance


def test_every_boundary_tilts_and_comes_closer_as_lam_falls():
    assert (np.diff(THETA) > -1e-3).all()
    assert (np.diff(MODELS["d_adv"]) < 1e-4).all()
    assert (THETA[:, 0] < 1e-3).all()
    assert 60 < THETA[:, -1].min() < THETA[:, -1].max() < 88


def test_boundaries_come_closer_on_average_but_not_to_every_image():
    distances = margins(load_svms(3, 8))
    farther = (distances[BEST[OF_38]] > distances[0]).mean()
    assert 0.05 < farther < 0.5
    assert distances[BEST[OF_38]].mean() < distances[0].mean()


def test_all_pairs_begin_to_tilt_at_about_the_same_lam():
    first = LAM[(THETA > 0.1).argmax(axis=1)]
    assert 2 < first.min() < first.max() < 11


def test_the_training_error_falls_though_not_at_each_step():
    falls = np.diff(TRAIN)
    assert TRAIN[:, -1].max() < 0.4 and 1 < TRAIN[:, 0].min() < TRAIN[:, 0].max() < 25
    assert 0 < falls.max() < 1
    assert (np.diff(TRAIN[:, ::10]) <= 0.2).all()


def test_the_test_error_is_least_in_between_for_all_pairs_but_one():
    least = TEST[ALL, LEAST]
    assert (TEST[:, 0] > 2 * least).all() and (TEST[:, 0] < 20).all()
    rises = TEST[:, -1] > least
    assert [PAIRS[k] for k in ALL[~rises]] == [(0, 1)]


def test_the_best_lam_of_most_pairs_is_small_but_not_the_smallest():
    assert 1e-4 < float(NUMBERS["least-best-lam"]) and float(NUMBERS["most-best-lam"]) < 0.1
    best = float(NUMBERS["least-best-lam"]), float(NUMBERS["most-best-lam"])
    assert best == pytest.approx((LAM[BEST].min(), LAM[BEST].max()), rel=0.05)
    k = BEST[OF_38]
    assert float(NUMBERS["best-lam-38"]) == pytest.approx(LAM[k], rel=0.05)
    assert NUMBERS["best-38"] == TEST[OF_38, k]
    assert NUMBERS["first-38"] > 10 and NUMBERS["last-38"] > 1.5 * NUMBERS["best-38"]
    assert NUMBERS["last-train-38"] < 0.5 < TRAIN[OF_38, k] < TRAIN[OF_38, 0]


def test_the_minimum_is_flat_and_clean_images_do_not_see_robust_accuracy(robust):
    k, least = BEST[OF_38], LEAST[OF_38]
    assert float(NUMBERS["least-test-lam-38"]) == pytest.approx(LAM[least], rel=0.05)
    assert NUMBERS["least-test-lam-ratio-38"] == pytest.approx(LAM[least] / LAM[k]) and least < k
    assert NUMBERS["least-test-38"] == TEST[OF_38].min()
    flat = slice(least, k + 1)
    held_out = 100 * HELD_OUT["robust"][OF_38, :, 0] / HELD_OUT["n"][OF_38]
    assert np.ptp(TEST[OF_38, flat]) < 0.5 and np.ptp(held_out[flat]) < 0.5
    assert NUMBERS["least-test-robust-38"] == robust[OF_38, least, 10]
    assert NUMBERS["least-test-robust-38"] > 2 * NUMBERS["robust-clean-38"]
    for some in (TEST[OF_38], TRAIN[OF_38]):  # beyond it, to the right
        assert (np.diff(some[: least + 1 : 5]) <= 0).all()


def test_held_out_images_are_thousands_for_each_pair():
    n = HELD_OUT["n"]
    assert (NUMBERS["least-held-out"], NUMBERS["most-held-out"]) == (f"{n.min():,}", f"{n.max():,}")
    assert 5000 < n.min() < n.max() < 7100


# A pile of images, the average and the points


def test_training_images_pile_up_at_a_margin_of_1_and_test_images_do_not(mnist):
    fine = load_arrays("svm_mnist")
    k = int(fine["middling"])
    assert LAM[k] == pytest.approx(1e-3)
    norm = MODELS["norm_w"][OF_38, k]
    scaled = norm * Y * fine["distances"]
    svms = load_svms(3, 8)
    X, y = digit_pair(mnist, 3, 8, split="test")
    unseen = y * linear.raw_score(X, svms["w"][k], svms["b"][k])

    def share(values, center):
        return np.mean(np.abs(values - center) < 0.005)

    assert NUMBERS["piled"] == round(6000 * share(scaled, 1))
    assert 150 < NUMBERS["piled"] < 300
    assert all(70 < 3000 * share(scaled[Y == label], 1) < 130 for label in (-1, 1))
    beside = np.mean([share(scaled, center) for center in (0.94, 0.96, 1.04, 1.06)])
    assert share(scaled, 1) > 10 * beside
    assert share(unseen, 1) < share(scaled, 1) / 5


def test_at_the_largest_lam_every_image_is_charged():
    for pair in ((0, 1), (3, 8), (7, 9)):
        corner = 1 / MODELS["norm_w"][PAIRS.index(pair), 0]
        assert (margins(load_svms(*pair))[0] < corner).all()


def test_many_images_are_closer_than_half_the_average():
    k = BEST[OF_38]
    distances, d_adv = margins(load_svms(3, 8))[k], NUMBERS["d-adv-38"]
    assert distances.mean() == pytest.approx(d_adv, abs=1e-3)
    assert NUMBERS["closer-38"] == pytest.approx(100 * np.mean(distances < d_adv / 2), abs=0.05)
    assert 10 < NUMBERS["closer-38"] < 25


# What is left when λ is very large


@pytest.mark.parametrize("pair", [(0, 1), (3, 8), (7, 9)], ids=str)
def test_from_some_lam_on_the_weights_are_those_of_the_centroids(mnist, pair):
    X, y = digit_pair(mnist, *pair, n=3000)
    i, j = tilting.centroids(X, y)
    svms = load_svms(*pair)
    along = X @ (j - i)
    hold = LAM >= (along[y > 0].max() - along[y < 0].min()) / 8
    assert 5 < hold.sum() < 20
    for lam, w, b in zip(LAM[hold], svms["w"][hold], svms["b"][hold], strict=True):
        assert w == pytest.approx((j - i) / (4 * lam), abs=1e-6)
        low, high = -1 - (X[y < 0] @ w).min(), 1 - (X[y > 0] @ w).max()
        assert low <= high and b == pytest.approx((low + high) / 2, abs=1e-5)
    assert (THETA[PAIRS.index(pair), ~hold] > 1e-3).all()


def test_every_b_in_the_interval_is_optimal_and_some_err_far_less(mnist):
    X, y = digit_pair(mnist, 0, 1, n=3000)
    X_test, y_test = digit_pair(mnist, 0, 1, split="test")
    svms = load_svms(0, 1)
    w = svms["w"][0].astype(float)
    low, high = -1 - (X[y < 0] @ w).min(), 1 - (X[y > 0] @ w).max()
    biases = np.linspace(low, high, 200)
    hinges = [np.maximum(1 - y * linear.raw_score(X, w, b), 0).mean() for b in biases]
    assert np.ptp(hinges) < 1e-12
    assert np.maximum(1 - y * linear.raw_score(X, w, high + 0.1), 0).mean() > hinges[0] + 1e-6
    errors = [100 * linear.error_rate(X, y, w, b) for b in biases]
    k = np.argmin(errors)
    assert errors[k] < 1 and errors[0] == errors[-1] == 50
    assert 100 * linear.error_rate(X_test, y_test, w, biases[k]) < 1
    assert NUMBERS["mid-train-01"] == pytest.approx(7.70, abs=0.006)
    midpoint = (low + high) / 2
    for name, images in (("mid-train-01", (X, y)), ("mid-test-01", (X_test, y_test))):
        assert NUMBERS[name] == pytest.approx(
            100 * linear.error_rate(*images, w, midpoint), abs=0.05
        )
    distances = [linear.adversarial_distance(X, y, w, b) for b in (low, high)]
    assert np.ptp(distances) < 1e-9


def test_the_best_place_for_0_and_1_is_closer_to_the_ones():
    svms = load_svms(0, 1)
    along = svms["points"][:, 0]
    zeros, ones = along[:3000], along[3000:]
    position = np.linspace(-8, 8, 801)[:, None]
    error = 50 * ((zeros > position).mean(axis=1) + (ones <= position).mean(axis=1))
    assert 0.2 < NUMBERS["least-train-01"] == error.min() < 0.6
    assert 0.5 < NUMBERS["least-at-01"] == position[error.argmin(), 0] < 1.5
    corner = 1 / MODELS["norm_w"][OF_01, 0]
    midpoint = (ones.max() - corner + zeros.min() + corner) / 2
    assert midpoint < position[error.argmin()] - 1
    assert error[np.abs(position[:, 0] - midpoint).argmin()] == pytest.approx(7.7, abs=0.2)
    interval = ones.max() - corner, zeros.min() + corner
    assert interval[0] < -8 and 8 < interval[1]  # wider than the plot
    quoted = int(NUMBERS["interval-from"].replace("−", "-")), NUMBERS["interval-to"]
    assert quoted == pytest.approx(interval, abs=0.5)


# Where the path ends


def test_the_path_of_0_and_1_ends_at_the_hard_margin(mnist):
    assert NUMBERS["theta-end-01"] == pytest.approx(61, abs=0.5)
    assert NUMBERS["still-01"] >= 20
    last = slice(-20, None)
    assert np.ptp(THETA[OF_01, last]) < 0.1
    assert MODELS["norm_w"][OF_01, last] == pytest.approx(MODELS["norm_w"][OF_01, -1], rel=1e-3)
    X, y = digit_pair(mnist, 0, 1, n=3000)
    svms = load_svms(0, 1)
    nearest = y * linear.signed_distance(X, svms["w"][-1], svms["b"][-1])
    margin = NUMBERS["margin-01"]
    assert margin == pytest.approx(0.54, abs=0.005)
    assert NUMBERS["norm-end-01"] == MODELS["norm_w"][OF_01, -1] == pytest.approx(1 / margin)
    for label in (-1, 1):
        assert nearest[y == label].min() == pytest.approx(margin, rel=2e-3)


def test_the_path_of_7_and_9_goes_on_to_tilt():
    assert NUMBERS["theta-end-79"] == pytest.approx(85, abs=0.6)
    assert (np.diff(THETA[OF_79, -11:]) > 0.05).all()
    assert (np.diff(MODELS["norm_w"][OF_79]) > 0).all()
    assert TRAIN[OF_79, -1] > 0


def test_all_pairs_but_five_end_without_a_training_error():
    rest = [pair for pair, error in zip(PAIRS, TRAIN[:, -1], strict=True) if error > 0]
    assert rest == [(3, 5), (3, 8), (4, 9), (5, 8), (7, 9)]
    assert NUMBERS["not-separated"] == "3v5, 3v8, 4v9, 5v8 and 7v9" and NUMBERS["separated"] == 40
    assert (TRAIN[[PAIRS.index(pair) for pair in rest]] > 0).all()  # nor at any other λ


# Tilted is not bad


def test_the_best_models_are_tilted_and_the_upright_ones_are_worse():
    theta = THETA[ALL, BEST]
    assert 33 < NUMBERS["least-best-theta"] == theta.min() < 34
    assert 67 < NUMBERS["most-best-theta"] == theta.max() < 68.5
    least = THETA[ALL, LEAST]
    assert 38 < least.min() < least.max() < 71
    assert NUMBERS["best-theta-38"] == theta[OF_38]
    assert (TEST[:, 0] > TEST[ALL, BEST]).all()


def test_pixels_of_mirror_images_leave_their_range(mnist):
    X, _ = digit_pair(mnist, 3, 8, n=100)
    svms = load_svms(3, 8)
    for k in (0, BEST[OF_38]):
        mirrored = linear.mirror_image(X, svms["w"][k], svms["b"][k])
        assert np.mean((mirrored < 0) | (mirrored > 1)) > 0.1


# Robustness, counted


def test_the_best_lam_grows_with_eps():
    assert (CHOSEN[:, 10] < BEST).all() and (CHOSEN[:, 15] < CHOSEN[:, 5]).all()
    assert (np.diff(np.median(np.log10(LAM[CHOSEN[:, :16]]), axis=0)) > -0.15).all()


def test_what_robustness_costs_and_buys(robust):
    def cost_and_gain(clean, at_1):
        cost = robust[ALL, clean, 0] - robust[ALL, at_1, 0]
        return cost, robust[ALL, at_1, 10] - robust[ALL, clean, 10]

    at_1 = CHOSEN[:, 10]
    cost, gain = cost_and_gain(BEST, at_1)
    assert 1 < NUMBERS["cost-38"] < 2 and 40 < NUMBERS["gain-38"] < 55  # "one or two" points
    assert NUMBERS["robust-clean-38"] == robust[OF_38, BEST[OF_38], 10]
    assert -0.2 < cost.min() <= 0 and NUMBERS["most-cost"] < 4
    assert NUMBERS["price-free"] == (cost <= 0).sum() == 4
    assert -0.1 < gain.min() < 0.5 < 55 < NUMBERS["most-gain"] < 60
    assert NUMBERS["most-gain-pair"] == "{}v{}".format(*PAIRS[gain.argmax()])
    assert 0.4 < NUMBERS["median-cost"] < 1 and 20 < NUMBERS["median-gain"] < 30
    assert (THETA[ALL, at_1] < THETA[ALL, BEST]).all()
    assert (MODELS["d_adv"][ALL, at_1] > MODELS["d_adv"][ALL, BEST]).all()
    on_test = robust.argmax(axis=1)
    for name, flattered in zip(
        ("cost", "gain"), cost_and_gain(on_test[:, 0], on_test[:, 10]), strict=True
    ):
        assert NUMBERS[f"median-{name}-on-test"] == np.median(flattered)
    assert NUMBERS["median-gain-on-test"] < 0.6 * NUMBERS["median-gain"]
    assert 10 < NUMBERS["least-theta-1"] < NUMBERS["most-theta-1"] < 45
    for name, values in (("cost", cost), ("gain", gain)):
        assert NUMBERS[f"{name}-38"] == values[OF_38]
        assert NUMBERS[f"median-{name}"] == np.median(values)
        assert NUMBERS[f"most-{name}"] == values.max()


def test_the_price_grows_with_eps(robust):
    clean = robust[ALL, BEST, 0]
    prices = [np.median(clean - robust[ALL, CHOSEN[:, e], 0]) for e in (0, 5, 10, 15, 20)]
    assert (np.diff(prices) > 0).all()


def test_no_lam_is_best_at_every_eps(robust):
    highest = robust.max(axis=1, keepdims=True)
    assert not (robust[:, :, :16] == highest[:, :, :16]).all(axis=2).any()


def test_robust_accuracy_is_what_is_counted_on_test_images(mnist, robust):
    X, y = digit_pair(mnist, 4, 9, split="test")
    svms = load_svms(4, 9)
    for k in (0, 40, 80):
        counted = linear.robust_accuracy(X, y, svms["w"][k], svms["b"][k], [0, 0.5, 1, 2])
        stored = robust[PAIRS.index((4, 9)), k, [0, 5, 10, 20]]
        assert 100 * counted == pytest.approx(stored, abs=0.06)


# Exercises


def test_training_images_choose_about_the_same_lam_at_eps_1_and_not_at_eps_0():
    of_pair = margins(load_svms(3, 8))
    on_train = [(of_pair > eps).mean(axis=1).argmax() for eps in (0, 1)]
    assert LAM[on_train[0]] < 2e-6 < 1e-4 < LAM[BEST[OF_38]]
    assert abs(on_train[1] - CHOSEN[OF_38, 10]) <= 2


@pytest.mark.parametrize("pair", [(0, 1), (3, 8), (7, 9)], ids=str)
def test_the_mean_limits_the_robust_accuracy(pair):
    rows, distances = MODELS[PAIRS.index(pair)], margins(load_svms(*pair))
    for eps in (0.2, 0.5, 1, 2, 4):
        bound = (rows["d_adv"] + rows["d_err"]) / eps
        assert ((distances > eps).mean(axis=1) <= bound + 0.01).all()
