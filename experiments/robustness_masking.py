"""Gradients that hide what is near: L2 attacks on networks that were trained in L∞.

    python -m experiments.robustness_masking

A network that is to withstand any change of a pixel by 0.3 learns not to look at faint ink. Where
it does not look its gradient is 0, and an attack that follows the gradient does not go there.
Athalye et al. 2018 call this gradient masking. Here PGD follows the mean of the gradients at noisy
versions of the image instead, which is not 0 where larger changes count, and fools networks that
plain PGD does not fool.

Networks are those of experiments.robustness, from their checkpoints; it trains them where these are
gone. The attack takes a quarter of an hour, and fills results/robustness_masking/.

fooling_l2 holds the radius within which either attack fooled the network. figures: radii, and of
each network its model and seed, and plain and both, the share in per cent of images that plain PGD
leaves, and that both leave, for each of the radii.
"""

import torch

from experiments import robustness_measures, study
from experiments.robustness import Run, trained
from experiments.robustness_measures import attacked_images, per_cent
from experiments.training import split
from helpers import attacks
from helpers.data import load_mnist
from helpers.results import load_arrays

NAME = "robustness_masking"
RUNS = [
    Run("standard"),
    Run("linf_0.1"),
    Run("linf_0.2"),
    *(Run("linf_0.3", seed=seed) for seed in range(3)),
    Run("l2_2"),
    Run("l2_3"),
]
SETTINGS = {
    "networks": [run.name for run in RUNS],
    "sigma": 0.2,  # of the noise, in each pixel
    "copies": 8,
    "steps": 40,
    "radii": robustness_measures.SETTINGS["radii"]["l2"],
    "every": robustness_measures.SETTINGS["every"],
}


def fooled_by_either(network, X, y, fooling, radii):
    """``fooling``, the radii within which plain PGD fooled the network, lowered to the first of the
    radii within which PGD on the averaged scores does."""
    averaged = attacks.Averaged(network, SETTINGS["sigma"], SETTINGS["copies"], X.shape[1])
    found = fooling.clone()
    for radius in radii:
        left = torch.nonzero(found > radius)[:, 0]
        for rows in filter(len, left.split(250)):
            moved = attacks.pgd(averaged, X[rows], y[rows], radius, "l2", SETTINGS["steps"])
            found[rows[attacks.is_fooled(network, moved, y[rows])]] = radius
    return found


def results(found, X, y):
    """The arrays and figures of ``found``, a list of networks and of what plain PGD found."""
    radii = SETTINGS["radii"]
    figures, arrays = [], []
    for network, fooling in found:
        either = fooled_by_either(network, X, y, fooling, radii)
        arrays.append(either)
        shares = {"plain": fooling, "both": either}
        figures.append({name: [per_cent(of > eps) for eps in radii] for name, of in shares.items()})
    return {"fooling_l2": torch.stack(arrays)}, figures


def data():
    return split(load_mnist())


def measured(run, data):
    torch.set_num_threads(1)
    X, y = attacked_images(*data[2])
    found = []
    for run in RUNS:
        network, _ = trained(run, data)
        fooling = torch.from_numpy(load_arrays(run.result)["fooling_l2"])
        found.append((network.eval(), fooling))
    arrays, figures = results(found, X, y)
    named = [
        {"model": run.model, "seed": run.seed} | each
        for run, each in zip(RUNS, figures, strict=True)
    ]
    return arrays, {"radii": SETTINGS["radii"], "networks": named}


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
