"""How far the nearest adversarial image is: every stored network under one ensemble of attacks.

    python -m experiments.attacked [--jobs N]

takes the weights that experiments.lenet, experiments.lmt and experiments.robustness have left in
results/, and attacks every tenth test image with helpers.ensemble, in L∞ and in L2. Each network
gets a folder in results/attacked/ as soon as it is done: of each image the distance of the nearest
adversarial image that was found. A network takes about ten minutes of one core, a LeNet twice as
long.

figures: clean, the accuracy in per cent of all test images; robust, for each norm the share in per
cent of the attacked images that are classified correctly, and not fooled within each of the radii;
alone, of some networks what each attack by itself leaves within some balls, and "all" together.
summary.csv has the first two, a row for each network and ball.
"""

from dataclasses import dataclass

import torch

from experiments import lmt, robustness, study
from experiments.robustness_measures import correct, per_cent, stored_network
from experiments.training import split
from helpers import attacks, ensemble
from helpers.data import load_mnist
from helpers.results import load_figures

PGD = {"steps": 40, "restarts": 2}  # beside the ensemble, to see what it adds
SETTINGS = {
    "every": 10,  # test image is attacked
    "radii": {"linf": [0.05, 0.1, 0.2, 0.3, 0.4], "l2": [0.5, 1.0, 1.58, 2.0, 3.0]},
    "attacks": [*ensemble.NEAREST, *ensemble.WITHIN],
    "queries": ensemble.QUERIES,
}
#: The balls in which every attack is tried alone, by the model of experiments.robustness: that of
#: the training, and, where gradients are hidden, another.
BALLS = {
    "linf_0.3": [("linf", 0.3), ("l2", 2.0)],
    "l2_2": [("l2", 2.0)],
    "l2_3": [("l2", 3.0)],
    "linf_0.1": [("linf", 0.1)],
    "linf_0.2": [("linf", 0.2)],
    "l2_1": [("l2", 1.0)],
}


@dataclass(frozen=True)
class Run(study.Run):
    """A network to attack. weights: where these are stored, as stored_network takes it."""

    weights: str
    balls: tuple = ()

    @property
    def settings(self):
        return SETTINGS | {"weights": self.weights, "alone": [list(ball) for ball in self.balls]}

    @property
    def result(self):
        name = self.weights.removeprefix("robustness/weights/").replace("/", "-")
        return f"attacked/{name}"


def all_runs():
    """The networks of the chapter on robustness, and those of the chapters before."""
    first = [robustness.Run(model) for model in robustness.RECIPES]
    seeds = [robustness.Run(model, seed=k) for k in (1, 2) for model in robustness.SEEDS]
    found = [Run(of.weights, tuple(BALLS.get(of.model, ()))) for of in first]
    found += [Run(f"lmt/{name}") for name in lmt.KEPT]
    found += [Run(f"lenet/{name}") for name in ("low", "high")]
    return found + [Run(of.weights) for of in seeds]


def left_by_each(network, X, y, norm, eps):
    """The share of images, in per cent, that PGD and each attack of the ensemble alone leave
    correctly classified within ε, and that "all" leave, by the attack's name."""
    (by_pgd,) = attacks.robust_accuracy(network, X, y, [eps], norm, **PGD)
    shares = {"PGD": by_pgd} | ensemble.left_by_each(network, X, y, norm, eps)
    return {name: round(100 * share, 4) for name, share in shares.items()}


def test_set():
    return split(load_mnist())[2]


def measured(run, test_set):
    """The distances of the nearest adversarial images, for each norm, and the figures."""
    torch.set_num_threads(1)
    network = stored_network(run.weights).eval()
    X, y = (values[:: SETTINGS["every"]] for values in test_set)
    radii = SETTINGS["radii"]
    found = {norm: ensemble.attacked(network, X, y, norm, radii[norm]) for norm in radii}
    figures = {
        "clean": correct(network, *test_set),
        "robust": {norm: [per_cent(found[norm] > eps) for eps in radii[norm]] for norm in radii},
        "alone": {
            f"{norm} {eps:g}": left_by_each(network, X, y, norm, eps) for norm, eps in run.balls
        },
    }
    return found, figures


def rows_of(run):
    """The rows of a network in the summary, one for each ball."""
    figures = load_figures(run.result)
    return [
        {"network": run.name, "clean": figures["clean"], "norm": norm, "eps": eps, "robust": share}
        for norm, radii in SETTINGS["radii"].items()
        for eps, share in zip(radii, figures["robust"][norm], strict=True)
    ]


def summary(runs):
    return [row for run in runs for row in rows_of(run)]


STUDY = study.Study("attacked", all_runs, test_set, measured, summary=summary)

if __name__ == "__main__":
    study.drive(STUDY, study.asked_jobs(__doc__))
