"""LeNet on MNIST with little and with much weight decay, over seeds, and how easily it is fooled.

    python -m experiments.lenet [--jobs N]

The network and its training are those of Tanay & Griffin 2018 (see helpers.networks.lenet).
"""

import argparse
import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tqdm import tqdm

from experiments.record import replaced
from helpers import networks
from helpers.data import load_mnist

SETTINGS = {
    "epochs": 50,
    "batch": 300,
    "learning_rate": 5e-4,
    "momentum": 0.9,
    "decays": [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
    "low": 1e-4,
    "high": 1e-1,
    "seeds": 5,
}
# How the weights start, and the scale of the pixels that the network sees.
INITS = {"hundredth": (networks.hundredth, 255.0), "fan_out": (networks.fan_out, 1.0)}
LAYERS = ("conv1", "conv2", "fc1", "fc2")
# Other settings are another run: it must not go on with the networks of this one.
RUN = f"lenet-{crc32(repr(SETTINGS).encode()):08x}"
TRAINED = Path(__file__).resolve().parent.parent / "_build" / RUN


@dataclass(frozen=True)
class Run:
    """A network to train."""

    decay: float
    init: str = "hundredth"
    seed: int = 0

    @property
    def name(self):
        return f"{self.decay:.0e}-{self.init}-{self.seed}"

    @property
    def checkpoint(self):
        return TRAINED / f"{self.name}.safetensors"


def all_runs():
    """First one pair of networks in each initialisation, then the sweep, then the other seeds."""
    low, high = SETTINGS["low"], SETTINGS["high"]
    pairs = [Run(decay, init) for init in INITS for decay in (low, high)]
    sweep = [Run(decay) for decay in SETTINGS["decays"] if decay not in (low, high)]
    seeds = range(1, SETTINGS["seeds"])
    return pairs + sweep + [Run(decay, seed=seed) for seed in seeds for decay in (low, high)]


def tensors(mnist):
    """Training and test images and labels of MNIST as tensors: X, y, X_test, y_test."""
    arrays = (mnist.x_train, mnist.y_train, mnist.x_test, mnist.y_test)
    return [torch.from_numpy(array) for array in arrays]


def new_network(run, X):
    std, scale = INITS[run.init]
    network = networks.initialise(networks.lenet(X.mean(0), scale), std, run.seed)
    return network.to(memory_format=torch.channels_last)  # a third quicker to train


def write_checkpoint(path, network, optimiser, curves):
    weights = {name: W.contiguous() for name, W in network.state_dict().items()}
    momentum = {
        f"momentum.{name}": optimiser.state[W]["momentum_buffer"].contiguous()
        for name, W in network.named_parameters()
    }
    with replaced(path) as temporary:
        save_file(weights | momentum, temporary, {"curves": json.dumps(curves)})


def read_checkpoint(path, network, optimiser=None):
    """Fill the network, and the optimiser where there is one; return the curves so far."""
    with safe_open(path, "pt") as file:
        saved = {name: file.get_tensor(name) for name in file.keys()}
        curves = json.loads(file.metadata()["curves"])
    network.load_state_dict({name: saved[name] for name in network.state_dict()})
    if optimiser:
        for name, W in network.named_parameters():
            momentum = torch.empty_like(W).copy_(saved[f"momentum.{name}"])
            optimiser.state[W]["momentum_buffer"] = momentum
    return curves


def trained(run, data, epochs=SETTINGS["epochs"], **bar):
    """The trained network and its curves, a row an epoch; it goes on where it was interrupted."""
    X, y, X_test, y_test = data
    network = new_network(run, X)
    optimiser = torch.optim.SGD(
        network.parameters(),
        lr=SETTINGS["learning_rate"],
        momentum=SETTINGS["momentum"],
        weight_decay=run.decay,
    )
    curves = []
    if run.checkpoint.is_file():
        curves = read_checkpoint(run.checkpoint, network, optimiser)
    started = time.perf_counter()

    def after_epoch(epoch):
        nonlocal started
        network.eval()
        row = {
            "err_train": 100 * networks.error_rate(network, X[:10_000], y[:10_000]),
            "err_test": 100 * networks.error_rate(network, X_test, y_test),
            "rms": [W.square().mean().sqrt().item() for W in filters(network)],
            "seconds": round(time.perf_counter() - started, 1),
        }
        network.train()
        curves.append(row)
        write_checkpoint(run.checkpoint, network, optimiser, curves)
        started = time.perf_counter()

    networks.train(
        network,
        X,
        y,
        optimiser,
        epochs,
        SETTINGS["batch"],
        run.seed,
        first_epoch=len(curves),
        after_epoch=after_epoch,
        desc=run.name,
        **bar,
    )
    return network, curves


def filters(network):
    """The weights of the four layers, without the biases."""
    return [layer.weight.detach() for layer in networks.layers(network).values()]


def work(run, position):
    """Train one network in a process of its own."""
    torch.set_num_threads(1)
    trained(run, tensors(load_mnist()), position=position, leave=False)


def train_all(runs, jobs):
    # glibc reads this when a process starts: it keeps the memory of a batch for the next one,
    # which saves a fifth of the time.
    os.environ |= {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "4000000000"}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, spawn, initializer=tqdm.set_lock, initargs=(spawn.RLock(),)
    ) as pool:
        futures = [pool.submit(work, run, 1 + k % jobs) for k, run in enumerate(runs)]
        for future in tqdm(futures, desc="networks", unit="network"):
            future.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=1, help="networks trained at the same time")
    train_all(all_runs(), parser.parse_args().jobs)


if __name__ == "__main__":
    main()
