"""Stored networks under the ensemble: what is stored is what was found, and others find no more."""

import foolbox
import pytest
import torch

from experiments import attacked, study
from experiments.robustness_measures import stored_network
from helpers import ensemble
from helpers.nearest import distance
from helpers.results import load_attacked

pytestmark = pytest.mark.usefixtures("one_thread")

DONE = study.done(attacked.STUDY)
FEW = slice(0, None, 5)  # of the attacked images
#: One network of each kind, which is attacked again.
KINDS = {
    "standard-55000-0", "linf_0.3-55000-0", "l2_2-55000-0", "lmt-decay", "lmt-adversarial",
    "lmt-lmt", "lmt-best", "lmt-gloro", "lenet-low", "lenet-high",
}  # fmt: skip
THEIRS = {"l2": foolbox.attacks.L2FMNAttack, "linf": foolbox.attacks.LInfFMNAttack}


def test_every_network_has_a_folder_of_its_own():
    names = [run.name for run in attacked.all_runs()]
    assert len(set(names)) == len(names)
    assert set(names) == {run.name for run in DONE} >= KINDS


@pytest.mark.parametrize("run", DONE, ids=lambda run: run.name)
def test_the_shares_are_those_of_the_distances(run):
    found = load_attacked(run.name)
    figures, settings = found["figures"], found["settings"]
    for norm, radii in settings["radii"].items():
        far = found[norm]
        assert len(far) == 1000 and (far >= 0).all()
        for eps, share in zip(radii, figures["robust"][norm], strict=True):
            assert 100 * (far > eps).mean() == pytest.approx(share)
        assert figures["robust"][norm] == sorted(figures["robust"][norm], reverse=True)
        assert abs(100 * (far > 0).mean() - figures["clean"]) < 1.5
    for ball, shares in figures["alone"].items():
        norm, eps = ball.split()
        together = figures["robust"][norm][settings["radii"][norm].index(float(eps))]
        assert set(shares) == {"PGD", "all", *ensemble.NEAREST, *ensemble.WITHIN}
        assert together <= shares["all"] + 0.2 <= min(shares.values()) + 0.2


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize(
    "run", [run for run in DONE if run.name in KINDS], ids=lambda run: run.name
)
def test_an_independent_attack_finds_no_more(run, norm, mnist):
    network = stored_network(run.weights).eval()
    X, y = (torch.from_numpy(v)[:: attacked.SETTINGS["every"]][FEW] for v in mnist_test(mnist))
    model = foolbox.PyTorchModel(network, bounds=(0, 1))
    _, moved, fooled = THEIRS[norm](steps=100)(model, X, y, epsilons=None)
    theirs = torch.where(fooled, distance(moved, X, norm), torch.inf)
    ours = torch.from_numpy(load_attacked(run.name)[norm])[FEW]
    for eps in attacked.SETTINGS["radii"][norm]:
        assert (ours > eps).double().mean() <= (theirs > eps).double().mean() + 0.005


def mnist_test(mnist):
    return mnist.x_test, mnist.y_test


def test_a_network_is_attacked_and_measured(monkeypatch, small_network):
    run, X, y = small_network
    quick = attacked.SETTINGS | {"every": 4, "radii": {"linf": [0.1, 0.3], "l2": [0.5, 2.0]}}
    monkeypatch.setattr(attacked, "SETTINGS", quick)
    arrays, figures = attacked.measured(run, (X, y))
    assert set(arrays) == {"linf", "l2"} and all(len(far) == len(X[::4]) for far in arrays.values())
    assert figures["clean"] == 100.0
    for norm, shares in figures["robust"].items():
        assert shares == [
            100 * (arrays[norm] > eps).double().mean() for eps in quick["radii"][norm]
        ]
    assert set(figures["alone"]) == {"l2 0.5"}


@pytest.fixture
def small_network(monkeypatch):
    """A run whose network has ten planes, and the images that it classifies."""
    network = torch.nn.Linear(784, 10)
    X = torch.rand(40, 784, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        y = network(X).argmax(1)
    monkeypatch.setattr(attacked, "stored_network", lambda weights: network)
    for name in ("linf", "l2"):
        monkeypatch.setitem(ensemble.QUERIES, name, 20)
    return attacked.Run("some/weights", (("l2", 0.5),)), X, y
