"""What is proven of a network, what attacks find, and how much of the proof each step gives away.

Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; radii are
Euclidean, in pixels. A radius is 0 where the image is misclassified as it is.
"""

import copy
import math
from functools import partial

import torch

from helpers import attacks, evaluation, lmt, maxout
from helpers.layers import Maxout
from helpers.nearest import decoupled, nearest_found

SETTINGS = {
    "radii": [0.3, 1.0, 1.58],
    "pgd_steps": 40,
    "pgd_restarts": 2,
    "decoupled_steps": 50,
    "chain_images": 300,
    "chain_samples": 50,
}

# What is proven


def certified_radius(network, X, y):
    """By proposition 2 of Tsuzuku et al. 2018, or, for maxout, the like of it."""
    is_maxout = isinstance(network[-1], Maxout)
    return (maxout if is_maxout else lmt).certified_radius(network, X, y)


def common_radius(network, X, y, L):
    """By proposition 1 of Tsuzuku et al. 2018: one slope for all pairs of classes, √2 L."""
    s = evaluation.scores(copy.deepcopy(network).double(), X.double())
    return lmt.radii(s, y, torch.full((s.shape[1], s.shape[1]), math.sqrt(2) * L).double())


# What attacks find


def attacked(network, X, y):
    """The radius of SETTINGS within which PGD fools the network, as attacks.fooling_radius has it;
    the nearest images that the two other attacks find, how far they are, and how far DeepFool's."""
    options = {"steps": SETTINGS["pgd_steps"], "restarts": SETTINGS["pgd_restarts"]}
    fooling = attacks.fooling_radius(network, X, y, SETTINGS["radii"], **options)
    attack = partial(decoupled, steps=SETTINGS["decoupled_steps"])
    nearest, found = nearest_found(network, X, y, attack)
    others, deepfool = nearest_found(network, X, y, attacks.deepfool)
    better = deepfool < found
    nearest[better], found[better] = others[better], deepfool[better]
    return fooling, nearest, found, deepfool


# How the proof and the attacks compare


def check_order(certified, fooling, found):
    """AssertionError where an attack succeeded within the certified radius."""
    for name, radius in (("PGD", fooling), ("an attack", found)):
        broken = torch.nonzero(certified > radius)[:, 0]
        if len(broken):
            k = broken[0].item()
            raise AssertionError(
                f"{name} fooled the network within the certified radius of {len(broken)} images: "
                f"image {k} at {radius[k]:.6g} pixels, although {certified[k]:.6g} are certified"
            )


def chain(network, X, y, certified, found):
    """Of the first images that are classified correctly four radii each, shape (m, 4): certified ≤
    with sampled global slopes ≤ with sampled local slopes ≤ found, if the samples do not miss the
    steepest places (Tsuzuku et al. 2018, but rival by rival).

    The first ≤ is for certificates from one slope for each pair of classes; that of maxout, from
    pairs of planes, may be larger. The local samples come from a ball whose radius is the median
    of the perturbations found.
    """
    rows = torch.nonzero(certified > 0)[: SETTINGS["chain_images"], 0]
    if len(rows) == 0:
        return torch.zeros(0, 4)
    X, y, found = X[rows], y[rows], found[rows]
    ball = found.clamp(max=math.sqrt(X.shape[1])).median().item()
    local = lmt.sampled_slopes(network, X, ball, SETTINGS["chain_samples"])
    s = evaluation.scores(network, X)
    with_global, with_local = lmt.radii(s, y, local.amax(0)), lmt.radii(s, y, local)
    return torch.stack([certified[rows], with_global, with_local, found], 1)


def ratios(radii):
    """The median ratio of each step of the chain, over all of it, and how often the last step goes
    the wrong way, in per cent; None where there is none."""
    steps = [*(radii[:, 1:] / radii[:, :-1]).T, radii[:, 3] / radii[:, 0]]
    medians = [finite(step.quantile(0.5)) if len(step) else None for step in steps]
    names = ("ratio_i", "ratio_ii", "ratio_iii", "ratio_overall")
    violated = finite(100 * (radii[:, 3] < radii[:, 2]).double().mean())
    return dict(zip(names, medians, strict=True)) | {"violated_iii": violated}


def finite(value):
    """A Python float with six digits, or None where that is no finite number."""
    return float(f"{value.item():.6g}") if value.isfinite() else None


# Accuracies, in per cent


def per_cent(radii, eps):
    return round(100 * lmt.certified_accuracy(radii, eps), 4)


def accuracies(name, radii):
    """The share of images with larger radii than each of SETTINGS: {"cert_03": …}."""
    return {f"{name}_{short(eps)}": per_cent(radii, eps) for eps in SETTINGS["radii"]}


def short(eps):
    """ "03" for 0.3, as in the names of columns."""
    return str(eps).replace(".", "")


def proven(network, X, y):
    """Accuracy, and certified accuracies."""
    certified = certified_radius(network, X, y)
    return {"clean": per_cent(certified, 0)} | accuracies("cert", certified)
