"""How robust a network is, and how far the attacks that say so can be believed.

Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; ε is in
pixels, a Euclidean length for the norm "l2", the largest change of one pixel for "linf".
"""

import torch

from experiments.lmt_maxout import BEST
from helpers import architectures, attacks, ensemble, evaluation
from helpers.results import FOLDER
from helpers.weights import load_weights

SETTINGS = {
    "every": 10,  # test image is attacked
    "radii": {"linf": [0.05, 0.1, 0.2, 0.3, 0.4], "l2": [0.5, 1.0, 1.5, 2.0, 3.0]},
    "attacks": [*ensemble.NEAREST, *ensemble.WITHIN],
}
PGD = {"steps": 40, "restarts": 2}  # beside the ensemble, to see what it adds
#: Of long sweeps, where the ensemble would take days.
QUICK = {"every": SETTINGS["every"]} | PGD | {"radii": SETTINGS["radii"]}


def stored_network(name):
    """The network whose weights are in results/<name>.safetensors, ready for use."""
    if name == "lmt/best":
        network = architectures.maxout_network(10, BEST.planes)
    elif name.startswith("lenet/"):
        network = architectures.lenet(torch.zeros(784))
    else:
        network = architectures.conv_2c2f()
    return load_weights(network, FOLDER / f"{name}.safetensors")


def correct(network, X, y):
    """The share of images, in per cent, that the network gets right as they are."""
    return round(100 * (1 - evaluation.error_rate(network, X, y)), 4)


def attacked_images(X, y):
    """Those of the test images that the attacks try."""
    return X[:: SETTINGS["every"]], y[:: SETTINGS["every"]]


def nearest(network, X, y, radii):
    """Of each norm in ``radii`` the distance of the nearest adversarial image that the ensemble
    finds, for each image; see ensemble.attacked."""
    return {norm: ensemble.attacked(network, X, y, norm, radii[norm]) for norm in radii}


def fooling_radii(network, X, y, radii):
    """Of each norm in ``radii`` the first radius within which PGD fools the network, for each
    image; infinite where it does not, 0 where the image is misclassified as it is."""
    return {
        norm: attacks.fooling_radius(network, X, y, of_norm, norm, **PGD)
        for norm, of_norm in radii.items()
    }


def robust_shares(found, radii):
    """The share of images, in per cent, that no attack fools within each of the ``radii``, from the
    distances ``found``: a list for each norm."""
    return {norm: [per_cent(found[norm] > eps) for eps in radii[norm]] for norm in radii}


def left_by_each(network, X, y, norm, eps):
    """The share of images, in per cent, that PGD and each attack of the ensemble alone leave
    correctly classified within ε, and that "all" leave, by the attack's name."""
    (by_pgd,) = attacks.robust_accuracy(network, X, y, [eps], norm, **PGD)
    shares = {"PGD": by_pgd} | ensemble.left_by_each(network, X, y, norm, eps)
    return {name: round(100 * share, 4) for name, share in shares.items()}


def per_cent(rows):
    """How many of the rows are true."""
    return round(100 * rows.double().mean().item(), 4)
