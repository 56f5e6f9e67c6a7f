"""Robustness against accuracy: what adversarial training gains on MNIST, and what it costs.

    python -m experiments.robustness [--jobs N]

The questions are those of Tsipras et al. 2019. The network is 2C2F (conv_2c2f of
helpers.architectures), pixels from 0 to 1, as in experiments.lmt, so that those networks can stand
beside these. None is trained on the last 5,000 training images, whose accuracy is noted after each
epoch.

    standard          the cross-entropy alone
    linf_<ε>, l2_<ε>  that of adversarial examples within ε (Madry et al. 2018), L∞ or L2

Networks are trained on all images, and on few. An epoch is as many images as there are in all, so
that few images come again and again: otherwise those trained on few would take fewer steps, and
differ from the others in two ways. (Up to 10,000 images there are half as many epochs, to save
time.) In the first quarter of the epochs ε rises evenly: a network that has learnt nothing yet and
is to withstand 0.3 in every pixel does best to give all images the same class, and may never leave
that. (On few images ε rises within half of the epochs in L∞: within a quarter of them a network
with 1,000 images had stayed there.) The learning rate falls to 0, so that what is measured depends
little on when the training stopped. Weights are rounded to half precision before they are measured,
so that those which are stored are those which were measured.

Beside the networks there are experiments.robustness_linear and experiments.robustness_tilting, on
linear classifiers, and experiments.robustness_pictures, on gradients and large changes that people
can look at. Here the networks meet PGD alone; experiments.attacked attacks in earnest those whose
weights are stored, all that learnt from all images among them.

Every network gets a folder in results/robustness/runs/. summary.csv has a row for each attack on
each classifier: accuracies in per cent, ``clean`` of all test images, ``robust`` of every tenth
(of all for linear classifiers, where it is exact), ``robust_eps`` in pixels, and the minutes that
the training took one core, next to none for linear classifiers, and empty where they are unknown.
A run that was interrupted goes on with the epoch where it was.
"""

from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from experiments import (
    robustness_linear,
    robustness_measures,
    robustness_pictures,
    robustness_tilting,
    study,
)
from experiments.record import save_network
from experiments.robustness_measures import PGD, correct
from experiments.training import HELD_OUT, held_out_accuracy, set_rate, split, train
from helpers import architectures, training
from helpers.adversarial import Adversarial
from helpers.data import load_mnist
from helpers.initialisation import fan_in, initialise
from helpers.results import load_arrays, load_figures, robustness_name

ALL = 55_000  # training images
FEW = 10_000


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    norm: str = "none"  # of the adversary in training
    eps: float = 0.0
    attack_steps: int = 7
    ramp: float = 0.25  # the share of the epochs in which ε rises evenly
    epochs: int = 12
    batch: int = 128
    learning_rate: float = 1e-3  # at the start, from where it falls along a cosine

    def eps_in(self, epoch):
        """What the loss trains for in an epoch, counted from 0."""
        return self.eps * min(1, (epoch + 1) / (self.ramp * self.epochs))

    def loss(self):
        """What is minimised, as training.train takes it."""
        if self.norm == "none":
            return training.cross_entropy
        return Adversarial(self.eps, self.norm, self.attack_steps)


RECIPES = {
    "standard": Recipe(),
    "linf_0.1": Recipe("linf", 0.1),
    "linf_0.2": Recipe("linf", 0.2),
    "linf_0.3": Recipe("linf", 0.3),
    "l2_1": Recipe("l2", 1.0),
    "l2_2": Recipe("l2", 2.0),
    "l2_3": Recipe("l2", 3.0),
}
SEEDS = dict.fromkeys(("standard", "linf_0.3", "l2_2"), 3)
SIZES = {
    "standard": [100, 300, 1000, 3000, 10_000, 30_000],
    "l2_2": [100, 300, 1000, 3000, 10_000, 30_000],
    "linf_0.3": [100, 1000, 10_000],
}
SEEDS_OF_SIZES = 3  # of standard and l2_2, up to 10,000 images
COLUMNS = (
    "experiment,model,norm,eps_train,n_train,seed,clean,robust_eps,robust,attack,minutes"
).split(",")


@dataclass(frozen=True)
class Run(study.Run):
    """A network to train."""

    model: str
    n: int = ALL
    seed: int = 0

    @property
    def recipe(self):
        recipe = RECIPES[self.model]
        if self.n > FEW:
            return recipe
        ramp = 2 * recipe.ramp if recipe.norm == "linf" else recipe.ramp
        return replace(recipe, epochs=recipe.epochs // 2, ramp=ramp)

    @property
    def radii(self):
        """Those that it is attacked with, for each norm: where it is trained on few images, only
        in the norm of its training, and L2 for standard."""
        if self.n == ALL:
            return robustness_measures.SETTINGS["radii"]
        norm = "linf" if self.recipe.norm == "linf" else "l2"
        return {norm: robustness_measures.SETTINGS["radii"][norm]}

    @property
    def settings(self):
        fixed = {"n_train": self.n, "held_out": HELD_OUT}
        return asdict(self.recipe) | fixed | robustness_measures.SETTINGS

    @property
    def weights(self):
        """Where its weights are stored, as save_network takes it."""
        return f"robustness/weights/{self.name}"

    @property
    def result(self):
        return robustness_name(self.model, self.n, self.seed)


def all_runs():
    """First one network of each model, then the sizes, then the other seeds."""
    first = [Run(model) for model in RECIPES]
    sizes = [Run(model, n) for n in SIZES["standard"] for model in SIZES if n in SIZES[model]]
    seeds = [Run(model, seed=seed) for seed in (1, 2) for model in SEEDS]
    seeds_of_sizes = [
        Run(run.model, run.n, seed)
        for seed in range(1, SEEDS_OF_SIZES)
        for run in sizes
        if run.model in ("standard", "l2_2") and run.n <= FEW
    ]
    return first + sizes + seeds + seeds_of_sizes


# Training


def data():
    """What to train on, what is held out, and what to test on: three pairs X, y."""
    return split(load_mnist())


def drawn(X, y, n, seed):
    """n of the images, drawn at random, repeated until they are as many as all of them; a seed's
    smaller draws are part of its larger ones."""
    order = np.random.default_rng(seed).permutation(len(X))
    rows = torch.from_numpy(np.resize(order[:n], len(X)))
    return X[rows], y[rows]


def new_network(seed):
    return initialise(architectures.conv_2c2f(), fan_in, seed)


def trained(run, data, **bar):
    """The network, and of each epoch the held-out images that it gets right, in per cent, and its
    seconds; it goes on where it was interrupted."""
    recipe, (train_set, held_out, _) = run.recipe, data
    network = new_network(run.seed)
    optimiser = torch.optim.Adam(network.parameters())
    loss = recipe.loss()
    state = getattr(loss, "state", {})

    def before_epoch(epoch):
        set_rate(optimiser, recipe.learning_rate, epoch, recipe.epochs)
        if isinstance(loss, Adversarial):
            loss.eps = recipe.eps_in(epoch)

    curves = train(
        run,
        network,
        *drawn(*train_set, run.n, run.seed),
        optimiser,
        lambda: held_out_accuracy(network, *held_out),
        loss,
        state,
        before_epoch,
        **bar,
    )
    return network.half().float(), curves


# Results


def measured(run, network, curves, data):
    """The arrays of a network, and its figures: what its rows of the summary hold, and more."""
    train_set, _, test = data
    X, y = drawn(*train_set, run.n, run.seed)
    few = robustness_measures.attacked_images(*test)
    fooling = robustness_measures.fooling_radii(network, *few, run.radii)
    recipe = run.recipe
    figures = {
        "experiment": "networks" if run.n == ALL else "sizes",
        "model": run.model,
        "norm": recipe.norm,
        "eps_train": recipe.eps,
        "n_train": run.n,
        "seed": run.seed,
        "clean": correct(network, *test),
        "train": correct(network, X[: run.n], y[: run.n]),
        "radii": run.radii,
        "robust": robustness_measures.robust_shares(fooling, run.radii),
        "minutes": round(sum(row["seconds"] for row in curves) / 60, 2),
    }
    arrays = {
        "held_out": [row["held_out"] for row in curves],
        **{f"fooling_{norm}": radii for norm, radii in fooling.items()},
    }
    return arrays, figures


def keep(run, network):
    """Store the weights of those that learnt from all images, in half precision."""
    if run.n == ALL:
        save_network(network.half(), run.weights)


def rows_of(figures):
    """The rows of a network in the summary, one for each attack."""
    return [
        figures | {"attack": f"{norm}-{PGD}", "robust_eps": eps, "robust": share}
        for norm, radii in figures["radii"].items()
        for eps, share in zip(radii, figures["robust"][norm], strict=True)
    ]


def summary(runs):
    """The rows of all that is done."""
    rows = [row for run in runs for row in rows_of(load_figures(run.result))]
    for run in study.done(robustness_linear.STUDY):
        rows += robustness_linear.rows_of(load_arrays(run.result), load_figures(run.result))
    return [{name: row[name] for name in COLUMNS} for row in rows]


STUDY = study.Study("robustness", all_runs, data, measured, trained, keep, summary)


def main():
    jobs = study.asked_jobs(__doc__)
    for part in (robustness_linear, robustness_tilting):
        study.drive(part.STUDY)
    study.drive(STUDY, jobs)
    study.drive(robustness_pictures.STUDY)
    study.write_summary(STUDY)


if __name__ == "__main__":
    main()
