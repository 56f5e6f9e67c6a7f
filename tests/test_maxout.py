"""Maxout: certified radii against brute force, exact distances and attacks, and the training."""

import copy
import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from lmt_networks import EPS, small_maxout
from lmt_networks import trained as trained_network
from scipy.optimize import nnls
from small_digits import digits, train_set, unseen
from torch import nn

from helpers import attacks, evaluation, lmt
from helpers.architectures import maxout_network
from helpers.layers import Maxout
from helpers.lmt import certified_accuracy
from helpers.maxout import CertifiedMargin, certified_radius, deciding_planes, start_from_images
from helpers.nearest import decoupled, nearest_found

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def images():
    """Images that the network was not trained on: X, y."""
    return unseen(300)


@pytest.fixture(scope="module")
def trained():
    return trained_network("maxout")


@st.composite
def problems(draw, least_planes=1):
    """A small maxout network in float64, and a few images with classes: network, X, y."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 9999)))
    classes, planes = draw(st.integers(2, 4)), draw(st.integers(least_planes, 4))
    n = draw(st.integers(1, 5))
    network = maxout_network(classes, planes, n).double()
    for W in network.parameters():
        W.data = torch.randn(W.shape, generator=generator).double()
    X = torch.rand(6, n, generator=generator).double()
    right = network(X).argmax(1)
    y = torch.randint(0, classes, (6,), generator=generator)
    return network, X, torch.where(torch.arange(6) < 4, right, y)


@st.composite
def crossings(draw):
    """As problems, but of few whole numbers and halves: ties, and planes that are parallel or the
    same, within a class and across classes."""
    classes, planes = draw(st.integers(2, 3)), draw(st.integers(1, 3))
    n = draw(st.integers(1, 2))

    def drawn(numbers, *shape):
        count = math.prod(shape)
        return torch.tensor(draw(st.lists(numbers, min_size=count, max_size=count))).view(shape)

    network = maxout_network(classes, planes, n).double()
    network.planes.weight.data = drawn(st.integers(-1, 1), classes * planes, n).double()
    network.planes.bias.data = drawn(st.integers(-1, 1), classes * planes).double()
    X = drawn(st.sampled_from([0.0, 0.5, 1.0]), 4, n).double()
    return network, X, drawn(st.integers(0, classes - 1), 4)


def bounds(network, x, label):
    """For each rival plane the bound by the best single plane of the class ``label``: in plain
    numpy, one pair of planes after the other."""
    W, b = (each.detach().numpy() for each in network.planes.parameters())
    s = W @ x.numpy() + b
    found = []
    for z in rival_planes(network, label):
        of_pairs = []
        for w in own_planes(network, label):
            lead, distance = s[w] - s[z], np.linalg.norm(W[w] - W[z])
            # Parallel planes never cross; 0 stays 0.
            of_pairs.append(lead / distance if distance else lead and math.copysign(np.inf, lead))
        found.append(max(of_pairs))
    return np.array(found)


def own_planes(network, label):
    planes = network.maxout.planes
    return range(planes * label, planes * (label + 1))


def rival_planes(network, label):
    every, own = range(network.planes.out_features), own_planes(network, label)
    return [z for z in every if z not in own]


# The radius


@given(problems())
def test_the_radius_is_that_of_brute_force(problem):
    network, X, y = problem
    found = certified_radius(network, X, y)
    expected = [max(bounds(network, *each).min(), 0) for each in zip(X, y.tolist(), strict=True)]
    assert found.dtype == torch.float64 and found.shape == (6,)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@given(crossings())
def test_ties_and_planes_that_never_cross(problem):
    network, X, y = problem
    found = certified_radius(network, X, y)
    for x, label, radius in zip(X, y.tolist(), found.tolist(), strict=True):
        expected = max(bounds(network, x, label).min(), 0)
        assert radius > 1e9 if expected == math.inf else radius == pytest.approx(expected)
    assert torch.equal(found > 0, attacks.margin(network(X).detach(), y) > 0)


@given(problems())
def test_a_radius_is_certified_where_the_class_is_right_and_nowhere_else(problem):
    network, X, y = problem
    assert torch.equal(certified_radius(network, X, y) > 0, network(X).argmax(1) == y)


def test_the_radius_is_the_distance_to_the_boundary_for_one_plane_a_class_and_two_classes():
    generator = torch.Generator().manual_seed(0)
    network = maxout_network(2, 1, 10)
    X = torch.rand(50, 10, generator=generator)
    W, b = (each.detach().double() for each in network.planes.parameters())
    s, w = X.double() @ (W[1] - W[0]) + b[1] - b[0], W[1] - W[0]
    found = certified_radius(network, X, (s > 0).long())
    torch.testing.assert_close(found, s.abs() / w.norm())
    assert not certified_radius(network, X, (s <= 0).long()).any()


def test_one_plane_a_class_is_the_second_proposition():
    generator = torch.Generator().manual_seed(0)
    network = maxout_network(5, 1, 10)
    X = torch.rand(50, 10, generator=generator)
    y = network(X).argmax(1)
    expected = lmt.certified_radius(nn.Sequential(network.planes), X, y)
    torch.testing.assert_close(certified_radius(network, X, y), expected)


@given(problems(least_planes=2))
def test_the_deciding_planes_are_of_the_right_classes_and_give_the_radius(problem):
    network, X, y = problem
    W, planes = network.planes.weight.detach(), network.maxout.planes
    s = network.planes(X).detach()
    w, z, radius = deciding_planes(s, y, torch.cdist(W, W), planes, own=planes)
    assert torch.equal(w // planes, y) and not (z // planes == y).any()
    rows = torch.arange(len(y))
    torch.testing.assert_close(radius, (s[rows, w] - s[rows, z]) / (W[w] - W[z]).norm(dim=1))


@given(problems())
def test_fewer_planes_of_the_true_class_never_raise_a_radius(problem):
    network, X, y = problem
    W, planes = network.planes.weight.detach(), network.maxout.planes
    s, distances = network.planes(X).detach(), torch.cdist(W, W)
    found = [deciding_planes(s, y, distances, planes, own)[2] for own in range(1, planes + 3)]
    for fewer, more in pairwise(found):
        assert (fewer <= more).all() and torch.equal(fewer > 0, more > 0)
    assert torch.equal(found[planes - 1], found[-1])


def test_the_radius_does_not_depend_on_the_batch_and_leaves_the_network_alone(trained, images):
    before = {name: W.clone() for name, W in trained.state_dict().items()}
    radius = certified_radius(trained, *images)
    torch.testing.assert_close(certified_radius(trained, *images, batch=7), radius)
    twice_as_precise = copy.deepcopy(trained).double()
    torch.testing.assert_close(certified_radius(twice_as_precise, *images), radius)
    assert all(torch.equal(W, before[name]) for name, W in trained.state_dict().items())


# In single precision


def crossing(bias):
    """Two classes with a plane each that cross at x₁ = 0.3, lifted by a large bias, and an image at
    0.5 of the class whose plane is the higher one there."""
    network = maxout_network(2, 1, 2)
    network.planes.weight.data = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    network.planes.bias.data = torch.tensor([bias + 0.3, bias])
    return network, torch.tensor([[0.5, 0.0]]), torch.tensor([1])


def test_rounding_breaks_a_tight_certificate_and_none_that_leaves_room_for_it():
    network, X, y = crossing(bias=1000.0)
    exact, single = (certified_radius(network, X, y, single).item() for single in (False, True))
    depths = torch.linspace(1e-7, 1e-4, 500)[:, None]
    there = X - (exact - depths) * torch.tensor([1.0, 0.0])
    lengths = (there.double() - X).norm(dim=1)
    wrong = network(there).argmax(1) != y
    assert 0 < single < lengths[wrong].min() < exact


@given(problems(), st.sampled_from([0.0, 30.0, 3000.0]))
def test_the_radius_for_single_precision_is_that_of_the_formula(problem, bias):
    network, X, y = problem
    network.planes.bias.data += bias
    W, b = (each.detach().numpy() for each in network.planes.parameters())
    k, u = X.shape[1] + 2, 2.0**-24
    gamma = k * u / (1 - k * u)
    found = certified_radius(network, X, y, single=True)
    for x, label, radius in zip(X.numpy(), y.tolist(), found.tolist(), strict=True):
        s, e = W @ x + b, gamma * (np.abs(W) @ np.abs(x) + np.abs(b))
        pairs = [
            [
                (s[w] - s[z] - e[w] - e[z])
                / (np.linalg.norm(W[w] - W[z]) + gamma * np.linalg.norm(W[[w, z]], axis=1).sum())
                for w in own_planes(network, label)
            ]
            for z in rival_planes(network, label)
        ]
        assert radius == pytest.approx(max(np.max(pairs, axis=1).min(), 0), rel=1e-6, abs=1e-9)


@given(problems(), st.sampled_from([0.0, 30.0, 3000.0]))
def test_no_change_within_the_radius_for_single_precision_alters_what_is_computed(problem, bias):
    network, X, y = problem
    network, X = copy.deepcopy(network).float(), X.float()
    network.planes.bias.data += bias
    radius = certified_radius(network, X, y, single=True)
    assert (radius <= certified_radius(network, X, y)).all()
    W = network.planes.weight.detach()
    ways = F.normalize((W[:, None] - W).flatten(0, 1).double())
    for x, label, r in zip(X, y, radius, strict=True):
        for share in (1 - 1e-6, 0.999):
            there = (x.double() + share * r * ways).float()
            inside = (there.double() - x.double()).norm(dim=1) < r
            assert (network(there[inside]).argmax(1) == label).all()


# Against the true distance


def distance_to_polytope(A, c):
    """min ‖δ‖ with A δ ≥ c, the δ, and how many rows of A hold it; infinite where no δ does.

    Least distance programming by non-negative least squares (Lawson & Hanson 1974, chapter 23).
    """
    E, f = np.vstack([A.T, c]), np.append(np.zeros(A.shape[1]), 1.0)
    u, size = nnls(E, f)
    r = E @ u - f
    if size < 1e-7:
        return math.inf, None, 0
    delta = -r[:-1] / r[-1]
    return np.linalg.norm(delta), delta, np.count_nonzero(u)


def true_distances(network, x, label):
    """For each rival plane the distance to the points where no plane of the class ``label`` lies
    above it, the change that leads there, and how many of these planes it meets."""
    W, b = (each.detach().numpy() for each in network.planes.parameters())
    s, own = W @ x.numpy() + b, list(own_planes(network, label))
    rivals = rival_planes(network, label)
    return [distance_to_polytope(W[z] - W[own], s[own] - s[z]) for z in rivals]


@given(problems())
def test_no_radius_exceeds_the_true_distance_and_one_plane_in_the_way_gives_it(problem):
    network, X, y = problem
    right = network(X).argmax(1) == y
    certified = certified_radius(network, X, y)
    for x, label, radius in zip(X[right], y[right], certified[right].tolist(), strict=True):
        found = true_distances(network, x, label.item())
        for (distance, _, met), bound in zip(found, bounds(network, x, label.item()), strict=True):
            assert bound <= distance * (1 + 1e-6)
            if met == 1:
                assert bound == pytest.approx(distance, rel=1e-6)
        distance, delta, _ = min(found, key=lambda each: each[0])
        assert radius <= distance * (1 + 1e-6)
        if distance < math.inf:
            there = network((x + torch.tensor(delta))[None])
            assert attacks.margin(there, label[None]).item() < 1e-7 * (1 + distance)


def test_the_certificate_is_not_always_the_whole_distance(trained, images):
    """And yet it is for many digits, whose nearest rival has one plane in its way."""
    X, y = (each[:40] for each in images)
    certified = certified_radius(trained, X, y)
    network = copy.deepcopy(trained).double()
    pairs = [
        (radius, min(distance for distance, *_ in true_distances(network, x, label)))
        for x, label, radius in zip(X.double(), y.tolist(), certified.tolist(), strict=True)
        if radius > 0
    ]
    shares = np.array([radius / distance for radius, distance in pairs])
    assert shares.max() <= 1 + 1e-6 and shares.min() < 0.999 and np.median(shares) > 0.9


ATTACKS = {
    "PGD": partial(attacks.pgd, eps=2.0, steps=20, restarts=10),
    "DeepFool": attacks.deepfool,
    "decoupled": partial(decoupled, steps=50),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_finds_a_smaller_distance(trained, images, name):
    certified = certified_radius(trained, *images)
    _, found = nearest_found(trained, *images, ATTACKS[name])
    # Attacks round to single precision, and come that close to the boundary.
    assert (certified <= found * (1 + 1e-5)).all()
    assert (found / certified)[certified > 0].median() < 1.5


# The start


def test_the_class_of_the_nearest_mean_wins():
    X, y = digits()
    network = start_from_images(X, y, planes=3, images=4, seed=0)
    distances = torch.cdist(X, network.planes.weight.detach())
    assert torch.equal(network(X).argmax(1), distances.argmin(1) // 3)
    assert evaluation.error_rate(network, X, y) < 0.1


def test_planes_start_from_images_of_their_class():
    X, y = train_set()
    of_one = start_from_images(X, y, planes=2, images=1, seed=0).planes.weight.detach()
    distances, nearest = torch.cdist(of_one, X).min(1)
    assert distances.max() < 1e-3 and torch.equal(y[nearest], torch.arange(10).repeat_interleave(2))
    few = torch.cat([torch.nonzero(y == c)[:5, 0] for c in range(10)])
    of_all = start_from_images(X[few], y[few], planes=1, images=5, seed=0)
    means = torch.stack([X[few[y[few] == c]].mean(0) for c in range(10)])
    torch.testing.assert_close(of_all.planes.weight.detach(), means)
    torch.testing.assert_close(of_all.planes.bias.detach(), -means.square().sum(1) / 2)


def test_the_seed_decides_the_start():
    one, same, other = (small_maxout(seed).planes.weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


# The loss


def by_the_formula(loss, network, X, y):
    """The loss with the radius taken over all pairs of planes, one image after the other."""
    W, b = network.planes.weight, network.planes.bias
    total = 0
    for x, label in zip(X, y.tolist(), strict=True):
        s = W @ x + b
        own, rivals = list(own_planes(network, label)), rival_planes(network, label)
        leads = s[own][:, None] - s[rivals]
        r = (leads / (W[own][:, None] - W[rivals]).norm(dim=2)).amax(0).amin()
        pulled = F.softplus(5 * (loss.eps / 3 - r)) / 5
        total = total + torch.sigmoid((loss.eps - r) / loss.width) + loss.keep * pulled
    return total / len(y)


@given(problems(), st.sampled_from([0.0, 0.3, 2.0]), st.sampled_from([0.1, 0.4]))
def test_the_loss_and_its_gradient_are_those_of_the_formula(problem, eps, width):
    network, X, y = problem
    loss = CertifiedMargin(eps, width, keep=0.7)
    value, expected = loss(network, X, y), by_the_formula(loss, network, X, y)
    torch.testing.assert_close(value, expected)
    weights = list(network.parameters())
    for found, gradient in zip(
        torch.autograd.grad(value, weights), torch.autograd.grad(expected, weights), strict=True
    ):
        torch.testing.assert_close(found, gradient)


def test_the_loss_of_one_image_by_hand():
    """Two planes ±x₁, so that the boundary is at x₁ = 0, and r = x₁ for class 0."""
    network = maxout_network(2, 1, 2)
    network.planes.weight.data = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    network.planes.bias.data.zero_()
    X = torch.tensor([[0.6, 0.2]])
    for y, r in ((0, 0.6), (1, -0.6)):
        expected = 1 / (1 + math.exp((r - 0.9) / 0.5)) + 2 * math.log1p(math.exp(1.5 - 5 * r)) / 5
        value = CertifiedMargin(0.9, width=0.5, keep=2)(network, X, torch.tensor([y]))
        assert value.item() == pytest.approx(expected, rel=1e-6)


def test_the_distances_are_taken_anew_at_the_start_and_every_20_batches():
    X, y = (each[:50] for each in train_set())
    network, moved = small_maxout(), small_maxout(seed=1)
    moved.planes.weight.data *= torch.linspace(0.2, 3, 80)[:, None]
    expected = CertifiedMargin(EPS)(moved, X, y)
    loss = CertifiedMargin(EPS)
    loss(network, X, y)
    values = [loss(moved, X, y) for _ in range(20)]
    assert not torch.equal(values[18], expected) and torch.equal(values[19], expected)
    loss.start()
    assert torch.equal(loss(network, X, y), CertifiedMargin(EPS)(network, X, y))


def test_training_certifies_more(trained, images):
    start = small_maxout()
    before, after = (certified_radius(network, *images) for network in (start, trained))
    for eps in (EPS, 2 * EPS):
        assert certified_accuracy(after, eps) > certified_accuracy(before, eps) + 0.03
    assert certified_accuracy(after, 0) >= max(certified_accuracy(before, 0), 0.95)


# Bad input


@pytest.mark.parametrize(
    "network",
    [
        nn.Linear(64, 10),
        nn.Sequential(nn.Linear(64, 10)),
        nn.Sequential(nn.Linear(64, 20), Maxout(2)),
        nn.Sequential(nn.Linear(64, 30), nn.ReLU(), nn.Linear(30, 20), Maxout(2)),
    ],
)
def test_other_networks_are_refused(images, network):
    with pytest.raises(ValueError, match="network must be a maxout_network; it was "):
        certified_radius(network, *images)


def test_what_makes_no_sense_is_refused(trained, images):
    X, y = images
    with pytest.raises(ValueError, match=r"X must lie in \[0, 1\]; it went from 0 to 255"):
        certified_radius(trained, 255 * X, y)
    with pytest.raises(ValueError, match="y must hold classes from 0 to 9; it had 1 to 10"):
        certified_radius(trained, X[:2], torch.tensor([1, 10]))
    for options, message in (
        ({"eps": -1}, "eps must be 0 or more, and finite; got -1"),
        ({"eps": 1, "width": 0}, "width must be a positive number; got 0"),
        ({"eps": 1, "keep": math.nan}, "keep must be 0 or more, and finite; got nan"),
        ({"eps": 1, "own": 0}, "own must be 1 or more, and finite; got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            CertifiedMargin(**options)


def test_a_start_that_cannot_be_is_refused():
    X, y = torch.rand(5, 4), torch.tensor([0, 0, 2, 2, 2])
    with pytest.raises(ValueError, match="images must be at most 0, as many as class 1 has; got 1"):
        start_from_images(X, y, planes=1, images=1, seed=0)
    with pytest.raises(ValueError, match="images must be at most 2, as many as class 0 has; got 3"):
        start_from_images(X, y, planes=1, images=3, seed=0)
    with pytest.raises(ValueError, match="planes must be 1 or more, and finite; got 0"):
        start_from_images(X, y, planes=0, images=1, seed=0)
    with pytest.raises(ValueError, match=r"y must be an int64 tensor of shape \(5,\) to fit X"):
        start_from_images(X, y[:4], planes=1, images=1, seed=0)
