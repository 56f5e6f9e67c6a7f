"""The smallest changes that attacks find: of a linear network they are known."""

import pytest
import torch
from trainings import linear_network

from helpers import attacks
from helpers.nearest import decoupled, lengths, nearest_found, shortened

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def linear():
    """A network with images of two classes, and their distances."""
    network, X, y, gap, w = linear_network()
    return network, X, y, gap / w.norm()


def test_the_nearest_adversarial_images_of_a_linear_network(linear):
    network, X, y, distances = linear
    nearest, found = nearest_found(network, X, y, lambda *few: decoupled(*few, steps=60), batch=15)
    assert (found >= distances * (1 - 1e-4)).all()
    assert (found <= distances * 1.03 + 1e-4).all()
    assert attacks.is_fooled(network, nearest, y).all()
    assert nearest.min() >= 0 and nearest.max() <= 1


def test_misclassified_images_are_found_where_they_are(linear):
    network, X, y, _ = linear
    nearest = decoupled(network, X, 1 - y, steps=3)
    assert torch.equal(nearest, X)
    assert not lengths(network, X, 1 - y, nearest).any()


def test_what_fools_nobody_is_infinitely_far(linear):
    network, X, y, _ = linear
    network[0].weight.data *= 0
    network[0].bias.data = torch.tensor([0.0, 1.0])
    y = torch.ones_like(y)
    nearest, found = nearest_found(network, X, y, lambda *few: decoupled(*few, steps=3))
    assert torch.equal(nearest, X) and found.isinf().all()


def test_a_change_is_shortened_as_far_as_it_fools(linear):
    network, X, y, distances = linear
    w = (network[0].weight[1] - network[0].weight[0]).detach()
    side = (1 - 2 * y)[:, None].float()
    far = X + 3 * side * w / w.norm()
    found = shortened(network, X, y, far)
    assert attacks.is_fooled(network, found, y).all()
    found_at = lengths(network, X, y, found)
    torch.testing.assert_close(found_at, distances, atol=3 / 2**10 + 1e-5, rtol=0)
