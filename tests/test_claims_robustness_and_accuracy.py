"""Each claim of the chapter on robustness and accuracy that no test of a helper holds already."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize
from sklearn.svm import SVC

from book.quoted import left_by_all, robust_accuracy, robustness_and_accuracy, under_pgd
from book.quoted.robustness_and_accuracy import FOUR, MODELS, PROBLEM
from experiments import robustness_tilting
from explorables import FeatureTradeoff
from helpers import losses, robust_linear, tilting, tradeoff
from helpers.data import digit_pair
from helpers.results import load_arrays, load_attacked, load_figures, load_lmt, load_robustness

NUMBERS = robustness_and_accuracy.numbers()
AXIS = load_arrays("robustness/tilting")
LINEAR = load_arrays("robustness/linear")


def quoted(name):
    """The mean over the seeds and, where there are several, the standard deviation."""
    return [float(text) for text in NUMBERS[name].replace("−", "-").split(" ± ")]


def accuracies(problem, w, times=(0, 2)):
    """In per cent, against each multiple of η."""
    return [100 * tradeoff.accuracy(problem, w, k * problem.eta) for k in times]


# The toy problem


def test_f_avg_is_turned_over():
    standard, robust = NUMBERS["avg-standard"], NUMBERS["avg-robust"]
    assert [standard, robust] == accuracies(PROBLEM, tradeoff.f_avg(PROBLEM))
    assert standard == pytest.approx(99.87, abs=0.005)
    assert robust == pytest.approx(0.13, abs=0.005)


def test_at_eta_nothing_can_be_told_from_the_weak_features():
    assert accuracies(PROBLEM, tradeoff.f_avg(PROBLEM), [1]) == [50]


def test_the_bayes_classifier_is_accurate_and_fragile():
    standard, robust = NUMBERS["bayes-standard"], NUMBERS["bayes-robust"]
    assert [standard, robust] == accuracies(PROBLEM, tradeoff.best_mix(PROBLEM))
    gain = standard - accuracies(PROBLEM, tradeoff.f_avg(PROBLEM))[0]
    assert NUMBERS["bayes-gain"] == gain
    assert 0 < gain < 0.1 and standard > 99.9 and robust < 1


def test_half_a_push_costs_little():
    eps = 0.5 * PROBLEM.eta
    w = tradeoff.best_mix(PROBLEM, eps)
    assert 100 * tradeoff.accuracy(PROBLEM, w, eps) > 97 and w[1] > 0


def test_weak_features_hardly_better_than_the_strong_one_cost_robustness():
    problem = tradeoff.Problem(0.8, 1000, 1 / math.sqrt(1000))
    assert 80 < accuracies(problem, tradeoff.f_avg(problem))[0] < 85
    standard, robust = accuracies(problem, tradeoff.best_mix(problem))
    assert standard > 88 and robust < 30
    w = tradeoff.best_mix(problem, 2 * problem.eta)
    assert accuracies(problem, w) == pytest.approx([80, 80])


def test_without_a_strong_feature_one_might_as_well_guess():
    problem = tradeoff.Problem(0.5, 1000, 3 / math.sqrt(1000))
    w = tradeoff.best_mix(problem, 2 * problem.eta)
    assert accuracies(problem, w, [2])[0] <= 50
    for standard in np.linspace(0.5, 1, 11):
        assert tradeoff.robust_bound(standard, 0.5) <= 0.5


def test_as_the_figure_opens_the_most_accurate_mix_keeps_next_to_nothing():
    figure = FeatureTradeoff()
    problem = tradeoff.Problem(figure.p, figure.d, figure.separation / math.sqrt(figure.d))
    assert accuracies(problem, tradeoff.best_mix(problem))[1] < 1


@pytest.mark.parametrize(("d", "ending"), [(1000, ""), (100, "-100")])
def test_the_most_robust_mix_jumps_and_the_minimiser_of_the_hinge_does_not(d, ending):
    problem = tradeoff.Problem(0.95, d, 3 / math.sqrt(d))
    share, strong = NUMBERS[f"jump-share{ending}"], NUMBERS[f"jump-strong{ending}"]
    before, after = (tradeoff.best_mix(problem, k * problem.eta) for k in (share, share + 1e-6))
    assert before[0] / np.linalg.norm(before) == pytest.approx(strong) and strong < 0.98
    assert (after == tradeoff.x_1_alone(problem)).all()
    eps = share * problem.eta
    equally = tradeoff.accuracy(problem, before, eps)
    assert equally == pytest.approx(tradeoff.accuracy(problem, after, eps), abs=1e-6)
    for w_1 in np.linspace(strong, 1, 7)[1:-1]:  # less robust than both ends
        rest = math.sqrt(1 - w_1**2)
        between = tradeoff.accuracy(problem, tradeoff.mix(problem, w_1 / rest / d**0.5), eps)
        assert between < equally
    shares = np.arange(share - 0.005, share + 0.005, 0.001)
    hinge = [tradeoff.population_minimiser(problem, k * problem.eta)[0] for k in shares]
    assert max(np.diff(hinge)) < 0.005


def test_where_the_jump_is_depends_on_how_many_features_there_are():
    assert [NUMBERS["jump-share"], NUMBERS["jump-strong"]] == pytest.approx(
        [0.785, 0.972], abs=5e-4
    )
    assert NUMBERS["jump-share-100"] < NUMBERS["jump-share"] - 0.1


def test_both_branches_of_the_frontier_by_answering_at_random_sometimes():
    problem = tradeoff.Problem(0.95, 4_000_000, 8 / 2000)  # η√d = 8, nearly the limit
    accurate, robust = accuracies(problem, tradeoff.f_avg(problem))
    for q in (0.25, 0.5, 0.75):
        left = 0.95 * q + (1 - q) / 2  # a coin otherwise; the adversary changes neither
        assert tradeoff.robust_bound(left, 0.95) == pytest.approx(left)
        right, kept = (95 * q + (1 - q) * share for share in (accurate, robust))
        assert 100 * tradeoff.robust_bound(right / 100, 0.95) == pytest.approx(kept, abs=1e-9)


def test_a_euclidean_adversary_attacks_the_strong_feature_first():
    """From its mean to 0, all weak features take a length of 3 and x_1 one of 1."""
    w = tradeoff.f_avg(PROBLEM)
    distance = PROBLEM.eta * w.sum() / np.linalg.norm(w)
    assert distance == pytest.approx(3)
    assert NUMBERS["avg-l2-robust"] == pytest.approx(100 * stats.norm.cdf(distance - 1))
    assert NUMBERS["avg-l2-robust"] == pytest.approx(97.7, abs=0.05)


def test_whoever_is_more_accurate_than_x_1_keeps_fewer_images_the_more_accurate_it_is():
    bounds = tradeoff.robust_bound(np.linspace(0.95, 1, 20), 0.95)
    assert (np.diff(bounds) < 0).all() and bounds[-1] == 0


# Theorem 2.2


@pytest.mark.parametrize("p", [0.5, 0.8, 0.96])
def test_the_short_proof_of_the_first_half(p):
    """Errors are at most the mean hinge loss of f_avg; Theorem 2.1 does the rest."""
    problem = tradeoff.Problem(p, 1000, 4 / math.sqrt(1000))
    w = tradeoff.f_avg(problem)
    hinge = tradeoff.hinge_risk(problem, w / np.linalg.norm(w))
    assert hinge < 0.01 and tradeoff.robust_bound(1 - hinge, p) < 0.01
    svm = tradeoff.population_minimiser(problem)
    assert 1 - tradeoff.accuracy(problem, svm) <= hinge


def test_up_to_0975_other_weights_complete_the_proof():
    assert (FOUR.p, FOUR.d, FOUR.eta) == pytest.approx((0.975, 1000, 4 / math.sqrt(1000)))
    w = tradeoff.f_avg(FOUR)
    hinge = tradeoff.hinge_risk(FOUR, w / np.linalg.norm(w))
    assert NUMBERS["hinge-four"] == pytest.approx(hinge)
    assert NUMBERS["robust-four-96"] < 1 < NUMBERS["robust-four-975"]
    assert NUMBERS["robust-four-975"] == pytest.approx(
        100 * tradeoff.robust_bound(1 - hinge, 0.975)
    )
    assert NUMBERS["rival-hinge"] == pytest.approx(1.45e-4, abs=5e-7)
    assert NUMBERS["rival-bound"] == pytest.approx(97.5 / 0.025 * NUMBERS["rival-hinge"])
    assert NUMBERS["rival-bound"] < 0.57
    exact = [NUMBERS["svm-four-standard"], NUMBERS["robust-four-exact"]]
    assert exact == accuracies(FOUR, tradeoff.population_minimiser(FOUR)) and exact[1] < 1


@pytest.mark.parametrize("separation", [4, 4.5, 6])
def test_the_same_weights_do_for_a_smaller_p_and_a_larger_separation(separation):
    """By the bound of the proof, at any d: the mean hinge depends on η√d alone."""
    strong = NUMBERS["rival-strong"]
    weak = math.sqrt(1 - strong**2)
    bounds = []
    for p in (0.5, 0.7, 0.9, 0.95, 0.975):
        of_sizes = []
        for d in (4, 1000):
            problem = tradeoff.Problem(p, d, separation / math.sqrt(d))
            w = np.array([strong, *[weak / math.sqrt(d)] * d])
            of_sizes.append(tradeoff.hinge_risk(problem, w))
        assert of_sizes[0] == pytest.approx(of_sizes[1])
        bounds.append(100 * p / (1 - p) * of_sizes[0])
    assert bounds == sorted(bounds) and bounds[-1] <= NUMBERS["rival-bound"] + 1e-9


def test_no_random_classifier_beats_the_bound():
    assert NUMBERS["frontier-tried"] == "10,000" and NUMBERS["frontier-crossing"] == 0


@pytest.mark.parametrize(("times", "drops"), [(0.9, False), (1.0, True), (9.4, True), (9.6, False)])
def test_the_radius_that_training_needs(times, drops):
    """η <= ε < 2p − 1, which is 0.9 here, 9.49 η: below, weak features stay; above, none."""
    w = tradeoff.population_minimiser(PROBLEM, times * PROBLEM.eta)
    assert (w.tolist() == tradeoff.x_1_alone(PROBLEM).tolist()) == drops
    assert (w[1:] == 0).all() == (times >= 1)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_figure_of_the_weights_shows(seed):
    few = tradeoff.Problem(0.95, 100, 0.3)
    X, y = tradeoff.sample(few, n=1000, seed=seed)
    standard, robust = (tradeoff.fit(X, y, k * few.eta) for k in (0, 2))
    assert 0.2 < standard[0] < 0.6 and 0.8 < np.linalg.norm(standard[1:]) < 0.95
    assert robust[0] == pytest.approx(1, abs=1e-6) and np.abs(robust[1:]).max() < 1e-6


# Linear classifiers of 5 and 7


def test_on_the_axis_regularisation_and_adversarial_training_go_the_same_way():
    """At the same angle, between neighbours of the other family, they do equally well."""
    robust = AXIS["robust_lam"]
    order = np.argsort(AXIS["theta_lam"])
    for k in (0, 15):  # clean, and at 1.5 pixels
        between = np.interp(AXIS["theta_eps"], AXIS["theta_lam"][order], robust[order, k])
        assert np.abs(between - AXIS["robust_eps"][:, k]).max() < (0.25, 4)[k > 0]


@pytest.mark.parametrize("family", ["lam", "eps"])
def test_clean_and_robust_accuracy_are_best_at_different_angles(family):
    theta, robust = np.degrees(AXIS[f"theta_{family}"]), AXIS[f"robust_{family}"]
    best = [theta[robust[:, k].argmax()] for k in (0, 15)]
    if family == "eps":
        assert best == pytest.approx([NUMBERS["axis-best-theta"], NUMBERS["axis-robust-theta"]])
    assert 45 < best[0] < 55 and 10 < best[1] < 25
    assert robust[:, 0].max() > robust[theta.argmin(), 0] + 1
    assert robust[:, 0].max() > robust[theta.argmax(), 0]


def test_at_the_same_angle_the_two_families_are_near_and_not_the_same():
    """The quoted numbers are the largest over the pairs of digits."""
    apart, robust = np.degrees(AXIS["apart_of_pairs"]), AXIS["robust_of_pairs"]
    assert AXIS["pairs"].tolist() == [[5, 7], [3, 8], [4, 9], [0, 1]] and NUMBERS["axis-pairs"] == 4
    assert NUMBERS["axis-apart"] == pytest.approx(apart.max()) and apart.min() > 0.1
    gaps = np.abs(robust[:, :, 1] - robust[:, :, 0]).max(axis=(0, 1))
    assert [NUMBERS["axis-clean-gap"], NUMBERS["axis-robust-gap"]] == pytest.approx(gaps)
    assert gaps[0] < 1 and gaps[1] < 2


def test_the_pairs_hold_the_nearest_and_the_furthest_centroids(mnist):
    means = [mnist.x_train[mnist.y_train == digit].mean(0) for digit in range(10)]
    pairs = list(combinations(range(10), 2))
    lengths = [np.linalg.norm(means[i] - means[j]) for i, j in pairs]
    assert pairs[np.argmin(lengths)] == (4, 9) and pairs[np.argmax(lengths)] == (0, 1)


def test_the_axis_compares_boundaries_of_the_same_angle(mnist):
    k = AXIS["pairs"].tolist().index([0, 1])
    train_set = digit_pair(mnist, 0, 1, n=robustness_tilting.SETTINGS["n_of_pairs"])
    i, j = tilting.centroids(*train_set)
    eps = AXIS["eps_shares"][2] * np.linalg.norm(j - i) / 2
    w, _ = robust_linear.fit_l2(*train_set, float(eps), robustness_tilting.SETTINGS["lam_eps"])
    theta = tilting.tilting_angle(w, i, j)
    assert theta == pytest.approx(AXIS["theta_of_pairs"][k][2], abs=2e-3)
    v, _ = robustness_tilting.regularised_at(theta, train_set)
    assert tilting.tilting_angle(v, i, j) == pytest.approx(theta, abs=2e-3)
    cosine = v @ w / np.linalg.norm(v) / np.linalg.norm(w)
    assert math.acos(cosine) == pytest.approx(AXIS["apart_of_pairs"][k][2], abs=5e-3)


@pytest.fixture(scope="module")
def overlapping():
    """Two classes of images of three numbers that no boundary separates: X, y."""
    rng = np.random.default_rng(0)
    y = np.repeat([-1, 1], 40)
    return rng.normal(size=(80, 3)) + 0.7 * y[:, None] * [1, 0.3, 0], y


def least(risk, start):
    """Where a convex function is least, also where it has kinks."""
    found = np.asarray(start, dtype=float)
    for _ in range(6):  # Powell stops early at kinks; from there it starts again
        found = minimize(risk, found, method="Powell", options={"xtol": 1e-10, "ftol": 1e-14}).x
        found = minimize(
            risk, found, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}
        ).x
    return found


def boundary(parameters):
    """w and b of length 1 in w: what the boundary is."""
    return parameters / np.linalg.norm(parameters[:-1])


def test_for_the_exponential_loss_either_knob_draws_the_same_boundaries(overlapping):
    X, y = overlapping

    def margins(parameters):
        return y * (X @ parameters[:-1] + parameters[-1])

    def norm(parameters):
        return np.linalg.norm(parameters[:-1])

    eps = 0.4
    trained = least(
        lambda v: np.log(np.exp(-margins(v)).mean()) + eps * norm(v), [0.5, 0.5, 0.1, 0]
    )
    lam = eps * np.exp(-margins(trained)).mean() / (2 * norm(trained))
    decayed = least(lambda v: np.exp(-margins(v)).mean() + lam * norm(v) ** 2, [0.5, 0.5, 0.1, 0])
    np.testing.assert_allclose(decayed, trained, atol=1e-5)


def test_for_the_hinge_an_adversary_makes_a_support_vector_machine(overlapping):
    """Of the score s/(1 + ε‖w‖), for the λ at which the gradients agree."""
    X, y = overlapping
    eps = 0.4

    def adversarial(v):
        return losses.hinge(y * (X @ v[:-1] + v[-1]) - eps * np.linalg.norm(v[:-1])).mean()

    trained = least(adversarial, [0.5, 0.5, 0.1, 0])
    norm = np.linalg.norm(trained[:-1])
    scaled = trained / (1 + eps * norm)
    by_hand = (1 + eps * norm) * losses.hinge(y * (X @ scaled[:-1] + scaled[-1])).mean()
    assert adversarial(trained) == pytest.approx(by_hand)

    # Along ŵ the loss of the scaled score falls as fast as λ‖w‖² rises.
    slope = losses.hinge(y * (X @ (scaled[:-1] * 1.0001) + scaled[-1])).mean()
    slope -= losses.hinge(y * (X @ (scaled[:-1] * 0.9999) + scaled[-1])).mean()
    lam = -slope / 2e-4 / (2 * np.sum(scaled[:-1] ** 2))
    machine = SVC(C=1 / (2 * lam * len(y)), kernel="linear", tol=1e-10).fit(X, y)
    theirs = boundary(np.append(machine.coef_[0], machine.intercept_))
    np.testing.assert_allclose(boundary(trained), theirs, atol=0.01)


def test_in_regression_an_adversary_interpolates_and_ridge_does_not():
    rng = np.random.default_rng(0)
    X, target = rng.normal(size=(5, 20)), rng.normal(size=5)
    shortest = np.linalg.pinv(X) @ target

    def adversarial(w, eps):
        return np.mean((np.abs(X @ w - target) + eps * np.linalg.norm(w)) ** 2)

    others = [shortest + step * rng.normal(size=20) for step in (1e-4, 1e-3, 0.01, 0.1) * 200]
    others += [share * shortest for share in np.linspace(0, 1.5, 301)]
    assert min(adversarial(w, 0.05) for w in others) >= adversarial(shortest, 0.05) - 1e-12
    assert min(adversarial(w, 5.0) for w in others) < adversarial(shortest, 5.0)  # a threshold
    ridge = X.T @ np.linalg.solve(X @ X.T + 1e-3 * np.eye(5), target)
    assert np.abs(X @ ridge - target).min() > 0


def shares(name, k, eps):
    return LINEAR[name][k][round(100 * eps)]


def test_adversarial_training_drops_pixels_of_little_correlation():
    correlation = np.abs(LINEAR["correlation"])
    used = [np.count_nonzero(w) for w in LINEAR["w"]]
    assert [used[0], used[2]] == [NUMBERS["pixels-standard"], NUMBERS["pixels-robust"]]
    assert used[0] > 600 and used[2] < 60 and used == sorted(used, reverse=True)
    weak = correlation < 0.2
    standard, robust = (np.abs(LINEAR["w"][k]) for k in (0, 2))
    assert (standard[weak] / standard.max()).max() > 0.5
    assert (robust[weak] > 0).sum() <= 2
    assert correlation[robust > 0].mean() > correlation[standard > 0].mean() + 0.2


def test_the_number_of_pixels_is_the_most_robust_one_on_held_out_images():
    of_choice = [row[10] for row in LINEAR["held_out_of_pixels"]]  # at 0.1
    assert LINEAR["pixels"][int(np.argmax(of_choice))] == NUMBERS["best-pixels"] == 50
    figures = load_figures("robustness/linear")
    assert NUMBERS["linear-held-out"] == f"{figures['n_held_out']:,}"
    assert NUMBERS["pixels-tried"] == len(LINEAR["pixels"])


def test_leaving_weak_pixels_out_goes_a_long_way_not_all_of_it():
    place = LINEAR["pixels"].tolist().index(NUMBERS["best-pixels"])
    plain, left, robust = (
        [shares(*of, eps) for eps in (0, 0.1, 0.2)]
        for of in (
            ("robust_in_range", 0),
            ("robust_in_range_of_pixels", place),
            ("robust_in_range", 2),
        )
    )
    for name, curve in (("linear-standard", plain), ("best", left), ("linear-adversarial", robust)):
        assert [NUMBERS[f"{name}-clean"], NUMBERS[f"{name}-robust"]] == pytest.approx(curve[:2])
    assert plain[0] - left[0] < 2 and left[1] > plain[1] + 30
    assert robust[1] > left[1] + 3 and robust[2] > left[2] + 20
    assert left[0] > robust[0]


def test_in_range_more_images_are_safe_most_of_all_for_the_standard_classifier():
    names = ("linear-standard", "best", "linear-adversarial")
    gains = [NUMBERS[f"{name}-robust"] - NUMBERS[f"{name}-whole"] for name in names]
    assert min(gains) > 0 and gains == sorted(gains, reverse=True) and gains[0] > 30


def test_most_pixels_of_a_digit_are_black(mnist):
    X, _ = digit_pair(mnist, 5, 7, split="test")
    assert (X == 0).mean() > 0.5


# Networks


def each(model, name, n_train=55_000):
    return np.array([network["figures"][name] for network in load_robustness(model, n_train)])


def robust(model, norm, eps):
    """In per cent, for each seed."""
    return np.array(robust_accuracy(model, norm, eps))


@pytest.mark.parametrize("model", robustness_and_accuracy.MODELS)
def test_the_table_shows_means_and_standard_deviations_of_the_seeds(model):
    columns = {
        f"{norm}-{eps:g}": robust(model, norm, eps)
        for norm, radii in robustness_and_accuracy.RADII.items()
        for eps in radii
    }
    for name, values in (columns | {"clean": each(model, "clean")}).items():
        mean, *deviation = quoted(f"{model}-{name}")
        assert mean == pytest.approx(values.mean(), abs=0.051)
        assert deviation == pytest.approx(
            [values.std(ddof=1)] if len(values) > 1 else [], abs=0.051
        )


def test_a_small_adversary_makes_the_network_more_accurate():
    standard = each("standard", "clean")
    for model in ("linf_0.1", "l2_1"):
        assert each(model, "clean").min() > standard.max() + 0.1


@pytest.mark.parametrize("models", [["linf_0.1", "linf_0.2", "linf_0.3"], ["l2_1", "l2_2", "l2_3"]])
def test_clean_accuracy_falls_with_every_step_of_eps(models):
    clean = [each(model, "clean") for model in models]
    for larger, smaller in zip(clean[1:], clean, strict=False):
        assert larger.max() < smaller.min()
    assert clean[-1].max() < each("standard", "clean").min() - 0.4


def test_robustness_ends_where_the_training_ended():
    assert quoted("linf_0.1-linf-0.1")[0] > 90 > 30 > quoted("linf_0.1-linf-0.2")[0]
    assert (robust("linf_0.3", "linf", 0.3) > 80).all()
    assert (robust("linf_0.3", "linf", 0.4) < 5).all() and quoted("linf_0.3-linf-0.4")[0] < 5


def test_what_was_learnt_in_l2_does_not_protect_in_every_pixel():
    for model in ("l2_1", "l2_2", "l2_3"):
        assert (robust(model, "linf", 0.3) < 3).all()


def test_the_table_says_how_far_a_thousand_images_may_mislead():
    shares = [
        share
        for model in MODELS
        for norm, radii in robustness_and_accuracy.RADII.items()
        for eps in radii
        for share in robust(model, norm, eps)
    ]
    widths = [
        np.diff(stats.binomtest(round(10 * share), 1000).proportion_ci()).item() for share in shares
    ]
    assert NUMBERS["sampling-error"] == pytest.approx(50 * max(widths))


def alone(model, ball):
    """What each attack alone leaves of the first seed within a ball, by its name."""
    return load_attacked(f"{model}-55000-0")["figures"]["alone"][ball]


def together(model, norm, eps):
    return robust(model, norm, eps)[0]


@pytest.mark.parametrize("model", MODELS[1:])
def test_no_attack_alone_finds_as_much_as_all(model):
    norm, eps = model.split("_")
    shares = alone(model, f"{norm} {eps}")
    left = together(model, norm, float(eps))
    for attack, name in robustness_and_accuracy.ALONE.items():
        expected = left if attack == "all" else shares[attack]
        assert NUMBERS[f"alone-{model}-{name}"] == f"{expected:.1f}"
        assert left <= shares[attack]
    assert NUMBERS[f"flattery-{model}"] == shares["PGD"] - left > 0


def test_which_attack_is_the_best():
    def best(model, ball):
        shares = {name: left for name, left in alone(model, ball).items() if name != "all"}
        return min(shares, key=shares.get)

    assert best("linf_0.3", "linf 0.3") == "Square"
    for eps in ("1", "2", "3"):
        assert best(f"l2_{eps}", f"l2 {eps}").startswith("minimum norm")
    assert best("l2_3", "l2 3") == "minimum norm, much noise"
    assert NUMBERS["flattery-l2_3"] == max(NUMBERS[f"flattery-{model}"] for model in MODELS[1:])
    assert float(NUMBERS["alone-l2_3-much"]) - float(NUMBERS["alone-l2_3-all"]) > 3


def gains(model, n):
    """How much more accurate a network is than the standard one, in points: for each seed, which
    draws the same images for both."""
    standard, other = (load_robustness(of, n) for of in ("standard", model))
    pairs = zip(standard, other, strict=False)
    return np.array([b["figures"]["clean"] - a["figures"]["clean"] for a, b in pairs])


def test_few_images_and_many_cross():
    """In L2: ahead with each draw up to 3,000 images, behind with all of them."""
    for n in (100, 300, 1000, 3000):
        assert (gains("l2_2", n) > 1).all()
    assert gains("l2_2", 10_000).mean() > 0 > gains("l2_2", 30_000).mean()
    assert (gains("l2_2", 55_000) < -0.1).all()
    assert quoted("gain-l2_2-100")[0] > 5 * -quoted("gain-l2_2-55000")[0]
    for model in ("l2_2", "linf_0.3"):
        for n in (100, 55_000):
            assert quoted(f"gain-{model}-{n}")[0] == pytest.approx(
                gains(model, n).mean(), abs=0.051
            )


def test_the_gradients_of_the_network_for_03_hide_what_is_near():
    by_pgd = {model: under_pgd(model, "l2", 3.0)[0] for model in MODELS}
    assert max(by_pgd, key=by_pgd.get) == "linf_0.3"
    for model in MODELS:
        for eps in (1.0, 2.0, 3.0):
            assert NUMBERS[f"plain-{model}-{eps:g}"] == f"{under_pgd(model, 'l2', eps)[0]:.1f}"
            assert NUMBERS[f"all-{model}-{eps:g}"] == f"{together(model, 'l2', eps):.1f}"
            assert together(model, "l2", eps) <= under_pgd(model, "l2", eps)[0]
    for plain, left in zip(
        under_pgd("linf_0.3", "l2", 2.0), robust("linf_0.3", "l2", 2.0), strict=True
    ):
        assert plain > 60 and left < 12
    assert 0 < together("linf_0.3", "l2", 2.0) - together("standard", "l2", 2.0) < 5
    models = ("linf_0.1", "linf_0.2", "linf_0.3")
    by_pgd, by_all = (
        [of(model, "l2", 2.0)[0] for model in models] for of in (under_pgd, robust_accuracy)
    )
    assert by_pgd == sorted(by_pgd) and by_all == sorted(by_all, reverse=True)
    shares = alone("linf_0.3", "l2 2")
    assert NUMBERS["alone-l2-spread"] == shares["PGD"] - shares["minimum norm, much noise"] > 60
    noisy = {"minimum norm, much noise", "all"}
    assert all(left > 35 for name, left in shares.items() if name not in noisy)
    assert NUMBERS["square-madry"] < NUMBERS["pgd-madry"]


def test_nothing_hides_in_networks_that_were_trained_in_l2():
    """Attacks without noise take most of what all take beyond PGD."""
    for eps in ("1", "2", "3"):
        shares = alone(f"l2_{eps}", f"l2 {eps}")
        without = min(shares[name] for name in ("minimum norm", "APGD-CE", "APGD-DLR", "APGD-T"))
        assert shares["PGD"] - without > 0.5 * (shares["PGD"] - shares["all"]) - 0.3


def test_adversarial_training_takes_much_longer():
    minutes = [each(model, "minutes").mean() for model in ("l2_2", "standard")]
    assert (
        NUMBERS["times-longer"] == pytest.approx(minutes[0] / minutes[1])
        and minutes[0] > 6 * minutes[1]
    )


# Few images and many


def test_with_few_images_an_adversary_raises_clean_accuracy_by_much():
    for model in ("l2_2", "linf_0.3"):
        assert (gains(model, 100) > 1.5).all()
        assert (each(model, "train", 100) > 99).all() and (
            each("standard", "train", 100) > 99
        ).all()


def test_with_all_images_a_large_adversary_lowers_it():
    standard = each("standard", "clean")
    for model in ("l2_2", "linf_0.3"):
        assert each(model, "clean").max() < standard.min() - 0.1


# Gradients and large changes


def test_gradients_and_large_changes():
    figures = load_figures("robustness/pictures")
    like, judged = figures["likeness"], figures["judged"]
    rough = {name: numbers["roughness"] for name, numbers in like.items()}
    within = {name: numbers["in_components"] for name, numbers in like.items()}
    ink = {name: numbers["near_ink"] for name, numbers in like.items()}
    towards = {name: numbers["towards_rival"] for name, numbers in like.items()}
    networks = figures["networks"]
    flat = ["decay", "lenet", "lmt", "maxout"]
    for name, numbers in like.items():
        shown = [float(NUMBERS[f"like-{name}-{kind}"]) for kind in ("roughness", "in_components")]
        assert shown == pytest.approx(
            [numbers["roughness"], 100 * numbers["in_components"]], abs=0.51
        )
    # standard: closer to noise than any other but one
    assert sorted(networks, key=rough.get)[-2:] == ["standard", "linf_0.3"]
    assert sorted(networks, key=within.get)[:2] == ["linf_0.3", "standard"]
    assert rough["noise"] > 0.95 and within["noise"] < 0.1
    # trained in L2
    assert within["l2_2"] > 2 * within["standard"] and towards["l2_2"] > 2 * towards["standard"]
    assert ink["l2_2"] > 0.95 and rough["l2_2"] < 0.4
    assert judged["l2_2"]["l2"] > 3 * judged["standard"]["l2"]
    # trained in L∞
    assert max(networks, key=ink.get) == "linf_0.3" and rough["linf_0.3"] > 0.9
    assert abs(judged["linf_0.3"]["linf"] - judged["standard"]["linf"]) < 3  # two standard errors
    assert judged["linf_0.3"]["l2"] < judged["standard"]["l2"] - 3
    for norm in ("linf", "l2"):
        assert sorted(networks, key=lambda name: judged[name][norm])[-2:] == ["lmt", "maxout"]
    # kept flat
    assert all(rough[name] < rough["l2_2"] for name in flat)
    between = judged["standard"]["l2"], judged["l2_2"]["l2"]
    assert between[0] + 10 < judged["decay"]["l2"] < between[1] - 10
    assert abs(judged["lenet"]["l2"] - between[1]) < 3


def test_the_attack_reaches_its_target_in_every_network():
    reached = load_figures("robustness/pictures")["reached"]
    least = min(min(shares.values()) for shares in reached.values())
    assert NUMBERS["reached-least"] == least > 95
    assert len(reached) == 7 and NUMBERS["judge-clean"] > 97


def test_what_to_try_with_the_large_changes():
    """Of the classes at twentieths of the way, as the networks read them."""
    arrays, figures = load_arrays("robustness/pictures"), load_figures("robustness/pictures")
    ways = dict(zip(figures["networks"], arrays["walk_l2"].argmax(-1), strict=True))
    targets = arrays["targets"]
    assert targets[7].tolist()[:2] == [9, 4]
    standard = ways["standard"][7, 0]
    assert 0.3 <= np.flatnonzero(standard != 7)[0] / 20 <= 0.4
    assert sum(way[7, 0, 16] == 7 for way in ways.values()) == 2
    assert sum(way[3, 0, 0] != 3 for way in ways.values()) == 1
    assert all(ways[name][7, 1, -1] == 4 for name in ("linf_0.3", "l2_2"))


# All networks of the book


def test_at_a_length_of_two_those_trained_on_attacks_are_highest_and_further_left():
    names = {"decay": "lmt-decay", "lenet_high": "lenet-high", "best": "lmt-best"}
    others = {name: left_by_all(network, "l2", 2.0) for name, network in names.items()}
    others |= {name: left_by_all(f"lmt-{name}", "l2", 2.0) for name in ("adversarial", "lmt")}
    highest = min(robust(model, "l2", 2.0).min() for model in ("l2_2", "l2_3"))
    assert highest > max(others.values()) + 5
    assert max(others, key=others.get) == "best"
    for name in names:
        assert NUMBERS[f"earlier-{name}"] == others[name]
    proven = 100 * (load_lmt("best")[0]["certified"][::10] >= 2).mean()
    assert NUMBERS["earlier-best-certified"] == pytest.approx(proven)
    assert others["best"] > proven > 45


# What is known since


def test_classes_are_far_apart_in_linf_and_not_in_l2():
    """Twice 0.3, the largest ε of the trainings in L∞, and twice the radii in L2."""
    nearest = load_arrays("class_distances")
    assert NUMBERS["nearest-class-linf"] == nearest["linf"].min() > 2 * 0.3
    overlaps = [NUMBERS[f"overlap-{eps}"] for eps in ("1.58", "2", "3")]
    for eps, overlap in zip((1.58, 2, 3), overlaps, strict=True):
        near = np.count_nonzero(nearest["l2"] <= 2 * eps)
        assert overlap == pytest.approx(100 * near / len(nearest["l2"]))
    assert 0 < overlaps[0] < 0.5 < overlaps[1] < 10 < overlaps[2] < 60


def test_better_generators_make_networks_more_robust():
    assert 60 < NUMBERS["gowal2021-robust"] < NUMBERS["wang2023-robust"]


def test_training_in_l2_helps_in_linf_only_so_far():
    for eps, name in ((0.1, "l2-at-small-linf"), (0.3, "l2-at-large-linf")):
        shares = [robust(model, "linf", eps).max() for model in ("l2_1", "l2_2", "l2_3")]
        assert NUMBERS[name] == max(shares)
    assert NUMBERS["l2-at-small-linf"] > 90 and 0 < NUMBERS["l2-at-large-linf"] < 3


def test_the_two_that_stay_highest_have_paid_with_clean_accuracy():
    standard, two, three = (each(model, "clean").mean() for model in ("standard", "l2_2", "l2_3"))
    assert three < two < standard
