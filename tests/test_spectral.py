"""Spectral norms: against the singular values of the whole matrix, and against deel-torchlip."""

import math
from fractions import Fraction

import pytest
import torch
from deel.torchlip.normalizers import spectral_normalization
from deel.torchlip.utils import evaluate_lip_const
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from helpers import spectral
from helpers.layers import WholeConv2d
from helpers.spectral import operator_matrix, overlap, parseval_bound, power_step, reshaped_bound


@st.composite
def layers_and_shapes(draw):
    """A convolution, one with a window as large as its image, or an nn.Linear, and its input."""
    torch.manual_seed(draw(st.integers(0, 999)))
    kind = draw(st.sampled_from(["conv", "conv", "conv", "whole", "linear"]))
    channels, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    if kind == "linear":
        n = draw(st.integers(1, 20))
        return nn.Linear(n, outputs), (n,)
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    if kind == "whole":
        return WholeConv2d(channels, outputs, kernel), (channels, *kernel)
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    H, W = (draw(st.integers(max(1, k - 2 * p), 7)) for k, p in zip(kernel, padding, strict=True))
    return nn.Conv2d(channels, outputs, kernel, stride, padding), (channels, H, W)


def svd_norm(layer, shape):
    return torch.linalg.svdvals(operator_matrix(layer, shape))[0].item()


def power_iteration(layer, shape, steps):
    W = layer.weight
    positions = spectral.windows(layer, torch.zeros(shape)).shape[1]
    u, sigmas = torch.randn(len(W), positions, dtype=W.dtype), []
    for _ in range(steps):
        sigma, u = power_step(layer, u, shape)
        sigmas.append(sigma)
    return sigmas, u


# The operator


@given(layers_and_shapes())
def test_the_matrix_does_what_the_layer_does(case):
    layer, shape = case
    x = torch.randn(3, *shape)
    with torch.no_grad():
        Wx = (layer(x) - layer(torch.zeros(1, *shape))).flatten(1)
    W = operator_matrix(layer, shape)
    torch.testing.assert_close((x.flatten(1).double() @ W.T).float(), Wx, rtol=1e-4, atol=1e-5)


@given(layers_and_shapes())
def test_each_number_of_the_matrix_is_a_weight(case):
    layer, shape = case
    weights = set(layer.weight.detach().double().flatten().tolist())
    assert set(operator_matrix(layer, shape).flatten().tolist()) <= weights | {0.0}


@given(layers_and_shapes())
def test_windows_and_their_transpose_make_the_matrix(case):
    layer, shape = case
    W, kernel = operator_matrix(layer, shape), spectral.kernel_matrix(layer).detach().double()
    x = torch.randn(shape, dtype=torch.float64)
    Wx = kernel @ spectral.windows(layer, x)
    torch.testing.assert_close(Wx.flatten(), W @ x.flatten())
    y = torch.randn_like(Wx)
    back = spectral.from_windows(layer, kernel.T @ y, shape)
    torch.testing.assert_close(back.flatten(), W.T @ y.flatten())


# The proven norm


@given(layers_and_shapes())
def test_the_proven_norm_is_just_above_the_largest_singular_value(case):
    layer, shape = case
    true = svd_norm(layer, shape)
    assert true <= spectral.proven_norm(operator_matrix(layer, shape)) <= true * (1 + 1e-9)


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([1e-300, 1e-160, 1e-20, 1.0, 1e20, 1e150, 1e300]),
    st.sampled_from(["normal", "float32", "rank one", "orthogonal", "steep"]),
    st.integers(0, 99),
)
def test_the_proven_norm_of_awkward_matrices(rows, columns, scale, kind, seed):
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    A = normal(rows, columns)
    if kind == "float32":
        A = A.float().double()
    if kind == "rank one":
        A = normal(rows, 1) * normal(columns)
    if kind == "orthogonal":
        A = nn.init.orthogonal_(A, generator=generator)
    if kind == "steep":
        A = A * 10.0 ** -torch.arange(columns, dtype=torch.float64)
    true = torch.linalg.svdvals(A)[0].item()
    assert true <= spectral.proven_norm(A * scale) / scale <= true * (1 + 1e-9)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 10**7))
def test_the_proven_norm_is_no_smaller_than_a_norm_known_exactly(rows, columns, value):
    """A matrix of equal numbers a has ‖A‖² = a² · rows · columns."""
    proven = spectral.proven_norm(torch.full((rows, columns), float(value), dtype=torch.float64))
    assert Fraction(proven) ** 2 >= value**2 * rows * columns


def test_the_proven_norm_of_nothing_and_of_no_numbers():
    assert spectral.proven_norm(torch.zeros(3, 5)) == 0
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="A must hold finite numbers"):
            spectral.proven_norm(torch.tensor([[1.0, bad]]))


# Power iteration


@given(layers_and_shapes())
def test_power_iteration_rises_to_the_norm_and_not_above(case):
    layer, shape = case
    true = svd_norm(layer, shape)
    sigmas = torch.stack(power_iteration(layer, shape, 200)[0]).detach()
    assert (sigmas.diff() >= -1e-5 * true).all()
    assert sigmas.max() <= true * (1 + 1e-5)
    assert sigmas[-1] >= 0.98 * true


@given(layers_and_shapes())
def test_its_gradient_is_that_of_the_largest_singular_value(case):
    layer, shape = case
    layer.double()
    values = torch.linalg.svdvals(operator_matrix(layer, shape))
    assume(len(values) == 1 or values[1] < 0.9 * values[0])  # one direction, soon found
    sigmas, _ = power_iteration(layer, shape, 200)
    ours = torch.autograd.grad(sigmas[-1], layer.weight)[0].flatten()
    step = 1e-6
    for k in torch.randperm(len(ours))[:5]:
        ends = []
        for change in (step, -2 * step):
            layer.weight.detach().flatten()[k] += change
            ends.append(svd_norm(layer, shape))
        layer.weight.detach().flatten()[k] += step
        assert ours[k].item() == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5)


def test_power_iteration_survives_a_layer_that_is_zero():
    layer = nn.Conv2d(1, 2, 3)
    start = torch.randn(2, 9)
    weights = layer.weight.detach().clone()
    layer.weight.detach().zero_()
    sigma, u = power_step(layer, start, (1, 5, 5))
    sigma.backward()
    assert sigma == 0 and torch.equal(u, start) and layer.weight.grad.isfinite().all()
    layer.weight.detach().copy_(weights)
    assert power_step(layer, u, (1, 5, 5))[0] > 0


# Bounds from the kernel


@given(layers_and_shapes())
def test_the_order_of_the_bounds(case):
    layer, shape = case
    assume(isinstance(layer, nn.Conv2d))
    reshaped, parseval = reshaped_bound(layer, shape), parseval_bound(layer)
    assert svd_norm(layer, shape) <= reshaped * (1 + 1e-9) and reshaped <= parseval * (1 + 1e-9)


@given(layers_and_shapes())
def test_the_overlap_is_no_less_than_any_pixel_sees(case):
    layer, shape = case
    assume(isinstance(layer, nn.Conv2d))
    all_ones = nn.Conv2d(1, 1, layer.kernel_size, layer.stride, layer.padding)
    nn.init.ones_(all_ones.weight)
    seen = operator_matrix(all_ones, (1, *shape[1:])).sum(0).max().item()
    n = overlap(layer, shape)
    assert seen <= n
    wide = all(size >= 3 * k for size, k in zip(shape[1:], layer.kernel_size, strict=True))
    assert seen == n or not wide


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "n"),
    [
        (28, 4, 2, 1, 4),
        (28, 3, 1, 1, 9),
        (28, 4, 4, 0, 1),
        (28, 5, 1, 0, 25),
        (28, 3, 2, 1, 4),
        (28, 2, 3, 0, 1),
        (5, 5, 1, 0, 1),
        (6, 5, 1, 0, 4),
        (5, 4, 2, 1, 4),
    ],
)
def test_cases_of_the_overlap(size, kernel, stride, padding, n):
    layer, shape = nn.Conv2d(2, 3, kernel, stride, padding), (2, size, size)
    assert overlap(layer, shape) == n
    ratio = parseval_bound(layer) / reshaped_bound(layer, shape)
    assert ratio == pytest.approx(kernel / math.sqrt(n))


def test_the_bound_is_exact_where_windows_do_not_overlap():
    layer = nn.Conv2d(2, 3, 4, stride=4)
    assert reshaped_bound(layer, (2, 12, 12)) == pytest.approx(svd_norm(layer, (2, 12, 12)))


# Against deel-torchlip, which measures slopes by way of the Jacobian


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(1, 16, 4, stride=2, padding=1), (1, 8, 8)),
        (nn.Conv2d(3, 2, 3, stride=(1, 2), padding=(2, 0)), (3, 6, 7)),
        (nn.Linear(30, 20), (30,)),
    ],
)
def test_the_norms_are_those_of_torchlip(layer, shape):
    layer = layer.double()
    expected = evaluate_lip_const(layer, torch.rand(2, *shape).double(), "jacobian_norm")
    proven = spectral.proven_norm(operator_matrix(layer, shape))
    assert proven == pytest.approx(expected, rel=1e-8)
    sigma = power_iteration(layer, shape, 500)[0][-1].item()
    assert sigma == pytest.approx(expected, rel=1e-3)


def test_power_iteration_is_that_of_torchlip():
    layer = nn.Linear(20, 30)
    W = layer.weight.detach()
    v = torch.randn(1, 20)
    _, _, theirs = spectral_normalization(W, v, eps=0, maxiter=7)
    u = (W @ v.T) / (W @ v.T).norm()
    for _ in range(7):
        sigma, u = power_step(layer, u, (20,))
    assert sigma.item() == pytest.approx(theirs.item(), rel=1e-5)


# Bad input


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (nn.Conv2d(1, 2, 3, dilation=2), r"dilation must be 1 here; it was \(2, 2\)"),
        (nn.Conv2d(2, 2, 3, groups=2), "groups must be 1 here; it was 2"),
        (nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"), "padding_mode must be 'zeros'"),
        (nn.Conv2d(1, 2, 3, padding="same"), "padding must be given in pixels here; it was 'same'"),
    ],
)
def test_unusual_convolutions_are_refused(layer, message):
    shape = (layer.in_channels, 9, 9)
    for function in (operator_matrix, overlap, reshaped_bound):
        with pytest.raises(ValueError, match=message):
            function(layer, shape)
    with pytest.raises(ValueError, match=message):
        spectral.windows(layer, torch.zeros(shape))
