"""The ensemble of attacks: exact where theory is, as strong as others', sound in float64."""

import copy

import foolbox
import numpy as np
import pytest
import torch
from art.attacks.evasion import AutoProjectedGradientDescent, SquareAttack
from art.estimators.classification import PyTorchClassifier
from hypothesis import given
from hypothesis import strategies as st
from small_digits import trained_network, unseen
from trainings import linear_network

from helpers import apgd, attacks, ensemble
from helpers.architectures import two_layers
from helpers.initialisation import fan_in, initialise
from helpers.nearest import distance, minimum_norm
from helpers.square import square

pytestmark = pytest.mark.usefixtures("one_thread")

RADII = {"l2": [0.2, 0.5, 0.8], "linf": [0.03, 0.08, 0.15]}
MIDDLE = {norm: radii[1] for norm, radii in RADII.items()}


@pytest.fixture(scope="module")
def network():
    return trained_network()


@pytest.fixture(scope="module")
def images():
    return unseen(300)


def classifier(network, shape):
    """The network, as ART's attacks take it."""
    loss = torch.nn.CrossEntropyLoss()
    return PyTorchClassifier(network, loss, shape, 10, clip_values=(0, 1), device_type="cpu")


@pytest.fixture(scope="module")
def theirs(network):
    return classifier(network, (64,))


def left(network, X, y, moved):
    """The share of the images that are classified correctly where they were moved."""
    return (~attacks.is_fooled(network, moved, y)).double().mean().item()


# Balls and boxes


@given(st.sampled_from(attacks.NORMS), st.floats(0, 3), st.integers(1, 12), st.integers(0, 9))
def test_every_attack_stays_in_the_ball_and_the_box(norm, eps, steps, seed):
    generator = torch.Generator().manual_seed(seed)
    X = torch.rand(5, 64, generator=generator).round(decimals=1)
    y = torch.randint(0, 10, (5,), generator=generator)
    network = initialise(two_layers(64, 8, 10), fan_in, seed)
    for moved in (
        apgd.apgd(network, X, y, eps, norm, steps=steps),
        apgd.apgd(network, X, y, eps, norm, apgd.dlr, steps),
        ensemble.towards_each_class(network, X, y, eps, norm, steps),
        square(network, X, y, eps, norm, steps, seed),
    ):
        assert moved.min() >= 0 and moved.max() <= 1
        assert distance(moved, X, norm).max() <= eps + 1e-6


# Against theory: of a linear network the distances are known


@pytest.fixture
def linear():
    """A network with images of two classes, and their distances in either norm."""
    network, X, y, gap, w = linear_network()
    return network, X, y, {"l2": gap / w.norm(), "linf": gap / w.abs().sum()}


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_the_nearest_adversarial_images_of_a_linear_network(linear, norm):
    network, X, y, distances = linear
    found = distance(minimum_norm(network, X, y, norm, steps=100), X, norm).double()
    torch.testing.assert_close(found, distances[norm], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_apgd_fools_a_linear_network_from_the_distance_on(linear, norm):
    network, X, y, distances = linear
    for x, label, d in zip(X.split(1), y.split(1), distances[norm].tolist(), strict=True):
        for share, is_fooled in ((0.99, False), (1.01, True)):
            moved = apgd.apgd(network, x, label, share * d, norm)
            assert attacks.is_fooled(network, moved, label).item() == is_fooled


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_square_needs_no_gradient(linear, norm):
    network, X, y, distances = linear
    eps = 6 * distances[norm].quantile(0.5).item()

    class ScoresAlone(torch.nn.Module):
        def forward(self, x):
            return network(x).detach()

    assert left(network, X, y, square(ScoresAlone(), X, y, eps, norm, queries=500)) < 0.3
    assert left(network, X, y, square(network, X, y, 0.0, norm, queries=3)) == 1


def test_misclassified_images_stay_where_they_are(linear):
    network, X, y, _ = linear
    assert torch.equal(minimum_norm(network, X, 1 - y, steps=3), X)


def test_what_fools_nobody_is_infinitely_far(images):
    network = two_layers(64, 4, 10)
    with torch.no_grad():
        network.fc2.weight.zero_()
        network.fc2.bias.copy_(torch.arange(10.0))
    X, y = images[0][:8], torch.tensor([9, 9, 9, 9, 0, 1, 2, 3])
    found = ensemble.attacked(network, X, y, "linf", [0.1])
    assert found[:4].isinf().all() and not found[4:].any()


# The losses


def test_dlr_does_not_change_with_the_scale_and_the_place_of_the_scores():
    generator = torch.Generator().manual_seed(0)
    s = torch.randn(20, 10, generator=generator)
    y = torch.randint(0, 10, (20,), generator=generator)
    for goal in (apgd.dlr, apgd.targeted_dlr(3)):
        torch.testing.assert_close(goal(7 * s + 2, y), goal(s, y), rtol=1e-4, atol=1e-5)
    assert torch.equal(apgd.dlr(s, y) > 0, attacks.margin(s, y) < 0)


def test_the_step_is_thought_over_when_the_paper_says():
    assert apgd.checks(100) == [22, 41, 57, 70, 80, 87, 93, 99]


# Against others


@pytest.mark.parametrize("norm", attacks.NORMS)
@pytest.mark.parametrize(
    ("goal", "loss"),
    [(attacks.error_log_odds, "cross_entropy"), (apgd.dlr, "difference_logits_ratio")],
    ids=["CE", "DLR"],
)
def test_apgd_is_as_strong_as_that_of_art(network, theirs, images, norm, goal, loss):
    (X, y), eps = images, MIDDLE[norm]
    attack = AutoProjectedGradientDescent(
        theirs,
        norm=2 if norm == "l2" else np.inf,
        eps=eps,
        eps_step=2 * eps,
        max_iter=100,
        nb_random_init=1,
        batch_size=300,
        loss_type=loss,
        verbose=False,
    )
    expected = left(network, X, y, torch.from_numpy(attack.generate(X.numpy(), y.numpy())))
    ours = left(network, X, y, apgd.apgd(network, X, y, eps, norm, goal))
    assert 0.05 < expected < 0.95
    assert ours <= expected + 0.005


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_square_is_about_as_strong_as_that_of_art(network, images, norm):
    X, y = (values[:100] for values in images)
    of_pictures = torch.nn.Sequential(torch.nn.Flatten(), network)
    as_pictures = classifier(of_pictures, (1, 8, 8))
    attack = SquareAttack(
        as_pictures,
        norm=2 if norm == "l2" else np.inf,
        eps=2 * MIDDLE[norm],
        max_iter=300,
        verbose=False,
    )
    found = attack.generate(X.unflatten(1, (1, 8, 8)).numpy(), y.numpy())
    expected = left(network, X, y, torch.from_numpy(found).flatten(1))
    ours = left(network, X, y, square(network, X, y, 2 * MIDDLE[norm], norm, queries=300))
    assert ours < 0.9  # it does something
    assert ours <= expected + 0.05  # both are random


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_minimum_norm_is_as_strong_as_foolbox(network, images, norm):
    X, y = images
    name = {"l2": "L2FMNAttack", "linf": "LInfFMNAttack"}[norm]
    model = foolbox.PyTorchModel(network, bounds=(0, 1))
    _, expected, _ = getattr(foolbox.attacks, name)(steps=100)(model, X, y, epsilons=None)
    moved = minimum_norm(network, X, y, norm, steps=100)
    assert left(network, X, y, moved) == 0
    ours, others = (distance(each, X, norm) for each in (moved, expected))
    for eps in RADII[norm]:
        assert (ours > eps).double().mean() <= (others > eps).double().mean() + 0.005
    assert ours.median() <= 1.01 * others.median()


# A network that hides its gradient


class Steps(torch.nn.Module):
    """A network that sees its pixels in steps, as one that has learnt not to look at faint ink."""

    def __init__(self, network, width):
        super().__init__()
        self.network, self.width = network, width

    def forward(self, X):
        soft = torch.sigmoid((X - 0.5) * 200 / self.width)  # flat nearly everywhere
        return self.network(soft)


def test_noise_sees_where_a_gradient_that_vanishes_does_not(network, images):
    X, y = images[0].round(), images[1]
    hidden = Steps(network, 1.0)
    rows = ~attacks.is_fooled(hidden, X, y)
    X, y = X[rows], y[rows]
    plain = distance(minimum_norm(hidden, X, y, steps=100), X, "l2")
    moved = minimum_norm(hidden, X, y, steps=100, sigma=0.3)
    assert left(hidden, X, y, moved) < 0.05
    seen = torch.where(attacks.is_fooled(hidden, moved, y), distance(moved, X, "l2"), np.inf)
    gradients = attacks.gradient(lambda x: attacks.error_log_odds(hidden(x), y), X)
    assert (gradients == 0).all(1).double().mean() > 0.5
    fooled = plain[plain > 0]
    assert len(fooled) < 0.5 * len(y) or seen.median() < fooled.median()


# The ensemble


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_the_ensemble_finds_what_any_of_its_attacks_finds(network, images, norm):
    X, y = (values[:100] for values in images)
    found = ensemble.attacked(network, X, y, norm, RADII[norm], batch=60)
    assert found.dtype == torch.float64
    assert torch.equal(
        found == 0, attacks.is_fooled(copy.deepcopy(network).double(), X.double(), y)
    )
    for eps in RADII[norm][1:]:
        shares = ensemble.left_by_each(network, X, y, norm, eps, batch=60)
        every = shares.pop("all")
        assert every <= min(shares.values())
        assert (found > eps).double().mean() <= every + 0.011  # one image of the hundred
        assert set(shares) == {*ensemble.NEAREST, *ensemble.WITHIN}


def test_what_fools_only_in_float32_does_not_count(linear):
    network, X, y, _ = linear
    exact = copy.deepcopy(network).double()
    outside = X.clone()
    outside[:, 0] = -0.5
    assert ensemble.checked_distance(exact, X, y, outside, "l2").isinf().all()
    assert ensemble.checked_distance(exact, X, y, X, "l2").isinf().all()
    found = ensemble.checked_distance(exact, X, 1 - y, X + 2e-8, "linf")
    assert (found == distance((X + 2e-8).double(), X.double(), "linf")).all()


# Bad input


@pytest.mark.parametrize(
    ("function", "change", "message"),
    [
        (apgd.apgd, {"eps": -1.0}, "eps must be 0 or more"),
        (apgd.apgd, {"eps": 0.1, "steps": 0}, "steps must be 1 or more"),
        (apgd.apgd, {"eps": 0.1, "norm": "l1"}, r"norm must be one of \['l2', 'linf'\]; got 'l1'"),
        (square, {"eps": 0.1, "queries": 0}, "queries must be 1 or more"),
        (minimum_norm, {"sigma": -0.1}, "sigma must be 0 or more"),
        (ensemble.attacked, {"norm": "l2", "radii": [0.2, 0.1]}, "radii must be positive and rise"),
        (ensemble.attacked, {"norm": "l2", "radii": [0.0, 0.1]}, "radii must be positive and rise"),
    ],
)
def test_attacks_refuse(network, function, change, message):
    good = {"X": torch.zeros(2, 64), "y": torch.tensor([0, 1])}
    with pytest.raises(ValueError, match=message):
        function(network, **(good | change))


def test_the_targeted_loss_wants_four_classes(linear):
    network, X, y, _ = linear
    with pytest.raises(ValueError, match="network must have four classes or more; it had 2"):
        ensemble.attacked(network, X, y, "l2", [0.1])


def test_square_wants_square_images():
    network = initialise(two_layers(60, 8, 10), fan_in, 0)
    with pytest.raises(ValueError, match="X must hold square images, 3 pixels wide or more"):
        square(network, torch.zeros(1, 60), torch.tensor([0]), 0.1)


# Networks that are awkward


class Through(torch.nn.Module):
    """A network that sees its images through a function."""

    def __init__(self, network, function):
        super().__init__()
        self.network, self.function = network, function

    def forward(self, X):
        return self.network(self.function(X))


@pytest.mark.parametrize(
    "function",
    [lambda X: X.clamp_min(0).sqrt(), lambda X: (X > 0.5).to(X.dtype), lambda X: X.detach()],
    ids=["an infinite slope at black", "binarised", "without a gradient"],
)
def test_a_gradient_that_is_no_number_stops_no_attack(network, images, function):
    X, y = (values[:60] for values in images)
    awkward = Through(network, function)
    found = ensemble.attacked(awkward, X, y, "l2", [2.0])
    assert not found.isnan().any()
    assert (found > 2).double().mean() < 0.8 * (found > 0).double().mean()


def test_pixels_of_infinite_slope_do_not_hide_the_others(network, images):
    X, y = (values[:100] for values in images)
    left = [
        (ensemble.attacked(Through(network, root), X, y, "l2", [0.6]) > 0.6).double().mean()
        for root in (lambda X: X.clamp_min(0).sqrt(), lambda X: X.clamp_min(1e-8).sqrt())
    ]
    assert left[0] <= left[1] + 0.05


def test_scores_that_are_no_numbers_are_wrong(network, images):
    X, y = (values[:10] for values in images)
    nowhere = Through(network, lambda X: X * float("nan"))
    assert attacks.is_fooled(nowhere, X, y).all()
    assert not ensemble.attacked(nowhere, X, y, "l2", [0.5]).any()


@pytest.mark.parametrize("eps", [0.003, 0.01, 0.0200001])
@pytest.mark.parametrize("norm", attacks.NORMS)
def test_what_is_found_in_a_small_ball_lies_in_it(norm, eps):
    """Rounding in float32 is absolute: in a small ball it is a large share of ε."""
    generator = torch.Generator().manual_seed(0)
    X = torch.randint(0, 256, (40, 64), generator=generator) / 255
    layer = torch.nn.Linear(64, 10)
    torch.nn.init.normal_(layer.weight, generator=generator)
    y = layer(X).argmax(1)
    for attack in ensemble.WITHIN.values():
        moved = attack(layer, X, y, ensemble.inside(eps), norm)
        assert distance(moved.double(), X.double(), norm).max() <= eps


def test_results_carry_no_graph(network, images):
    X, y = (values[:10] for values in images)
    X = X.clone().requires_grad_()
    for moved in (apgd.apgd(network, X, y, 0.5), minimum_norm(network, X, y, steps=3)):
        assert not moved.requires_grad


def test_one_ball_is_checked_as_many_are(network, images):
    X, y = (values[:5] for values in images)
    with pytest.raises(ValueError, match="eps must be 0 or more, and finite; got -1"):
        ensemble.left_by_each(network, X, y, "l2", -1)
    few = torch.nn.Linear(64, 2)
    with pytest.raises(ValueError, match="network must have four classes or more; it had 2"):
        ensemble.left_by_each(few, X, y % 2, "l2", 0.5)
