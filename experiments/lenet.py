"""LeNet on MNIST with little and with much weight decay, over seeds, and how easily it is fooled.

    python -m experiments.lenet [--jobs N]

The network and its training are those of Tanay & Griffin 2018 (see helpers.architectures.lenet):
low decay is 1e-4, high 1e-1. They do not say how the weights start. "hundredth" starts them from
N(0, 0.01²), as MatConvNet's example for MNIST does, with pixels from 0 to 255: there both decays
can be trained, and the high one ends with the published sizes of the weights. "fan_out" starts
them from N(0, 2/(k²·out)), which explains the published sizes at low decay best, but diverges
unless the pixels go from 0 to 1, and then does not converge at high decay.

Every network gets a folder in results/lenet/runs/, and a row in summary.csv, as soon as it is
trained and measured: errors and accuracies in per cent, distances in the units of pixels in
[0, 1]. One network takes about a quarter of an hour on one core, all of them about five hours. A
run that was interrupted goes on with the epoch where it was.
"""

from copy import deepcopy
from dataclasses import asdict, dataclass

import torch

from experiments import study
from experiments.record import save_network
from experiments.training import first_of_each, train
from helpers import architectures, attacks, evaluation
from helpers.data import load_mnist
from helpers.initialisation import fan_out, hundredth, initialise
from helpers.layers import linear_layers
from helpers.likeness import roughness
from helpers.results import lenet_name, load_figures


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    epochs: int = 50
    batch: int = 300
    learning_rate: float = 5e-4
    momentum: float = 0.9


RECIPE = Recipe()
SETTINGS = {
    "low": 1e-4,
    "high": 1e-1,
    "sweep": [1e-5, 1e-2, 1e-3, 3e-2, 3e-3],  # the most telling ones first
    "seeds": 5,
}
ATTACKS = {
    "images": 1000,
    "steps": 25,
    "restarts": 2,
    "equal_confidence_images": 100,
    "confidence": 0.95,
}
WALK = 41  # places on the straight way from an image to its adversarial example
RADII = {
    "l2": [0.5, 1.0, 1.5, 2.0, 3.0],
    "linf": [0.05, 0.1, 0.15, 0.2],
}
# How the weights start, and the scale of the pixels that the network sees.
INITS = {"hundredth": (hundredth, 255.0), "fan_out": (fan_out, 1.0)}
LAYERS = ("conv1", "conv2", "fc1", "fc2")


@dataclass(frozen=True)
class Run(study.Run):
    """A network to train."""

    decay: float
    init: str = "hundredth"
    seed: int = 0

    @property
    def recipe(self):
        return RECIPE

    @property
    def settings(self):
        return asdict(RECIPE) | SETTINGS | ATTACKS | {"radii": RADII}

    @property
    def result(self):
        return lenet_name(self.decay, self.init, self.seed)


def all_runs():
    """First one pair of networks in each initialisation, then the sweep, then the other seeds."""
    low, high = SETTINGS["low"], SETTINGS["high"]
    pairs = [Run(decay, init) for init in INITS for decay in (low, high)]
    sweep = [Run(decay) for decay in SETTINGS["sweep"]]
    seeds = range(1, SETTINGS["seeds"])
    return pairs + sweep + [Run(decay, seed=seed) for seed in seeds for decay in (low, high)]


def data():
    """Training and test images and labels of MNIST as tensors: X, y, X_test, y_test."""
    mnist = load_mnist()
    arrays = (mnist.x_train, mnist.y_train, mnist.x_test, mnist.y_test)
    return [torch.from_numpy(array) for array in arrays]


def new_network(run, X):
    std, scale = INITS[run.init]
    network = initialise(architectures.lenet(X.mean(0), scale), std, run.seed)
    return network.to(memory_format=torch.channels_last)  # a third quicker to train


def trained(run, data, **bar):
    """The trained network and its curves, a row an epoch; it goes on where it was interrupted.

    The training error along the way is that of the first 10,000 images, which takes less time.
    """
    X, y, X_test, y_test = data
    network = new_network(run, X)
    optimiser = torch.optim.SGD(
        network.parameters(),
        lr=run.recipe.learning_rate,
        momentum=run.recipe.momentum,
        weight_decay=run.decay,
    )

    def measure():
        return {
            "err_train": 100 * evaluation.error_rate(network, X[:10_000], y[:10_000]),
            "err_test": 100 * evaluation.error_rate(network, X_test, y_test),
            "rms": [root_mean_square(W) for W in filters(network)],
        }

    return network, train(run, network, X, y, optimiser, measure, **bar)


def filters(network):
    """The weights of the four layers, without the biases."""
    return [layer.weight.detach() for layer in linear_layers(network).values()]


def fooled(network, data, temperature):
    """How easily the network is fooled, as arrays: of the first test images and their classes.

    Equal confidence aims at the class after the true one, as Tanay & Griffin 2018 did. It is shown
    for the first image of each digit. Of the first training images there are the scores.
    """
    X_train, y_train, X, y = (each[: ATTACKS["images"]] for each in data)
    few = slice(ATTACKS["equal_confidence_images"])
    confident = attacks.equal_confidence(
        network, X[few], (y[few] + 1) % 10, temperature, ATTACKS["confidence"]
    )
    nearest = attacks.deepfool(network, X, y)
    shown = first_of_each(y[few])
    s = evaluation.scores(network, X)
    return {
        "equal_confidence": norms(confident - X[few]),
        "deepfool": norms(nearest - X),
        "labels": y,
        "labels_train": y_train,
        "scores": s,
        "scores_train": evaluation.scores(network, X_train),
        "margin": attacks.margin(s, y),
        "gradient_norm": norms(attacks.gradient(lambda x: attacks.margin(network(x), y), X)),
        **{f"radii_{norm}": radii for norm, radii in RADII.items()},
        **{f"robust_{norm}": robust_accuracies(network, X, y, norm) for norm in RADII},
        "shown": shown,
        "shown_images": (255 * X[shown]).round(),
        "shown_adversarial": confident[shown],
        "shown_deepfool": nearest[shown],
        "walk_adversarial": evaluation.walk(network, X[shown], confident[shown], WALK),
        "walk_deepfool": evaluation.walk(network, X[shown], nearest[shown], WALK),
    }


def norms(changes):
    return changes.norm(dim=1)


def robust_accuracies(network, X, y, norm):
    """In per cent, for each radius."""
    options = {name: ATTACKS[name] for name in ("steps", "restarts")}
    shares = attacks.robust_accuracy(network, X, y, RADII[norm], norm, **options)
    return [round(100 * share, 4) for share in shares]


def drawn_filters(network):
    """The RMS of each filter of each layer, how rough the convolutions are, and the filters of the
    first, shape (20, 5, 5)."""
    sizes = [W.flatten(1).square().mean(1).sqrt() for W in filters(network)]
    names = [f"filter_rms_{name}" for name in LAYERS]
    return {
        **dict(zip(names, sizes, strict=True)),
        "roughness": torch.stack([roughness(W) for W in filters(network)[:3]]),
        "conv1": filters(network)[0][:, 0],
    }


def row(run, network, data, temperature, measures):
    """The network's row in the summary."""
    X, y, X_test, y_test = data
    rms = zip(LAYERS, filters(network), strict=True)
    l2, linf = (dict(zip(RADII[norm], measures[f"robust_{norm}"], strict=True)) for norm in RADII)
    return {
        "decay": run.decay,
        "init": run.init,
        "seed": run.seed,
        "err_train": round(100 * evaluation.error_rate(network, X, y), 4),
        "err_test": round(100 * evaluation.error_rate(network, X_test, y_test), 4),
        **{f"rms_{name}": root_mean_square(W) for name, W in rms},
        "temperature": temperature,
        "equal_confidence_median": measures["equal_confidence"].quantile(0.5).item(),
        "deepfool_median": measures["deepfool"].quantile(0.5).item(),
        "robust_l2_1": l2[1.0],
        "robust_l2_2": l2[2.0],
        "robust_linf_01": linf[0.1],
    }


def root_mean_square(W):
    return W.square().mean().sqrt().item()


def measured(run, network, curves, data):
    """The arrays of a network, and its row in the summary."""
    temperature = evaluation.temperature(evaluation.scores(network, data[2]), ATTACKS["confidence"])
    measures = fooled(network, data, temperature)
    epochs = {name: [epoch[name] for epoch in curves] for name in ("err_train", "err_test", "rms")}
    arrays = epochs | measures | drawn_filters(network)
    return arrays, row(run, network, data, temperature, measures)


def keep(run, network):
    """Store the first networks of low and of high decay, the largest layer in half precision."""
    for name in ("low", "high"):
        if run == Run(SETTINGS[name]):
            network = deepcopy(network)
            network.fc1.half()
            save_network(network, f"lenet/{name}")


def summary(runs):
    """A row for each network."""
    return [load_figures(run.result) for run in runs]


STUDY = study.Study("lenet", all_runs, data, measured, trained, keep, summary)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
