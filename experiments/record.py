"""How an experiment leaves its results: all there or not there, with what it takes to repeat it."""

import csv
import io
import json
import os
import platform
import time
import zipfile
from importlib.metadata import version
from pathlib import Path
from zlib import crc32

import numpy as np

from helpers.files import replaced
from helpers.formats import formats_of
from helpers.results import FOLDER
from helpers.weights import save_weights

BUILD = Path(__file__).resolve().parent.parent / "_build"
PACKAGES = ("numpy", "scikit-learn", "scipy", "torch")


def folder_of(name, settings):
    """Where a run keeps what it has so far. Other settings are another run: it must not go on with
    the networks of this one."""
    return BUILD / f"{name}-{crc32(repr(settings).encode()):08x}"


def write_json(path, content):
    with replaced(path) as temporary:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def save_arrays(file, arrays):
    """Write results/<file>.npz: ``arrays``, a dict by name, as helpers.formats says.

    Raises ValueError where one does not fit its format, KeyError where it has none.
    """
    formats = formats_of(file)
    stored = {name: formats[name].encode(values) for name, values in arrays.items()}
    write_arrays(FOLDER / f"{file}.npz", stored)


def write_arrays(path, arrays):
    """As np.savez_compressed does, and np.load reads; LZMA makes the files a tenth smaller.

    The same arrays give the same bytes: a member of the file carries no time.
    """
    with replaced(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
        for name, array in arrays.items():
            timeless = zipfile.ZipInfo(f"{name}.npy")  # of 1980, where zip's calendar begins
            timeless.compress_type = zipfile.ZIP_LZMA
            with file.open(timeless, "w") as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)


def save_network(network, file):
    """Write results/<file>.safetensors: the weights of a network."""
    save_weights(network, FOLDER / f"{file}.safetensors")


def save(name, arrays, figures, settings, started):
    """Write results/<name>/: ``arrays`` in their units (.npz) and ``figures`` (numbers a chapter
    quotes, .json), where there are any, and run.json, with the ``settings``, command, versions,
    machine and run time.

    ``name`` is that of the experiment, or of a folder in its results: "lenet/runs/…".
    ``started`` is the value of time.perf_counter() when the experiment began.
    """
    if arrays:
        save_arrays(f"{name}/arrays", arrays)
    if figures:
        write_json(FOLDER / name / "figures.json", figures)
    write_run(name, settings, started)


def write_run(name, settings, started, command=None):
    """Write results/<name>/run.json: the ``settings``, command, versions, machine and run time."""
    run = {
        "command": command or f"python -m experiments.{name.partition('/')[0]}",
        "settings": settings,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "seconds": round(time.perf_counter() - started, 1),
    }
    write_json(FOLDER / name / "run.json", run)


def is_done(name, settings):
    """Whether all of results/<name>/ is there, and made with these ``settings``."""
    path = FOLDER / name / "run.json"  # what save writes last
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["settings"] == settings


def save_table(file, rows):
    """Write results/<file>.csv: dicts with the same keys, keys first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with replaced(FOLDER / f"{file}.csv") as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8", newline="")
