"""What an attack finds for an image depends on that image and the seed alone."""

from functools import partial

import pytest
import torch
from small_digits import train_set, unseen

from helpers import apgd, attacks, lmt, nearest, square, training
from helpers.architectures import two_layers
from helpers.initialisation import fan_in, initialise
from helpers.noise import Noise

pytestmark = pytest.mark.usefixtures("one_thread")

#: attack(network, X, y), from weaker to stronger where images are on the edge of being fooled.
ATTACKS = {
    "pgd": partial(attacks.pgd, eps=0.4, steps=10, restarts=3),
    "pgd in L∞": partial(attacks.pgd, eps=0.06, norm="linf", steps=10, restarts=3),
    "targeted_pgd": partial(attacks.targeted_pgd, eps=0.4, steps=10, sigma=0.1),
    "apgd": partial(apgd.apgd, eps=0.4, steps=20),
    "minimum_norm": partial(nearest.minimum_norm, steps=20, sigma=0.1),
    "square": partial(square.square, eps=0.4, queries=50),
    "square in L∞": partial(square.square, eps=0.06, norm="linf", queries=50),
}


@pytest.fixture(scope="module")
def network():
    """In double precision, where sums of another order do not differ by more than rounding."""
    network = initialise(two_layers(64, 32, 10), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    training.train(network, *train_set(), optimiser, epochs=5, batch=50, disable=True)
    return network.double()


@pytest.fixture(scope="module")
def images():
    X, y = unseen(60)
    return X.double(), y


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("batch", [20, 7, 1])
def test_batches_do_not_matter(name, batch, network, images):
    X, y = images
    together = ATTACKS[name](network, X, y)
    parts = [ATTACKS[name](network, X[k], y[k]) for k in torch.arange(len(X)).split(batch)]
    torch.testing.assert_close(torch.cat(parts), together, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_order_does_not_matter(name, network, images):
    X, y = images
    together, order = ATTACKS[name](network, X, y), torch.arange(len(X)).flip(0)
    found = ATTACKS[name](network, X[order], y[order])
    torch.testing.assert_close(found, together[order], rtol=0, atol=1e-6)


def test_slopes_are_sampled_at_the_same_points(network, images):
    X = images[0][:6]
    one_by_one = [lmt.sampled_slopes(network, x, 0.5, samples=2) for x in X.split(1)]
    together = lmt.sampled_slopes(network, X, 0.5, samples=2)
    torch.testing.assert_close(torch.cat(one_by_one), together)


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_in_single_precision_the_same_images_are_fooled(norm, network, images):
    X, y = images[0].float(), images[1]
    eps = {"l2": 0.4, "linf": 0.06}[norm]
    attack = partial(attacks.fooling_radius, initialised(network), radii=[eps], norm=norm)
    found = [
        torch.cat([attack(X[k], y[k], steps=10) for k in torch.arange(len(X)).split(batch)])
        for batch in (60, 10, 1)
    ]
    assert 0 < (found[0] < torch.inf).double().mean() < 1
    assert all(torch.equal(found[0], other) for other in found[1:])


def initialised(network):
    single = two_layers(64, 32, 10)
    single.load_state_dict(network.state_dict())
    return single


def test_each_image_has_its_own_numbers_in_every_precision():
    X = torch.rand(3, 64)
    drawn = Noise(X, 5).normal(64)
    assert drawn.dtype == torch.float32
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn, Noise(X, 6).normal(64))
    double = Noise(X.double(), 5).normal(64)
    assert double.dtype == torch.float64
    assert torch.equal(double.float(), drawn)


def test_numbers_go_on_for_the_images_that_are_left():
    X = torch.rand(3, 8)
    noise, whole = Noise(X, 0), Noise(X, 0)
    noise.uniform(8), whole.uniform(8)
    assert torch.equal(noise.of(torch.tensor([2, 0])).uniform(8), whole.uniform(8)[[2, 0]])


def test_noise_is_evenly_spread():
    X = torch.rand(500, 100)
    u, z = Noise(X, 0).uniform(100).double(), Noise(X, 0).normal(100).double()
    assert u.mean() == pytest.approx(0.5, abs=0.01)
    assert z.mean() == pytest.approx(0, abs=0.02)
    assert z.std() == pytest.approx(1, abs=0.02)
    assert torch.corrcoef(z).triu(1).abs().max() < 0.6


def test_a_seed_below_0_is_refused():
    with pytest.raises(ValueError, match="seed must be a whole number of 0 or more; got -1"):
        Noise(torch.rand(2, 3), -1)
