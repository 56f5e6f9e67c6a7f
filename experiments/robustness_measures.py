"""How robust a network is, and how far the attacks that say so can be believed.

Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; ε is in
pixels, a Euclidean length for the norm "l2", the largest change of one pixel for "linf".
"""

import torch

from experiments.lmt_maxout import BEST
from helpers import architectures, attacks, evaluation
from helpers.layers import MinMax
from helpers.results import FOLDER
from helpers.weights import load_weights

SETTINGS = {
    "every": 10,  # test image is attacked: MNIST's first thousand are harder than the others
    "steps": 40,
    "restarts": 2,
    "radii": {"linf": [0.05, 0.1, 0.2, 0.3, 0.4], "l2": [0.5, 1.0, 1.5, 2.0, 3.0]},
}
PGD = f"pgd-{SETTINGS['steps']}x{SETTINGS['restarts']}"


def stored_network(name):
    """The network whose weights are in results/<name>.safetensors, ready for use."""
    if name == "lmt/best":
        network = architectures.maxout_network(10, BEST.planes)
    elif name == "lmt/gloro":
        network = architectures.conv_2c2f(MinMax)
    elif name.startswith("lenet/"):
        network = architectures.lenet(torch.zeros(784))
        network = network.to(memory_format=torch.channels_last)  # a third quicker
    else:
        network = architectures.conv_2c2f()
    return load_weights(network, FOLDER / f"{name}.safetensors")


def correct(network, X, y):
    """The share of images, in per cent, that the network gets right as they are."""
    return round(100 * (1 - evaluation.error_rate(network, X, y)), 4)


def attacked_images(X, y):
    """Those of the test images that the attacks try."""
    return X[:: SETTINGS["every"]], y[:: SETTINGS["every"]]


def fooling_radii(network, X, y, radii):
    """Of each norm in ``radii`` the first radius within which PGD fools the network, for each
    image; infinite where it does not, 0 where the image is misclassified as it is."""
    options = {name: SETTINGS[name] for name in ("steps", "restarts")}
    return {
        norm: attacks.fooling_radius(network, X, y, of_norm, norm, **options)
        for norm, of_norm in radii.items()
    }


def robust_shares(fooling, radii):
    """The share of images, in per cent, that PGD does not fool: a list for each norm."""
    return {norm: [per_cent(fooling[norm] > eps) for eps in radii[norm]] for norm in radii}


def per_cent(rows):
    """How many of the rows are true."""
    return round(100 * rows.double().mean().item(), 4)
