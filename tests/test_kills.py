"""Programs that are killed for good, again and again, at any moment, end as if they were not."""

import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from safetensors import safe_open

ROOT = Path(__file__).resolve().parent.parent
TRAIN = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.append("tests")
from experiments import lenet, study
from trainings import noisy_images

study.folder_of = lambda *_: Path(sys.argv[1])
lenet.RECIPE = replace(lenet.RECIPE, epochs=12)
X, y = noisy_images(noise=0.1)
print("begins", flush=True)
lenet.trained(lenet.Run(1e-1, seed=3), [X[:150], y[:150], X[150:], y[150:]], disable=True)
"""


def start(folder):
    """The program, which has just begun to train."""
    program = subprocess.Popen(
        [sys.executable, "-c", TRAIN, folder], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert program.stdout.readline() == "begins\n"
    return program


def end(program):
    """Wait for it."""
    assert program.wait(timeout=300) == 0
    program.stdout.close()


def wait_for_an_epoch(program, folder):
    """Wait until a checkpoint was written since, or the program has ended."""
    before = written(folder)
    while written(folder) == before and program.poll() is None:
        time.sleep(0.005)


def written(folder):
    return {path: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")}


def digests(folder):
    """Of the tensors of the networks in the folder, by file and name."""
    found = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "np") as file:
            for name in file.keys():
                found[path.name, name] = sha256(file.get_tensor(name).tobytes()).hexdigest()
    return found


@pytest.mark.slow
def test_a_training_ends_the_same_however_often_it_is_killed(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    end(start(whole))
    rng, kills = random.Random(0), 0
    while kills < 4:
        program = start(killed)
        if kills % 2:  # the others are killed before they have done an epoch, if they are slow
            wait_for_an_epoch(program, killed)
        time.sleep(rng.uniform(0, 0.2))
        program.kill()
        program.stdout.close()
        if program.wait() == -signal.SIGKILL:
            kills += 1
        else:  # it had ended: once more from the start
            for path in killed.glob("*.safetensors"):
                path.unlink()
    end(start(killed))
    assert digests(killed) == digests(whole) != {}
