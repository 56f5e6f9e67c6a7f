"""The spectral norm ‖W‖ of a linear layer x → Wx + b: the largest singular value of W.

It is by how much the layer can stretch a change of its input. A convolution is linear too: its W
is the matrix that takes an image of a given size to the result, strides and margins of zeros
included. Layers are nn.Linear and nn.Conv2d; ``shape`` is that of one input, without the images'
axis: (in, H, W) for a convolution.

proven_norm is certain, in float64, and takes a second or two for some thousand inputs and outputs:
it is for certificates. power_step costs little and gives gradients, but lies below ‖W‖: it is for
training. The bounds from the kernel alone are cheap, certain and loose.

Each function raises ValueError for convolutions with dilation, groups or other margins than zeros.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from helpers.layers import WholeConv2d

UNIT_ROUNDOFF = 2.0**-53

#: A factor for what products and roots of some dozen numbers lose to rounding, and more.
ROUNDED_UP = 1 + 1e-12


def kernel_matrix(layer):
    """W′: the weights as a matrix (out, in·k·k), or (out, in) for nn.Linear, where W′ = W."""
    return layer.weight.flatten(1)


def windows(layer, x):
    """The windows of one input x as columns, shape (in·k·k, positions): W x is W′ times them.

    What is not a convolution, or one with a window as large as the image, has a single window.
    """
    check_usual(layer)
    if isinstance(layer, nn.Linear | WholeConv2d):
        return x.reshape(-1, kernel_matrix(layer).shape[1]).T
    return F.unfold(x, layer.kernel_size, stride=layer.stride, padding=layer.padding)


def from_windows(layer, columns, shape):
    """The transpose of windows: each window added where it came from. Wᵀ y is that of W′ᵀ y."""
    if isinstance(layer, nn.Linear | WholeConv2d):
        return columns.T.reshape(shape)
    H_W, k = shape[1:], layer.kernel_size
    return F.fold(columns, H_W, k, stride=layer.stride, padding=layer.padding)


def operator_matrix(layer, shape):
    """W as a matrix (outputs, inputs), in float64. Each of its numbers is one weight, or 0.

    That of a convolution has the columns W e₁, W e₂, …
    """
    check_usual(layer)
    if isinstance(layer, nn.Linear | WholeConv2d):
        return kernel_matrix(layer).detach().double()
    n = math.prod(shape)
    basis = torch.eye(n, dtype=torch.float64, device=layer.weight.device).view(n, *shape)
    W = layer.weight.detach().double()
    return F.conv2d(basis, W, None, layer.stride, layer.padding).view(n, -1).T


def overlap(layer, shape):
    """n, how many windows of a convolution or pooling share a pixel at most; shape (C, H, W).

    The product over both axes of ⌈min(k, H + 2p − k + 1)/s⌉ for k pixels, stride s and a margin of
    p zeros: Tsuzuku et al. 2018, theorem 3.
    """
    check_usual(layer)
    settings = map(pair, (layer.kernel_size, layer.stride, layer.padding))
    axes = zip(shape[-2:], *settings, strict=True)
    return math.prod(math.ceil(min(k, size + 2 * p - k + 1) / s) for size, k, s, p in axes)


def reshaped_bound(layer, shape):
    """√n ‖W′‖ ≥ ‖W‖ for a convolution, W′ its kernel as a matrix (out, in·k·k).

    Tsuzuku et al. 2018, corollary 1: each output is W′ times one window, and no pixel is in more
    than n of them. For shape (in, H, W).
    """
    return math.sqrt(overlap(layer, shape)) * kernel_norm(layer)


def parseval_bound(layer):
    """√(k·k) ‖W′‖ ≥ √n ‖W′‖, as Parseval networks have it (Cissé et al. 2017), whatever n is."""
    return math.sqrt(math.prod(layer.kernel_size)) * kernel_norm(layer)


def kernel_norm(layer):
    """‖W′‖, the spectral norm of the kernel as a matrix: a float."""
    return torch.linalg.matrix_norm(kernel_matrix(layer).detach().double(), 2).item()


def pair(value):
    """A setting of a layer for both axes: PyTorch lets one number stand for two."""
    return value if isinstance(value, tuple) else (value, value)


USUAL = {
    "dilation": 1,
    "groups": 1,
    "padding_mode": "zeros",
    "ceil_mode": False,
    "count_include_pad": True,
    "divisor_override": None,
}


def check_usual(layer):
    """ValueError for convolutions and poolings with settings that the formulas leave out."""
    for name, usual in USUAL.items():
        value = getattr(layer, name, usual)
        if value not in (usual, (usual, usual)):
            raise ValueError(f"{name} must be {usual!r} here; it was {value!r} in {layer}")
    if isinstance(getattr(layer, "padding", 0), str):
        raise ValueError(f"padding must be given in pixels here; it was {layer.padding!r}")


def proven_norm(A):
    """A number of at least ‖A‖, the largest singular value of the matrix A, and hardly more.

    The proof is a Cholesky factorisation. Let G = A Aᵀ, or Aᵀ A where that is smaller, of shape
    (n, n); its largest eigenvalue is ‖A‖². If t I − G = R Rᵀ, then no eigenvalue of G exceeds t.
    So we guess t a little above the largest eigenvalue that LAPACK finds, factorise, and add what
    rounding may have hidden. With γ_k = k u/(1 − k u) and u = 2⁻⁵³, that is at most

    * γ_m ‖A‖_F² in G, where the sums have m terms (Higham 2002, section 3.5),
    * u t in the diagonal of t I − G,
    * γ_{n+1}/(1 − γ_{n+1}) · tr(t I − G) in a factorisation that ran to its end (Rump 2006,
      "Verification of positive definiteness").

    All hold in whatever order sums are taken, for ordinary matrix products (not Strassen's). A is
    divided by a power of two first, so that nothing overflows and no underflow counts. For matrices
    of up to 3000 × 3000 the result is less than 1e-9 too large, relatively.

    Raises ValueError where A holds NaN or infinity.
    """
    A = A.double()
    if not A.isfinite().all():
        raise ValueError("A must hold finite numbers; it had NaN or infinity")
    if not A.any():
        return 0.0
    scale = 2.0 ** math.frexp(A.abs().max().item())[1]
    A = (A if A.shape[0] <= A.shape[1] else A.T) / scale
    n, m = A.shape
    G = A @ A.T
    top = torch.linalg.eigvalsh(G)[-1].item()
    margin = n * UNIT_ROUNDOFF * top
    while True:
        t = top + margin
        C = -G
        C.diagonal().add_(t)
        if torch.linalg.cholesky_ex(C).info == 0:
            break
        margin *= 2
    in_G = gamma(m) * A.square().sum().item()
    in_R = gamma(n + 1) / (1 - gamma(n + 1)) * n * t
    return scale * math.sqrt(t + UNIT_ROUNDOFF * t + in_R + in_G) * ROUNDED_UP


def gamma(k, u=UNIT_ROUNDOFF):
    """γ_k = k u/(1 − k u): k roundings in a row change a number by at most this share of it.

    u: the unit roundoff, 2⁻⁵³ in double precision, 2⁻²⁴ in single precision.
    """
    return k * u / (1 - k * u)


def power_step(layer, u, shape):
    """One step of the power iteration: σ ≤ ‖W‖, shape (), with its gradient, and the new u.

    v = Wᵀu/‖Wᵀu‖, u = Wv/‖Wv‖, σ = uᵀWv = ‖Wv‖. From a random u, step by step, σ rises towards
    ‖W‖. With u and v held constant, its gradient is u vᵀ. u has the shape (out, positions).
    """
    W = kernel_matrix(layer)
    with torch.no_grad():
        v = from_windows(layer, W.T @ u, shape)
        v /= v.norm().clamp_min(1e-12)
        v_windows = windows(layer, v)
    Wv = W @ v_windows
    sigma = Wv.norm()
    # Where W = 0 there is no direction to go in.
    return sigma, Wv.detach() / sigma.detach() if sigma > 0 else u
