"""Looking at a network neither changes it nor depends on the state it was left in."""

from functools import partial

import pytest
import torch
from small_digits import train_set, trained_network, unseen
from torch import nn

from helpers import apgd, attacks, ensemble, evaluation, lmt, nearest, square
from helpers.adversarial import Adversarial
from helpers.architectures import conv_2c2f, two_layers
from helpers.checks import check_images
from helpers.initialisation import fan_in, initialise
from helpers.lipschitz import input_shapes
from helpers.modes import evaluation_mode

pytestmark = pytest.mark.usefixtures("one_thread")

#: function(network, X, y) of everything that looks at a network.
LOOKS = {
    "scores": lambda network, X, y: evaluation.scores(network, X),
    "error_rate": evaluation.error_rate,
    "walk": lambda network, X, y: evaluation.walk(network, X, 1 - X, 3),
    "check_images": check_images,
    "is_fooled": attacks.is_fooled,
    "fgsm": partial(attacks.fgsm, eps=0.1),
    "pgd": partial(attacks.pgd, eps=0.5, steps=3, restarts=2),
    "pgd in L∞": partial(attacks.pgd, eps=0.1, norm="linf", steps=3),
    "targeted_pgd": partial(attacks.targeted_pgd, eps=0.5, steps=3, sigma=0.1),
    "towards_each_class": partial(ensemble.towards_each_class, eps=0.5, norm="l2", steps=2),
    "robust_accuracy": partial(attacks.robust_accuracy, radii=[0.3], steps=3),
    "fooling_radius": partial(attacks.fooling_radius, radii=[0.3], steps=3),
    "equal_confidence": partial(attacks.equal_confidence, most_steps=3),
    "deepfool": partial(attacks.deepfool, steps=2),
    "apgd": partial(apgd.apgd, eps=0.5, steps=5),
    "minimum_norm": partial(nearest.minimum_norm, steps=3, sigma=0.1),
    "decoupled": partial(nearest.decoupled, steps=3),
    "shortened": lambda network, X, y: nearest.shortened(network, X, y, 1 - X, halvings=2),
    "square": partial(square.square, eps=0.5, queries=5),
    "square in L∞": partial(square.square, eps=0.1, norm="linf", queries=5),
    "attacked": partial(ensemble.attacked, norm="l2", radii=[0.1]),
    "left_by_each": partial(ensemble.left_by_each, norm="l2", eps=0.1),
    "sampled_slopes": lambda network, X, y: lmt.sampled_slopes(network, X, 0.5, samples=2),
}
#: Those that return images.
IMAGES = LOOKS.keys() - {
    "scores", "error_rate", "walk", "check_images", "is_fooled", "robust_accuracy",
    "attacked", "left_by_each", "sampled_slopes", "fooling_radius",
}  # fmt: skip


class Unsettled(nn.Module):
    """A network with all that differs between the modes: batch normalisation and dropout."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Linear(64, 32), nn.BatchNorm1d(32)
        self.dropout, self.last = nn.Dropout(0.5), nn.Linear(32, 10)

    def forward(self, X):
        return self.last(self.dropout(self.norm(self.first(X)).relu()))


@pytest.fixture(autouse=True)
def few_queries(monkeypatch):
    monkeypatch.setattr(ensemble, "QUERIES", {"l2": 10, "linf": 10})


@pytest.fixture(scope="module")
def network():
    return trained_network(hidden=32, epochs=5)


@pytest.fixture
def images():
    return tuple(t[:6] for t in unseen(6))


def same(one, other):
    if torch.is_tensor(one):
        torch.testing.assert_close(one, other)
    else:
        assert one == other


# A network left in training mode


@pytest.mark.parametrize("name", LOOKS)
def test_a_network_in_training_mode_is_evaluated_and_left_as_it_was(name, images):
    torch.manual_seed(0)
    network = Unsettled()
    network(train_set()[0])  # its batch normalisation has seen images
    network.eval()
    expected = LOOKS[name](network, *images)

    network.train()
    network.dropout.eval()  # as where some layers are frozen
    modes = [layer.training for layer in network.modules()]
    before = {key: value.clone() for key, value in network.state_dict().items()}
    same(LOOKS[name](network, *images), expected)
    assert [layer.training for layer in network.modules()] == modes
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_the_case_of_a_convolutional_network_with_batch_norm():
    network, generator = conv_2c2f(batch_norm=True), torch.Generator().manual_seed(0)
    X = torch.rand(20, 784, generator=generator)
    y = evaluation.scores(network, X).argmax(1)
    mean = {key: value.clone() for key, value in network.state_dict().items()}
    network.train()
    assert evaluation.error_rate(network, X, y) == 0
    left = attacks.robust_accuracy(network, X, y, [0.5], steps=5)
    assert network.training
    assert all(torch.equal(value, mean[key]) for key, value in network.state_dict().items())
    assert left == attacks.robust_accuracy(network.eval(), X, y, [0.5], steps=5)


def test_the_mode_is_restored_after_an_error():
    network = Unsettled().train()
    with pytest.raises(KeyError), evaluation_mode(network):
        assert not network.norm.training
        raise KeyError
    assert network.norm.training


def test_layers_keep_their_own_modes_where_shapes_are_asked_for():
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout(), nn.Linear(3, 2))
    network.train()[1].eval()
    input_shapes(network, (4,))
    assert [layer.training for layer in network] == [True, False, True, True]


def test_adversarial_training_attacks_in_evaluation_mode_and_learns_in_its_own(images):
    torch.manual_seed(0)
    network = Unsettled().train()
    network.dropout.eval()
    Adversarial(0.3, steps=3)(network, *images)
    assert network.norm.training
    assert network.norm.num_batches_tracked == 1  # by the examples, not on the way to them


# The caller's state


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("state", [torch.no_grad, torch.inference_mode])
def test_it_works_wherever_it_is_called(name, state, network, images):
    expected = LOOKS[name](network, *images)
    with state():
        made_here = [each.clone() for each in images]
        same(LOOKS[name](network, *made_here), expected)


# Precision


@pytest.fixture
def double_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", LOOKS)
def test_results_in_double_precision_are_double(name, images):
    network = initialise(two_layers(64, 32, 10), fan_in, seed=0).double()
    X, y = images
    found = LOOKS[name](network, X.double(), y)
    if name in IMAGES:
        assert found.dtype == torch.float64


@pytest.mark.parametrize("name", LOOKS)
def test_the_default_precision_does_not_matter(name, network, images, double_by_default):
    assert next(network.parameters()).dtype == torch.float32
    found = LOOKS[name](network, *images)
    if name in IMAGES:
        assert found.dtype == torch.float32
    torch.set_default_dtype(torch.float32)
    same(LOOKS[name](network, *images), found)
