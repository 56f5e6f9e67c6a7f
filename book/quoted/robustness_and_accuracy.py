"""The numbers that the chapter on robustness and accuracy quotes."""

import numpy as np
from scipy.special import ndtr

from book.quoted import costs, left_by_all, robust_accuracy, sampling_error, under_pgd
from helpers import tradeoff
from helpers.published import load_published
from helpers.results import (
    certified_of_attacked,
    load_arrays,
    load_attacked,
    load_figures,
    load_robustness,
    load_run,
    load_table,
    rows_of_networks,
)

MODELS = ("standard", "linf_0.1", "linf_0.2", "linf_0.3", "l2_1", "l2_2", "l2_3")
RADII = {"linf": (0.1, 0.2, 0.3), "l2": (1.0, 2.0, 3.0)}
PROBLEM = tradeoff.Problem(0.95, 1000, 3 / np.sqrt(1000))
FOUR = tradeoff.Problem(0.975, 1000, 4 / np.sqrt(1000))  # of Theorem 2.2


def column(model, name, n_train=55_000):
    """One of the figures of a model's networks, for each seed."""
    return [network["figures"][name] for network in load_robustness(model, n_train)]


def text(values, digits=1):
    """The mean of the seeds' values, and their standard deviation if there are several."""
    mean = f"{np.mean(values):.{digits}f}"
    several = len(values) > 1
    return mean + (f" ± {np.std(values, ddof=1):.{digits}f}" if several else "")


def gains(model, n_train):
    """How much more accurate a model's networks are than the standard ones, in points: for each
    seed, which draws the same images for both."""
    pairs = zip(column(model, "clean", n_train), column("standard", "clean", n_train), strict=False)
    return [ours - standard for ours, standard in pairs]


def highest_in_linf(eps):
    """The most that attacks leave, over models trained in L2 and their seeds, within L∞ ε."""
    return max(max(robust_accuracy(model, "linf", eps)) for model in ("l2_1", "l2_2", "l2_3"))


def networks():
    """Of the networks trained on all images: their accuracies, also under attack."""
    found, errors = {}, []
    for model in MODELS:
        found[f"{model}-clean"] = text(column(model, "clean"), 2)
        found[f"{model}-minutes"] = text(column(model, "minutes")[:1])
        for norm, radii in RADII.items():
            for eps in radii:
                shares = robust_accuracy(model, norm, eps)
                found[f"{model}-{norm}-{eps:g}"] = text(shares)
                errors += map(sampling_error, shares)
    minutes = {model: np.mean(column(model, "minutes")) for model in ("standard", "l2_2")}
    return found | {
        "sampling-error": max(errors),
        "l2-at-small-linf": highest_in_linf(0.1),
        "l2-at-large-linf": highest_in_linf(0.3),
        "linf_0.3-linf-0.4": text(robust_accuracy("linf_0.3", "linf", 0.4)),
        "times-longer": float(minutes["l2_2"] / minutes["standard"]),
    }


def training():
    """What the experiment took, and how it was done."""
    rows = rows_of_networks(load_table("robustness"))[["model", "n_train"]]
    trained = [
        network
        for model, n_train in np.unique(rows).tolist()
        for network in load_robustness(model, n_train)
    ]
    recipe = load_robustness("l2_2")[0]["settings"]
    return {
        "robust-networks": len(trained),
        "robust-hours": sum(network["seconds"] for network in trained) / 3600,
        "train-steps": recipe["attack_steps"],
        "recipe-epochs": recipe["epochs"],
    }


ALONE = {  # what the table calls each attack that is tried alone
    "PGD": "pgd",
    "APGD-CE": "ce",
    "APGD-DLR": "dlr",
    "APGD-T": "each",
    "minimum norm": "nearest",
    "minimum norm, a little noise": "little",
    "minimum norm, much noise": "much",
    "Square": "square",
    "all": "all",
}


def alone():
    """What each attack alone leaves of the first seed of each kind, and all together, in per cent:
    in the ball of its training, and of L∞ 0.3 within L2 2 as well."""
    found = {}
    for model in MODELS[1:]:
        network = f"{model}-55000-0"
        for ball, shares in load_attacked(network)["figures"]["alone"].items():
            # All together have more tries than each alone: see ensemble.attacked.
            together = {"all": left_by_all(network, *in_ball(ball))}
            name = model if ball == ball_of_training(model) else f"{model}-elsewhere"
            for attack, share in (shares | together).items():
                found[f"alone-{name}-{ALONE[attack]}"] = share
    return found


def ball_of_training(model):
    """As the figures of load_attacked name it: "l2 2" for "l2_2"."""
    return model.replace("_", " ")


def in_ball(ball):
    """The norm and the ε of "l2 2"."""
    norm, eps = ball.split()
    return norm, float(eps)


def flattery():
    """By how many points PGD flatters networks, the first seed of each kind: what it leaves, less
    what all attacks leave."""
    shares = alone()
    gaps = {
        model: shares[f"alone-{model}-pgd"] - shares[f"alone-{model}-all"] for model in MODELS[1:]
    }
    found = {f"flattery-{model}": gap for model, gap in gaps.items()}
    for model in MODELS:
        for eps in RADII["l2"]:
            found[f"plain-{model}-{eps:g}"] = f"{under_pgd(model, 'l2', eps)[0]:.1f}"
            found[f"all-{model}-{eps:g}"] = f"{robust_accuracy(model, 'l2', eps)[0]:.1f}"
    elsewhere = "alone-linf_0.3-elsewhere"
    return found | {
        "alone-l2-spread": shares[f"{elsewhere}-pgd"] - shares[f"{elsewhere}-much"],
    }


def madry():
    """What attacks leave of the published network for L∞ 0.3 at an L2 length of 2, in per cent."""
    published = load_published("madry_l2")
    return {f"{attack}-madry": published[attack]["robust"] for attack in ("pgd", "square")}


def earlier_networks():
    """Robust and certified accuracies of networks of earlier chapters, at a length of 2."""
    names = {"decay": "lmt-decay", "lenet_high": "lenet-high", "best": "lmt-best"}
    left = {f"earlier-{name}": left_by_all(network, "l2", 2.0) for name, network in names.items()}
    certified = certified_of_attacked("best")
    return left | {"earlier-best-certified": float(100 * (certified >= 2.0).mean())}


def percent(problem, w, eps=0.0):
    return 100 * tradeoff.accuracy(problem, w, eps)


def toy_problem():
    """Of the problem with d weak features: what classifiers do with and without an adversary."""
    eps = 2 * PROBLEM.eta
    f_avg, bayes = tradeoff.f_avg(PROBLEM), tradeoff.best_mix(PROBLEM)
    svm = tradeoff.population_minimiser(PROBLEM)
    found = {}
    for name, w in (("avg", f_avg), ("bayes", bayes), ("svm", svm)):
        found[f"{name}-standard"] = percent(PROBLEM, w)
        found[f"{name}-robust"] = percent(PROBLEM, w, eps)
    return found | {
        "toy-d": PROBLEM.d,
        "toy-eps": float(eps),
        "bayes-gain": found["bayes-standard"] - found["avg-standard"],
        "svm-strong": float(svm[0]),
        "svm-weak": float(np.linalg.norm(svm[1:])),
    }


def theorem_2_2():
    """Of the problem with η = 4/√d: what the short proof bounds, and what is exact."""
    hinge = tradeoff.hinge_risk(FOUR, np.sqrt(FOUR.d) * tradeoff.f_avg(FOUR))
    svm = tradeoff.population_minimiser(FOUR)
    rival_hinge = tradeoff.hinge_risk(FOUR, svm)
    return {
        "hinge-four": hinge,
        "hinge-four-percent": 100 * hinge,
        "robust-four-96": float(100 * tradeoff.robust_bound(1 - hinge, 0.96)),
        "robust-four-975": float(100 * tradeoff.robust_bound(1 - hinge, 0.975)),
        "rival-strong": float(svm[0]),
        "rival-hinge": rival_hinge,
        "rival-bound": float(100 * tradeoff.robust_bound(1 - rival_hinge, 0.975)),
        "robust-four-exact": percent(FOUR, svm, 2 * FOUR.eta),
        "svm-four-standard": percent(FOUR, svm),
    }


def frontier():
    """How many of 10,000 random linear classifiers, whose accuracies are exact, beat Theorem 2.1.

    The weight of the strong feature and the common part of the weak ones take many sizes.
    """
    problem = tradeoff.Problem(PROBLEM.p, 25, 0.2)
    rng = np.random.default_rng(0)
    tried = 10_000
    weights = rng.normal(size=(tried, problem.d + 1))
    weights[:, 0] *= 10 ** rng.uniform(-1, 2, tried)
    weights[:, 1:] += 10 ** rng.uniform(-1, 2, (tried, 1))
    crossing = sum(
        tradeoff.accuracy(problem, w, 2 * problem.eta)
        > tradeoff.robust_bound(tradeoff.accuracy(problem, w), problem.p) + 1e-12
        for w in weights
    )
    return {"frontier-tried": f"{tried:,}", "frontier-crossing": int(crossing)}


def jump(problem):
    """Where the most robust mix gives up the weak features at once: ε/η, and the weight of x_1 just
    before, of a length of 1."""

    def strong(share):
        w = tradeoff.best_mix(problem, share * problem.eta)
        return w[0] / np.linalg.norm(w)

    before, after = 0.0, 1.0
    while after - before > 1e-9:
        middle = (before + after) / 2
        before, after = (before, middle) if strong(middle) == 1 else (middle, after)
    return before, float(strong(before))


def exercises():
    """What the exercises on the toy problem quote."""
    few = tradeoff.Problem(PROBLEM.p, 100, 0.3)  # η√d as in PROBLEM
    share, strong = jump(PROBLEM)
    share_100, strong_100 = jump(few)
    return {
        "jump-share": share,
        "jump-strong": strong,
        "jump-share-100": share_100,
        "jump-strong-100": strong_100,
        "avg-l2-robust": float(100 * ndtr(PROBLEM.eta * np.sqrt(PROBLEM.d) - 1)),
    }


def one_axis():
    """The angles that are best for clean images and at 1.5 pixels, after adversarial training; and
    how far apart it and L2 regularisation are at the same angle."""
    axis = load_arrays("robustness/tilting")
    at = np.flatnonzero(np.isclose(axis["radii"], 1.5)).item()
    best = {name: axis["robust_eps"][:, k].argmax() for name, k in (("best", 0), ("robust", at))}
    apart = np.degrees(axis["apart_of_pairs"])
    regularised, adversarial = np.moveaxis(axis["robust_of_pairs"], 2, 0)
    clean_gap, robust_gap = np.moveaxis(np.abs(adversarial - regularised), 2, 0)
    return {
        f"axis-{name}-theta": float(np.degrees(axis["theta_eps"][k])) for name, k in best.items()
    } | {
        "axis-pairs": len(axis["pairs"]),
        "axis-apart": float(apart.max()),
        "axis-clean-gap": float(clean_gap.max()),
        "axis-robust-gap": float(robust_gap.max()),
    }


def linear_classifiers():
    """Of 5 and 7: pixels in use, and accuracies for clean images and at ε = 0.1, "robust" where
    pixels stay in [0, 1] and "whole" where they may leave it."""
    linear, figures = load_arrays("robustness/linear"), load_figures("robustness/linear")
    tenth = np.flatnonzero(np.isclose(linear["eps"], 0.1)).item()
    pixels, chosen = linear["pixels"].tolist(), figures["chosen_pixels"]
    places = {
        "linear-standard": ("", 0),
        "linear-adversarial": ("", 2),
        "best": ("_of_pixels", pixels.index(chosen)),
        "best-10": ("_of_pixels", pixels.index(10)),
        "best-200": ("_of_pixels", pixels.index(200)),
    }
    found = {
        "best-pixels": chosen,
        "pixels-tried": len(pixels),
        "linear-held-out": f"{figures['n_held_out']:,}",
        "pixels-standard": int(np.count_nonzero(linear["w"][0])),
        "pixels-robust": int(np.count_nonzero(linear["w"][2])),
    }
    for name, (kind, k) in places.items():
        in_range, whole = linear[f"robust_in_range{kind}"][k], linear[f"robust{kind}"][k]
        found |= {
            f"{name}-clean": float(in_range[0]),
            f"{name}-robust": float(in_range[tenth]),
            f"{name}-whole": float(whole[tenth]),
        }
    return found


def pictures():
    """Of gradients and large changes: what they look like, and what a judge makes of them."""
    figures = load_figures("robustness/pictures")
    settings = load_run("robustness/pictures")["settings"]
    found = {
        "pictures-steps": settings["steps"],
        "pictures-images": f"{settings['images']:,}",
        "judge-images": f"{figures['judge_images']:,}",
        "judge-clean": figures["judge_clean"],
        "reached-least": min(min(shares.values()) for shares in figures["reached"].values()),
    }
    for name, likeness in figures["likeness"].items():
        for kind, value in likeness.items():
            in_percent = kind in ("in_components", "near_ink")
            found[f"like-{name}-{kind}"] = f"{100 * value:.0f}" if in_percent else f"{value:.2f}"
    for kind in ("reached", "judged"):
        for name, shares in figures[kind].items():
            found |= {f"{kind}-{name}-{norm}": f"{share:.0f}" for norm, share in shares.items()}
    return found


def distances_of_classes():
    """How near a test image comes to a training image of another class, in L∞; and how many of the
    test images come within 2ε of one in L2, in per cent."""
    nearest = load_arrays("class_distances")
    within = {eps: 100 * np.mean(nearest["l2"] <= 2 * eps) for eps in (1.58, 2.0, 3.0)}
    return {"nearest-class-linf": float(nearest["linf"].min())} | {
        f"overlap-{eps:g}": float(share) for eps, share in within.items()
    }


def generated_images():
    """What papers reached on CIFAR-10 with generated images, in per cent."""
    papers = load_published("cifar10_generated")
    return {f"{paper['by']}-robust": paper["robust"] for paper in papers}


def numbers():
    found = {
        f"gain-{model}-{n_train}": text(gains(model, n_train)).replace("-", "−")
        for model in ("l2_2", "linf_0.3")
        for n_train in (100, 55_000)
    }
    return found | {
        **networks(),
        **training(),
        **{name: f"{share:.1f}" for name, share in alone().items()},
        **flattery(),
        **madry(),
        **earlier_networks(),
        **toy_problem(),
        **theorem_2_2(),
        **frontier(),
        **exercises(),
        **one_axis(),
        **linear_classifiers(),
        **pictures(),
        **distances_of_classes(),
        **generated_images(),
        **costs("robustness-and-accuracy"),
    }
