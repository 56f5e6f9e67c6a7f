"""The results of the experiments, as the chapters read them.

``results/<name>/`` is what ``python -m experiments.<name>`` left: arrays, and figures that the
text quotes. The book is built from these files, so it needs neither MNIST nor a network.
:mod:`helpers.formats` says what each array holds, and in which unit.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from helpers.checks import check_one_of
from helpers.formats import SCALES, formats_of
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


def load_arrays(name, file="arrays"):
    """The arrays of the experiment ``name``, as a dict from their names to numpy arrays, each in
    the unit that :mod:`helpers.formats` names.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    path, formats = _path(name, f"{file}.npz"), formats_of(f"{name}/{file}")
    with np.load(path, allow_pickle=False) as stored:
        return {
            key: formats[key].decode(array) for key, array in stored.items() if key not in SCALES
        }


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
    check_one_of(costs, chapter=chapter)
    return costs[chapter] | {"machine": load_run("chapter_costs")["machine"]}


def load_table(name):
    """The summary of the experiment ``name``, a numpy structured array: a row a trained model.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    path = _path(name, "summary.csv")
    return _read_table(path, path.stat().st_mtime_ns).copy()


@lru_cache
def _read_table(path, _changed):
    rows = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")
    return np.atleast_1d(rows)  # a single row is no array


def rows_of_pair(table, i, j):
    """The rows of the table of "svm_mnist" that belong to the digits i and j."""
    return table[(table["digit_i"] == i) & (table["digit_j"] == j)]


def load_svms(i, j):
    """The SVMs that tell the digit i from the larger digit j, from the largest λ: the arrays of
    formats.SVM_PAIR; ``lam``, the factor of ‖w‖² of each; ``eps``, the changes in pixels that
    robust counts; and ``table``, the rows of the summary.

    Raises ValueError unless 0 <= i < j <= 9, FileNotFoundError where there are no results.
    """
    if not (i in range(10) and j in range(10) and i < j):
        raise ValueError(f"i and j must be digits with i < j; they were {i!r} and {j!r}")
    settings = load_run("svm_mnist")["settings"]
    return load_arrays("svm_mnist", f"pairs/{i}-{j}") | {
        "lam": 10.0 ** np.array(settings["log_lam"]),
        "eps": np.array(settings["eps"]),
        "table": rows_of_pair(load_table("svm_mnist"), i, j),
    }


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
    dicts that hold the arrays of formats.LENET, the network's row of the summary, ``figures``, and
    ``settings`` and ``seconds``, how it was trained and what that took.

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
    dicts that hold the arrays of formats.LMT, ``figures``, and ``settings`` and ``seconds``, how
    the network was trained and what that took.

    figures: the network's row of the summary; ratio_overall; violated_iii, in per cent;
    median_deepfool, as median_attack, but by DeepFool alone; cert_global_03, ..., by proposition 1;
    bounds and bounds_before, the Lipschitz constant of each layer, now and before the training;
    held_out, a dict of accuracies. None stands for what is no finite number.

    Raises ValueError where there is no such network.
    """
    table = load_table("lmt")
    check_one_of(dict.fromkeys(table["model"].tolist()), model=model)
    seeds = table[table["model"] == model]["seed"]
    return [_load_network(lmt_name(model, seed)) for seed in seeds]


def robustness_name(model, n_train, seed):
    """Where the results of a network of "robustness" lie, as load_arrays and load_figures take
    it."""
    return f"robustness/runs/{model}-{n_train}-{seed}"


def load_attacked(name):
    """What the ensemble of attacks found of a stored network: the arrays of formats.ATTACKED,
    ``figures`` as experiments.attacked has them, ``settings`` and ``seconds``.

    name: that of the network, "linf_0.3-55000-0", "lmt-best", "lenet-low", ...

    Raises FileNotFoundError where the network has not been attacked.
    """
    return _load_network(f"attacked/{name}")


def certified_of_attacked(model):
    """The certified radii, in pixels, of a network of load_lmt(model), the first seed: of those
    test images that load_attacked(f"lmt-{model}") is about, in their order.

    Raises what load_lmt and load_attacked raise.
    """
    every = load_attacked(f"lmt-{model}")["settings"]["every"]
    return load_lmt(model)[0]["certified"][::every]


def rows_of_networks(table):
    """The rows of the table of "robustness" that belong to networks, and to no linear
    classifier."""
    return table[np.isin(table["experiment"], ["networks", "sizes"])]


def load_robustness(model, n_train=55_000):
    """The networks that experiments.robustness trained as ``model`` ("standard", "linf_0.3",
    "l2_2", ...) on n_train images, one for each seed: a list of dicts that hold the arrays of
    formats.ROBUSTNESS, ``figures``, and ``settings`` and ``seconds``, how the network was trained
    and what that took.

    figures: clean and train, accuracies in per cent of the 10,000 test images and of those that it
    was trained on; radii, for each norm of the attacks, and robust, the accuracies in per cent of
    every tenth test image there that PGD leaves: load_attacked knows what more attacks do.

    Raises ValueError where there is no such network.
    """
    table = rows_of_networks(load_table("robustness"))
    return _load_seeds(table, robustness_name, model, n_train)


def sizes_name(model, n_train, seed):
    """Where the results of a network of "robustness/sizes" lie, as load_arrays and load_figures
    take it."""
    return f"robustness/sizes/{n_train}-{model}-{seed}"


def load_sizes(model, n_train):
    """The networks that experiments.robustness_sizes trained as ``model`` ("standard", "l2_2",
    "shifts", ...) on n_train images, one for each seed from 0: a list of dicts that hold the arrays
    of formats.ROBUSTNESS_SIZES, ``figures``, ``settings`` and ``seconds``, as in load_robustness.

    Raises ValueError where there is no such network, FileNotFoundError where there is none at all.
    """
    return _load_seeds(load_table("robustness/sizes"), sizes_name, model, n_train)


def _load_seeds(table, name, model, n_train):
    """The networks of a model and a number of training images, one for each seed in the table;
    name(model, n_train, seed) says where they lie."""
    rows = table[(table["model"] == model) & (table["n_train"] == n_train)]
    if len(rows) == 0:
        known = sorted({(row["model"].item(), row["n_train"].item()) for row in table})
        raise ValueError(
            f"model and n_train must be one of {known}; they were {model!r}, {n_train}"
        )
    return [_load_network(name(model, n_train, seed)) for seed in np.unique(rows["seed"])]
