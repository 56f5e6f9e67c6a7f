"""The numbers that the chapter on LeNet and weight decay quotes."""

import math

import numpy as np
import torch
from scipy.special import softmax

from book.quoted import costs, left_by_all, over_seeds
from helpers import architectures
from helpers.layers import linear_layers
from helpers.published import load_published
from helpers.results import FOLDER, load_lenets, load_table
from helpers.spectral import kernel_norm
from helpers.weights import load_weights

LAYERS = ("conv1", "conv2", "fc1", "fc2")
TRAINING_IMAGES = 60_000
NO_FIGURES = {"init", "seed"}  # columns of the summary


def two_layers():
    """Of the small networks in the plane: means over the starts, for four decays."""
    table, found = load_table("two_layers"), {}
    columns = {
        "fitted": "mislabelled_fitted",
        "test": "err_test",
        "gradient": "norm_gradient_median",
        "first": "first_order_median",
        "true": "true_distance_median",
        "off": "first_order_off_median",
    }
    for k, decay in enumerate((1e-5, 1e-4, 10**-2.5, 1e-1)):
        rows = table[np.isclose(table["decay"], decay, rtol=1e-3)]
        text = np.format_float_positional(decay, 1, fractional=False, trim="-")
        found |= {f"toy-decay-{k}": text, "toy-starts": len(rows)}
        found |= {f"toy-{name}-{k}": float(rows[column].mean()) for name, column in columns.items()}
    return found


def first_weights():
    """The sizes of the layers and the errors: published, and ours from two kinds of weights."""
    found = {}
    for name, paper in load_published("lenet").items():
        ends = {"paper": paper}
        for init in ("hundredth", "fan_out"):
            figures = load_lenets(paper["decay"], init)[0]["figures"]
            ends[init] = figures | {"rms": [figures[f"rms_{layer}"] for layer in LAYERS]}
        for whose, end in ends.items():
            found |= {f"{whose}-{name}-{k}": rms for k, rms in enumerate(end["rms"])}
            found[f"{whose}-{name}-train"] = end["err_train"]
            found[f"{whose}-{name}-test"] = end["err_test"]
        found[f"paper-gap-{name}"] = paper["err_test"] - paper["err_train"]
        found[f"published-{name}"] = float(np.median(paper["lengths"]))
    return found


def stacked(lenets, name):
    """One of the networks' arrays, with a row per seed."""
    return np.array([lenet[name] for lenet in lenets])


def figures_of(lenets, name):
    """One of the networks' figures, for each seed."""
    return np.array([lenet["figures"][name] for lenet in lenets])


def roughness(changes):
    """As for filters: 1 for noise, 0 for a constant. changes: (m, 784)."""
    d = changes.reshape(-1, 28, 28)
    neighbours = [np.diff(d, axis=axis).ravel() for axis in (1, 2)]
    return np.mean(np.concatenate(neighbours) ** 2) / (2 * np.mean(d**2))


def roughness_of_changes(lenet):
    """The roughness of what equal confidence took, for one test image of each digit."""
    return roughness(lenet["shown_adversarial"].astype(float) - lenet["shown_images"] / 255)


def confidence_of_errors(lenets):
    """The mean probability of the predicted class where that class is wrong, in per cent."""
    s = stacked(lenets, "scores").astype(float)
    wrong = s.argmax(axis=2) != stacked(lenets, "labels")
    return float(100 * softmax(s, axis=2).max(axis=2)[wrong].mean())


def pull_of_errors(lenet):
    """Of the test images: how many per cent are learnt, so that p_y > 0.999; how many are
    misclassified; and these images' share in per cent of the pull, the sum of 1 − p_y."""
    s, labels = lenet["scores"].astype(float), lenet["labels"]
    p = softmax(s, axis=1)[np.arange(len(s)), labels]
    wrong = s.argmax(axis=1) != labels
    return {
        "learnt": float(100 * (p > 0.999).mean()),
        "errors": int(wrong.sum()),
        "pull": float(100 * (1 - p)[wrong].sum() / (1 - p).sum()),
    }


def of_decay(name, lenets):
    """Of the networks with low or high decay, as ``name`` says."""
    found = {}
    for column in load_table("lenet").dtype.names:
        if column not in NO_FIGURES:
            found |= over_seeds(f"{name}-{column}", figures_of(lenets, column))
    gap = figures_of(lenets, "err_test") - figures_of(lenets, "err_train")
    found |= over_seeds(f"gap-{name}", gap)
    for k, values in enumerate(stacked(lenets, "roughness").T):
        found |= over_seeds(f"{name}-rough-{k}", values)
    sizes = stacked(lenets, "filter_rms_conv2")
    found |= over_seeds(f"{name}-varied", sizes.std(axis=1) / sizes.mean(axis=1))
    found |= over_seeds(f"{name}-meaning", [roughness_of_changes(lenet) for lenet in lenets])
    found |= {f"{key}-{name}": value for key, value in pull_of_errors(lenets[0]).items()}
    length = lenets[0]["equal_confidence"][lenets[0]["shown"][9]]
    return found | {
        f"wrong-confidence-{name}": confidence_of_errors(lenets),
        f"{name}-sure-9": float(length),
    }


def steps_until_decay_shows(lenets):
    """About 0.1/(ηλ): in which it takes 1 − 1/e off weights that nothing else pulls at."""
    settings = lenets[0]["settings"]
    eta = settings["learning_rate"] / (1 - settings["momentum"])  # what a step comes to in the end
    return 1 / (eta * lenets[0]["figures"]["decay"])


def time_to_act(low, high):
    """How many steps a decay needs and the training has, and what low decay takes off in these."""
    settings, slow = low[0]["settings"], steps_until_decay_shows(low)
    steps = settings["epochs"] * TRAINING_IMAGES // settings["batch"]
    return {
        "steps": f"{steps:,}",
        "steps-low": f"{slow:,.0f}",
        "steps-high": f"{steps_until_decay_shows(high):,.0f}",
        "lost-low": float(100 * (1 - np.exp(-steps / slow))),
    }


def bound_of_slope(name):
    """‖W₁′‖ ‖W₂′‖ … of a stored LeNet's layers, a bound of its slope but for a factor that all have
    in common, by the rule for convolutions of the next chapter."""
    path = FOLDER / "lenet" / f"{name}.safetensors"
    network = load_weights(architectures.lenet(torch.zeros(784)), path)
    return math.prod(kernel_norm(layer) for layer in linear_layers(network).values())


BALLS = {"l2_1": ("l2", 1.0), "l2_2": ("l2", 2.0), "linf_01": ("linf", 0.1)}


def under_the_ensemble():
    """What an ensemble of attacks leaves of the first seed with low and with high decay, in per
    cent of every tenth test image, at three sizes."""
    return {
        f"{name}-all-{size}": left_by_all(f"lenet-{name}", *ball)
        for name in ("low", "high")
        for size, ball in BALLS.items()
    }


def comparison(low, high):
    """What low and high decay make of the distances and the gradients."""

    def ratio(name):
        return float(figures_of(high, name).mean() / figures_of(low, name).mean())

    paper = load_published("lenet")
    lengths = {name: np.median(paper[name]["lengths"]) for name in ("low", "high")}
    gradients = [np.median(stacked(lenets, "gradient_norm")) for lenets in (low, high)]
    low_shown, high_shown = (first["deepfool"][first["shown"]] for first in (low[0], high[0]))
    return {
        "ratio-equal": ratio("equal_confidence_median"),
        "ratio-deepfool": ratio("deepfool_median"),
        "ratio-paper": float(lengths["high"] / lengths["low"]),
        "ratio-gradient": float(gradients[0] / gradients[1]),
        "first-order-correlation-low": first_order_correlation(low),
        "first-order-correlation-high": first_order_correlation(high),
        "deepfool-longer": int((high_shown > low_shown).sum()),
        "high-least": float(stacked(high, "err_test").min()),
    }


def first_order_correlation(lenets):
    """Between the first-order distance and DeepFool's, of the images that are right."""
    margin, norm = stacked(lenets, "margin"), stacked(lenets, "gradient_norm")
    right = margin > 0
    correlation = np.corrcoef((margin / norm)[right], stacked(lenets, "deepfool")[right])
    return float(correlation[0, 1])


def sweep():
    """Of the first seed's networks with all decays, from the weakest; and, with it, the decays."""
    table = load_table("lenet")
    decays = np.unique(table["decay"][table["init"] == "hundredth"])
    return decays, [load_lenets(decay)[0] for decay in decays]


def numbers():
    low, high = load_lenets(1e-4), load_lenets(1e-1)
    decays, lenets = sweep()
    errors, robust = (figures_of(lenets, name) for name in ("err_test", "robust_linf_01"))
    return {
        **two_layers(),
        **first_weights(),
        **of_decay("low", low),
        **of_decay("high", high),
        **comparison(low, high),
        **under_the_ensemble(),
        **time_to_act(low, high),
        "ratio-bound": bound_of_slope("low") / bound_of_slope("high"),
        "weakest-linf": float(robust[0]),
        "middling-linf": float(robust[np.isclose(decays, 0.03)].item()),
        "best-decay": f"{decays[errors.argmin()]:g}",
        "best-decay-error": float(errors.min()),
        "errors-within": float(np.ptp(errors[:-1])),
        "minutes": min(lenet["seconds"] for lenet in low + high + lenets) / 60,
        **costs("weight-decay"),
    }
