"""The exact radii of maxout networks, against other solvers, exact arithmetic and attacks."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, nnls

from experiments.lmt_rounding import best_network
from experiments.training import split
from helpers import attacks, ensemble, exact, maxout
from helpers.architectures import maxout_network
from helpers.exact import exact_radius

pytestmark = pytest.mark.usefixtures("one_thread")


def small(seed, classes=3, planes=4, n=6, images=12):
    """A network of random planes, and images with the classes that it sees, in float64."""
    generator = torch.Generator().manual_seed(seed)
    network = maxout_network(classes, planes, n)
    for values in network.parameters():
        torch.nn.init.normal_(values, generator=generator)
    X = torch.rand(images, n, generator=generator)
    with torch.no_grad():
        y = network(X).argmax(1)
    return network, X, y


def scores(network, X):
    return (
        (X @ network.planes.weight.double().T + network.planes.bias.double())
        .unflatten(1, (-1, network.maxout.planes))
        .amax(2)
        .detach()
    )


def by_nnls(A, g):
    """The shortest δ with A δ ≥ g, as Lawson & Hanson (1974, chapter 23) reduce it to least squares
    with coefficients of 0 or more; None where there is none."""
    E = np.vstack([A.T, g])
    target = np.append(np.zeros(A.shape[1]), 1.0)
    u, _ = nnls(E, target)
    r = E @ u - target
    return None if abs(r[-1]) < 1e-12 else -r[:-1] / r[-1]


def shortest(network, x, t, in_range):
    """The distance of the nearest image of another class, by solvers of a library."""
    W = network.planes.weight.detach().double().numpy()
    b = network.planes.bias.detach().double().numpy()
    planes = network.maxout.planes
    own = np.arange(len(W)) // planes == t
    s = W @ x + b
    lengths = [np.inf]
    for z in np.flatnonzero(~own):
        A, g = W[z] - W[own], s[own] - s[z]
        if in_range:
            found = minimize(
                lambda d: d @ d / 2,
                np.zeros(len(x)),
                jac=lambda d: d,
                bounds=list(zip(-x, 1 - x, strict=True)),
                constraints={
                    "type": "ineq",
                    "fun": lambda d, A=A, g=g: A @ d - g,
                    "jac": lambda d, A=A: A,
                },
                method="SLSQP",
                options={"ftol": 1e-12, "maxiter": 500},
            )
            ok = found.success and (A @ found.x - g).min() > -1e-7
            delta = found.x if ok else None
        else:
            delta = by_nnls(A, g)
        if delta is not None:
            lengths.append(np.linalg.norm(delta))
    return min(lengths)


@pytest.mark.parametrize("in_range", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_radii_are_those_of_solvers_of_a_library(seed, in_range):
    network, X, y = small(seed)
    found = exact_radius(network, X, y, in_range)
    for k, x in enumerate(X.double().numpy()):
        distance = shortest(network, x, y[k].item(), in_range)
        if distance < np.inf:
            assert found.radius[k] == pytest.approx(distance, rel=1e-4, abs=2e-5)
            assert found.radius[k] <= distance * (1 + 1e-7)


@pytest.mark.parametrize("in_range", [False, True])
@given(seed=st.integers(0, 2**31), planes=st.integers(1, 6), n=st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_certificates_and_counterexamples_keep_their_order(in_range, seed, planes, n):
    network, X, y = small(seed, planes=planes, n=n)
    found = exact_radius(network, X, y, in_range)
    simple = maxout.certified_radius(network, X, y).numpy()
    assert (simple**2 <= found.radius**2 + 4 * exact.SLACK).all()
    assert (found.radius <= found.distance).all()
    reached = np.isfinite(found.distance)
    moved = torch.from_numpy(found.nearest)
    assert (attacks.margin(scores(network, moved), y) <= 0)[reached].all()
    assert found.distance[reached] == pytest.approx(
        np.linalg.norm(found.nearest - X.double().numpy(), axis=1)[reached]
    )
    if in_range:
        assert 0 <= found.nearest.min() and found.nearest.max() <= 1
        whole = exact_radius(network, X, y)
        assert (whole.radius <= found.radius + 1e-6).all()
    else:
        assert found.distance[reached] == pytest.approx(found.radius[reached], rel=2e-2, abs=1e-4)
        assert (found.radius[~reached] > 1000).all()  # no rival is ever the highest


@pytest.mark.parametrize("in_range", [False, True])
def test_every_bound_holds_in_exact_arithmetic(in_range, monkeypatch):
    """The dual's value at each λ that a radius comes from, in fractions, is that in float64, or
    less by less than the slack."""
    calls = []
    maximise = exact.maximise_dual

    def recorded(A, g, x, in_range, enough=np.inf):
        value, lam = maximise(A, g, x, in_range, enough)
        calls.append((A, g, x, lam, value))
        return value, lam

    monkeypatch.setattr(exact, "maximise_dual", recorded)
    network, X, y = small(0, n=20)
    exact_radius(network, X, y, in_range)
    assert len(calls) > 10
    for A, g, x, lam, value in calls:
        assert (lam >= 0).all()
        assert float(in_fractions(A, g, x, lam, in_range)) >= value - exact.SLACK / 2


def in_fractions(A, g, x, lam, in_range):
    rational = [[Fraction(a) for a in row] for row in A]
    lam = [Fraction(value) for value in lam]
    v = [
        sum(weight * row[j] for weight, row in zip(lam, rational, strict=True))
        for j in range(len(x))
    ]
    delta = [
        min(max(Fraction(at) + by, 0), 1) - Fraction(at) if in_range else by
        for at, by in zip(x, v, strict=True)
    ]
    return (
        sum(weight * Fraction(lead) for weight, lead in zip(lam, g, strict=True))
        + sum(d * d for d in delta) / 2
        - sum(by * d for by, d in zip(v, delta, strict=True))
    )


def test_one_plane_a_class_has_the_simple_radius():
    network, X, y = small(3, planes=1)
    simple = maxout.certified_radius(network, X, y).numpy()
    assert exact_radius(network, X, y).radius == pytest.approx(simple, abs=1e-6)


def test_a_misclassified_image_has_the_radius_0():
    network, X, y = small(0)
    found = exact_radius(network, X, (y + 1) % 3)
    assert not found.radius.any() and not found.distance.any()
    assert np.array_equal(found.nearest, X.double().numpy())


def test_another_network_is_refused():
    with pytest.raises(ValueError, match="network must be a maxout_network"):
        exact_radius(torch.nn.Linear(4, 3), torch.zeros(1, 4), torch.tensor([0]))


@pytest.mark.mnist
def test_no_attack_on_the_best_network_contradicts_its_radii(mnist):
    X, y = (values[5::500] for values in split(mnist)[2])
    network = best_network()
    found = exact_radius(network, X, y, in_range=True)
    far = ensemble.attacked(network, X, y, "l2", [1.58]).numpy()
    assert (found.radius <= far + 1e-6).all()
    right = found.radius > 0
    assert (found.distance - found.radius)[right].max() < 1e-2
    assert np.median(far[right] / found.distance[right]) < 1.1
