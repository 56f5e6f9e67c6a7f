"""Exactly how robust the best certified network is: proven, broken or undecided, image by image.

    python -m experiments.certified

takes the maxout network that experiments.lmt has left in results/, and finds the radius of every
test image by helpers.exact, in all of space and with pixels kept in [0, 1]. It takes half an hour
of one core.

summary.csv has a row for each network; its columns are per cent of the 10,000 test images at 1.58
pixels: ``simple`` certified by pairs of planes, ``exact`` certified in all of space, ``box`` with
pixels kept in [0, 1], ``box_broken`` misclassified or with a counterexample there, and
``box_undecided`` the rest; and the minutes that the search took.
"""

import time

import torch

from experiments import study
from experiments.attacked import test_set
from experiments.lmt import thousandth_above, thousandth_below
from experiments.lmt_rounding import best_network
from experiments.robustness_measures import per_cent
from helpers.exact import Exact, exact_radius
from helpers.maxout import certified_radius
from helpers.results import load_figures

NAME = "certified"
EPS = 1.58
SETTINGS = {"network": "lmt/best", "eps": EPS}


def measured(run, data):
    """The radii and distances of all images, and the row of the summary."""
    torch.set_num_threads(1)
    X, y = data
    network = best_network()
    simple = certified_radius(network, X, y)
    started = time.perf_counter()
    whole, box = (
        Exact(*map(torch.from_numpy, exact_radius(network, X, y, in_range)))
        for in_range in (False, True)
    )
    minutes = (time.perf_counter() - started) / 60
    certified, broken = box.radius > EPS, box.distance <= EPS
    arrays = {
        "radius": thousandth_below(whole.radius),
        "distance": thousandth_above(whole.distance),
        "box_radius": thousandth_below(box.radius),
        "box_distance": thousandth_above(box.distance),
    }
    figures = {
        "model": "best",
        "seed": 0,
        "clean": per_cent(simple > 0),
        "simple_158": per_cent(simple > EPS),
        "exact_158": per_cent(whole.radius > EPS),
        "broken_158": per_cent(whole.distance <= EPS),
        "box_158": per_cent(certified),
        "box_broken_158": per_cent(broken),
        "box_undecided_158": per_cent(~certified & ~broken),
        "widest": {
            name: float((found.distance - found.radius).max())
            for name, found in (("whole", whole), ("box", box))
        },
        "minutes": round(minutes, 2),
    }
    return arrays, figures


COLUMNS = (
    "model,seed,clean,simple_158,exact_158,box_158,box_broken_158,box_undecided_158,minutes"
).split(",")


def summary(runs):
    return [{name: load_figures(run.result)[name] for name in COLUMNS} for run in runs]


STUDY = study.Study(
    NAME, study.only("certified/best-0", lambda: SETTINGS), test_set, measured, summary=summary
)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
