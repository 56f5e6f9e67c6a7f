"""The networks of chapters 5 and 6 under the attacks of chapter 7, to stand beside its own.

    python -m experiments.robustness_earlier

takes the weights that experiments.lenet and experiments.lmt have left in results/. It takes some
minutes, and fills results/robustness/earlier/; experiments.robustness runs it at its end.

Every tenth test image is attacked, as in experiments.robustness. figures: clean, accuracies in per
cent of all test images; robust, of every tenth at the radii of the attacks; and certified, the
share that is proven there, in L2, of networks of experiments.lmt, which says what a proof takes.
They are lower bounds of what robust bounds from above. minutes, of the training, None where
unknown.
"""

import torch

from experiments import robustness_measures, study
from experiments.lmt import RECIPES
from experiments.robustness_measures import PGD, correct, per_cent, stored_network
from experiments.training import split
from helpers.data import load_mnist
from helpers.results import load_lmt

NAME = "robustness/earlier"
SETTINGS = {
    "networks": ["lenet_low", "lenet_high", "plain", "decay", "adversarial", "lmt", "best"],
    **robustness_measures.SETTINGS,
}
EPS_TRAIN = {"adversarial": RECIPES["adversarial"].radius}  # in L2; the others saw no adversary


def load_networks():
    """The networks of SETTINGS, ready for use."""
    files = {"lenet_low": "lenet/low", "lenet_high": "lenet/high"}
    return {name: stored_network(files.get(name, f"lmt/{name}")) for name in SETTINGS["networks"]}


def proven_shares(certified):
    """The share of images, in per cent, whose certified radius is larger than ε, for each ε of L2:
    those whose stored radius, which is a little smaller, is ε or more."""
    few = torch.from_numpy(certified[:: SETTINGS["every"]])
    return [per_cent(few >= eps) for eps in SETTINGS["radii"]["l2"]]


def results(found, test_set):
    """The arrays and the figures of the networks ``found``, a dict by name."""
    radii = SETTINGS["radii"]
    few = robustness_measures.attacked_images(*test_set)
    figures = {"networks": list(found), "radii": radii, "clean": {}, "robust": {}}
    fooling = {norm: [] for norm in radii}
    for name, network in found.items():
        of_network = robustness_measures.fooling_radii(network, *few, radii)
        figures["clean"][name] = correct(network, *test_set)
        figures["robust"][name] = robustness_measures.robust_shares(of_network, radii)
        for norm in radii:
            fooling[norm].append(of_network[norm])
    return {f"fooling_{norm}": torch.stack(fooling[norm]) for norm in radii}, figures


def known_of_lmt():
    """What experiments.lmt knows of its networks: what is proven, and how long they trained."""
    names = [name for name in SETTINGS["networks"] if not name.startswith("lenet")]
    of_name = {name: load_lmt(name)[0] for name in names}
    return {
        "certified": {name: proven_shares(of["certified"]) for name, of in of_name.items()},
        "minutes": {name: of["figures"]["minutes"] for name, of in of_name.items()},
    }


def rows_of(arrays, figures):
    """The rows of the summary, one for each network and attack."""
    return [
        {
            "experiment": "earlier",
            "model": name,
            "norm": "l2" if name in EPS_TRAIN else "none",
            "eps_train": EPS_TRAIN.get(name, 0.0),
            "n_train": 60_000 if name.startswith("lenet") else 55_000,
            "seed": 0,
            "clean": figures["clean"][name],
            "robust_eps": eps,
            "robust": share,
            "attack": f"{norm}-{PGD}",
            "minutes": figures["minutes"].get(name),
        }
        for name in figures["networks"]
        for norm, radii in figures["radii"].items()
        for eps, share in zip(radii, figures["robust"][name][norm], strict=True)
    ]


def test_set():
    return split(load_mnist())[2]


def measured(run, test_set):
    arrays, figures = results(load_networks(), test_set)
    return arrays, figures | known_of_lmt()


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), test_set, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
