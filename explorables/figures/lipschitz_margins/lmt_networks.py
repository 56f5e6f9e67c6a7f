"""The networks that the explorables of Lipschitz-margin training compare."""

from helpers.results import load_lmt

#: What each model of experiments.lmt is called, in the order in which they are shown.
NAMES = {
    "plain": "plain",
    "decay": "weight decay",
    "adversarial": "adversarial training",
    "lmt": "LMT, c\u00a0=\u00a01",
    "best": "best certified",
}


def load_networks():
    """The first network of each model, a dict of what load_lmt gives. Raises what it raises."""
    return {model: load_lmt(model)[0] for model in NAMES}
