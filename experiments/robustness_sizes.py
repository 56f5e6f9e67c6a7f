"""What adversarial training does to accuracy, from few training images to many: one recipe for all.

    python -m experiments.robustness_sizes [--jobs N]

Networks, trainings and seeds are those of experiments.robustness. Whatever the number of training
images, a network takes as many steps: the 12 epochs of 55,000 images that the networks of
experiments.robustness took, with ε rising in the first three. So sizes differ in nothing but the
images, and the networks that learn from all images are those of experiments.robustness themselves.
A seed's networks learn from the same images in the same order, from the same first weights,
whatever the training: helpers.paired compares them. Smaller draws of a seed are part of its larger
ones.

    standard                   the cross-entropy alone
    linf_<ε>, l2_<ε>           that of adversarial examples within ε
    longer                     the cross-entropy alone, for as many gradients as an adversarial
                               training computes: 8 for each of its steps
    shifts                     that of images moved by up to 2 pixels down or up, left or right
    noise                      that of images with noise, drawn evenly from the L∞ ball of 0.1

The last three are controls: what adversarial examples gain may be owed to more computing, or to
images that are changed at all.

There are 230 networks. At the minutes that summary.csv of experiments.robustness has for its own, 7
with an adversary and 0.7 without, and so 5.6 for longer, all of them take one core 20 hours, one of
them for the attacks that measure them. Seeds come one after the other: the first of all takes 5
hours, three take 15. Each network is kept once it is done, so that the study may be computed over
several days, and what there is of it is whole after every seed.

Each gets a folder in results/robustness/sizes/. held_out is that of experiments.robustness. right
says which of all test images the network gets right, and fooling_linf or fooling_l2, of every tenth
of them, the first radius within which PGD with 40 steps and 2 starts fools it: in the norm of its
training, and in both where it has none. Single networks deserve longer attacks than this one.
summary.csv has a row for each network and ball: ``clean`` and ``robust``, accuracies in per cent,
and ``eps`` in pixels.
"""

from dataclasses import asdict, dataclass, replace

from experiments import robustness, robustness_measures, study
from experiments.robustness import ALL, drawn
from experiments.training import HELD_OUT
from helpers import attacks, evaluation
from helpers.augmentation import Augmented
from helpers.results import load_figures, sizes_name

NAME = "robustness/sizes"
SIZES = [100, 300, 1000, 3000, 10_000, 15_000, 20_000, 30_000, ALL]
SEEDS = {  # how many networks there are of each of the sizes
    "standard": [5, 5, 5, 5, 5, 5, 5, 5, 5],
    "l2_2": [5, 5, 5, 5, 5, 5, 5, 3, 3],
    "linf_0.3": [5, 5, 5, 5, 5, 5, 5, 3, 3],
    "l2_1": [3, 3, 3, 3, 3, 3, 3, 3, 5],
    "linf_0.1": [3, 3, 3, 3, 3, 3, 3, 3, 5],
    "shifts": [0, 0, 5, 0, 5, 0, 0, 0, 5],
    "noise": [0, 0, 5, 0, 5, 0, 0, 0, 5],
    "longer": [0, 0, 5, 0, 5, 0, 0, 0, 5],
}
SETTINGS = {
    "every": robustness_measures.SETTINGS["every"],
    "steps": 40,
    "restarts": 2,
    "radii": {"linf": [0.1, 0.3], "l2": [1.0, 2.0]},
}
COLUMNS = "model,n_train,seed,clean,norm,eps,robust,minutes".split(",")


@dataclass(frozen=True)
class AugmentedRecipe(robustness.Recipe):
    """A training on images that chance changes, as helpers.augmentation.Augmented says."""

    shift: int = 0
    noise: float = 0.0

    def loss(self):
        return Augmented(self.shift, self.noise)


def longer(recipe):
    """Standard training with as many gradients as an adversarial training computes."""
    return replace(recipe, epochs=(recipe.attack_steps + 1) * recipe.epochs)


CONTROLS = {
    "shifts": AugmentedRecipe(shift=2),
    "noise": AugmentedRecipe(noise=0.1),
    "longer": longer(robustness.RECIPES["standard"]),
}
RECIPES = {model: robustness.RECIPES[model] for model in SEEDS if model not in CONTROLS} | CONTROLS


class Run(robustness.Run):
    """A network to train."""

    @property
    def recipe(self):
        return RECIPES[self.model]

    @property
    def radii(self):
        """Those that it is attacked with, for each norm."""
        norm = self.recipe.norm
        return {of: radii for of, radii in SETTINGS["radii"].items() if norm in (of, "none")}

    @property
    def settings(self):
        return asdict(self.recipe) | {"n_train": self.n, "held_out": HELD_OUT} | SETTINGS

    @property
    def result(self):
        return sizes_name(self.model, self.n, self.seed)


def all_runs():
    """One network of each model and size, then the other seeds."""
    return [
        Run(model, n, seed)
        for seed in range(max(map(max, SEEDS.values())))
        for model, counts in SEEDS.items()
        for n, count in zip(SIZES, counts, strict=True)
        if seed < count
    ]


def trained(run, data, **bar):
    """The network and the curves of its training, as robustness.trained returns them."""
    if run.n == ALL and run.model not in CONTROLS:
        run = robustness.Run(run.model, run.n, run.seed)
    return robustness.trained(run, data, **bar)


def right(network, X, y):
    """Which of the images the network gets right, bool, shape (m,)."""
    return evaluation.scores(network, X).argmax(1) == y


def measured(run, network, curves, data):
    """The arrays of a network, and its figures: what its rows of the summary hold, and more."""
    train_set, _, test = data
    X, y = drawn(*train_set, run.n, run.seed)
    few = robustness_measures.attacked_images(*test)
    attack = {name: SETTINGS[name] for name in ("steps", "restarts")}
    fooling = {
        norm: attacks.fooling_radius(network, *few, radii, norm, **attack)
        for norm, radii in run.radii.items()
    }
    figures = {
        "model": run.model,
        "norm": run.recipe.norm,
        "eps_train": run.recipe.eps,
        "n_train": run.n,
        "seed": run.seed,
        "clean": robustness_measures.correct(network, *test),
        "train": robustness_measures.correct(network, X[: run.n], y[: run.n]),
        "radii": run.radii,
        "robust": robustness_measures.robust_shares(fooling, run.radii),
        "minutes": round(sum(row["seconds"] for row in curves) / 60, 2),
    }
    arrays = {
        "held_out": [row["held_out"] for row in curves],
        "right": right(network, *test),
        **{f"fooling_{norm}": radii for norm, radii in fooling.items()},
    }
    return arrays, figures


def rows_of(figures):
    """The rows of a network in the summary, one for each ball."""
    balls = [
        {"norm": norm, "eps": eps, "robust": share}
        for norm, radii in figures["radii"].items()
        for eps, share in zip(radii, figures["robust"][norm], strict=True)
    ]
    return [{name: (figures | ball)[name] for name in COLUMNS} for ball in balls]


def summary(runs):
    """The rows of all networks that are done."""
    return [row for run in runs for row in rows_of(load_figures(run.result))]


STUDY = study.Study(NAME, all_runs, robustness.data, measured, trained, summary=summary)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
