"""What rounding does to certificates: the best network of experiments.lmt in single precision.

    python -m experiments.lmt_rounding

takes the weights that experiments.lmt has left in results/ and the first test images, and fills
results/lmt_rounding/. A certificate for exact arithmetic is tight where the straight way to the
boundary between the two planes that decide it leads to another class. On this way changes are
tried that are shorter than the radius by little. figures: tight, the number of images whose
certificate is tight; broken, of how many such a change alters the class in single precision, and
deepest, by how much it is shorter than the radius at most, in pixels; broken_single, as broken, of
the radii that allow for rounding; and cost, by how much these are smaller, in pixels: the median
and the most.
"""

import copy

import torch
import torch.nn.functional as F

from experiments import study
from experiments.lmt import RECIPES
from experiments.training import split
from helpers import architectures
from helpers.data import load_mnist
from helpers.maxout import certified_radius, deciding_planes
from helpers.results import FOLDER
from helpers.weights import load_weights

SETTINGS = {
    "images": 1000,
    "beyond": 1e-6,  # in pixels: a tight certificate is broken so far beyond its radius
    "depths": [1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6, 1e-5],  # in pixels, below the radius
}


def best_network():
    network = architectures.maxout_network(10, RECIPES["best"].planes)
    return load_weights(network, FOLDER / "lmt" / "best.safetensors")


@torch.no_grad()
def ways_out(network, X, y):
    """Of each image the direction, of length 1, from the plane of its class that decides its
    radius to that of the rival: float64, shape (m, n)."""
    network = copy.deepcopy(network).double()
    W, planes = network.planes.weight, network.maxout.planes
    distances = torch.cdist(W, W, compute_mode="donot_use_mm_for_euclid_dist")
    w, z, _ = deciding_planes(network.planes(X.double()), y, distances, planes, own=planes)
    return F.normalize(W[z] - W[w])


@torch.no_grad()
def is_tight(network, X, y, radius, ways):
    """Whether the class changes, in double precision, just beyond the radius: bool, shape (m,)."""
    beyond = X.double() + (radius + SETTINGS["beyond"])[:, None] * ways
    return (copy.deepcopy(network).double()(beyond).argmax(1) != y) & (radius > 0)


@torch.no_grad()
def depth_of_breaks(network, X, y, radius, ways):
    """How much shorter than its radius a change is that alters the class of an image in single
    precision, the most of all depths tried; 0 where none does. float64, shape (m,)."""
    deepest = torch.zeros_like(radius)
    for depth in SETTINGS["depths"]:
        changed = (X + (radius - depth)[:, None] * ways).float()
        # What counts is the length of the change after it was rounded to single precision.
        short_of = radius - (changed.double() - X.double()).norm(dim=1)
        is_broken = (network(changed).argmax(1) != y) & (short_of > 0) & (radius > 0)
        deepest = torch.where(is_broken, torch.maximum(deepest, short_of), deepest)
    return deepest


def measured(run, data):
    torch.set_num_threads(1)
    X, y = (values[: SETTINGS["images"]] for values in data)
    network = best_network()
    exact, single = (certified_radius(network, X, y, single) for single in (False, True))
    ways = ways_out(network, X, y)
    depth, depth_single = (depth_of_breaks(network, X, y, r, ways) for r in (exact, single))
    cost = (exact - single)[exact > 0]
    return {}, {
        "tight": is_tight(network, X, y, exact, ways).sum().item(),
        "broken": (depth > 0).sum().item(),
        "deepest": depth.max().item(),
        "broken_single": (depth_single > 0).sum().item(),
        "cost": [cost.median().item(), cost.max().item()],
    }


def test_set():
    return split(load_mnist())[2]


STUDY = study.Study(
    "lmt_rounding", study.only("lmt_rounding", lambda: SETTINGS), test_set, measured
)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
