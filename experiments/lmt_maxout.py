"""The network that certifies most: one layer of maxout, trained for its certificates.

    python -m experiments.lmt_maxout

tries settings for a few epochs each, and writes how the images that are held out fare:
results/lmt_maxout/summary.csv, accuracies in per cent. What was found best is trained longer, on
other seeds, and measured by experiments.lmt, as its model "best".
"""

import copy
import time
from dataclasses import asdict, dataclass, replace

import torch
from tqdm import tqdm

from experiments.record import folder_of, write_run, save_table
from experiments.training import HELD_OUT, held_out_accuracy, set_rate, split, train
from helpers.data import load_mnist
from helpers.lmt import certified_accuracy
from helpers.maxout import CertifiedMargin, certified_radius, start_from_images

TRIED = ("planes", "own", "width", "keep", "moved", "epochs")
RADII = {"cert_03": 0.3, "cert_10": 1.0, "cert_158": 1.58}


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


def trained(recipe, seed, checkpoint, train_set, held_out, **bar):
    """What experiments.lmt.trained returns. The weights are rounded to half precision in the end,
    so that those which are stored, at half the size, are those which were measured."""
    network = start_from_images(*train_set, recipe.planes, recipe.images, seed)
    start = copy.deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters())
    loss = CertifiedMargin(recipe.radius, recipe.width, recipe.keep, recipe.own)
    generator = torch.Generator()

    def before_epoch(epoch):
        loss.start()
        generator.manual_seed(recipe.epochs * seed + epoch)
        set_rate(optimiser, recipe.learning_rate, epoch, recipe.epochs)

    curves = train(
        checkpoint,
        network,
        *train_set,
        optimiser,
        lambda: held_out_accuracy(network, *held_out),
        epochs=recipe.epochs,
        batch=recipe.batch,
        seed=seed,
        loss=lambda network, X, y: loss(network, moved(X, recipe.moved, generator), y),
        before_epoch=before_epoch,
        **bar,
    )
    return start, network.half().float(), curves


def trial(recipe, train_set, held_out):
    """A row of the summary: the settings, and accuracies of the images that are held out."""
    checkpoint = folder_of("lmt_maxout", recipe) / "trial.safetensors"
    _, network, curves = trained(recipe, 0, checkpoint, train_set, held_out, leave=False)
    radii = certified_radius(network.eval(), *held_out)
    accuracies = {name: certified_accuracy(radii, eps) for name, eps in RADII.items()}
    return {
        **{name: getattr(recipe, name) for name in TRIED},
        "clean": round(100 * certified_accuracy(radii, 0), 2),
        **{name: round(100 * share, 2) for name, share in accuracies.items()},
        "minutes": round(sum(row["seconds"] for row in curves) / 60, 2),
    }


def main():
    started = time.perf_counter()
    torch.set_num_threads(1)
    train_set, held_out, _ = split(load_mnist())
    rows = [trial(recipe, train_set, held_out) for recipe in tqdm(TRIALS, unit="trial")]
    save_table("lmt_maxout/summary", rows)
    write_run("lmt_maxout", asdict(TRIAL) | {"held_out": HELD_OUT}, started)


if __name__ == "__main__":
    main()
