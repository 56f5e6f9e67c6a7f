"""Networks with certificates, for several tests: small ones, trained for seconds on scikit-learn's
digits, and the stored ones that were trained on MNIST."""

from functools import cache

import torch
from small_digits import train_set
from torch import nn

from experiments import lmt
from helpers import architectures, training
from helpers.initialisation import initialise_orthogonal
from helpers.layers import MinMax
from helpers.lmt import LMT, GloRo
from helpers.maxout import CertifiedMargin, start_from_images
from helpers.weights import load_weights

EPS = 0.3  # what the small networks are trained for
LOSSES = {
    "plain": lambda network: training.cross_entropy,
    "LMT, Prop. 1": lambda network: LMT(network, (64,), EPS, per_rival=False),
    "LMT, Prop. 2": lambda network: LMT(network, (64,), EPS),
    "GloRo": lambda network: GloRo(network, (64,), EPS),
    "maxout": lambda network: CertifiedMargin(2 * EPS),
}


def small_network(seed=0):
    network = nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 8, 4, stride=2, padding=1),
        MinMax(),
        nn.Flatten(),
        nn.Linear(128, 32),
        MinMax(),
        nn.Linear(32, 10),
    )
    return initialise_orthogonal(network, seed)


def small_maxout(seed=0):
    return start_from_images(*train_set(), planes=8, images=4, seed=seed)


@cache
def trained(name):
    """A small network, trained with one of LOSSES; the tests share it, and leave it as it is."""
    network = small_maxout() if name == "maxout" else small_network()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    loss = LOSSES[name](network)
    training.train(network, *train_set(), optimiser, 15, 50, loss=loss, disable=True)
    return network


def stored_network(run, path):
    """The network of a Run of experiments.lmt, with the weights that are stored at path."""
    if run.model == "best":
        network = architectures.maxout_network(10, run.recipe.planes)
    else:
        network = lmt.new_network(run)
    return load_weights(network, path)
