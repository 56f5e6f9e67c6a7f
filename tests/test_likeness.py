"""How much of a digit there is in gradients and filters, where it is known."""

import numpy as np
import pytest
import torch
from trainings import split_images

from helpers.likeness import (
    class_means,
    likeness,
    other_classes,
    principal_components,
    roughness,
)

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def data():
    return split_images(noise=0.2)


def test_noise_is_rough_and_a_constant_is_smooth():
    noise = torch.randn(200, 5, 6, 6, generator=torch.Generator().manual_seed(0))
    assert roughness(noise).item() == pytest.approx(1, abs=0.05)
    assert roughness(torch.full((3, 2, 5, 5), 0.7)) == 0
    wave = torch.sin(torch.arange(30) * torch.pi / 3).expand(1, 1, 30, 30)
    # Differences of sin with a step φ: mean square 1 − cos φ across, 0 along; here φ = 60°.
    assert roughness(wave).item() == pytest.approx((1 - np.cos(np.pi / 3)) / 2, rel=0.05)


def test_likeness_to_digits_of_what_is_known(data):
    X, y = data[0]
    means = class_means(X, y)
    components = principal_components(X, 9)
    torch.testing.assert_close(components @ components.T, torch.eye(9), atol=1e-5, rtol=0)

    def of(g):
        return likeness(g, X, y, means, components)

    nearest = other_classes(X, y, means)[:, 0]
    assert of(means[nearest] - X)["towards_rival"] == pytest.approx(1, abs=1e-5)
    within = torch.randn(len(X), 9, generator=torch.Generator().manual_seed(0)) @ components
    assert of(within)["in_components"] == pytest.approx(1, abs=1e-5)
    noise = of(torch.randn(X.shape, generator=torch.Generator().manual_seed(1)))
    assert noise["roughness"] == pytest.approx(1, abs=0.03)
    assert noise["in_components"] == pytest.approx(9 / 784, rel=0.15)
    assert noise["towards_rival"] == pytest.approx(0, abs=0.02)
    assert of(torch.ones_like(X))["roughness"] == 0


def test_a_gradient_near_the_ink_is_told_from_one_beside_it(data):
    y = data[0][1]
    X = torch.zeros(len(y), 1, 28, 28)
    X[:, :, 10:20, 14] = 0.1  # a thin stroke
    near, beside = torch.zeros_like(X), torch.zeros_like(X)
    near[:, :, 9:21:2, 13:16] = 1
    near[:, :, 10:20:2, 13:16] = -1  # as rough as can be
    beside[:, :, 9:21, 16] = 1
    means = class_means(*data[0])
    components = principal_components(data[0][0], 9)

    def near_ink(g):
        g, flat = g.flatten(1), X.flatten(1)
        return likeness(g, flat, y, means, components)["near_ink"]

    assert near_ink(near) == pytest.approx(1, abs=1e-6)
    assert near_ink(beside) == 0
    assert near_ink(near + beside) == pytest.approx(33 / 45, abs=1e-6)


def test_other_classes_are_in_the_order_of_their_means():
    means = torch.tensor([[0.0], [1.0], [3.0]])
    X, y = torch.tensor([[0.9], [2.9], [-5.0]]), torch.tensor([1, 0, 2])
    classes = other_classes(X, y, means)
    assert classes.tolist() == [[0, 2], [2, 1], [0, 1]]
