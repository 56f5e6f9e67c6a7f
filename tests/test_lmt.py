"""Certificates that no attack breaks, losses by their formulas, and what training does."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from lmt_networks import EPS, LOSSES, small_network
from lmt_networks import trained as trained_network
from small_digits import train_set, unseen
from torch import nn

from helpers import attacks, evaluation, lmt, training
from helpers.lipschitz import PowerIteration, proven_slopes, rival_slopes
from helpers.lmt import LMT, GloRo, certified_accuracy, certified_radius, radii

pytestmark = pytest.mark.usefixtures("one_thread")

KINDS = ("plain", "LMT, Prop. 1", "LMT, Prop. 2", "GloRo")


@pytest.fixture(scope="module")
def images():
    """Images that the networks were not trained on: X, y."""
    return unseen(300)


@pytest.fixture(scope="module")
def trained():
    return {name: trained_network(name) for name in KINDS}


# Radii from scores and slopes


@given(st.integers(0, 99), st.integers(2, 6))
def test_radii_are_the_least_ratio_over_the_rivals(seed, classes):
    generator = torch.Generator().manual_seed(seed)
    s = torch.randn(8, classes, generator=generator)
    y = torch.randint(0, classes, (8,), generator=generator)
    K = torch.rand(8, classes, classes, generator=generator) + 0.1
    common, own = radii(s, y, K[0]), radii(s, y, K)
    for k in range(8):
        rivals = [i for i in range(classes) if i != y[k]]
        for found, slopes in ((common, K[0]), (own, K[k])):
            expected = min((s[k, y[k]] - s[k, i]) / slopes[y[k], i] for i in rivals)
            assert found[k].item() == pytest.approx(max(expected.item(), 0))
        assert (own[k] > 0) == (s[k].argmax() == y[k])


def test_radii_at_a_tie_and_of_scores_that_cannot_move():
    K = torch.zeros(2, 2)
    s = torch.tensor([[1.0, 1.0], [2.0, 1.0], [1.0, 2.0]])
    assert radii(s, torch.tensor([0, 0, 0]), K).tolist() == [0, math.inf, 0]


def test_certified_accuracy_starts_at_accuracy():
    found = torch.tensor([0.0, 0.5, 1.0, 2.0])
    assert [certified_accuracy(found, eps) for eps in (0, 0.5, 0.7, 3)] == [0.75, 0.5, 0.5, 0]


# Certificates


@pytest.mark.parametrize("name", KINDS)
def test_no_attack_succeeds_within_the_certified_radius(trained, images, name):
    network, (X, y) = trained[name], images
    radius = certified_radius(network, X, y)
    assert (radius > 0).double().mean() > 0.5
    for eps in radius.quantile(torch.tensor([0.3, 0.6, 0.9]).double()).tolist():
        inside = radius > eps
        moved = attacks.pgd(network, X[inside], y[inside], eps, steps=20, restarts=2)
        assert evaluation.error_rate(network, moved, y[inside]) == 0
    moved = attacks.deepfool(network, X, y)
    fooled = evaluation.scores(network, moved).argmax(1) != y
    assert fooled.double().mean() > 0.9
    assert ((moved - X).norm(dim=1)[fooled] >= radius[fooled]).all()


def test_the_radius_is_exact_for_two_classes_and_one_layer():
    network = nn.Sequential(nn.Linear(64, 2))
    X = torch.rand(50, 64)
    w = (network[0].weight[1] - network[0].weight[0]).detach().double()
    with torch.no_grad():
        s = network(X)
    distance = (s[:, 1] - s[:, 0]).abs().double() / w.norm()
    found = certified_radius(network, X, s.argmax(1))
    torch.testing.assert_close(found, distance, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", KINDS)
def test_the_second_proposition_is_never_looser(trained, images, name):
    network = trained[name]
    second = certified_radius(network, *images)
    first = certified_radius(network, *images, per_rival=False)
    assert second.dtype == torch.float64 and (second >= first).all()
    assert (second > first).any()
    wrong = evaluation.scores(network, images[0]).argmax(1) != images[1]
    assert torch.equal(second == 0, wrong) and torch.equal(first == 0, wrong)


def test_the_radius_of_the_first_proposition_is_that_of_the_margin(trained, images):
    network, (X, y) = trained["plain"], images
    L = proven_slopes(network, (64,), per_rival=False)[0, 1].item() / math.sqrt(2)
    margin = attacks.margin(evaluation.scores(network, X), y)
    expected = (margin / (math.sqrt(2) * L)).clamp_min(0).double()
    found = certified_radius(network, X, y, per_rival=False)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


def test_training_for_a_radius_certifies_more(trained, images):
    certified = {
        name: certified_accuracy(certified_radius(network, *images), EPS)
        for name, network in trained.items()
    }
    plain = certified.pop("plain")
    assert all(share > plain + 0.2 for share in certified.values()), (plain, certified)
    assert all(evaluation.error_rate(network, *images) < 0.2 for network in trained.values())


def test_certificates_leave_the_network_alone(trained, images):
    network = trained["plain"]
    before = {name: W.clone() for name, W in network.state_dict().items()}
    certified_radius(network, *images)
    assert all(torch.equal(W, before[name]) for name, W in network.state_dict().items())
    assert next(network.parameters()).dtype == torch.float32


# The losses


def converged(loss, network):
    """The loss after so many steps that its norms have arrived, and K as it sees it then."""
    for _ in range(300):
        K = rival_slopes(network, loss.norms, getattr(loss, "per_rival", True))
    return K.detach()


@pytest.fixture
def batch():
    X, y = train_set()
    return X[:40].double(), y[:40]


@pytest.mark.parametrize("per_rival", [True, False])
@pytest.mark.parametrize("c", [0.0, 0.01, 0.1, 10.0])
def test_lmt_is_what_the_formula_says(batch, per_rival, c):
    X, y = batch
    network = small_network().double()
    s = 30 * network(X).detach()
    y = torch.where(torch.arange(len(y)) % 3 == 0, y, s.argmax(1))  # some right, some wrong
    network[-1].weight.data *= 30
    network[-1].bias.data *= 30
    loss = LMT(network, (64,), c, per_rival)
    K = converged(loss, network)
    torch.testing.assert_close(K, proven_slopes(network, (64,), per_rival), rtol=1e-4, atol=0)
    total = 0
    for scores, label in zip(s, y, strict=True):
        rivals = [i for i in range(10) if i != label]
        margins = torch.stack([scores[label] - scores[i] for i in rivals])
        added = c * torch.stack([K[label, i] for i in rivals])
        share = (margins / added).clamp(0, 1).min() if c else 1
        raised = scores.clone()
        raised[rivals] += share * added
        total += -raised.log_softmax(0)[label]
    assert loss(network, X, y).item() == pytest.approx(total.item() / len(y), rel=1e-6)


def test_lmt_without_a_radius_is_the_cross_entropy(batch):
    network = small_network().double()
    value = LMT(network, (64,), 0)(network, *batch)
    torch.testing.assert_close(value, training.cross_entropy(network, *batch))


def test_a_misclassified_image_teaches_lmt_nothing_about_slopes(batch):
    network = small_network().double()
    X = batch[0]
    wrong = (network(X).argmax(1) + 1) % 10
    value = LMT(network, (64,), 1)(network, X, wrong)
    torch.testing.assert_close(value, training.cross_entropy(network, X, wrong))


def test_gloro_is_what_the_formula_says(batch):
    X, y = batch
    network = small_network().double()
    loss = GloRo(network, (64,), 0.05)
    K, s = converged(loss, network), network(X).detach()
    total, certified = 0, []
    for scores, label in zip(s, y, strict=True):
        j = scores.argmax().item()
        bottom = max(scores[i] + 0.05 * K[j, i] for i in range(10) if i != j)
        certified.append(bool(bottom < scores[j]))
        total += -torch.cat([scores, bottom[None]]).log_softmax(0)[label]
    assert loss(network, X, y).item() == pytest.approx(total.item() / len(y), rel=1e-6)
    assert certified == (radii(s, s.argmax(1), K) > 0.05).tolist()
    assert len(set(certified)) == 2


@pytest.mark.parametrize("name", ["LMT, Prop. 1", "LMT, Prop. 2", "GloRo"])
def test_the_gradients_against_differences(batch, name):
    """With images classified with room to spare, so that LMT's share, constant to it, is 1."""
    X = batch[0]
    network = small_network().double()
    network[-1].weight.data *= 50
    loss = LOSSES[name](network)
    loss.c = loss.eps = 1e-3
    with torch.no_grad():
        y = network(X).argmax(1)
    sure = attacks.margin(network(X), y) > 0.5
    X, y = X[sure], y[sure]
    converged(loss, network)
    gradients = torch.autograd.grad(loss(network, X, y), list(network.parameters()))
    generator = torch.Generator().manual_seed(0)
    for W, gradient in zip(network.parameters(), gradients, strict=True):
        assert gradient.isfinite().all()
        direction = F.normalize(torch.randn(W.numel(), generator=generator).double(), dim=0)
        direction = direction.view_as(W)
        ends = []
        for change in (1e-5, -2e-5):
            W.data += change * direction
            converged(loss, network)
            ends.append(loss(network, X, y).item())
        W.data += 1e-5 * direction
        difference = (ends[0] - ends[1]) / 2e-5
        assert (gradient * direction).sum().item() == pytest.approx(difference, rel=1e-3, abs=1e-7)


def test_the_radius_can_be_raised_between_epochs():
    X, y = (each[:100] for each in train_set())
    network = small_network()
    loss = GloRo(network, (64,), 0.0)
    seen = []

    def raise_eps(epoch):
        seen.append(loss.eps)
        loss.eps = 0.1 * (epoch + 1)

    optimiser = torch.optim.Adam(network.parameters())
    training.train(network, X, y, optimiser, 3, 50, loss=loss, after_epoch=raise_eps, disable=True)
    assert seen == pytest.approx([0, 0.1, 0.2])


def test_losses_train_networks_with_batch_norm():
    torch.manual_seed(0)
    X, y = (each[:300] for each in train_set())
    network = nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 8, 4, 2, 1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(128, 10),
    )
    loss = LMT(network, (64,), 0.1)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    training.train(network, X, y, optimiser, 20, 50, loss=loss, disable=True)
    assert not network.training
    radius = certified_radius(network, X, y)
    assert (radius > 0).double().mean() > 0.9
    running = network[2].running_mean.clone()
    assert torch.equal(certified_radius(network.train(), X, y), radius)
    assert network.training and torch.equal(network[2].running_mean, running)
    network.eval()
    eps = radius.median().item()
    moved = attacks.pgd(network, X, y, eps)
    assert evaluation.error_rate(network, moved[radius > eps], y[radius > eps]) == 0


# Sampled slopes


def test_sampled_slopes_lie_below_the_proven_ones(trained, images):
    network, X = trained["LMT, Prop. 2"], images[0][:40]
    slopes = lmt.sampled_slopes(network, X, 0.5, samples=5)
    assert slopes.shape == (40, 10, 10)
    assert (slopes <= proven_slopes(network, (64,)) * (1 + 1e-5)).all()
    assert not slopes.diagonal(dim1=1, dim2=2).any()
    torch.testing.assert_close(slopes, slopes.transpose(1, 2))


def test_more_samples_only_find_more(trained, images):
    network, X = trained["plain"], images[0][:20]
    few, many = (lmt.sampled_slopes(network, X, 0.5, samples, seed=3) for samples in (2, 6))
    here = lmt.sampled_slopes(network, X, 0.5, samples=0)
    assert (here <= few).all() and (few <= many).all() and (here < many).any()
    again = lmt.sampled_slopes(network, X, 0.5, 2, seed=3)
    assert torch.equal(few, again)


def test_sampled_slopes_of_a_linear_network_are_exact():
    network = nn.Sequential(nn.Linear(64, 3))
    W = network[0].weight.detach()
    slopes = lmt.sampled_slopes(network, torch.rand(2, 64), 1.0, samples=2)
    expected = (W[:, None] - W).norm(dim=2)
    torch.testing.assert_close(slopes, expected.expand(2, 3, 3), rtol=1e-5, atol=1e-6)


def test_the_chain_of_radii(trained, images):
    """Certified ≤ with sampled global slopes ≤ with sampled local slopes, image by image."""
    network, (X, y) = trained["GloRo"], images
    local = lmt.sampled_slopes(network, X, 0.5, samples=5)
    s = evaluation.scores(network, X)
    certified = certified_radius(network, X, y)
    with_global, with_local = radii(s, y, local.amax(0)), radii(s, y, local)
    assert (certified <= with_global * (1 + 1e-5)).all() and (with_global <= with_local).all()
    assert (certified < with_local).any()


# Bad input


def test_what_makes_no_sense_is_refused(trained, images):
    network, (X, y) = trained["plain"], images
    with pytest.raises(ValueError, match="c must be 0 or more, and finite; got -1"):
        LMT(network, (64,), -1)
    with pytest.raises(ValueError, match="eps must be 0 or more, and finite; got nan"):
        GloRo(network, (64,), math.nan)
    with pytest.raises(ValueError, match=r"shape \(63,\) does not fit the network"):
        PowerIteration(network, (63,))
    with pytest.raises(ValueError, match=r"X must be a float tensor of shape \(m, n\)"):
        certified_radius(network, X[0], y)
    with pytest.raises(ValueError, match="y must hold classes from 0 to 9; it had 1 to 10"):
        certified_radius(network, X[:2], torch.tensor([1, 10]))
    with pytest.raises(ValueError, match="radius must be 0 or more, and finite; got -1"):
        lmt.sampled_slopes(network, X, -1)
