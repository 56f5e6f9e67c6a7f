"""What experiments write: the same arrays and weights give the same bytes, at any time."""

import os
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from experiments import record
from helpers import results

ROOT = results.FOLDER.parent
ARRAYS = {
    "w": np.arange(12.0, dtype="float32").reshape(3, 4),
    "n": np.array(5),
    "none": np.zeros((0, 2, 2)),
}
WRITE_WEIGHTS = """
import sys
from pathlib import Path
from helpers import architectures
from helpers.initialisation import fan_in, initialise
from helpers.weights import save_weights
save_weights(initialise(architectures.conv_2c2f(), fan_in, seed=0).half(), Path(sys.argv[1]))
"""


def test_the_time_leaves_no_trace_in_arrays(tmp_path, monkeypatch):
    written, now = [], time.time()
    for later in (0, 86_400, 400 * 86_400):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        monkeypatch.setattr(
            time, "localtime", lambda seconds=None, t=now + later: time.gmtime(seconds or t)
        )
        record.write_arrays(tmp_path / f"{later}.npz", ARRAYS)
        written.append((tmp_path / f"{later}.npz").read_bytes())
    assert len(set(written)) == 1
    with np.load(tmp_path / "0.npz", allow_pickle=False) as stored:
        assert list(stored) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert stored[name].dtype == array.dtype and np.array_equal(stored[name], array)


def test_arrays_that_are_read_are_written_as_they_were(tmp_path):
    record.write_arrays(tmp_path / "one.npz", ARRAYS)
    with np.load(tmp_path / "one.npz", allow_pickle=False) as stored:
        record.write_arrays(tmp_path / "other.npz", dict(stored))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_no_stored_array_carries_a_time():
    paths = sorted(results.FOLDER.rglob("*.npz"))
    assert paths
    for path in paths:
        with zipfile.ZipFile(path) as file:
            for member in file.infolist():
                assert member.date_time == (1980, 1, 1, 0, 0, 0), path
                assert member.compress_type == zipfile.ZIP_LZMA, path


@pytest.mark.slow
def test_every_process_writes_the_same_weights(tmp_path):
    paths = [tmp_path / f"{seed}.safetensors" for seed in (1, 2)]
    for seed, path in enumerate(paths):  # of Python's hashes
        environment = os.environ | {"PYTHONHASHSEED": str(seed + 1)}
        command = [sys.executable, "-c", WRITE_WEIGHTS, str(path)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
