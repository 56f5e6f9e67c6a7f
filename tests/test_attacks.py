"""The attacks: within their ball and box, as strong as foolbox's, exact where theory is."""

import foolbox
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_digits import trained_network, unseen

from helpers import attacks, evaluation
from helpers.architectures import two_layers
from helpers.initialisation import fan_in, initialise

pytestmark = pytest.mark.usefixtures("one_thread")

RADII = {"l2": [0.2, 0.5, 0.8], "linf": [0.03, 0.08, 0.15]}


@pytest.fixture(scope="module")
def network():
    return trained_network()


@pytest.fixture(scope="module")
def images():
    return unseen(300)


@pytest.fixture(scope="module")
def theirs(network):
    return foolbox.PyTorchModel(network, bounds=(0, 1))


def linear_network(w, b):
    """Two classes with s_1 − s_0 = w·x + b."""
    layer = torch.nn.Linear(len(w), 2)
    with torch.no_grad():
        layer.weight.copy_(torch.stack([-w / 2, w / 2]))
        layer.bias.copy_(torch.tensor([-b / 2, b / 2]))
    return layer


def sizes(moved, X, norm):
    return (moved - X).norm(dim=1, p=2 if norm == "l2" else float("inf"))


# Balls and boxes


@given(
    st.sampled_from(attacks.NORMS),
    st.floats(0, 3),
    st.integers(1, 5),
    st.floats(0, 2),
    st.integers(0, 9),
)
def test_pgd_stays_in_the_ball_and_the_box(norm, eps, steps, step, seed):
    generator = torch.Generator().manual_seed(seed)
    X = torch.rand(5, 64, generator=generator).round(decimals=1)
    y = torch.randint(0, 10, (5,), generator=generator)
    network = initialise(two_layers(64, 8, 10), fan_in, seed)
    moved = attacks.pgd(network, X, y, eps, norm, steps=steps, step=step, restarts=2, seed=seed)
    assert moved.min() >= 0 and moved.max() <= 1
    assert sizes(moved, X, norm).max() <= eps + 1e-6


def test_fgsm_moves_each_pixel_by_eps_unless_it_meets_the_box(network, images):
    X, y = images
    moved = attacks.fgsm(network, X, y, 0.1)
    assert moved.min() >= 0 and moved.max() <= 1
    change = (moved - X).abs()
    inside = (moved > 0) & (moved < 1) & (change > 0)
    assert inside.any()
    torch.testing.assert_close(change[inside], torch.full_like(change[inside], 0.1))
    assert change.max() <= 0.1 + 1e-6


def test_an_attack_leaves_its_arguments_and_the_network_alone(network, images):
    X, y = (each.clone() for each in images)
    before = {name: W.clone() for name, W in network.state_dict().items()}
    for attack in (attacks.fgsm, attacks.pgd):
        attack(network, X, y, 0.1)
    attacks.deepfool(network, X, y)
    attacks.equal_confidence(network, X, (y + 1) % 10, most_steps=3)
    assert torch.equal(X, images[0])
    assert all(torch.equal(W, before[name]) for name, W in network.state_dict().items())
    assert not X.requires_grad


def test_the_same_seed_gives_the_same_images(network, images):
    one, again = (attacks.pgd(network, *images, 0.3, seed=4, restarts=2) for _ in range(2))
    assert torch.equal(one, again)
    assert not torch.equal(one, attacks.pgd(network, *images, 0.3, seed=5, restarts=2))


# The losses


def test_the_log_odds_grow_along_the_gradient_of_the_cross_entropy(network, images):
    X, y = images
    ours = attacks.gradient(lambda x: attacks.error_log_odds(network(x), y), X)
    cross_entropy = torch.nn.CrossEntropyLoss(reduction="none")
    plain = attacks.gradient(lambda x: cross_entropy(network(x), y), X)
    p = network(X).softmax(1).gather(1, y[:, None]).detach()
    clear = p[:, 0] < 0.999  # where 1 − p_y is not lost in rounding
    torch.testing.assert_close((1 - p)[clear] * ours[clear], plain[clear], rtol=1e-3, atol=1e-6)


def test_a_network_that_is_sure_of_itself_has_no_hiding_place():
    w = torch.full((4,), 5000.0)
    network = linear_network(w, b=-9000.0)
    X, y = torch.full((1, 4), 0.6), torch.tensor([1])
    s = network(X)
    assert torch.nn.functional.cross_entropy(s, y) == 0  # and so is its gradient
    assert attacks.robust_accuracy(network, X, y, [0.29, 0.31], "l2") == [1, 0]


# Against theory: the distances from a linear boundary are known


@pytest.mark.parametrize(
    ("attack", "norm", "dual"),
    [("pgd", "l2", 2), ("pgd", "linf", 1), ("fgsm", "linf", 1), ("deepfool", "l2", 2)],
)
def test_the_distance_from_a_linear_boundary(attack, norm, dual):
    generator = torch.Generator().manual_seed(1)
    w = torch.randn(30, generator=generator)
    X = 0.5 + 0.1 * torch.rand(20, 30, generator=generator)
    network = linear_network(w, b=-0.55 * w.sum().item())
    with torch.no_grad():
        y = network(X).argmax(1)
        distance = attacks.margin(network(X), y) / w.norm(p=dual)
    for x, label, d in zip(X.split(1), y.split(1), distance.tolist(), strict=True):
        if attack == "deepfool":
            assert sizes(attacks.deepfool(network, x, label), x, norm).item() == pytest.approx(
                1.02 * (d + 1e-4), abs=1e-5
            )
            continue
        options = {} if attack == "fgsm" else {"norm": norm}
        for eps, is_fooled in ((0.98 * d, False), (1.05 * d, True)):
            moved = getattr(attacks, attack)(network, x, label, eps, **options)
            assert (network(moved).argmax(1) != label).item() == is_fooled


# Against foolbox


def their_robust_accuracy(attack, theirs, images, radii):
    fooled = attack(theirs, *images, epsilons=radii)[2]
    return (~fooled).double().mean(1).tolist()


@pytest.mark.parametrize(
    ("norm", "attack"),
    [
        ("l2", foolbox.attacks.L2ProjectedGradientDescentAttack(steps=50)),
        ("linf", foolbox.attacks.LinfProjectedGradientDescentAttack(steps=40)),
    ],
    ids=["l2", "linf"],
)
def test_pgd_is_as_strong_as_foolbox(network, theirs, images, norm, attack):
    radii = RADII[norm]
    ours = attacks.robust_accuracy(network, *images, radii, norm, restarts=2)
    torch.manual_seed(0)  # foolbox starts at random
    expected = their_robust_accuracy(attack, theirs, images, radii)
    assert 0.05 < expected[1] < 0.95  # the radii are telling
    assert np.all(np.array(ours) <= np.array(expected) + 0.02)


def test_fgsm_is_that_of_foolbox(network, theirs, images):
    X, y = images
    attack = foolbox.attacks.LinfFastGradientAttack()
    for eps in RADII["linf"]:
        expected = attack(theirs, X, y, epsilons=eps)[1]
        moved = attacks.fgsm(network, X, y, eps)
        # Where the cross-entropy's gradient is lost in rounding, foolbox does not move.
        assert ((moved - expected).abs() < 1e-6).double().mean() > 0.98


def test_deepfool_is_as_strong_as_foolbox(network, theirs, images):
    X, y = images
    moved = attacks.deepfool(network, X, y)
    assert evaluation.error_rate(network, moved, y) == 1
    attack = foolbox.attacks.L2DeepFoolAttack()
    expected = attack(theirs, X, y, epsilons=None)[1]
    ours, others = sizes(moved, X, "l2"), sizes(expected, X, "l2")
    for eps in RADII["l2"]:
        assert (ours > eps).double().mean() <= (others > eps).double().mean() + 0.02
    assert ours.median() <= 1.02 * others.median()


# Robust accuracy


def test_robust_accuracy_starts_at_accuracy_and_falls(network, images):
    accuracy = 1 - evaluation.error_rate(network, *images)
    curve = attacks.robust_accuracy(network, *images, [0, 0.1, 0.5, 1, 5], steps=10)
    assert curve[0] == pytest.approx(accuracy)
    assert curve == sorted(curve, reverse=True)
    assert curve[-1] == 0


def test_fooling_radius_says_where_each_image_was_fooled(network, images):
    X, y = images
    radius = attacks.fooling_radius(network, X, y, [0.3, 2.0], batch=77, steps=10)
    with torch.no_grad():
        wrong = attacks.margin(network(X), y) <= 0
    assert torch.equal(radius == 0, wrong)
    assert set(radius.tolist()) <= {0.0, torch.tensor(0.3).item(), 2.0, float("inf")}
    never = attacks.fooling_radius(network, X, y, [1e-6], steps=2)
    assert torch.equal(never == float("inf"), ~wrong)


def test_more_restarts_only_help(network, images):
    once, often = (
        attacks.robust_accuracy(network, *images, [0.5], steps=3, restarts=restarts)
        for restarts in (1, 5)
    )
    assert often <= once


# Towards a class


@pytest.mark.parametrize("norm", attacks.NORMS)
def test_targeted_pgd_arrives_at_the_class_and_goes_on(network, images, norm):
    X, y = images
    target = (y + 3) % 10
    eps = {"l2": 2.0, "linf": 0.4}[norm]
    few, many = (attacks.targeted_pgd(network, X, target, eps, norm, steps) for steps in (2, 40))
    for moved in (few, many):
        assert moved.min() >= 0 and moved.max() <= 1
        assert sizes(moved, X, norm).max() <= eps + 1e-6
    with torch.no_grad():
        before, early, late = (attacks.margin(network(x), target) for x in (X, few, many))
    assert (late > 0).double().mean() > 0.95
    assert (late > before).all() and (late >= early).double().mean() > 0.9


def test_targeted_pgd_is_exact_where_the_network_is_linear():
    w = torch.tensor([0.3, -0.4])
    X, target = torch.full((1, 2), 0.5), torch.tensor([1])
    moved = attacks.targeted_pgd(linear_network(w, 0.0), X, target, 0.1, seed=1)
    torch.testing.assert_close(moved, X + 0.1 * w / 0.5, atol=0.02, rtol=0)
    moved = attacks.targeted_pgd(linear_network(w, 0.0), X, target, 0.1, "linf")
    torch.testing.assert_close(moved, X + 0.1 * w.sign())


# Equal confidence


def test_equal_confidence_arrives_at_the_confidence(network, images):
    X, y = images[0][:50], images[1][:50]
    target = (y + 1) % 10
    moved = attacks.equal_confidence(network, X, target, temperature=2.0)
    nearly = attacks.equal_confidence(network, X, target, temperature=2.0, confidence=0.9)
    with torch.no_grad():
        p, before = (
            (network(each) / 2).softmax(1).gather(1, target[:, None])[:, 0]
            for each in (moved, nearly)
        )
    assert moved.min() >= 0 and moved.max() <= 1
    assert p.min() >= 0.95 - 1e-6 and p.max() < 0.96  # within a step of 1/255
    assert before.min() >= 0.9 - 1e-6
    assert sizes(nearly, X, "l2").median() < sizes(moved, X, "l2").median()


def test_equal_confidence_takes_steps_of_one_grey_level(network, images):
    X, y = images[0][:20].clamp(0.4, 0.6), images[1][:20]
    moved = attacks.equal_confidence(network, X, (y + 1) % 10, most_steps=1)
    walked = sizes(moved, X, "l2")
    torch.testing.assert_close(walked, torch.full_like(walked, 1 / 255))


# Bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": torch.full((2, 64), 1.5)}, r"X must lie in \[0, 1\]; it went from 1.5 to 1.5"),
        ({"X": torch.full((2, 64), float("nan"))}, "X must hold finite numbers"),
        ({"X": torch.zeros(2, 8, 8)}, r"X must be a float tensor of shape \(m, n\)"),
        ({"X": torch.zeros(2, 64, dtype=torch.int64)}, "X must be a float tensor"),
        ({"y": torch.tensor([0, 10])}, "y must hold classes from 0 to 9; it had 0 to 10"),
        ({"y": torch.tensor([0])}, r"y must be an int64 tensor of shape \(2,\)"),
        ({"eps": -0.1}, "eps must be 0 or more, and finite; got -0.1"),
        ({"eps": float("nan")}, "eps must be 0 or more"),
        ({"norm": "l1"}, r"norm must be one of \['l2', 'linf'\]; got 'l1'"),
        ({"steps": 0}, "steps must be 1 or more, and finite; got 0"),
        ({"restarts": 0}, "restarts must be 1 or more, and finite; got 0"),
    ],
)
def test_pgd_refuses(network, change, message):
    good = {"X": torch.zeros(2, 64), "y": torch.tensor([0, 1]), "eps": 0.1}
    with pytest.raises(ValueError, match=message):
        attacks.pgd(network, **(good | change))


def test_the_other_attacks_refuse(network):
    X, y = torch.zeros(2, 64), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=r"radii must rise; they were \[0.2, 0.1\]"):
        attacks.robust_accuracy(network, X, y, [0.2, 0.1])
    with pytest.raises(ValueError, match="temperature must be a positive number; got 0"):
        attacks.equal_confidence(network, X, y, temperature=0)
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1, got 1.5"):
        attacks.equal_confidence(network, X, y, confidence=1.5)
    with pytest.raises(ValueError, match="overshoot must be 0 or more, and finite; got -1"):
        attacks.deepfool(network, X, y, overshoot=-1)
    with pytest.raises(ValueError, match="eps must be 0 or more"):
        attacks.fgsm(network, X, y, -1)
    with pytest.raises(ValueError, match="target must hold classes from 0 to 9; it had 1 to 10"):
        attacks.targeted_pgd(network, X, torch.tensor([1, 10]), 0.1)
    with pytest.raises(ValueError, match="steps must be 1 or more"):
        attacks.targeted_pgd(network, X, y, 0.1, steps=0)
