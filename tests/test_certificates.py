"""No point contradicts a certificate, however hard one tries; and the certificates of the stored
networks, computed again in plain numpy.

The tries stay within 0.999 of each image's radius. They may leave [0, 1], which makes them stronger
than the attacks of the book: a certificate speaks of every change, whatever it leads to.
"""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from lmt_networks import LOSSES, stored_network
from lmt_networks import trained as trained_network
from safetensors.numpy import load_file
from small_digits import digits, unseen
from torch import nn

from experiments import lmt, lmt_measures, training
from helpers import attacks
from helpers.architectures import maxout_network
from helpers.nearest import decoupled
from helpers.results import FOLDER, load_arrays, load_figures

pytestmark = pytest.mark.usefixtures("one_thread")

WITHIN = 0.999
RADII = {"03": 0.3, "10": 1.0, "158": 1.58}


# The tries: each returns changes of the images, shape (tries·m, n), one row of images after another


def on_sphere(directions, radius):
    return radius[:, None] * F.normalize(directions)


def random_points(X, radius, tries, generator, surface):
    """Random points of the balls around 0, all equally likely, or of their surfaces."""
    directions = torch.randn(tries * len(X), X.shape[1], generator=generator).to(X)
    share = torch.rand(tries * len(X), generator=generator).to(X) ** (1 / X.shape[1])
    radius = radius.repeat(tries)
    return on_sphere(directions, radius if surface else radius * share)


def descents(network, X, y, radius, delta, steps):
    """Projected gradient descent from the changes delta, and the first DeepFool step beyond."""
    tries = len(delta) // len(X)
    X, y, radius = X.repeat(tries, 1), y.repeat(tries), radius.repeat(tries)
    for k in range(steps):
        g = attacks.gradient(lambda d: attacks.error_log_odds(network(X + d), y), delta)
        delta = delta + on_sphere(g, 2 * radius * (1 - k / steps))
        delta = delta * (radius / delta.norm(dim=1).clamp_min(1e-12)).clamp(max=1)[:, None]
    return delta


def towards_others(X, y, radius, pool, nearest=5):
    """Towards the nearest images of other classes."""
    others, labels = pool
    others = others.to(X)
    distances = torch.cdist(X, others).masked_fill(y[:, None] == labels, torch.inf)
    found = others[distances.topk(nearest, largest=False).indices.T.flatten()]
    return on_sphere(found - X.repeat(nearest, 1), radius.repeat(nearest))


def towards_found(network, X, y, radius):
    """Towards what DeepFool and the attack that decouples direction and norm find."""
    network, X = copy.deepcopy(network).float(), X.float()
    found = [attacks.deepfool(network, X, y), decoupled(network, X, y, steps=40)]
    return on_sphere(torch.cat([moved - X for moved in found]).to(radius), radius.repeat(2))


def changes(network, X, y, radius, pool, restarts, steps):
    """All tries, by name."""
    generator = torch.Generator().manual_seed(0)
    inside, surface = (
        random_points(X, radius, restarts, generator, surface) for surface in (False, True)
    )
    found = towards_found(network, X, y, radius)
    return {
        "random points of the ball": inside,
        "random points of its surface": surface,
        "PGD from the ball": descents(network, X, y, radius, inside, steps),
        "PGD from its surface": descents(network, X, y, radius, surface, steps),
        "DeepFool and decoupled": found,
        "PGD from DeepFool and decoupled": descents(network, X, y, radius, found, steps),
        "towards images of other classes": towards_others(X, y, radius, pool),
    }


def fooled(network, X, y, radius, pool, restarts=20, steps=10):
    """Which of the images are fooled within the radius, by the name of the tries: bool (m,)."""
    network, X = copy.deepcopy(network).double(), X.double()
    found = {}
    for name, delta in changes(network, X, y, radius, pool, restarts, steps).items():
        tries = len(delta) // len(X)
        assert (delta.norm(dim=1) <= radius.repeat(tries) * (1 + 1e-9)).all(), name
        with torch.no_grad():
            margins = attacks.margin(network(X.repeat(tries, 1) + delta), y.repeat(tries))
        found[name] = (margins <= 0).view(tries, -1).any(0)
    return found


def check_certificates(network, X, y, pool, **options):
    """AssertionError where one of the tries within the certified balls changes the class."""
    radius = lmt_measures.certified_radius(network, X, y)
    proven = torch.nonzero(radius > 0)[:, 0]
    assert len(proven) > 0.5 * len(X)
    for rows in proven.split(50):
        tries = fooled(network, X[rows], y[rows], WITHIN * radius[rows], pool, **options)
        for name, broken in tries.items():
            wrong = rows[broken]
            found = f"images {wrong.tolist()} are fooled within {radius[wrong].tolist()}"
            assert len(wrong) == 0, f"{name}: {found}"


# Small networks


@pytest.mark.parametrize("name", LOSSES)
def test_nothing_contradicts_the_certificates_of_small_networks(name):
    check_certificates(trained_network(name), *unseen(200), pool=digits())


@pytest.mark.parametrize("name", LOSSES)
def test_the_tries_fool_the_same_networks_farther_out(name):
    network, (X, y) = trained_network(name), unseen(200)
    right = lmt_measures.certified_radius(network, X, y) > 0
    X, y = X[right], y[right]
    found = fooled(network, X, y, torch.full((len(X),), 2.5).double(), digits(), restarts=3)
    for tries in found.keys() - {"random points of the ball", "random points of its surface"}:
        assert found[tries].double().mean() > 0.9, tries


@pytest.fixture
def two_planes():
    """Two classes with a plane each, whose certified radius is the distance to the boundary, and
    images near the middle, so that attacks find the way there within [0, 1]."""
    generator = torch.Generator().manual_seed(0)
    network = maxout_network(2, 1, 8)
    W = torch.randn(2, 8, generator=generator)
    X = 0.5 + 0.1 * (torch.rand(60, 8, generator=generator) - 0.5)
    network.planes.weight.data, network.planes.bias.data = W, -W @ X.mean(0)
    return network, X, network(X).argmax(1)


@pytest.mark.parametrize("kind", ["maxout", "linear"])
def test_the_tries_tell_a_radius_from_one_that_is_two_thousandths_larger(two_planes, kind):
    network, X, y = two_planes
    if kind == "linear":
        network = nn.Sequential(network.planes)
    check_certificates(network, X, y, pool=(X, y))
    radius = 1.001 * lmt_measures.certified_radius(network, X, y)
    found = fooled(network, X, y, radius, (X, y))
    for tries in ("PGD from the ball", "PGD from its surface", "DeepFool and decoupled"):
        assert found[tries].all(), tries


# The stored networks


@pytest.fixture(scope="module")
def test_set(mnist):
    return training.split(mnist)[2]


@pytest.mark.slow
@pytest.mark.parametrize("model", lmt.KEPT)
def test_nothing_contradicts_the_certificates_of_the_stored_networks(test_set, model):
    network = stored_network(lmt.Run(model), FOLDER / f"lmt/{model}.safetensors")
    X, y = test_set
    check_certificates(network, X[:60], y[:60], pool=(X[:2000], y[:2000]), restarts=10)


def stored_arrays(model):
    """The stored weights and biases, float64, by name; and what was measured of them."""
    path = FOLDER / f"lmt/{model}.safetensors"
    weights = {name: W.astype(np.float64) for name, W in load_file(path).items()}
    result = lmt.Run(model).result
    return weights, load_figures(result), load_arrays(result)


def check_measured(radii, figures, arrays):
    """That these radii, in numpy, are those that were stored, and give the same accuracies."""
    for name, eps in RADII.items():
        assert figures[f"cert_{name}"] == pytest.approx(100 * (radii > eps).mean(), abs=1e-9)
    assert figures["median_certified"] == pytest.approx(np.median(radii), rel=1e-4)
    stored = (np.ceil(1000 * radii) - 1).clip(0) / 1000
    assert np.abs(stored - arrays["certified"]).max() < 1.5e-3


@pytest.mark.slow
def test_the_certificates_of_the_best_network_from_all_pairs_of_its_planes(mnist):
    weights, figures, arrays = stored_arrays("best")
    W, b = weights["planes.weight"], weights["planes.bias"]
    s = mnist.x_test.astype(np.float64) @ W.T + b
    classes = np.arange(len(W)) // (len(W) // 10)
    radii = np.zeros(len(s))
    for label in range(10):
        own, rivals = W[classes == label], W[classes != label]
        distances = np.stack([np.linalg.norm(w - rivals, axis=1) for w in own])
        for k in np.flatnonzero(mnist.y_test == label):
            leads = s[k, classes == label][:, None] - s[k, classes != label]
            radii[k] = max((leads / distances).max(0).min(), 0)
    check_measured(radii, figures, arrays)


def convolution_matrix(W, size, stride, padding):
    """The matrix (out·H·H, in·size·size) of a convolution, one weight after the other; and H."""
    out, channels, k, _ = W.shape
    H = (size + 2 * padding - k) // stride + 1
    A = np.zeros((out, H, H, channels, size, size))
    for i, j in np.ndindex(H, H):
        for a, c in np.ndindex(k, k):
            row, column = stride * i + a - padding, stride * j + c - padding
            if 0 <= row < size and 0 <= column < size:
                A[:, i, j, :, row, column] = W[:, :, a, c]
    return A.reshape(out * H * H, -1), H


@pytest.mark.slow
def test_the_certificates_of_the_lmt_network_from_singular_values(mnist):
    """min over i of (F_t − F_i)/(L₁ L₂ L₃ ‖w_t − w_i‖), Tsuzuku et al. 2018, proposition 2."""
    weights, figures, arrays = stored_arrays("lmt")
    x, size, L_sub = mnist.x_test.astype(np.float64), 28, 1.0
    for name in ("conv1", "conv2"):
        A, size = convolution_matrix(weights[f"{name}.weight"], size, stride=2, padding=1)
        b = np.repeat(weights[f"{name}.bias"], size * size)
        x, L_sub = np.maximum(x @ A.T + b, 0), L_sub * np.linalg.svd(A, compute_uv=False)[0]
    A, b = weights["fc1.weight"], weights["fc1.bias"]
    x, L_sub = np.maximum(x @ A.T + b, 0), L_sub * np.linalg.svd(A, compute_uv=False)[0]
    W, b = weights["fc2.weight"], weights["fc2.bias"]
    s = x @ W.T + b
    radii = np.full(len(s), np.inf)
    t = mnist.y_test
    for i in range(10):
        rivals = t != i
        lead = s[rivals, t[rivals]] - s[rivals, i]
        slope = L_sub * np.linalg.norm(W[t[rivals]] - W[i], axis=1)
        radii[rivals] = np.minimum(radii[rivals], np.maximum(lead / slope, 0))
    check_measured(radii, figures, arrays)
    L = L_sub * np.linalg.svd(W, compute_uv=False)[0]
    assert figures["lipschitz"] == pytest.approx(L, rel=1e-6)
