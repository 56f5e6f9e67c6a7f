"""The results of the experiments, as the chapters read them.

``results/<name>/`` is what ``python -m experiments.<name>`` left: arrays, and figures that the
text quotes. The book is built from these files, so it needs neither MNIST nor a network.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from helpers.svm import lam_from_paper

FOLDER = Path(__file__).resolve().parent.parent / "results"


def _path(name, file):
    path = FOLDER / name / file
    if not path.is_file():
        experiment = name.partition("/")[0]
        raise FileNotFoundError(
            f"there is no result {name!r}: {path} is missing; `python -m experiments.{experiment}` "
            "makes it"
        )
    return path


def _read_arrays(path):
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def load_arrays(name):
    """The arrays of the experiment ``name``, as a dict from their names to numpy arrays.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    return _read_arrays(_path(name, "arrays.npz"))


def load_figures(name):
    """The numbers of the experiment ``name`` that the text quotes, as nested dicts and lists.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    return json.loads(_path(name, "figures.json").read_text(encoding="utf-8"))


def load_run(name):
    """How the experiment ``name`` was run: a dict of its command, settings, versions, machine and
    seconds.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    return json.loads(_path(name, "run.json").read_text(encoding="utf-8"))


def load_costs(chapter):
    """What it took to run a chapter of the book: a dict of seconds; first_figure, the seconds to
    the first interactive one; memory in GB; and the machine.

    Raises ValueError for a chapter that was not measured, FileNotFoundError where none was.
    """
    costs = load_figures("chapter_costs")
    if chapter not in costs:
        raise ValueError(f"chapter must be one of {', '.join(costs)}; it was {chapter!r}")
    return costs[chapter] | {"machine": load_run("chapter_costs")["machine"]}


def load_table(name):
    """The summary of the experiment ``name``, a numpy structured array: a row a trained model.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    path = _path(name, "summary.csv")
    return _read_table(path, path.stat().st_mtime_ns).copy()


@lru_cache
def _read_table(path, _changed):
    return np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")


def rows_of_pair(table, i, j):
    """The rows of the table of "svm_mnist" that belong to the digits i and j."""
    return table[(table["digit_i"] == i) & (table["digit_j"] == j)]


def load_svms(i, j):
    """The 81 SVMs that tell the digit i from the larger digit j, from the largest λ: a dict of
    arrays, the row k of each for SVM number k.

    w (81, 784), b (81,); centroids (2, 784); basis (12, 784), coefficients (81, 12): ŵ is nearly
    coefficients @ basis; points (6000, 12): the training images minus (i + j)/2 along the basis,
    in 1/per_pixel pixels, class I first; offset (81,): the signed distance of (i + j)/2; robust
    (81, 41): of n_test test images, how many have y d(x) > 0, 0.1, ..., 4 pixels; and table: the
    rows of the summary.

    Raises ValueError unless 0 <= i < j <= 9, FileNotFoundError where there are no results.
    """
    if not (i in range(10) and j in range(10) and i < j):
        raise ValueError(f"i and j must be digits with i < j; they were {i!r} and {j!r}")
    rows = rows_of_pair(load_table("svm_mnist"), i, j)
    return _read_arrays(_path("svm_mnist", f"pairs/{i}-{j}.npz")) | {"table": rows}


def load_svm_figures(i, j):
    """The rows of load_svms(i, j)["table"] as dicts of Python numbers, each with its ``lam``, the
    factor of ‖w‖² in this book.

    Raises what load_svms raises.
    """
    table = load_svms(i, j)["table"]
    rows = [dict(zip(table.dtype.names, row.tolist(), strict=True)) for row in table]
    return [{"lam": lam_from_paper(10 ** row["alpha"])} | row for row in rows]


def _load_network(name):
    """What a training left: ``figures``, ``settings``, ``seconds`` and the arrays."""
    run = load_run(name)
    how = {key: run[key] for key in ("settings", "seconds")}
    return {"figures": load_figures(name)} | how | load_arrays(name)


def lenet_name(decay, init, seed):
    """Where the results of a LeNet lie, as load_arrays and load_figures take it."""
    return f"lenet/runs/{decay:.0e}-{init}-{seed}"


def load_lenets(decay, init="hundredth"):
    """The LeNets trained with a decay and a kind of first weights, one for each seed: a list of
    dicts that hold the network's row of the summary, ``figures``, and arrays.

    Curves, a value an epoch: err_train, err_test (per cent), rms (epochs, 4). Of the four layers'
    filters: filter_rms_conv1, ..., conv1 (20, 5, 5), roughness (3,). Of the first 1,000 training
    and test images: scores_train, scores (1000, 10), labels_train, labels; of the test images
    margin, gradient_norm and deepfool, a length in pixels; equal_confidence likewise, of the first
    100. Of 1,000 test images the share in per cent that no attack fooled within the radii:
    robust_l2, radii_l2, robust_linf, radii_linf. Of one test image of each digit: shown_images
    (10, 784) in 1/255, shown_adversarial and shown_deepfool in pixels, walk_adversarial and
    walk_deepfool (10, 41, 10), the scores on the way there. And ``settings`` and ``seconds``, how
    the network was trained and what that took.

    Raises ValueError where there is no such network.
    """
    table = load_table("lenet")
    rows = table[np.isclose(table["decay"], decay) & (table["init"] == init)]
    if len(rows) == 0:
        known = sorted({(row["decay"].item(), row["init"].item()) for row in table})
        raise ValueError(f"decay and init must be one of {known}; they were {decay}, {init!r}")
    return [_load_network(lenet_name(row["decay"], init, row["seed"])) for row in rows]


def lmt_name(model, seed):
    """Where the results of a network of "lmt" lie, as load_arrays and load_figures take it."""
    return f"lmt/runs/{model}-{seed}"


def load_lmt(model):
    """The networks that experiments.lmt trained as ``model`` ("plain", "decay", "adversarial",
    "lmt", "lmt_global", "lmt_0.1", ..., "lmt_batch_norm", "best"), one for each seed: a list of
    dicts that hold ``figures`` and arrays.

    figures: the network's row of the summary; ratio_overall; violated_iii, in per cent;
    median_deepfool, as median_attack, but by DeepFool alone; cert_global_03, ..., by proposition 1;
    bounds and bounds_before, the Lipschitz constant of each layer, now and before the training;
    held_out, a dict of accuracies. None stands for what is no finite number.

    Of the 10,000 test images, in pixels, 0 where one is misclassified: certified, rounded down to
    1/1000; found, the smallest perturbation that DeepFool or an attack that decouples direction and
    norm found, rounded up, infinite where none was; fooling, the radius within which PGD succeeded,
    0.3, 1, 1.58 or infinite. chain (m, 4): of correctly classified ones the certified radius, those
    with sampled global and local slopes, and what was found. held_out (epochs,): accuracies in per
    cent. Of the first test image of each digit: shown, its number; shown_images (10, 784) in 1/255;
    shown_nearest, the nearest image found that fools the network, in pixels, and its scores,
    shown_scores. And ``settings`` and ``seconds``, how the network was trained and what that took.

    Raises ValueError where there is no such network.
    """
    table = load_table("lmt")
    names = [lmt_name(model, seed) for seed in table[table["model"] == model]["seed"]]
    if not names:
        known = list(dict.fromkeys(table["model"].tolist()))
        raise ValueError(f"model must be one of {known}; it was {model!r}")
    return [_load_lmt(name) for name in names]


def _load_lmt(name):
    network = _load_network(name)
    found = np.where(network["found"] == 65535, np.inf, network["found"] / 1000)
    return network | {"certified": network["certified"] / 1000, "found": found}


def robustness_name(model, n_train, seed):
    """Where the results of a network of "robustness" lie, as load_arrays and load_figures take
    it."""
    return f"robustness/runs/{model}-{n_train}-{seed}"


def rows_of_networks(table):
    """The rows of the table of "robustness" that belong to networks which that experiment trained:
    to no linear classifier, and to none of an earlier chapter."""
    return table[np.isin(table["experiment"], ["networks", "sizes"])]


def load_robustness(model, n_train=55_000):
    """The networks that experiments.robustness trained as ``model`` ("standard", "linf_0.3",
    "l2_2", ...) on n_train images, one for each seed: a list of dicts that hold ``figures`` and
    arrays.

    figures: clean and train, accuracies in per cent of the 10,000 test images and of those that it
    was trained on; radii, for each norm of the attacks, and robust, the accuracies in per cent of
    every tenth test image there; and of some networks ``stronger``, the accuracies that ever
    stronger attacks leave at the ε of the training, by the attack's name. fooling_linf and
    fooling_l2 (1000,): the radius within which an image was fooled, 0 where it is misclassified as
    it is, infinite where no attack succeeded. held_out (epochs,): accuracies in per cent. And
    ``settings`` and ``seconds``, how the network was trained and what that took.

    What there is besides, load_arrays and load_figures read: "robustness/linear",
    "robustness/earlier" and "robustness/pictures", as experiments.robustness_linear, _earlier and
    _pictures say at their tops.

    Raises ValueError where there is no such network.
    """
    table = rows_of_networks(load_table("robustness"))
    rows = table[(table["model"] == model) & (table["n_train"] == n_train)]
    if len(rows) == 0:
        known = sorted({(row["model"].item(), row["n_train"].item()) for row in table})
        raise ValueError(
            f"model and n_train must be one of {known}; they were {model!r}, {n_train}"
        )
    seeds = np.unique(rows["seed"])
    return [_load_network(robustness_name(model, n_train, seed)) for seed in seeds]
