"""The networks that the explorables of robustness against accuracy compare."""

from helpers.results import (
    load_figures,
    load_run,
    load_table,
    robustness_name,
    rows_of_networks,
)

ALL = 55_000  # training images


def load_trained():
    """The figures of every network that experiments.robustness has trained so far, a list of
    dicts as helpers.results.load_robustness describes them, with the ``epochs`` of the training.

    Raises FileNotFoundError where there is no network yet.
    """
    rows = rows_of_networks(load_table("robustness"))
    runs = zip(*(rows[name].tolist() for name in ("model", "n_train", "seed")), strict=True)
    names = [robustness_name(*run) for run in dict.fromkeys(runs)]
    return [load_figures(name) | {"epochs": load_run(name)["settings"]["epochs"]} for name in names]
