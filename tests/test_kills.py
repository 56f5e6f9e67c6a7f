"""Programs that are killed for good, at any moment and again and again, end as if they had not been."""

import random
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
        [sys.executable, "-c", TRAIN, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout.readline() == "begins\n"
    return program


def end(program):
    """Wait for it. Returns the seconds that this took."""
    started = time.monotonic()
    assert program.wait(timeout=300) == 0
    program.stdout.close()
    return time.monotonic() - started


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
    seconds = end(start(whole))
    rng, kills = random.Random(0), 0
    while kills < 4:
        program = start(killed)
        try:
            program.wait(rng.uniform(0, 0.4 * seconds))
            break
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
            program.stdout.close()
            kills += 1
    end(start(killed))
    assert kills >= 2
    assert digests(killed) == digests(whole) != {}
