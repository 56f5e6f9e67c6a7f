"""Lipschitz constants of layers and networks: never below a measured slope, tight where known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from helpers import architectures, lipschitz
from helpers.initialisation import fan_in, initialise, initialise_orthogonal
from helpers.layers import Concatenation, Maxout, MinMax, Normalise, Sum, WholeConv2d, linear_layers
from helpers.lipschitz import PowerIteration, layer_bounds, lipschitz_constant, proven_slopes

pytestmark = pytest.mark.usefixtures("one_thread")

ACTIVATIONS = (nn.ReLU, nn.Tanh, nn.Sigmoid, MinMax)


def body(draw, channels, size):
    """Layers that keep the number of channels, and the size of the image that comes out."""
    activation = draw(st.sampled_from(ACTIVATIONS))

    def conv():
        return nn.Conv2d(channels, channels, 3, padding=1)

    kind = draw(st.sampled_from(["conv", "residual", "norm", "max", "average", "concatenation"]))
    if kind == "conv":
        return [nn.Conv2d(channels, channels, 3, stride=2, padding=1), activation()], -(-size // 2)
    if kind == "residual":
        return [Sum([nn.Identity(), nn.Sequential(conv(), activation(), conv())])], size
    if kind == "norm":
        norm = nn.BatchNorm2d(channels)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.1, 2)
        return [norm, activation()], size
    if kind == "concatenation":
        merge = nn.Conv2d(2 * channels, channels, 1)
        return [Concatenation([conv(), nn.Sequential(conv(), activation())]), merge], size
    pool = nn.MaxPool2d if kind == "max" else nn.AvgPool2d
    window, stride = draw(st.sampled_from([(2, 2), (3, 2), (3, 1), (2, 3)]))
    if window > size:
        return [], size
    return [pool(window, stride)], (size - window) // stride + 1


@st.composite
def small_networks(draw):
    """A network with a few layers of any kind, for images of 6×6 pixels as rows, at inference."""
    torch.manual_seed(draw(st.integers(0, 9999)))
    parts, size = [Normalise(torch.rand(36), draw(st.sampled_from([1.0, -3.0])))], 6
    parts += [nn.Unflatten(1, (1, 6, 6)), nn.Conv2d(1, 4, 3, padding=1)]
    for _ in range(draw(st.integers(1, 3))):
        added, size = body(draw, 4, size)
        parts += added
    if draw(st.booleans()):
        parts += [WholeConv2d(4, 6, size), nn.BatchNorm1d(6)]
        nn.init.normal_(parts[-1].weight)
    else:
        parts += [nn.Flatten(), nn.Linear(4 * size * size, 6)]
    return nn.Sequential(*parts, draw(st.sampled_from(ACTIVATIONS))(), nn.Linear(6, 3)).eval()


def jacobians(network, X):
    return torch.func.vmap(torch.func.jacrev(lambda x: network(x[None])[0]))(X)


# Networks


@given(small_networks(), st.integers(0, 9))
def test_no_measured_slope_exceeds_the_constant(network, seed):
    L = lipschitz_constant(network, (36,))
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(10, 36, generator=generator).double()
    network = network.double()
    assert torch.linalg.matrix_norm(jacobians(network, X), 2).max().item() <= L
    for length in (1e-3, 1.0):
        moved = X + length * torch.randn(X.shape, generator=generator)
        with torch.no_grad():
            stretch = (network(moved) - network(X)).norm(dim=1) / (moved - X).norm(dim=1)
        assert stretch.max().item() <= L


@given(small_networks(), st.integers(0, 9))
def test_no_measured_slope_of_a_difference_of_scores_exceeds_its_bound(network, seed):
    K = proven_slopes(network, (36,))
    K_common = proven_slopes(network, (36,), per_rival=False)
    X = torch.randn(10, 36, generator=torch.Generator().manual_seed(seed)).double()
    J = jacobians(network.double(), X)
    slopes = (J[:, :, None] - J[:, None]).norm(dim=3).amax(0)
    off_diagonal = ~torch.eye(3, dtype=torch.bool)
    assert (slopes <= K).all()
    assert (K <= K_common).all() and (K_common[off_diagonal] == K_common[0, 1]).all()
    assert not K.diagonal().any() and not K_common.diagonal().any()


def test_the_constant_is_exact_for_linear_layers_in_step():
    """Orthogonal matrices keep lengths, so that nothing is lost in their product."""
    network = nn.Sequential(
        Normalise(torch.zeros(8), 255.0), nn.Linear(8, 8), MinMax(), nn.Linear(8, 8)
    )
    initialise_orthogonal(network, seed=0)
    assert lipschitz_constant(network, (8,)) == pytest.approx(255)
    x = torch.randn(8)
    slope = torch.linalg.matrix_norm(jacobians(network, x[None])[0], 2).item()
    assert slope == pytest.approx(255, rel=1e-5)


def test_the_bounds_of_2c2f_by_name():
    network = initialise(architectures.conv_2c2f(batch_norm=True), fan_in, seed=0)
    bounds = layer_bounds(network, (784,))
    assert list(bounds) == list(dict(network.named_children()))
    assert bounds["activation1"] == bounds["flatten"] == 1
    assert bounds["norm1"] == pytest.approx(1 / math.sqrt(1 + 1e-5))
    fc1 = torch.linalg.matrix_norm(network.fc1.weight.detach().double(), 2).item()
    assert bounds["fc1"] == pytest.approx(fc1, rel=1e-9)


def test_the_slopes_of_both_propositions_from_the_formulas():
    network = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
    bounds = layer_bounds(network, (5,))
    L = lipschitz_constant(network, (5,))
    assert L == pytest.approx(bounds["0"] * bounds["2"])
    W = network[2].weight.detach().double()
    K = proven_slopes(network, (5,))
    assert K[1, 2].item() == pytest.approx(bounds["0"] * (W[1] - W[2]).norm().item())
    common = proven_slopes(network, (5,), per_rival=False)
    assert common[1, 2].item() == pytest.approx(math.sqrt(2) * L)


def test_part_of_a_network_has_a_constant_of_its_own():
    network = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
    bounds = layer_bounds(network, (5,))
    assert lipschitz_constant(network[:-1], (5,)) == pytest.approx(bounds["0"])


def test_a_layer_that_is_used_twice_counts_twice():
    shared = nn.Linear(4, 4)
    network = nn.Sequential(shared, nn.ReLU(), shared)
    once = layer_bounds(nn.Sequential(shared), (4,))["0"]
    assert lipschitz_constant(network, (4,)) == pytest.approx(once**2)


def test_the_network_is_left_as_it_was():
    network = architectures.conv_2c2f(batch_norm=True).train()
    before = {name: W.clone() for name, W in network.state_dict().items()}
    lipschitz_constant(network, (784,))
    PowerIteration(network, (784,))
    assert network.training and network.norm1.training
    assert all(torch.equal(W, before[name]) for name, W in network.state_dict().items())
    assert all(W.dtype == before[name].dtype for name, W in network.state_dict().items())
    assert not any(layer._forward_pre_hooks for layer in network.modules())


# Rules


def only_bound(layer, shape):
    return lipschitz_constant(nn.Sequential(layer), shape)


@pytest.mark.parametrize(
    ("window", "stride", "pixel", "bound"),
    [(2, 2, 0, 1), (3, 3, 0, 1), (2, 3, 0, 1), (3, 2, 2, 2), (3, 1, 2, 3)],
)
def test_max_pooling_reaches_its_bound(window, stride, pixel, bound):
    """One bright pixel counts as often as there are windows that see it."""
    pool = nn.MaxPool2d(window, stride)
    assert only_bound(pool, (1, 9, 9)) == pytest.approx(bound)
    peak = torch.zeros(1, 1, 9, 9)
    peak[0, 0, pixel, pixel] = 1
    assert pool(peak).norm().item() == pytest.approx(bound)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 1), st.integers(4, 9))
def test_average_pooling_against_its_singular_values(window, stride, padding, size):
    padding = min(padding, window // 2)
    pool = nn.AvgPool2d(window, stride, padding)
    basis = torch.eye(size * size).view(-1, 1, size, size)
    true = torch.linalg.svdvals(pool(basis).flatten(1).double())[0].item()
    assert true <= only_bound(pool, (1, size, size)) * (1 + 1e-6)
    if stride == window and not padding:
        assert true == pytest.approx(1 / window)
        assert only_bound(pool, (1, size, size)) == pytest.approx(true)


@pytest.mark.parametrize(
    ("layer", "bound"),
    [
        (nn.ReLU(), 1),
        (nn.Tanh(), 1),
        (nn.Sigmoid(), 0.25),
        (MinMax(), 1),
        (Maxout(2), 1),
        (nn.Identity(), 1),
    ],
)
def test_activations_reach_their_bound(layer, bound):
    assert only_bound(layer, (4,)) == pytest.approx(bound)
    x = torch.tensor([0.01, 0.02, 0.03, 0.04])
    slope = torch.linalg.matrix_norm(jacobians(layer, x[None])[0], 2).item()
    assert slope == pytest.approx(bound, rel=2e-3)


@given(st.integers(1, 4), st.integers(0, 99))
def test_maxout_brings_points_no_farther_apart(planes, seed):
    generator = torch.Generator().manual_seed(seed)
    x, moved = torch.randn(2, 20, 3 * planes, generator=generator).double()
    layer = Maxout(planes)
    stretch = (layer(moved) - layer(x)).norm(dim=1) / (moved - x).norm(dim=1)
    assert stretch.max().item() <= only_bound(layer, (3 * planes,))


def test_sums_add_and_concatenations_square():
    torch.manual_seed(0)
    f, g = nn.Linear(4, 4), nn.Linear(4, 4)
    L_f, L_g = (only_bound(each, (4,)) for each in (f, g))
    assert only_bound(Sum([nn.Identity(), f]), (4,)) == pytest.approx(1 + L_f)
    assert only_bound(Sum([f, g]), (4,)) == pytest.approx(L_f + L_g)
    assert only_bound(Concatenation([f, g]), (4,)) == pytest.approx(math.hypot(L_f, L_g))
    # Both are reached where the branches stretch the same input most.
    assert only_bound(Concatenation([f, f]), (4,)) == pytest.approx(
        torch.linalg.matrix_norm(torch.cat([f.weight, f.weight]).detach(), 2).item(), rel=1e-5
    )


def test_a_batch_norm_at_inference_reaches_its_bound():
    norm = nn.BatchNorm1d(3).eval()
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, -6.0, 0.5]))
        norm.running_var.copy_(torch.tensor([0.25, 4.0, 0.01]))
    assert only_bound(norm, (3,)) == pytest.approx(5, rel=1e-3)
    slope = torch.linalg.matrix_norm(jacobians(norm, torch.rand(1, 3))[0], 2).item()
    assert slope == pytest.approx(only_bound(norm, (3,)), rel=1e-6)


# Power iteration along a training


def estimate(network, norms, per_rival=True):
    return lipschitz.rival_slopes(network, norms, per_rival)


@pytest.mark.parametrize("per_rival", [True, False])
def test_the_estimates_rise_to_the_proven_slopes(per_rival):
    network = initialise(architectures.conv_2c2f(), fan_in, seed=0)
    norms = PowerIteration(network, (784,))
    proven = proven_slopes(network, (784,), per_rival)
    shares = []
    for _ in range(100):
        K = estimate(network, norms, per_rival).detach()
        assert (K <= proven * (1 + 1e-5)).all()
        shares.append((K[0, 1] / proven[0, 1]).item())
    assert shares[-1] > 0.99 > shares[0]


def test_several_steps_at_once_are_several_steps():
    network = initialise(architectures.conv_2c2f(), fan_in, seed=0)
    single, triple = (PowerIteration(network, (784,), steps) for steps in (1, 3))
    for _ in range(3):
        K = estimate(network, single)
    torch.testing.assert_close(estimate(network, triple), K)
    with pytest.raises(ValueError, match="steps must be 1 or more, and finite; got 0"):
        PowerIteration(network, (784,), steps=0)


def test_the_state_of_the_iteration_can_be_stored():
    network = initialise(architectures.conv_2c2f(), fan_in, seed=0)
    one, other = PowerIteration(network, (784,), seed=1), PowerIteration(network, (784,), seed=2)
    again = PowerIteration(network, (784,), seed=1)
    assert all(torch.equal(one.u[name], again.u[name]) for name in linear_layers(network))
    for _ in range(3):
        estimate(network, one)
    other.u = {name: u.clone() for name, u in one.u.items()}
    assert torch.equal(estimate(network, one), estimate(network, other))


def test_batch_norms_count_with_the_statistics_of_the_batch_in_training():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3))
    nn.init.normal_(network[1].weight)
    norms = PowerIteration(network, (5,))
    X = 3 * torch.randn(20, 5)
    before = network[0](X)
    with norms.watching_batch_norms(network):
        network(X)
    std = (before.var(0, correction=0) + network[1].eps).sqrt()
    expected = (network[1].weight.abs() / std).max()
    bound = lipschitz.layer_bound(network[1], norms)
    torch.testing.assert_close(bound, expected)
    ours, theirs = (torch.autograd.grad(each, network[0].weight)[0] for each in (bound, expected))
    torch.testing.assert_close(ours, theirs)
    network.eval()
    running = (network[1].weight.abs() / (network[1].running_var + network[1].eps).sqrt()).max()
    torch.testing.assert_close(lipschitz.layer_bound(network[1], norms), running)


# Bad input


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Linear(36, 3), "network must be an nn.Sequential; it was Linear"),
        (nn.Sequential(nn.Linear(36, 3), nn.GELU()), "no Lipschitz constant is known for .* GELU"),
        (nn.Sequential(nn.Linear(36, 3), nn.BatchNorm1d(3, affine=False)), "BatchNorm1d"),
        (nn.Sequential(nn.Linear(35, 3)), r"shape \(36,\) does not fit the network: "),
        (
            nn.Sequential(nn.Unflatten(1, (1, 6, 6)), nn.MaxPool2d(2, ceil_mode=True)),
            "ceil_mode must be False here; it was True",
        ),
        (
            nn.Sequential(nn.Unflatten(1, (1, 6, 6)), nn.Conv2d(1, 1, 3, padding_mode="reflect")),
            "padding_mode must be 'zeros' here; it was 'reflect'",
        ),
    ],
)
def test_what_has_no_bound_is_refused(network, message):
    with pytest.raises(ValueError, match=message):
        lipschitz_constant(network, (36,))


def test_a_layer_that_sees_two_shapes_is_refused():
    pool = nn.MaxPool2d(3, 1)
    network = nn.Sequential(nn.Unflatten(1, (1, 6, 6)), pool, pool)
    with pytest.raises(ValueError, match="a layer must see one shape only; MaxPool2d.* saw two"):
        lipschitz_constant(network, (36,))


def test_slopes_need_a_linear_layer_at_the_end():
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
    with pytest.raises(ValueError, match=r"the last layer must be an nn.Linear; it was ReLU\(\)"):
        proven_slopes(network, (4,))
