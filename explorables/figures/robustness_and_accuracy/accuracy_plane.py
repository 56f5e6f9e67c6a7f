"""Clean accuracy against robust accuracy: all networks of the book in one plane."""

import traitlets

from explorables.base import Explorable
from explorables.figures.robustness_and_accuracy.robustness_networks import ALL, load_trained
from explorables.traits import Number
from helpers.results import certified_of_attacked, load_attacked

#: How networks were trained, in the order in which they are listed.
FAMILIES = ["standard", "decay", "linf", "l2", "lmt", "maxout"]

#: Of networks of earlier chapters the name that load_attacked takes, the family, the name within
#: it, and the full name.
EARLIER = {
    "plain": ("lmt-plain", "standard", "20 epochs", "standard, 20 epochs"),
    "lenet_low": ("lenet-low", "standard", "LeNet", "standard, LeNet"),
    "decay": ("lmt-decay", "decay", "2C2F", "weight decay"),
    "lenet_high": ("lenet-high", "decay", "LeNet", "weight decay, LeNet"),
    "adversarial": ("lmt-adversarial", "l2", "1.58", "adversarial (L2, ε = 1.58)"),
    "lmt": ("lmt-lmt", "lmt", "LMT", "LMT"),
    "best": ("lmt-best", "maxout", "maxout", "certified maxout"),
}


def _named(figures):
    """The same of a network of experiments.robustness, from how it was trained."""
    norm, eps = figures["norm"], f"{figures['eps_train']:g}"
    if norm == "none":
        return "standard", f"{figures['epochs']} epochs", "standard training"
    return norm, eps, f"adversarial ({'L∞' if norm == 'linf' else 'L2'}, ε = {eps})"


class AccuracyPlane(Explorable):
    """Let ε grow, and see which networks keep their accuracy, and what that costs on images that
    nobody changed.

    ``norm`` is that of the adversary, "linf" or "l2"; ``eps``, from 0 to 3 pixels, is the largest
    change; the figure shows the nearest of the ``radii`` that were attacked, or 0. ``picked`` is
    the ``model`` of the network to follow, one of ``networks``.

    Clean accuracy is that of all test images; what the attacks of helpers.ensemble leave of every
    tenth (``experiments/attacked.py``) is an upper bound of robust accuracy, and, for some networks
    in L2, what is certified a lower one.

    The networks are those that ``experiments/robustness.py`` has trained on all images, and some of
    the two chapters before. The SVMs of the chapter before those tell two classes apart, and would
    not be comparable with them.

    The question, and the comparison, are those of Tsipras et al. 2019.
    """

    heights = (648, 1031)
    title = traitlets.Unicode("Clean accuracy against robust accuracy").tag(sync=True)
    norm = traitlets.Enum(["linf", "l2"], "linf").tag(sync=True)
    eps = Number(0.1, min=0, max=3).tag(sync=True)
    picked = traitlets.Unicode("standard").tag(sync=True)
    radii = traitlets.Dict(help="those of the attacks, in pixels, for each norm").tag(sync=True)
    networks = traitlets.List(
        help="model, family, name, full; seeds: clean, linf and l2, in per cent; certified or None"
    ).tag(sync=True)

    @traitlets.default("radii")
    def _load_radii(self):
        return load_attacked("lmt-plain")["settings"]["radii"]

    @traitlets.default("networks")
    def _load_networks(self):
        def order(network):
            return FAMILIES.index(network["family"]), network["name"]

        return sorted(_trained() + _earlier(), key=order)

    @traitlets.validate("picked")
    def _check_picked(self, proposal):
        models = [network["model"] for network in self.networks]
        if proposal["value"] not in models:
            raise traitlets.TraitError(
                f"picked must be one of {models}; it was {proposal['value']!r}"
            )
        return proposal["value"]


def _network(model, family, name, full, seeds, certified=None):
    return {
        "model": model,
        "family": family,
        "name": name,
        "full": full,
        "seeds": seeds,
        "certified": certified,
    }


def _left(name):
    """What the attacks leave of a network that load_attacked knows, and its clean accuracy."""
    figures = load_attacked(name)["figures"]
    return {"clean": figures["clean"]} | figures["robust"]


def _trained():
    """The networks of experiments.robustness that were trained on all images."""
    found = {}
    for figures in load_trained():
        if figures["n_train"] == ALL:
            model = figures["model"]
            network = found.setdefault(model, _network(model, *_named(figures), seeds=[]))
            network["seeds"].append(_left(f"{model}-{ALL}-{figures['seed']}"))
    return list(found.values())


def _earlier():
    """The networks of the two chapters before, one seed of each."""
    return [
        _network(model, *named, seeds=[_left(name)], certified=_certified(name))
        for model, (name, *named) in EARLIER.items()
    ]


def _certified(name):
    """The shares of the attacked images, in per cent, that are proven to withstand each of the
    radii in L2; None where nothing is."""
    chapter, _, model = name.partition("-")
    if chapter != "lmt":
        return None
    # Stored is the thousandth below the radius, which is then ε or more.
    radii = load_attacked(name)["settings"]["radii"]["l2"]
    certified = certified_of_attacked(model)
    return [round(100 * float((certified >= eps).mean()), 4) for eps in radii]
