"""The numbers that the chapter on certificates quotes."""

import numpy as np

from book.quoted import costs, left_by_all, over_seeds, sampling_error
from helpers.published import load_published
from helpers.results import load_arrays, load_attacked, load_figures, load_lmt, load_run, load_table

SUMMARY = load_table("lmt")
MODELS = dict.fromkeys(SUMMARY["model"].tolist())
TRIALS = load_table("lmt_maxout")
ATTACKED = ("plain", "decay", "adversarial", "lmt", "lmt_global", "best", "lmt_3", "gloro")


def column(model, name):
    """A column of the summary, for each seed of a model."""
    return SUMMARY[SUMMARY["model"] == model][name]


def mean(model, name):
    return float(column(model, name).mean())


def of_model(model):
    """All figures of a model that are finite numbers in each seed."""
    figures, found = [network["figures"] for network in load_lmt(model)], {}
    for name, value in figures[0].items():
        values = [seed[name] for seed in figures]
        if not (isinstance(value, dict | str) or None in values):
            found |= over_seeds(f"{model}-{name}", values)
    return found


def under_attack(model):
    """What the ensemble of attacks leaves of the first seed's network at a length of 1.58, in per
    cent of every tenth test image, and the median of the smallest changes found, in pixels."""
    name = f"lmt-{model}"
    return {
        f"{model}-attacked": left_by_all(name, "l2", 1.58),
        f"{model}-found": float(np.median(load_attacked(name)["l2"])),
    }


def training():
    """What the experiment took, and how it was done."""
    networks = [network for model in MODELS for network in load_lmt(model)]
    lmt, decay, best = (load_lmt(model)[0]["settings"] for model in ("lmt", "decay", "best"))
    minutes = {model: mean(model, "minutes") for model in ("plain", "lmt", "adversarial")}
    return {
        "lmt-networks": len(networks),
        "lmt-hours": sum(network["seconds"] for network in networks) / 3600,
        "lmt-decay": f"{decay['decay']:g}",
        "lmt-slower": minutes["lmt"] / minutes["plain"],
        "adversarial-slower": minutes["adversarial"] / minutes["plain"],
        "chain-images": lmt["chain_images"],
        "chain-samples": lmt["chain_samples"],
        "best-planes": best["planes"],
        "trial-epochs": int(TRIALS[0]["epochs"]),
    }


def sampling_radius(model):
    """The radius of the balls that slopes near an image were sampled in, in pixels, over seeds.

    It is the median of the changes that fooled the images of the chain, as lmt_measures has it.
    """
    return float(np.mean([np.median(network["chain"][:, 3]) for network in load_lmt(model)]))


def rounding():
    """What rounding to single precision does to the certificates of the best network."""
    figures = load_figures("lmt_rounding")
    return {
        "rounding-images": load_run("lmt_rounding")["settings"]["images"],
        "rounding-tight": figures["tight"],
        "rounding-broken": figures["broken"],
        "rounding-deepest": 1e6 * figures["deepest"],
        "rounding-cost": figures["cost"][0],
    }


def exactly():
    """What is known of the best network's first seed at 1.58 pixels, in per cent: of all test
    images, and ``tenth``, certified with pixels in [0, 1], of those that were attacked."""
    figures = load_figures("certified/best-0")
    every = load_attacked("lmt-best")["settings"]["every"]
    box = load_arrays("certified/best-0")["box_radius"][::every]
    names = ("simple_158", "exact_158", "broken_158", "box_158", "box_broken_158")
    return {f"exact-{name}": figures[name] for name in (*names, "box_undecided_158")} | {
        "exact-undecided_158": 100 - figures["exact_158"] - figures["broken_158"],
        "exact-gain": figures["exact_158"] - figures["simple_158"],
        "exact-box-gain": figures["box_158"] - figures["exact_158"],
        "exact-box-tenth": float(100 * (box >= 1.58).mean()),
    }


def held_out_gap():
    """How much more of the held-out images than of the test images is certified, in points."""
    figures = [network["figures"] for network in load_lmt("best")]
    return float(np.mean([seed["held_out"]["cert_158"] - seed["cert_158"] for seed in figures]))


def published():
    """What papers report: of LMT, of other certificates on MNIST, and on SVHN."""
    found = {
        f"paper-{model}-{name}": value
        for model, figures in load_published("lmt").items()
        for name, value in figures.items()
    }
    names = {"cert": "cert_158", "clean": "clean", "pgd": "pgd_158", "cert_03": "cert_03"}
    for k, paper in enumerate(load_published("certified_mnist")):
        found |= {f"pub-{k}-{name}": paper[key] for name, key in names.items() if key in paper}
    svhn = load_published("lmt_svhn")
    return found | {
        "svhn-max": svhn["max_pool"]["median_certified_above"],
        "svhn-average": svhn["average_pool"]["median_certified_above"],
        "svhn-clean": svhn["average_pool"]["clean"],
        "svhn-changed": svhn["average_pool"]["changed_pixels"],
    }


def numbers():
    found = {}
    for model in MODELS:
        found |= of_model(model)
    for model in ATTACKED:
        found |= under_attack(model)
    plane = load_figures("lmt_plane")
    for c, share in zip(plane["c"], plane["tightness"], strict=True):
        found[f"plane-tight-{c:g}".replace(".", "")] = 100 * share
    batch_norm = load_lmt("lmt_batch_norm")[0]["figures"]["bounds"]
    own = TRIALS[TRIALS["own"] == 1]["cert_158"].item()
    return found | {
        **training(),
        **published(),
        **rounding(),
        **exactly(),
        "sampling-error": sampling_error(50),
        "plain-chain-ball": sampling_radius("plain"),
        "lmt-chain-ball": sampling_radius("lmt"),
        "lmt-excess_i": 100 * (mean("lmt", "ratio_i") - 1),
        "lmt_3-above-3": float(100 * np.mean(load_lmt("lmt_3")[0]["certified"] >= 3)),
        "decay-L-ratio": mean("plain", "lipschitz") / mean("decay", "lipschitz"),
        "best-gap": held_out_gap(),
        "trial-own": float(TRIALS[0]["cert_158"] - own),
        "bn-conv2": batch_norm["conv2"],
        "bn-norm2": batch_norm["norm2"],
        **costs("lipschitz-margins"),
    }
