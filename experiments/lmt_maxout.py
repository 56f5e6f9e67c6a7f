"""The network that certifies most: one layer of maxout, trained for its certificates.

    python -m experiments.lmt_maxout

tries settings for a few epochs each, and writes how the images that are held out fare:
results/lmt_maxout/summary.csv, accuracies in per cent. What was found best is trained longer, on
other seeds, and measured by experiments.lmt, as its model "best".
"""

import copy
from dataclasses import asdict, dataclass, replace

import torch
from tqdm import tqdm

from experiments import study
from experiments.lmt_measures import proven
from experiments.record import save_table
from experiments.training import HELD_OUT, held_out_accuracy, set_rate, split, train
from helpers.data import load_mnist
from helpers.maxout import CertifiedMargin, start_from_images

TRIED = ("planes", "own", "width", "keep", "moved", "epochs")


@dataclass(frozen=True)
class MaxoutRecipe:
    """How a maxout network is trained."""

    planes: int = 192  # of each class
    images: int = 8  # whose mean a plane starts from
    own: int = 8  # planes of the true class that are tried, as in helpers.maxout
    radius: float = 1.6
    width: float = 0.4
    keep: float = 0.3
    moved: float = 0.3  # the share of images that are moved by a pixel
    epochs: int = 40
    batch: int = 256
    learning_rate: float = 3e-3  # at the start, from where it falls along a cosine


BEST = MaxoutRecipe()
TRIAL = replace(BEST, epochs=8)
TRIALS = [
    TRIAL,
    *(replace(TRIAL, planes=planes) for planes in (1, 8, 32, 96)),
    replace(TRIAL, own=1),
    *(replace(TRIAL, keep=keep) for keep in (0.1, 1.0, 3.0)),
    replace(TRIAL, width=0.2),
    replace(TRIAL, moved=0.0),
]


def moved(X, share, generator):
    """The images of 28 × 28 pixels, a share of them moved by one pixel, to a side that is drawn."""
    images = X.unflatten(1, (28, 28)).clone()
    side = torch.randint(4, (len(X),), generator=generator)
    stays = torch.rand(len(X), generator=generator) >= share
    for k, (axis, by) in enumerate([(1, 1), (1, -1), (2, 1), (2, -1)]):
        chosen = (side == k) & ~stays
        images[chosen] = images[chosen].roll(by, axis)
    return images.flatten(1)


def trained(run, data, **bar):
    """What experiments.lmt.trained returns. The weights are rounded to half precision in the end,
    so that those which are stored, at half the size, are those which were measured."""
    recipe, (train_set, held_out, _) = run.recipe, data
    network = start_from_images(*train_set, recipe.planes, recipe.images, run.seed)
    start = copy.deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters())
    loss = CertifiedMargin(recipe.radius, recipe.width, recipe.keep, recipe.own)
    generator = torch.Generator()

    def before_epoch(epoch):
        loss.start()
        generator.manual_seed(recipe.epochs * run.seed + epoch)
        set_rate(optimiser, recipe.learning_rate, epoch, recipe.epochs)

    curves = train(
        run,
        network,
        *train_set,
        optimiser,
        lambda: held_out_accuracy(network, *held_out),
        lambda network, X, y: loss(network, moved(X, recipe.moved, generator), y),
        before_epoch=before_epoch,
        **bar,
    )
    return start, network.half().float(), curves


@dataclass(frozen=True)
class Trial(study.Run):
    """A recipe to try."""

    recipe: MaxoutRecipe
    seed: int = 0
    result: str = "lmt_maxout/trial"


def data():
    return split(load_mnist())


def settings():
    return asdict(TRIAL) | {"held_out": HELD_OUT}


def row(trial, data):
    """The row of a trial in the summary: its settings, and accuracies of held-out images."""
    _, network, curves = trained(trial, data, leave=False)
    return {
        **{name: getattr(trial.recipe, name) for name in TRIED},
        **{name: round(share, 2) for name, share in proven(network.eval(), *data[1]).items()},
        "minutes": round(sum(row["seconds"] for row in curves) / 60, 2),
    }


def measured(run, data):
    """All trials, in the summary."""
    torch.set_num_threads(1)
    rows = [row(Trial(recipe), data) for recipe in tqdm(TRIALS, unit="trial")]
    save_table("lmt_maxout/summary", rows)
    return {}, {}


STUDY = study.Study("lmt_maxout", study.only("lmt_maxout", settings), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
