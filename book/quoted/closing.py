"""The numbers that the last chapter quotes."""

import numpy as np

from book.quoted import left_by_all, robust_accuracy
from helpers.results import load_figures, load_lenets, load_lmt, load_robustness, load_table


def mean_figure(networks, name):
    """The mean over the seeds of one of the networks' figures."""
    return float(np.mean([network["figures"][name] for network in networks]))


def numbers():
    digit = load_figures("real_digit")
    found = {
        "svm-count": f"{len(load_table('svm_mnist')):,}",
        "svm-ratio": digit["strong"]["d_adv"] / digit["weak"]["d_adv"],
    }
    low, high = load_lenets(1e-4), load_lenets(1e-1)
    for name, lenets in (("low", low), ("high", high)):
        found[f"{name}-found"] = mean_figure(lenets, "deepfool_median")
    found["temperature-ratio"] = mean_figure(low, "temperature") / mean_figure(high, "temperature")
    for model in ("plain", "decay", "lmt", "best"):
        networks = load_lmt(model)
        for name in ("clean", "cert_10", "cert_158", "lipschitz"):
            found[f"{model}-{name}"] = mean_figure(networks, name)
    for model in ("standard", "linf_0.3"):
        found[f"{model}-clean"] = mean_figure(load_robustness(model), "clean")
    return found | {
        "best-attacked": left_by_all("lmt-best", "l2", 1.58),
        "standard-robust": max(robust_accuracy("standard", "linf", 0.3)),
        "linf_0.3-robust": left_by_all("linf_0.3-55000-0", "linf", 0.3),
    }
