"""Accuracy against robustness: the theory against samples, and against classifiers of any kind."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.svm import LinearSVC

from helpers import losses
from helpers.tradeoff import (
    SMOOTH,
    Problem,
    accuracy,
    best_mix,
    f_avg,
    fit,
    hinge_risk,
    mix,
    population_minimiser,
    robust_bound,
    sample,
    worst_margin,
    x_1_alone,
)

strengths = st.floats(0.5, 0.99)


@st.composite
def problems(draw):
    """Any p, up to 40 weak features, and η√d from very weak to nearly sure."""
    d = draw(st.integers(1, 40))
    return Problem(draw(strengths), d, draw(st.floats(0.1, 6)) / math.sqrt(d))


@st.composite
def classified(draw):
    """A problem and weights for it: of any sign, and some of them 0."""
    problem = draw(problems())
    weights = st.lists(
        st.just(0.0) | st.floats(-5, 5).filter(lambda w: abs(w) > 1e-3),
        min_size=problem.d + 1,
        max_size=problem.d + 1,
    )
    return problem, np.array(draw(weights.filter(any)))


# Accuracy


def test_a_sample_is_as_the_problem_says():
    problem = Problem(0.8, 4, 0.3)
    X, y = sample(problem, 40_000)
    assert X.shape == (40_000, 5) and set(y) == {-1, 1}
    assert y.mean() == pytest.approx(0, abs=0.02)
    assert (X[:, 0] == y).mean() == pytest.approx(0.8, abs=0.01)
    assert set(X[:, 0]) == {-1, 1}
    assert (y[:, None] * X[:, 1:]).mean(axis=0) == pytest.approx([0.3] * 4, abs=0.025)
    assert np.cov((X - 0.3 * y[:, None])[:, 1:].T) == pytest.approx(np.eye(4), abs=0.03)
    again, other = sample(problem, 40_000), sample(problem, 40_000, seed=1)
    assert (X == again[0]).all() and (y == again[1]).all() and not (X == other[0]).all()


@given(classified(), st.floats(0, 1.5))
@settings(max_examples=60)
def test_accuracy_and_risk_are_what_samples_show(case, eps):
    problem, w = case
    margins = worst_margin(*sample(problem, 20_000), w, eps)
    # Margins of exactly 0 are a matter of rounding where x_1 alone has a weight.
    assume(abs(margins).min() > 1e-9)
    assert accuracy(problem, w, eps) == pytest.approx((margins > 0).mean(), abs=0.02)
    hinges = losses.hinge(margins)
    # What is rarer than one in so many may not be among the samples at all.
    slack = 5 * hinges.std() / math.sqrt(len(hinges)) + 20 / len(hinges)
    assert hinge_risk(problem, w, eps) == pytest.approx(hinges.mean(), abs=slack)


@given(classified(), st.floats(0, 1.5))
@settings(max_examples=30)
def test_no_change_within_eps_lowers_a_margin_below_the_worst(case, eps):
    problem, w = case
    X, y = sample(problem, 50)
    worst = worst_margin(X, y, w, eps)
    changes = np.random.default_rng(0).uniform(-eps, eps, X.shape)
    assert (y * ((X + changes) @ w) >= worst - 1e-9).all()
    assert y * ((X - eps * y[:, None] * np.sign(w)) @ w) == pytest.approx(worst, abs=1e-9)


@pytest.mark.parametrize("d", [1, 25, 900])
def test_the_paper_s_f_avg(d):
    problem = Problem(0.95, d, 3 / math.sqrt(d))
    assert accuracy(problem, f_avg(problem)) == pytest.approx(0.9987, abs=5e-5)
    assert accuracy(problem, f_avg(problem), 2 * problem.eta) == pytest.approx(0.0013, abs=5e-5)


@given(problems(), st.floats(0, 0.99))
def test_x_1_alone_keeps_p_until_eps_is_1(problem, eps):
    w = x_1_alone(problem)
    assert accuracy(problem, w, eps) == problem.p
    assert accuracy(problem, w, 1.0) == 0  # on the boundary, which counts as wrong


@given(problems(), st.floats(0, 1.5))
@settings(max_examples=60)
def test_no_mix_is_better_than_the_best(problem, eps):
    best = accuracy(problem, best_mix(problem, eps), eps)
    ratios = np.concatenate([np.linspace(0, 3, 301), np.geomspace(1e-4, 1e3, 200)])
    others = [mix(problem, sign * ratio) for ratio in ratios for sign in (1, -1)]
    others += [x_1_alone(problem), f_avg(problem)]
    assert max(accuracy(problem, w, eps) for w in others) <= best + 1e-12


@given(problems(), st.integers(0, 1000))
@settings(max_examples=40)
def test_the_best_mix_is_the_bayes_classifier(problem, seed):
    """It decides as the odds p(y = 1 | x) do, which are written down here from the densities."""
    X, _ = sample(problem, 200, seed)

    def log_density(y):
        return (
            np.log(np.where(X[:, 0] == y, problem.p, 1 - problem.p))
            - ((X[:, 1:] - problem.eta * y) ** 2).sum(axis=1) / 2
        )

    odds = log_density(1) - log_density(-1)
    clear = abs(odds) > 1e-6
    scores = X @ best_mix(problem)
    assert (np.sign(scores[clear]) == np.sign(odds[clear])).all()


@given(classified(), st.floats(1, 1.9))
def test_from_eta_on_no_linear_classifier_withstands_more_than_x_1(case, times):
    problem, w = case
    assert accuracy(problem, w, times * problem.eta) <= problem.p + 1e-12


# Theorem 2.1


@given(classified(), st.floats(2, 5))
@settings(max_examples=300)
def test_no_linear_classifier_crosses_the_frontier(case, times):
    problem, w = case
    robust = accuracy(problem, w, times * problem.eta)
    assert robust <= robust_bound(accuracy(problem, w), problem.p) + 1e-12


@given(strengths, st.tuples(*[st.floats(0, 1)] * 4))
@settings(max_examples=300)
def test_no_table_crosses_the_frontier(p, table):
    """Any classifier at all, by its probabilities p_ij of saying +1 where x_1 = i and the weak
    features are N(jη, 1): pushed by 2η, they are N(−jη, 1)."""
    says = dict(zip([(1, 1), (1, -1), (-1, 1), (-1, -1)], table, strict=True))

    def right(push):
        def of(y, x_1):
            said = says[x_1, push * y]
            return said if y == 1 else 1 - said

        return sum(p * of(y, y) + (1 - p) * of(y, -y) for y in (1, -1)) / 2

    standard, robust = right(1), right(-1)
    assert robust <= p / (1 - p) * (1 - standard) + 1e-12
    # The same by the two numbers of the proof.
    a, b = 1 - says[1, 1] + says[-1, -1], 1 - says[-1, 1] + says[1, -1]
    assert standard == pytest.approx(1 - (p * a + (1 - p) * b) / 2)
    assert robust == pytest.approx(((1 - p) * a + p * b) / 2)


@given(strengths, st.integers(1, 9), st.floats(0.5, 5), st.integers(0, 10_000))
@settings(max_examples=60)
def test_no_network_crosses_the_frontier(p, d, separation, seed):
    """Two random layers, each of ten units; pushing the weak features by 2η is one attack."""
    problem = Problem(p, d, separation / math.sqrt(d))
    rng = np.random.default_rng(seed)
    W_1, W_2 = rng.normal(size=(d + 1, 10)), rng.normal(size=(10, 10))
    b_1, b_2, w_3 = rng.normal(size=(3, 10))
    X, y = sample(problem, 20_000, seed)

    def right(X, sign):
        hidden = np.maximum(np.maximum(X @ W_1 + b_1, 0) @ W_2 + b_2, 0)
        return (y * (hidden @ (w_3 * sign)) > 0).mean()

    pushed = X - 2 * problem.eta * y[:, None] * (np.arange(d + 1) > 0)
    for sign in (1, -1):
        wrong, robust = 1 - right(X, sign), right(pushed, sign)
        slack = 4 * math.sqrt(0.25 / len(y)) * (1 + p / (1 - p))
        assert robust <= p / (1 - p) * wrong + slack


def test_the_frontier():
    assert robust_bound(0.99, 0.95) == pytest.approx(0.19)  # 19 δ
    assert robust_bound(1.0, 0.95) == 0
    assert robust_bound(0.6, 0.95) == 0.6
    assert robust_bound([0.95, 0.975], 0.95) == pytest.approx([0.95, 0.475])


@given(problems())
def test_x_1_alone_attains_the_frontier(problem):
    assume(2 * problem.eta < 1)
    w = x_1_alone(problem)
    bound = robust_bound(accuracy(problem, w), problem.p)
    assert accuracy(problem, w, 2 * problem.eta) == pytest.approx(bound)


def test_the_frontier_is_nearly_attained_by_guessing_between_f_avg_and_x_1():
    problem = Problem(0.9, 2500, 0.1)  # η√d = 5
    eps = 2 * problem.eta
    for share in (0.25, 0.5, 0.75):
        standard, robust = (
            share * accuracy(problem, f_avg(problem), e)
            + (1 - share) * accuracy(problem, x_1_alone(problem), e)
            for e in (0, eps)
        )
        assert robust == pytest.approx(robust_bound(standard, 0.9), abs=1e-5)


# Theorem 2.2

THEOREM = [
    (p, d, root / math.sqrt(d)) for p in (0.5, 0.8, 0.975) for d in (64, 400) for root in (4, 6)
]


@pytest.mark.parametrize("setting", THEOREM)
def test_the_svm_of_the_population_is_accurate_and_not_robust(setting):
    problem = Problem(*setting)
    w = population_minimiser(problem)
    assert np.linalg.norm(w) == pytest.approx(1, abs=1e-6)
    assert accuracy(problem, w) > 0.99
    assert accuracy(problem, w, 2 * problem.eta) < 0.01


@given(problems(), st.floats(0, 1.2))
@settings(max_examples=30)
def test_no_weights_have_a_smaller_risk_than_the_minimiser(problem, eps):
    best = hinge_risk(problem, population_minimiser(problem, eps), eps)
    rng = np.random.default_rng(0)
    for spread in (0.01, 0.3, 1):
        for w in rng.normal(size=(20, problem.d + 1)) * [1, *[spread] * problem.d]:
            inside = w / np.linalg.norm(w) * rng.random()
            assert best <= hinge_risk(problem, inside, eps) + 1e-7
    # The weak features may all be used alike, which chance hardly tries.
    for angle in np.linspace(0, math.pi / 2, 20):
        for radius in (0.3, 0.7, 0.9, 1):
            alike = [math.cos(angle), *[math.sin(angle) / math.sqrt(problem.d)] * problem.d]
            assert best <= hinge_risk(problem, radius * np.array(alike), eps) + 1e-7


@pytest.mark.parametrize("p", [0.7, 0.95])
def test_adversarial_training_drops_the_weak_features_from_eta_on(p):
    problem = Problem(p, 400, 0.2)
    for eps in (0.2, 0.3, 2 * p - 1.001):
        assert (population_minimiser(problem, eps) == x_1_alone(problem)).all()
    weak = [population_minimiser(problem, eps)[1] for eps in (0, 0.1, 0.15, 0.19)]
    assert min(weak) > 1e-3 and weak == sorted(weak, reverse=True)
    for eps in (2 * p - 1, 0.95, 3):
        assert (population_minimiser(problem, eps) == 0).all()


@pytest.mark.parametrize("eps", [0, 0.05, 0.2])
def test_samples_lead_to_the_weights_of_the_population(eps):
    problem = Problem(0.9, 20, 2.5 / math.sqrt(20))
    w = fit(*sample(problem, 8000), eps)
    population = population_minimiser(problem, eps)
    assert w == pytest.approx(population, abs=0.06)
    assert hinge_risk(problem, w, eps) <= hinge_risk(problem, population, eps) + 0.007


def test_trained_on_a_sample_in_the_setting_of_the_theorem():
    problem = Problem(0.95, 100, 0.4)
    eps = 2 * problem.eta
    X, y = sample(problem, 2000)
    standard, robust = fit(X, y), fit(X, y, eps)
    assert accuracy(problem, standard) > 0.99 and accuracy(problem, standard, eps) < 0.01
    assert robust == pytest.approx(x_1_alone(problem), abs=1e-9)
    assert accuracy(problem, robust, 0.99) == pytest.approx(0.95)
    assert fit(X, y, 0.95) == pytest.approx(np.zeros(101), abs=1e-9)  # eps > 2p − 1


@pytest.mark.parametrize("C", [3e-4, 1e-3, 1e-2])
def test_without_an_adversary_it_is_scikit_learns_support_vector_machine(C):
    X, y = sample(Problem(0.9, 10, 0.4), 500)
    model = LinearSVC(C=C, loss="hinge", fit_intercept=False, tol=1e-8, max_iter=1_000_000)
    theirs = model.fit(X, y).coef_[0]
    length = np.linalg.norm(theirs)  # images as much longer make the weights as much shorter
    ours = length * fit(length * X, y)
    assert ours == pytest.approx(theirs, abs=0.02 * length)
    losses_of = [losses.hinge(worst_margin(X, y, w)).mean() for w in (ours, theirs)]
    assert losses_of[0] <= losses_of[1] + 0.007


def test_no_direction_improves_what_was_fitted():
    X, y = sample(Problem(0.8, 15, 0.3), 400)
    rng = np.random.default_rng(0)
    for eps in (0.0, 0.1, 0.25, 0.5):
        w = fit(X, y, eps)
        least = losses.hinge(worst_margin(X, y, w, eps)).mean()
        for step in rng.normal(size=(200, 16)) * rng.choice([0.01, 0.1, 1], (200, 1)):
            other = (w + step) / max(1, np.linalg.norm(w + step))
            assert losses.hinge(worst_margin(X, y, other, eps)).mean() >= least - 0.007


def test_many_weak_features_take_little_memory():
    problem = Problem(0.95, 300_000, 0.01)
    assert accuracy(problem, x_1_alone(problem), 0.5) == 0.95


# Bad input

PROBLEM = Problem(0.9, 3, 0.5)
ALL = pytest.mark.parametrize("p", [0.49, 1, -1, math.nan])


@ALL
def test_a_bad_p(p):
    with pytest.raises(ValueError, match="p must be in"):
        Problem(p, 3, 0.5)
    with pytest.raises(ValueError, match="p must be in"):
        robust_bound(0.9, p)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"d": 0}, "d must be an integer"),
        ({"d": 2.5}, "d must be an integer"),
        ({"eta": 0}, "eta must be a positive"),
        ({"eta": -1}, "eta"),
        ({"eta": math.inf}, "eta"),
        ({"eta": math.nan}, "eta"),
    ],
)
def test_a_bad_problem(change, words):
    with pytest.raises(ValueError, match=words):
        Problem(**{"p": 0.9, "d": 3, "eta": 0.5} | change)


@pytest.mark.parametrize("eps", [-0.1, math.inf, math.nan])
def test_a_bad_eps(eps):
    X, y = sample(PROBLEM, 10)
    w = f_avg(PROBLEM)
    for call in (
        lambda: accuracy(PROBLEM, w, eps),
        lambda: hinge_risk(PROBLEM, w, eps),
        lambda: best_mix(PROBLEM, eps),
        lambda: population_minimiser(PROBLEM, eps),
        lambda: worst_margin(X, y, w, eps),
        lambda: fit(X, y, eps),
    ):
        with pytest.raises(ValueError, match="eps must be"):
            call()


@pytest.mark.parametrize(
    ("w", "words"),
    [([1, 0, 0], r"w must have shape \(4,\)"), (np.eye(4), "shape"), ([1, 0, 0, math.nan], "w")],
)
def test_bad_weights(w, words):
    for judge in (accuracy, hinge_risk):
        with pytest.raises(ValueError, match=words):
            judge(PROBLEM, w)


@pytest.mark.parametrize("standard", [-0.1, 1.1, math.nan, [0.5, 2]])
def test_bad_standard_accuracies(standard):
    with pytest.raises(ValueError, match="standard must"):
        robust_bound(standard, 0.9)


def test_a_bad_sample():
    X, y = sample(PROBLEM, 10)
    with pytest.raises(ValueError, match="y must hold"):
        fit(X, 0 * y)
    with pytest.raises(ValueError, match="X must have shape"):
        fit(X[0], y)


@pytest.mark.parametrize("p", [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("separation", [0.5, 3.0, 6.0])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_every_setting_is_fitted_as_well_as_the_dual_says(p, separation, times):
    """The oracle is weak duality. For slopes α in [0, 1] of the images' hinges, no w with ‖w‖ <= 1
    has a mean hinge below mean α − ‖S‖, where S is mean α y x with each number moved towards 0 by
    eps mean α."""
    problem = Problem(p, 30, separation / math.sqrt(30))
    X, y = sample(problem, 300)
    eps = times * problem.eta
    w = fit(X, y, eps)
    assert np.linalg.norm(w) <= 1 + 1e-12
    margins = y * (X @ w) - eps * np.abs(w).sum()
    alpha = expit((1 - margins) / SMOOTH)
    mean = (alpha * y) @ X / len(y)
    S = np.sign(mean) * np.maximum(np.abs(mean) - eps * alpha.mean(), 0)
    least = alpha.mean() - np.linalg.norm(S)
    assert np.maximum(1 - margins, 0).mean() <= least + 0.0075


@pytest.mark.parametrize("p", [0.6, 0.7, 0.8])
@pytest.mark.parametrize("times", [0, 2])
def test_the_figure_of_the_weights_can_be_drawn_for_other_shares(p, times):
    problem = Problem(p, 100, 0.3)
    w = fit(*sample(problem, 1000), times * problem.eta)
    assert np.isfinite(w).all() and np.linalg.norm(w) <= 1 + 1e-12


@pytest.mark.parametrize("scale", [1e-6, 1e4, 1e8])
def test_features_of_any_size_are_fitted(scale):
    """However large: rounding must not keep the descent from ending."""
    problem = Problem(0.9, 20, 0.5)
    X, y = sample(problem, n=200)
    w = fit(scale * X, y)
    hinge = np.maximum(1 - y * (scale * X @ w), 0).mean()
    assert np.linalg.norm(w) <= 1 + 1e-9
    for other in (f_avg(problem), x_1_alone(problem)):
        rival = np.maximum(1 - y * (scale * X @ other), 0).mean()
        assert hinge <= rival * (1 + 1e-3) + 0.01
