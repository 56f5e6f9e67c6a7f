"""Adversarial training, and linear classifiers against an adversary in every pixel."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from small_digits import digits, train_set, unseen

from helpers import architectures, attacks, robust_linear, training
from helpers.adversarial import Adversarial
from helpers.initialisation import fan_in, initialise
from helpers.losses import softplus
from helpers.noise import BatchNoise

pytestmark = pytest.mark.usefixtures("one_thread")


def new_network(seed=0):
    return initialise(architectures.two_layers(64, 32, 10), fan_in, seed)


# Training a network


def test_each_batch_is_attacked_from_new_starts():
    network, (X, y) = new_network(), (each[:100] for each in digits())
    loss = Adversarial(0.5)
    one, other = loss(network, X, y), loss(network, X, y)
    assert one != other and loss.state["calls"] == 2
    assert one > training.cross_entropy(network, X, y)
    assert Adversarial(0.5)(network, X, y) == one


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_the_loss_is_that_of_the_examples_of_an_ascent(norm):
    network, (X, y) = new_network(), (each[:100] for each in digits())
    start = attacks.random_in_ball(X, 0.2, norm, BatchNoise(X, 0))
    moved = attacks.ascend(network, X, y, start, 0.2, norm, steps=5)
    expected = training.cross_entropy(network, moved, y)
    assert Adversarial(0.2, norm, steps=5)(network, X, y) == expected


@pytest.mark.parametrize(("norm", "eps"), [("l2", 0.8), ("linf", 0.1)])
def test_adversarial_training_makes_robust(norm, eps):
    robust = {}
    for name, loss in (("plain", training.cross_entropy), ("trained", Adversarial(eps, norm))):
        network = new_network()
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
        training.train(network, *train_set(), optimiser, 8, 100, loss=loss, disable=True)
        (robust[name],) = attacks.robust_accuracy(network, *unseen(), [eps], norm)
    assert robust["trained"] > robust["plain"] + 0.15


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": -1}, "eps must be 0 or more"),
        ({"norm": "l1"}, r"norm must be one of \['l2', 'linf'\]; got 'l1'"),
        ({"steps": 0}, "steps must be 1 or more"),
    ],
)
def test_the_loss_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        Adversarial(**({"eps": 0.1} | change))


# Linear classifiers

SMALL = st.floats(-3, 3)


@pytest.fixture(scope="module")
def pair():
    """The images of 5 and 7 with labels -1 and +1."""
    X, y = (each.numpy() for each in digits())
    rows = np.isin(y, (5, 7))
    return X[rows].astype(float), y[rows] - 6


@given(st.lists(SMALL, min_size=4, max_size=4), SMALL, st.floats(0, 0.5), st.integers(0, 99))
def test_no_corner_of_the_box_lowers_the_margin_further(w, b, eps, seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.random((6, 4)), rng.choice([-1, 1], 6), np.array(w)
    corners = eps * np.stack(np.meshgrid(*[[-1, 1]] * 4), -1).reshape(-1, 4)
    moved = X[:, None] + corners
    margins = (y[:, None] * (moved @ w + b)).min(1)
    np.testing.assert_allclose(robust_linear.robust_margin(X, y, w, b, eps), margins, atol=1e-12)

    inside = (y[:, None] * (moved.clip(0, 1) @ w + b)).min(1)
    worst = robust_linear.worst_images(X, y, w, eps)
    np.testing.assert_allclose(y * (worst @ w + b), inside, atol=1e-12)
    assert worst.min() >= 0 and worst.max() <= 1 and np.abs(worst - X).max() <= eps + 1e-12


def test_robust_accuracy_is_what_attacks_find(pair):
    X, y = pair
    w, b = robust_linear.fit(X, y, lam=1e-3)
    layer = torch.nn.Linear(64, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(np.stack([-w / 2, w / 2])))
        layer.bias.copy_(torch.tensor([-b / 2, b / 2]))
    images = torch.tensor(X).float(), torch.tensor((y + 1) // 2)
    for eps in (0.1, 0.2):
        (found,) = attacks.robust_accuracy(layer, *images, [eps], "linf")
        exact = robust_linear.robust_accuracy(X, y, w, b, eps, in_range=True)
        assert found == pytest.approx(exact, abs=0.01)
        assert robust_linear.robust_accuracy(X, y, w, b, eps) <= exact
    assert 0.05 < exact < 0.95


def test_correlations_are_those_of_numpy(pair):
    X, y = pair
    X = np.column_stack([X, np.full(len(X), 0.1)])
    ours = robust_linear.correlations(X, y)
    varies = np.ptp(X, axis=0) > 0
    assert not varies[-1] and not ours[~varies].any()
    expected = [np.corrcoef(x, y)[0, 1] for x in X.T[varies]]
    np.testing.assert_allclose(ours[varies], expected, atol=1e-12)


def test_plain_fit_is_logistic_regression(pair):
    X, y = pair
    w, b = robust_linear.fit(X, y, lam=1e-3)
    theirs = LogisticRegression(C=1 / (2e-3 * len(y)), tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(w, theirs.coef_[0], atol=2e-3)
    assert b == pytest.approx(theirs.intercept_[0], abs=2e-3)


def worst_loss(parameters, X, y, eps, lam):
    w, b = parameters[:-1], parameters[-1]
    margin = robust_linear.robust_margin(X, y, w, b, eps)
    return softplus(margin).mean() + lam * w @ w


@pytest.mark.parametrize("eps", [0.05, 0.2, 0.6])
def test_the_fit_is_a_minimum(pair, eps):
    X, y = pair
    few = X[:, 18:24]
    w, b = robust_linear.fit(few, y, eps, lam=1e-3)
    least = worst_loss(np.append(w, b), few, y, eps, 1e-3)
    search = minimize(
        worst_loss, np.zeros(7), (few, y, eps, 1e-3), "Powell", options={"xtol": 1e-8}
    )
    assert least <= search.fun + 1e-7


def test_a_robust_fit_drops_pixels(pair):
    X, y = pair
    fits = [robust_linear.fit(X, y, eps) for eps in (0.0, 0.2, 0.4)]
    used = [np.count_nonzero(w) for w, _ in fits]
    assert used[0] > 40 and used[1] < 15 and used == sorted(used, reverse=True)
    plain, robust = (robust_linear.robust_accuracy(X, y, w, b, 0.2) for w, b in fits[:2])
    assert robust > plain + 0.2
    w, b = robust_linear.fit(X, y, 2.0)  # nothing is left to learn
    assert not w.any() and math.isfinite(b)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eps": -0.1}, "eps must be 0 or more, and finite; got -0.1"),
        ({"eps": math.nan}, "eps must be 0 or more"),
        ({"lam": -1.0}, "lam must be 0 or more, and finite; got -1.0"),
        ({"X": np.zeros((0, 2))}, "X must have shape"),
        ({"y": np.array([0, 1])}, "y must hold -1"),
    ],
)
def test_a_fit_refuses(change, message):
    good = {"X": np.eye(2), "y": np.array([-1, 1])}
    with pytest.raises(ValueError, match=message):
        robust_linear.fit(**(good | change))


def test_a_search_that_fails_says_so(pair, monkeypatch):
    def stopped(*args, options, **rest):
        return minimize(*args, options={"maxiter": 2}, **rest)

    monkeypatch.setattr(robust_linear, "minimize", stopped)
    with pytest.raises(ArithmeticError, match="the weights were not found"):
        robust_linear.fit(*pair)
