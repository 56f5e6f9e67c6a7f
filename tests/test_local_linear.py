"""Two-layer networks, piece by piece: against automatic differentiation, and against fine grids."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.architectures import two_layers
from helpers.initialisation import fan_in, initialise
from helpers.local_linear import (
    Network,
    area,
    boundary_segments,
    first_order_distance,
    gradient_norm,
    linear_regions,
    local_linear,
    nearest_boundary_point,
    score,
    units_on,
)

BOX = ((-2.0, 3.0), (-1.0, 2.0))
seeds = st.integers(0, 10_000)


def random_network(seed, hidden=12, inputs=2):
    """A network that bends in the box, with a boundary that passes through its middle."""
    rng = np.random.default_rng(seed)
    W1, w2 = rng.normal(size=(hidden, inputs)), rng.normal(size=hidden)
    network = Network(W1, rng.normal(size=hidden), w2, 0.0)
    middle = np.full((1, inputs), 0.5)
    return network._replace(b2=-score(middle, network)[0])


def points_in_box(seed, m=50, box=BOX):
    low, high = np.transpose(box)
    return np.random.default_rng(seed).uniform(low, high, size=(m, 2))


def grid(box, step):
    axes = [np.arange(low, high + step / 2, step) for low, high in box]
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


def inside(X, polygon):
    """Which points lie in a convex polygon, its edges included as far as rounding goes."""
    along = np.roll(polygon, -1, axis=0) - polygon
    to = X[:, None] - polygon
    turns = along[:, 0] * to[..., 1] - along[:, 1] * to[..., 0]
    return (turns > -1e-9).all(axis=1) | (turns < 1e-9).all(axis=1)


# The network around a point


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_scores_and_gradients_are_those_of_torch(seed):
    network = initialise(two_layers(3, 7, 1), fan_in, seed).double()
    torch.nn.init.normal_(network.fc1.bias, generator=torch.Generator().manual_seed(seed))
    weights = [W.detach().numpy() for W in network.state_dict().values()]
    ours = Network(weights[0], weights[1], weights[2][0], weights[3][0])
    X = torch.randn(20, 3, generator=torch.Generator().manual_seed(seed)).double()
    s = network(X.requires_grad_())[:, 0]
    s.sum().backward()

    w, _ = local_linear(X.detach().numpy(), ours)
    np.testing.assert_allclose(w, X.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(score(X.detach().numpy(), ours), s.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(gradient_norm(X.detach().numpy(), ours), X.grad.norm(dim=1))


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_in_its_region_the_network_is_linear(seed):
    network, X = random_network(seed), points_in_box(seed)
    w, b = local_linear(X, network)
    near = X + 0.3 * np.random.default_rng(seed).normal(size=X.shape)
    same = (units_on(near, network) == units_on(X, network)).all(axis=1)
    linear = (w * near).sum(axis=1) + b
    np.testing.assert_allclose(score(near, network)[same], linear[same], atol=1e-12)
    np.testing.assert_allclose(score(X, network), (w * X).sum(axis=1) + b, atol=1e-12)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_the_first_order_distance_reaches_the_local_boundary(seed):
    network, X = random_network(seed), points_in_box(seed)
    d, (w, b) = first_order_distance(X, network), local_linear(X, network)
    norm = np.linalg.norm(w, axis=1)
    on = norm > 1e-9
    foot = X[on] - (d[on] / norm[on])[:, None] * w[on]
    np.testing.assert_allclose((w[on] * foot).sum(axis=1) + b[on], 0, atol=1e-9)
    assert (np.sign(d) == np.sign(score(X, network))).all()


def test_a_linear_network_has_one_distance():
    network = Network(np.array([[3.0, 4.0]]), np.array([100.0]), np.array([1.0]), -101.0)
    X = points_in_box(0)
    d = (X @ [3, 4] - 1) / 5
    np.testing.assert_allclose(first_order_distance(X, network), d, atol=1e-12)
    segments = boundary_segments(network, ((-9, 9), (-9, 9)))
    assert len(segments) == 1
    nearest = nearest_boundary_point(X, segments)
    np.testing.assert_allclose(np.linalg.norm(nearest - X, axis=1), abs(d), atol=1e-12)


def test_where_no_unit_is_on_the_distance_is_infinite():
    network = Network(np.eye(2), np.zeros(2), np.ones(2), -1.0)
    X = np.array([[-1.0, -1.0], [-1.0, -2.0]])
    assert first_order_distance(X, network).tolist() == [-np.inf, -np.inf]
    assert first_order_distance(X, network._replace(b2=1.0)).tolist() == [np.inf, np.inf]


# Regions and boundary


@given(seeds, st.integers(0, 12))
@settings(max_examples=20, deadline=None)
def test_regions_share_out_the_box_and_no_unit_switches_in_them(seed, hidden):
    network = random_network(seed, hidden)
    regions = linear_regions(network, BOX)
    assert sum(map(area, regions)) == pytest.approx(15)
    centres = np.array([region.mean(axis=0) for region in regions])
    on = units_on(centres, network)
    assert len(np.unique(on, axis=0)) == len(regions)
    for region, mine in zip(regions, on, strict=True):
        into = 1e-6 * region.mean(axis=0) + (1 - 1e-6) * region
        assert (units_on(into, network) == mine).all()


def test_two_lines_that_cross_make_four_regions():
    network = Network(np.eye(2), np.array([-1.0, -1.0]), np.ones(2), 0.0)
    areas = sorted(map(area, linear_regions(network, ((0, 3), (0, 4)))))
    assert areas == pytest.approx([1, 2, 3, 6])


def test_units_without_weights_cut_nothing():
    network = Network(np.zeros((3, 2)), np.array([-1.0, 0.0, 1.0]), np.ones(3), 0.5)
    assert len(linear_regions(network, BOX)) == 1
    assert boundary_segments(network, BOX).shape == (0, 2, 2)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_on_the_boundary_the_score_is_0_and_changes_sign_across(seed):
    network = random_network(seed)
    segments = boundary_segments(network, BOX)
    assert len(segments)
    shares = np.linspace(0, 1, 7)[:, None, None]
    along = segments[:, 1] - segments[:, 0]
    on = segments[:, 0] + shares * along
    np.testing.assert_allclose(score(on.reshape(-1, 2), network), 0, atol=1e-9)

    long = np.linalg.norm(along, axis=1) > 1e-3
    middles, along = segments[long].mean(axis=1), along[long]
    across = along[:, ::-1] * [1, -1] / np.linalg.norm(along, axis=1, keepdims=True)
    sides = [score(middles + step * across, network) for step in (-1e-7, 1e-7)]
    assert (np.sign(sides[0]) == -np.sign(sides[1])).all()


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_no_piece_of_the_boundary_is_missing(seed):
    network, step = random_network(seed), 0.02
    X = grid(BOX, step)
    nearest = nearest_boundary_point(X, boundary_segments(network, BOX))
    far = np.linalg.norm(nearest - X, axis=1) > step
    J = score(X, network) > 0
    for neighbour in ([step, 0], [0, step]):
        moved = X + neighbour
        within = (moved <= np.transpose(BOX)[1]).all(axis=1)
        changes = J != (score(moved, network) > 0)
        assert not (changes & far & within).any()


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_the_nearest_point_is_that_of_a_search(seed):
    segments = boundary_segments(random_network(seed), BOX)
    X, step = points_in_box(seed, 20), 1e-3
    shares = np.arange(0, 1 + step / 2, step)[:, None, None]
    dense = (segments[:, 0] + shares * (segments[:, 1] - segments[:, 0])).reshape(-1, 2)
    searched = np.linalg.norm(X[:, None] - dense, axis=2).min(axis=1)
    found = np.linalg.norm(nearest_boundary_point(X, segments) - X, axis=1)
    longest = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).max()
    assert (found <= searched + 1e-12).all()
    assert (searched <= found + longest * step).all()


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_no_point_nearer_than_the_nearest_is_of_the_other_class(seed):
    network = random_network(seed)
    X = points_in_box(seed, 20, ((-0.5, 1.5), (0.0, 1.0)))
    wide = ((-12, 13), (-12, 13))
    nearest = nearest_boundary_point(X, boundary_segments(network, wide))
    distance = np.linalg.norm(nearest - X, axis=1)
    angles = np.linspace(0, 2 * np.pi, 90)[:, None]
    around = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    ring = X + 0.999 * distance[:, None] * around
    J = score(ring.reshape(-1, 2), network).reshape(len(angles), -1) > 0
    assert (J == (score(X, network) > 0)).all()


def test_each_point_lies_in_the_region_of_its_units():
    network, X = random_network(3), points_in_box(3)
    regions = linear_regions(network, BOX)
    holders = np.array([inside(X, region) for region in regions])
    assert (holders.sum(axis=0) == 1).all()
    centres = np.array([region.mean(axis=0) for region in regions])
    assert (units_on(X, network) == units_on(centres, network)[holders.argmax(axis=0)]).all()


# Bad input


@pytest.mark.parametrize("X", [np.zeros(2), np.zeros((2, 3)), np.full((2, 2), np.nan)])
def test_bad_points_are_refused(X):
    network = random_network(0)
    with pytest.raises(ValueError, match="X must"):
        score(X, network)
    with pytest.raises(ValueError, match="X must"):
        nearest_boundary_point(X, np.zeros((1, 2, 2)))


@pytest.mark.parametrize("box", [((1, 1), (0, 2)), ((0, 1), (2, 0))])
def test_a_box_needs_an_inside(box):
    with pytest.raises(ValueError, match="box must be"):
        linear_regions(random_network(0), box)


def test_regions_are_those_of_the_plane():
    with pytest.raises(ValueError, match="W1 must have shape"):
        linear_regions(random_network(0, inputs=3), BOX)


@pytest.mark.parametrize("segments", [np.zeros((0, 2, 2)), np.zeros((3, 2))])
def test_the_nearest_point_needs_segments(segments):
    with pytest.raises(ValueError, match="segments must have shape"):
        nearest_boundary_point(np.zeros((1, 2)), segments)
