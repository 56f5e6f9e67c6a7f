"""Each claim of chapter 2 that no property test of the helpers holds already."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.quoted import scaling_the_loss
from helpers import linear, losses, toy
from helpers.results import load_svm_figures, load_table
from helpers.svm import svm_path

MODELS = load_svm_figures(3, 8)


def of(name):
    return np.array([model[name] for model in MODELS])


def clouds(seed=0, n=500):
    """The two clouds of the chapter's cells, the labels, and its boundary."""
    rng = np.random.default_rng(seed)
    y = np.repeat([-1, 1], n)
    X = rng.normal(size=(2 * n, 20)) + np.outer(y, np.linspace(0, 0.8, 20))
    return X, y, np.ones(20) / np.sqrt(20), 0.1


def test_the_norm_moves_no_error_but_scales_what_an_error_costs():
    X, y, w, b = clouds()
    wrong = y * linear.raw_score(X, w, b) < 0
    for norm in (0.1, 1, 10, 100):
        assert linear.error_rate(X, y, norm * w, norm * b) == linear.error_rate(X, y, w, b)
        hinge = losses.hinge(y * linear.raw_score(X, norm * w, norm * b))
        assert hinge[wrong] == pytest.approx(1 + norm * -(y * linear.raw_score(X, w, b))[wrong])
    assert (hinge[~wrong & (y * linear.signed_distance(X, w, b) > 0.01)] == 0).all()


def test_as_lam_grows_the_norm_falls_and_both_distances_rise():
    order = np.argsort(of("lam"))
    assert (np.diff(of("norm_w")[order]) < 0).all()
    assert np.log10(of("norm_w").max() / of("norm_w").min()) == pytest.approx(3.95, abs=0.05)
    for name in ("d_adv", "d_err"):
        assert (np.diff(of(name)[order]) > -1e-3 * of(name).max()).all()


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5), st.integers(0, 9))
def test_weight_decay_is_a_step_down_the_penalised_risk(eta, lam, seed):
    X, y, _, b = clouds(seed, n=20)
    w = np.random.default_rng(seed).normal(size=20)

    def penalised(w):
        return linear.empirical_risk(X, y, w, b, losses.softplus) + lam * w @ w

    unit = 1e-5 * np.eye(20)
    gradient = np.array([(penalised(w + e) - penalised(w - e)) / 2e-5 for e in unit])
    slope = losses.softplus_slope(y * linear.raw_score(X, w, b)) * y / len(y)
    decayed = (1 - 2 * eta * lam) * w - eta * slope @ X
    assert decayed == pytest.approx(w - eta * gradient, abs=1e-6)


def test_xus_adversary_reaches_the_formula_and_never_beats_it():
    X, y, w, b = clouds()
    c, rng = 5.0, np.random.default_rng(1)
    assert (y * linear.raw_score(X, w, b)).min() < 0  # not separated by this boundary

    def hinges(X):
        return losses.hinge(y * linear.raw_score(X, w, b)).sum()

    bound = c * np.linalg.norm(w) + hinges(X)
    for concentration in (1e-3, 0.1, 10):
        directions = rng.normal(size=X.shape)
        shares = c * rng.dirichlet(np.full(len(y), concentration))
        moves = directions * (shares / np.linalg.norm(directions, axis=1))[:, None]
        assert hinges(X - moves) <= bound + 1e-9
        along_w = np.outer(shares * y, w / np.linalg.norm(w))  # the best direction, shared badly
        assert hinges(X - along_w) <= bound + 1e-9
    worst = np.argmin(y * linear.raw_score(X, w, b))
    X[worst] -= c * y[worst] * w / np.linalg.norm(w)
    assert hinges(X) == pytest.approx(bound)


@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_goodfellows_worst_case_takes_eps_times_the_l1_norm(seed, eps):
    rng = np.random.default_rng(seed)
    w, x, y = rng.normal(size=20), rng.normal(size=20), rng.choice([-1, 1])
    margin = y * linear.raw_score(x, w, 0.3)
    worst = y * linear.raw_score(x - y * eps * np.sign(w), w, 0.3)
    assert worst == pytest.approx(margin - eps * np.abs(w).sum())
    other = x + rng.uniform(-eps, eps, size=20)
    assert y * linear.raw_score(other, w, 0.3) >= worst - 1e-9


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1))
def test_a_budget_for_each_image_is_another_objective(seed, eps):
    X, y, w, b = clouds(seed, n=50)
    norm = np.linalg.norm(w)
    margins = y * linear.raw_score(X, w, b)
    moved = X - eps * np.outer(y, w / norm)
    each = losses.hinge(y * linear.raw_score(moved, w, b))
    assert each == pytest.approx(np.maximum(1 - margins + eps * norm, 0))
    grown = each - losses.hinge(margins)
    assert grown[margins <= 1] == pytest.approx(eps * norm)
    assert (grown[margins > 1 + eps * norm] == 0).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1))
def test_for_the_exponential_loss_eps_is_a_penalty_on_the_logarithm_of_the_risk(seed, eps):
    X, y, w, b = clouds(seed, n=50)
    for norm, worst in ((1, np.sign(w)), (2, w / np.linalg.norm(w))):
        risks = [
            np.exp(-y * linear.raw_score(some, w, b)).mean()
            for some in (X, X - eps * np.outer(y, worst))
        ]
        gained = eps * np.linalg.norm(w, norm)
        assert np.log(risks[1]) == pytest.approx(np.log(risks[0]) + gained)


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.1))
def test_for_the_hinge_eps_is_a_penalty_while_the_same_images_pay(seed, eps):
    X, y, w, b = clouds(seed, n=50)
    margins, shift = y * linear.raw_score(X, w, b), eps * np.linalg.norm(w)
    pays = margins < 1
    before, after = losses.hinge(margins).mean(), losses.hinge(margins - shift).mean()
    same = (pays == (margins - shift < 1)).all()
    assert same == (after == pytest.approx(before + pays.mean() * shift, abs=1e-12))


def test_more_errors_can_have_a_smaller_error_distance():
    X, y = np.array([[1.0], [1], [1], [-10], [-10], [-1]]), np.array([1, 1, 1, 1, 1, -1])
    rates = [linear.error_rate(X, y, [1.0], b) for b in (0.0, 1.5)]
    distances = [linear.error_distance(X, y, [1.0], b) for b in (0.0, 1.5)]
    assert rates == pytest.approx([2 / 6, 3 / 6])
    assert distances == pytest.approx([20 / 6, 17.5 / 6])


def test_the_conversions_of_lam():
    lam, n = 1 / (2 * 6000 * 1.0), 6000
    assert lam == pytest.approx(8.3e-5, rel=0.01) and 2 * lam == pytest.approx(1.7e-4, rel=0.02)
    w = np.ones(3)
    for penalty, ours in [
        (lambda w, other: other / (2 * n) * w @ w, lambda other: other / (2 * n)),
        (lambda w, other: other / 2 * w @ w, lambda other: other / 2),
        (lambda w, other: 1e-5 * other * w @ w, lambda other: 1e-5 * other),
        (lambda w, other: w @ w / (2 * n * other), lambda other: 1 / (2 * n * other)),
    ]:
        assert penalty(w, 0.7) == pytest.approx(ours(0.7) * w @ w)


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.sampled_from([0, 1]))
def test_the_risk_exceeds_the_norm_times_d_err_by_at_most_f_of_0(seed, norm, which):
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(size=(30, 4)), rng.choice([-1, 1], 30), rng.normal(size=4)
    loss, most = [(losses.hinge, 1), (losses.softplus, np.log(2))][which]
    w = norm * w / np.linalg.norm(w)
    rest = linear.empirical_risk(X, y, w, 0.1 * norm, loss) - norm * linear.error_distance(
        X, y, w, 0.1 * norm
    )
    assert -1e-9 * norm <= rest <= most + 1e-9 * norm


def test_where_classes_are_separated_the_hinge_ends_at_the_hard_margin():
    """And the softplus goes on growing, ever closer to its direction."""
    X, y = toy.training_set()
    lams = [1e-4, 1e-5, 1e-6]
    hinge = [toy.fit(X, y, lam, "hinge", bias=True) for lam in lams]
    softplus = [toy.fit(X, y, lam, "softplus", bias=True) for lam in lams]
    w, b = hinge[-1]
    assert hinge[0][0] == pytest.approx(w, rel=1e-4)
    assert linear.geometric_margin(X, y, w, b).min() == pytest.approx(1 / np.linalg.norm(w))
    norms = [np.linalg.norm(w) for w, _ in softplus]
    assert norms[0] < norms[1] < norms[2]
    apart = [1 - w_k @ w / np.linalg.norm(w_k) / np.linalg.norm(w) for w_k, _ in softplus]
    assert apart[0] > apart[1] > apart[2] > 0


def test_forty_pairs_are_separated_and_there_d_err_is_0():
    svms = load_table("svm_mnist").reshape(45, 81)
    separated = svms["err_train"][:, -1] == 0
    assert separated.sum() == scaling_the_loss.numbers()["separated"] == 40
    assert (svms["d_err"][separated, -1] == 0).all()
    assert (svms["d_err"][~separated, -1] > 0).all()
    names = {"{}v{}".format(*row) for row in svms[~separated, 0][["digit_i", "digit_j"]].tolist()}
    assert names == {"3v5", "3v8", "4v9", "5v8", "7v9"}


def test_xus_equivalence_needs_data_that_cannot_be_separated():
    """Two images at −1 and 1, and c = 0.1: 0 on the left, 0.1 on the right."""
    w = np.linspace(0, 3, 3001)[:, None]
    shares = np.linspace(0, 0.1, 101)  # what the adversary spends on the first image
    hinges = np.maximum(1 - w * (1 - shares), 0) + np.maximum(1 - w * (0.9 + shares), 0)
    assert hinges.max(axis=1).min() == 0
    penalised = 0.1 * w[:, 0] + 2 * np.maximum(1 - w[:, 0], 0)
    assert penalised.min() == pytest.approx(0.1) and w[penalised.argmin(), 0] == pytest.approx(1)


def test_a_penalty_on_the_norm_or_on_its_square_leads_through_the_same_classifiers():
    X, y, *_ = clouds(n=30)
    lam = 0.02
    path = svm_path(X, y, [lam], tol=1e-9)
    c = 2 * lam * np.linalg.norm(path.w[0])  # where both have the same slope

    def objective(w, b):
        return linear.empirical_risk(X, y, w, b, losses.hinge) + c * np.linalg.norm(w)

    least, rng = objective(path.w[0], path.b[0]), np.random.default_rng(0)
    for size in (1e-3, 0.1, 1):
        for _ in range(50):
            w = path.w[0] + size * rng.normal(size=20)
            assert objective(w, path.b[0] + size * rng.normal()) >= least - 1e-7
