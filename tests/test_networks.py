"""The networks: their shapes and first weights, how they are trained, and their files."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from helpers import architectures, evaluation, training
from helpers.architectures import lenet, two_layers
from helpers.initialisation import fan_in, fan_out, hundredth, initialise, initialise_orthogonal
from helpers.layers import Concatenation, Maxout, MinMax, Sum, linear_layers
from helpers.weights import load_weights, save_weights


@pytest.fixture
def points():
    """Two classes of points in the plane, one inside the other: X (200, 2), y (200,)."""
    generator = torch.Generator().manual_seed(0)
    X = torch.rand(200, 2, generator=generator)
    return X, ((X - 0.5).norm(dim=1) < 0.3).long()


def trained(points, epochs=5, seed=0, **options):
    network = initialise(two_layers(), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    training.train(network, *points, optimiser, epochs, 20, seed, disable=True, **options)
    return network


def same_weights(one, other):
    ours, others = one.state_dict(), other.state_dict()
    return ours.keys() == others.keys() and all(torch.equal(ours[k], others[k]) for k in ours)


# Shapes


def test_lenet_has_the_published_layers():
    network = initialise(lenet(torch.zeros(784)), hundredth, seed=0)
    shapes = {name: tuple(layer.weight.shape) for name, layer in linear_layers(network).items()}
    assert shapes == {
        "conv1": (20, 1, 5, 5),
        "conv2": (50, 20, 5, 5),
        "fc1": (500, 50, 4, 4),
        "fc2": (10, 500),
    }
    assert sum(isinstance(layer, nn.ReLU) for layer in network) == 1
    assert network(torch.rand(3, 784)).shape == (3, 10)


def test_lenet_is_what_the_formula_says():
    generator = torch.Generator().manual_seed(2)
    mean, X = torch.rand(784, generator=generator), torch.rand(4, 784, generator=generator)
    network = initialise(lenet(mean), fan_in, seed=1)
    W = {name: (layer.weight, layer.bias) for name, layer in linear_layers(network).items()}
    F = torch.nn.functional
    x = (255 * X - 255 * mean).view(4, 1, 28, 28)
    x = F.max_pool2d(F.conv2d(x, *W["conv1"]), 2)
    x = F.max_pool2d(F.conv2d(x, *W["conv2"]), 2)
    x = F.relu(F.conv2d(x, *W["fc1"])).view(4, 500)
    torch.testing.assert_close(network(X), x @ W["fc2"][0].T + W["fc2"][1], rtol=1e-4, atol=1e-3)


OF_2C2F = 16 * 17 + 32 * (16 * 16 + 1) + 100 * 1569 + 10 * 101


@pytest.mark.parametrize(
    ("network", "inputs", "classes", "parameters"),
    [
        (two_layers(), 2, 2, 24 * 3 + 2 * 25),
        (two_layers(64, 16, 10), 64, 10, 16 * 65 + 10 * 17),
        (architectures.conv_2c2f(), 784, 10, OF_2C2F),
        (architectures.conv_2c2f(MinMax), 784, 10, OF_2C2F),
        (architectures.conv_2c2f(batch_norm=True), 784, 10, OF_2C2F + 2 * (16 + 32)),
        (architectures.maxout_network(10, 3), 784, 10, 30 * 785),
        (architectures.maxout_network(4, 1, inputs=5), 5, 4, 4 * 6),
    ],
)
def test_the_other_networks(network, inputs, classes, parameters):
    assert network(torch.rand(5, inputs)).shape == (5, classes)
    assert sum(W.numel() for W in network.parameters()) == parameters


def test_the_activation_and_the_batch_norms_of_2c2f():
    kinds = [type(layer) for layer in architectures.conv_2c2f(MinMax, batch_norm=True)]
    assert kinds.count(MinMax) == 3 and kinds.count(nn.ReLU) == 0
    assert [kinds[k + 1] for k in (1, 4)] == [nn.BatchNorm2d] * 2
    kinds = [type(layer) for layer in architectures.conv_2c2f()]
    assert kinds.count(nn.ReLU) == 3 and kinds.count(nn.BatchNorm2d) == 0


@pytest.mark.parametrize("shape", [(5, 6), (2, 4, 3, 3)])
def test_minmax_sorts_pairs(shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    larger, smaller = MinMax()(x).chunk(2, dim=1)
    one, other = x.chunk(2, dim=1)
    assert (larger >= smaller).all()
    pairs, sorted_pairs = torch.stack([one, other]), torch.stack([smaller, larger])
    assert torch.equal(pairs.sort(0).values, sorted_pairs)


def test_minmax_refuses_an_odd_number_of_channels():
    with pytest.raises(ValueError, match="an even number of channels; there were 3"):
        MinMax()(torch.zeros(2, 3))


@pytest.mark.parametrize("planes", [1, 2, 3, 6])
def test_maxout_takes_the_largest_of_numbers_in_a_row(planes):
    x = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
    largest = [part.amax(1) for part in x.split(planes, dim=1)]
    assert torch.equal(Maxout(planes)(x), torch.stack(largest, 1))


def test_a_maxout_network_is_what_the_formula_says():
    network = architectures.maxout_network(classes=3, planes=4, inputs=5)
    x = torch.rand(5, generator=torch.Generator().manual_seed(0))
    W, b = network.planes.weight, network.planes.bias
    for c, found in enumerate(network(x[None])[0].tolist()):
        scores = [(W[k] @ x + b[k]).item() for k in range(4 * c, 4 * c + 4)]
        assert found == pytest.approx(max(scores), abs=1e-6)


def test_sums_and_concatenations_of_branches():
    x, branch = torch.rand(3, 4), nn.Linear(4, 4)
    assert torch.equal(Sum([nn.Identity(), branch])(x), x + branch(x))
    joined = Concatenation([branch, nn.Identity()])(x)
    assert torch.equal(joined, torch.cat([branch(x), x], dim=1))


# First weights


@pytest.mark.parametrize(
    ("std", "expected"),
    [
        (hundredth, (0.01, 0.01, 0.01, 0.01)),
        (fan_in, ((2 / 25) ** 0.5, (2 / 500) ** 0.5, (2 / 800) ** 0.5, (2 / 500) ** 0.5)),
        (fan_out, ((2 / 500) ** 0.5, (2 / 1250) ** 0.5, (2 / 8000) ** 0.5, (2 / 10) ** 0.5)),
    ],
)
def test_the_spread_of_the_first_weights(std, expected):
    network = initialise(lenet(torch.zeros(784)), std, seed=3)
    for layer, spread in zip(linear_layers(network).values(), expected, strict=True):
        assert layer.weight.std().item() == pytest.approx(spread, rel=0.1)
        assert abs(layer.weight.mean().item()) < 0.2 * spread
        assert not layer.bias.any()


def test_the_seed_decides_the_first_weights():
    one, same, other = (initialise(two_layers(), fan_in, seed) for seed in (1, 1, 2))
    assert same_weights(one, same) and not same_weights(one, other)


def test_batch_norms_keep_their_first_weights():
    network = initialise(architectures.conv_2c2f(batch_norm=True), fan_in, seed=0)
    assert torch.equal(network.norm1.weight, torch.ones(16))


def test_orthogonal_first_weights():
    one, same, other = (
        initialise_orthogonal(architectures.conv_2c2f(), seed) for seed in (1, 1, 2)
    )
    assert same_weights(one, same) and not same_weights(one, other)
    for layer in linear_layers(one).values():
        W = layer.weight.flatten(1)
        square = W @ W.T if len(W) <= W.shape[1] else W.T @ W
        torch.testing.assert_close(square, torch.eye(len(square)), rtol=0, atol=1e-5)
        assert not layer.bias.any()


# Training


def test_training_lowers_the_error(points):
    before = evaluation.error_rate(initialise(two_layers(), fan_in, seed=0), *points)
    assert evaluation.error_rate(trained(points, epochs=30), *points) < min(before, 0.1)


def test_training_follows_from_the_seed(points):
    assert same_weights(trained(points), trained(points))
    assert not same_weights(trained(points), trained(points, seed=1))


def test_weight_decay_shrinks_the_weights_by_the_factor_of_the_formula(points):
    """W ← W − ηλW, where the loss is flat."""
    network = initialise(two_layers(), fan_in, seed=0)
    before = network.fc1.weight.detach().clone()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.5, weight_decay=0.1)
    training.train(
        network,
        *points,
        optimiser,
        3,
        100,
        loss=lambda *_: 0 * network.fc1.weight.sum(),
        disable=True,
    )
    torch.testing.assert_close(network.fc1.weight.detach(), 0.95**6 * before)


def test_each_image_is_seen_once_an_epoch_in_a_new_order(points):
    X, seen = torch.arange(50.0)[:, None].repeat(1, 2), []

    def loss(network, rows, y):
        seen.append(rows[:, 0].tolist())
        return training.cross_entropy(network, rows, y)

    network = initialise(two_layers(), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-6)
    y = torch.zeros(50, dtype=torch.int64)
    training.train(network, X, y, optimiser, 2, 20, loss=loss, disable=True)
    assert [len(rows) for rows in seen] == [20, 20, 10] * 2
    epochs = [sum(seen[:3], []), sum(seen[3:], [])]
    assert sorted(epochs[0]) == sorted(epochs[1]) == X[:, 0].tolist()
    assert epochs[0] != epochs[1] != X[:, 0].tolist()


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(points):
    network = initialise(two_layers(), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    called = []
    for first, epochs in ((0, 2), (2, 5)):
        training.train(
            network,
            *points,
            optimiser,
            epochs,
            20,
            first_epoch=first,
            after_epoch=called.append,
            disable=True,
        )
    assert called == [0, 1, 2, 3, 4]
    assert same_weights(network, trained(points))


def test_training_that_diverges_says_so(points):
    network = initialise(two_layers(), fan_in, seed=0)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e30)
    with pytest.raises(FloatingPointError, match="diverged in epoch 0: the loss is (nan|inf)"):
        training.train(network, *points, optimiser, 3, 20, disable=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": torch.zeros(3, 2, 2)}, r"X must be a float tensor of shape \(m, n\)"),
        ({"X": torch.zeros(0, 2)}, "with m > 0"),
        ({"y": torch.zeros(3)}, r"y must be an int64 tensor of shape \(3,\) to fit X"),
        ({"y": torch.zeros(2, dtype=torch.int64)}, r"it was torch.int64 of shape \(2,\)"),
        ({"epochs": -1}, "epochs must be 0 or more, and finite; got -1"),
        ({"batch": 0}, "batch must be 1 or more, and finite; got 0"),
    ],
)
def test_training_refuses(change, message):
    network = two_layers()
    good = {"X": torch.zeros(3, 2), "y": torch.zeros(3, dtype=torch.int64), "epochs": 1}
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=message):
        training.train(network, optimiser=optimiser, **(good | change))


# Scores and temperature


def test_scores_come_in_the_order_of_the_images(points):
    network = trained(points)
    with torch.no_grad():
        torch.testing.assert_close(evaluation.scores(network, points[0], 7), network(points[0]))


@given(st.floats(-3, 3), st.floats(0.3, 0.99))
def test_the_temperature_gives_the_median_confidence(log_scale, confidence):
    generator = np.random.default_rng(0)
    s = torch.tensor(10**log_scale * generator.normal(size=(101, 5)))
    t = evaluation.temperature(s, confidence)
    assert (s / t).softmax(1).amax(1).median().item() == pytest.approx(confidence, abs=1e-6)


def test_scores_without_a_temperature_are_refused():
    with pytest.raises(ValueError, match="confidence must lie between 1/2 and 1, got 0.4"):
        evaluation.temperature(torch.rand(5, 2), 0.4)
    with pytest.raises(ValueError, match="no temperature between"):
        evaluation.temperature(torch.zeros(5, 10))


# Files


def test_weights_come_back_as_they_were(tmp_path):
    mean = torch.rand(784, generator=torch.Generator().manual_seed(0))
    network = initialise(lenet(mean), hundredth, seed=0)
    network.to(memory_format=torch.channels_last)
    save_weights(network, tmp_path / "weights.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]
    back = load_weights(lenet(torch.zeros(784)), tmp_path / "weights.safetensors")
    assert same_weights(network, back)


def test_weights_in_half_precision_come_back_in_single(tmp_path):
    network = initialise(two_layers(), fan_in, seed=0).half()
    save_weights(network, tmp_path / "weights.safetensors")
    back = load_weights(two_layers(), tmp_path / "weights.safetensors")
    assert back.fc1.weight.dtype == torch.float32
    assert torch.equal(back.fc1.weight, network.fc1.weight.float())


def test_weights_that_are_missing_or_of_another_network(tmp_path):
    path = tmp_path / "weights.safetensors"
    with pytest.raises(FileNotFoundError, match="there are no weights at .*weights.safetensors"):
        load_weights(two_layers(), path)
    save_weights(two_layers(), path)
    with pytest.raises(ValueError, match="(?s)do not fit this network: .*size mismatch"):
        load_weights(two_layers(hidden=8), path)
    path.write_bytes(b"not weights")
    with pytest.raises(ValueError, match="weights.safetensors is damaged"):
        load_weights(two_layers(), path)
