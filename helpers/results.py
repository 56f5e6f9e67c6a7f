"""The results of the experiments, as the chapters read them.

``results/<name>/`` is what ``python -m experiments.<name>`` left: arrays, and figures that the
text quotes. The book is built from these files, so it needs neither MNIST nor a network.
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "results"


def _path(name, file):
    path = FOLDER / name / file
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no result {name!r}: {path} is missing; `python -m experiments.{name}` "
            "makes it"
        )
    return path


def load_arrays(name):
    """The arrays of the experiment ``name``, as a dict from their names to numpy arrays.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    with np.load(_path(name, "arrays.npz"), allow_pickle=False) as arrays:
        return dict(arrays)


def load_figures(name):
    """The numbers of the experiment ``name`` that the text quotes, as nested dicts and lists.

    Raises FileNotFoundError where the experiment has left nothing.
    """
    return json.loads(_path(name, "figures.json").read_text(encoding="utf-8"))
