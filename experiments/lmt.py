"""Lipschitz-margin training on MNIST beside others: what is proven, and what attacks find.

    python -m experiments.lmt [--jobs N]

The network is 2C2F (conv_2c2f of helpers.architectures), pixels from 0 to 1. All but the last two
train as Tsuzuku et al. 2018 did: weights from N(0, 2/(in·k²)), 20 epochs, batches of 50, Adam with
a learning rate of 1e-3, LMT with c = 1. Every setting that was chosen was chosen on the last 5,000
training images, which no network is trained on:

    plain           the cross-entropy alone
    decay           with (λ/2)‖·‖² of all weights and biases in the loss, λ as in RECIPES
    adversarial     on adversarial examples (Madry et al. 2018) at the largest of the radii that all
                    networks are measured at, 1.58, found by seven steps of PGD
    lmt             proposition 2, a slope of its own for each pair of classes
    lmt_global      proposition 1, √2 L for all of them
    lmt_<c>         as lmt, for other c
    lmt_uncut_<c>   as lmt, but all images get the whole of what is added to their scores
    lmt_batch_norm  as lmt, for a network with batch norm
    gloro           what was found after LMT, for 2C2F: see GLORO
    best            what certifies most, another network: see experiments.lmt_maxout

Every network gets a folder in results/lmt/runs/, and a row in summary.csv, as soon as it is trained
and measured on all test images; what is measured, experiments.lmt_measures says. Accuracies are in
per cent, radii in pixels, and the minutes are those of one core, for the training alone. A run that
was interrupted goes on with the epoch where it was, and one whose settings were changed is done
anew.
"""

import copy
from dataclasses import asdict, dataclass

import torch
from torch import nn

from experiments import lmt_maxout, lmt_measures, study
from experiments.record import save_network
from experiments.training import HELD_OUT, first_of_each, held_out_accuracy, split, train
from helpers import architectures, evaluation, lipschitz, training
from helpers.adversarial import Adversarial
from helpers.data import load_mnist
from helpers.initialisation import fan_in, initialise, initialise_orthogonal
from helpers.layers import MinMax
from helpers.lmt import LMT, GloRo, UncutLMT
from helpers.results import lmt_name, load_figures

ADVERSARIAL_STEPS = 7
LARGEST = max(lmt_measures.SETTINGS["radii"])
ACTIVATIONS = {"ReLU": nn.ReLU, "MinMax": MinMax}
SHAPE = (784,)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    loss: str = "cross_entropy"
    radius: float = 0.0  # what the loss trains for, in pixels: c of LMT, ε of the others
    ramp: float = 0.0  # the share of the epochs in which it rises there, on a log scale, ...
    ramp_from: float = 0.01  # ... from here
    power_steps: int = 1  # of the power iteration, a batch
    decay: float = 0.0
    activation: str = "ReLU"
    batch_norm: bool = False
    start: str = "fan_in"
    epochs: int = 20
    batch: int = 50
    learning_rate: float = 1e-3

    def radius_in(self, epoch):
        """What the loss trains for in an epoch, counted from 0."""
        share = min(1, (epoch + 1) / (self.ramp * self.epochs)) if self.ramp else 1
        return self.radius * (self.ramp_from / self.radius) ** (1 - share) if self.radius else 0.0


# The extra class of Leino et al. 2021; Anil et al. 2019 keep gradients long with activations that
# sort, and an orthogonal start.
GLORO = {
    "loss": "gloro",
    "radius": LARGEST,
    "ramp": 0.5,
    "power_steps": 5,
    "activation": "MinMax",
    "start": "orthogonal",
    "epochs": 40,
    "batch": 256,
}
RECIPES = {
    "plain": Recipe(),
    "decay": Recipe(decay=1e-3),
    "adversarial": Recipe("adversarial", LARGEST),
    "lmt": Recipe("lmt", 1.0),
    "lmt_global": Recipe("lmt_global", 1.0),
    "best": lmt_maxout.BEST,
    "lmt_0.1": Recipe("lmt", 0.1),
    "lmt_0.3": Recipe("lmt", 0.3),
    "lmt_3": Recipe("lmt", 3.0),
    "lmt_10": Recipe("lmt", 10.0),
    "lmt_uncut_1": Recipe("lmt_uncut", 1.0),
    "lmt_uncut_3": Recipe("lmt_uncut", 3.0),
    "lmt_batch_norm": Recipe("lmt", 1.0, batch_norm=True),
    "gloro": Recipe(**GLORO),
}
SEEDS = dict.fromkeys(("plain", "decay", "adversarial", "lmt", "lmt_global", "best"), 3)
#: The first weights of these go to results/: the networks of figures and of tables of results.
KEPT = ("plain", "decay", "adversarial", "lmt", "lmt_global", "best", "lmt_3", "gloro")
COLUMNS = (
    "model,seed,clean,pgd_03,pgd_10,pgd_158,cert_03,cert_10,cert_158,median_certified,"
    "median_attack,ratio_i,ratio_ii,ratio_iii,lipschitz,minutes"
).split(",")


@dataclass(frozen=True)
class Run(study.Run):
    """A network to train."""

    model: str
    seed: int = 0

    @property
    def recipe(self):
        return RECIPES[self.model]

    @property
    def settings(self):
        fixed = {"held_out": HELD_OUT, "adversarial_steps": ADVERSARIAL_STEPS}
        return asdict(self.recipe) | fixed | lmt_measures.SETTINGS

    @property
    def result(self):
        return lmt_name(self.model, self.seed)


def all_runs():
    """First one network of each model, then the other seeds."""
    seeds = range(max(SEEDS.values()))
    return [Run(model, seed) for seed in seeds for model in RECIPES if seed < SEEDS.get(model, 1)]


# Training


def data():
    """What to train on, what to choose settings by, and what to test on: three pairs X, y."""
    return split(load_mnist())


def new_network(run):
    recipe = run.recipe
    network = architectures.conv_2c2f(ACTIVATIONS[recipe.activation], recipe.batch_norm)
    if recipe.start == "orthogonal":
        return initialise_orthogonal(network, run.seed)
    return initialise(network, fan_in, run.seed)


def new_loss(run, network):
    """The loss, and the dict of tensors that it keeps from batch to batch."""
    recipe = run.recipe
    of_norms = {"steps": recipe.power_steps, "seed": run.seed}
    match recipe.loss:
        case "cross_entropy":
            return training.cross_entropy, {}
        case "adversarial":
            loss = Adversarial(recipe.radius, steps=ADVERSARIAL_STEPS)
            return loss, loss.state
        case "lmt":
            loss = LMT(network, SHAPE, recipe.radius, **of_norms)
        case "lmt_global":
            loss = LMT(network, SHAPE, recipe.radius, per_rival=False, **of_norms)
        case "lmt_uncut":
            loss = UncutLMT(network, SHAPE, recipe.radius, **of_norms)
        case "gloro":
            loss = GloRo(network, SHAPE, recipe.radius, **of_norms)
    return loss, loss.norms.u


def set_radius(loss, radius):
    match loss:
        case LMT():
            loss.c = radius
        case GloRo() | Adversarial():
            loss.eps = radius


def trained(run, data, **bar):
    """The network at its start, the trained network, and of each epoch the held-out images that it
    gets right, in per cent, and its seconds; it goes on where it was interrupted."""
    recipe = run.recipe
    if isinstance(recipe, lmt_maxout.MaxoutRecipe):
        return lmt_maxout.trained(run, data, **bar)
    train_set, held_out, _ = data
    network = new_network(run)
    start = copy.deepcopy(network)
    optimiser = torch.optim.Adam(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.decay
    )
    loss, state = new_loss(run, network)
    curves = train(
        run,
        network,
        *train_set,
        optimiser,
        lambda: held_out_accuracy(network, *held_out),
        loss,
        state,
        before_epoch=lambda epoch: set_radius(loss, recipe.radius_in(epoch)),
        **bar,
    )
    return start, network, curves


# Results


def thousandth_below(radii):
    """The largest thousandth of a pixel that is less than the radius; 0 for a radius of 0. It is at
    least ε = k/1000, k ≥ 1, where the radius is larger than ε, and nowhere else."""
    return (torch.ceil(1000 * radii) - 1).clamp_min(0) / 1000


def thousandth_above(radii):
    """The least thousandth of a pixel that is not less than the radius."""
    return torch.ceil(1000 * radii) / 1000


def measured(run, start, network, curves, data):
    """The arrays of a network, and its figures: the columns of the summary, and more."""
    _, held_out, (X, y) = data
    L = lipschitz.lipschitz_constant(network, SHAPE)
    certified = lmt_measures.certified_radius(network, X, y)
    common = lmt_measures.common_radius(network, X, y, L)
    fooling, nearest, found, deepfool = lmt_measures.attacked(network, X, y)
    lmt_measures.check_order(certified, fooling, found)
    radii = lmt_measures.chain(network, X, y, certified, found)
    shown = first_of_each(y)
    arrays = {
        "held_out": [row["held_out"] for row in curves],
        # Rounded so that what is certified stays certified, and below what was found.
        "certified": thousandth_below(certified),
        "found": thousandth_above(found),
        "fooling": fooling,
        "chain": radii,
        "shown": shown,
        "shown_images": (255 * X[shown]).round(),
        "shown_nearest": nearest[shown],
        "shown_scores": evaluation.scores(network, nearest[shown]),
    }
    figures = {
        "model": run.model,
        "seed": run.seed,
        "clean": lmt_measures.per_cent(fooling, 0),
        **lmt_measures.accuracies("pgd", fooling),
        **lmt_measures.accuracies("cert", certified),
        "median_certified": lmt_measures.finite(certified.quantile(0.5)),
        "median_attack": lmt_measures.finite(found.quantile(0.5)),
        **lmt_measures.ratios(radii),
        "lipschitz": L,
        "minutes": round(sum(row["seconds"] for row in curves) / 60, 2),
        "median_deepfool": lmt_measures.finite(deepfool.quantile(0.5)),
        **lmt_measures.accuracies("cert_global", common),
        "bounds_before": lipschitz.layer_bounds(start, SHAPE),
        "bounds": lipschitz.layer_bounds(network, SHAPE),
        "held_out": lmt_measures.proven(network, *held_out),
    }
    return arrays, figures


def keep(run, network):
    """Store the first networks of KEPT, in half precision those that were measured so."""
    if run.model in KEPT and run.seed == 0:
        save_network(network.half() if run.model == "best" else network, f"lmt/{run.model}")


def summary(runs):
    """A row for each network; nothing where a median ratio is no finite number."""
    return [{name: load_figures(run.result)[name] for name in COLUMNS} for run in runs]


STUDY = study.Study("lmt", all_runs, data, measured, trained, keep, summary)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
