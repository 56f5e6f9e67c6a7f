"""What experiments that train networks share: trainings that go on where they were interrupted."""

import json
import math
import time

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from helpers import evaluation, training
from helpers.files import replaced

HELD_OUT = 5000  # training images of MNIST to choose settings by


def split(mnist):
    """X and y to train on, to choose settings by, and to test on: three pairs of tensors."""
    X, y = torch.from_numpy(mnist.x_train), torch.from_numpy(mnist.y_train)
    test = torch.from_numpy(mnist.x_test), torch.from_numpy(mnist.y_test)
    return (X[:-HELD_OUT], y[:-HELD_OUT]), (X[-HELD_OUT:], y[-HELD_OUT:]), test


def first_of_each(y):
    """The place of the first image of each digit, shape (10,)."""
    return torch.stack([torch.nonzero(y == digit)[0, 0] for digit in range(10)])


def write_checkpoint(path, network, optimiser, state, curves):
    """All that a training needs to go on; see read_checkpoint."""
    of_optimiser = {
        f"{key}.{name}": value.contiguous()
        for name, W in network.named_parameters()
        for key, value in optimiser.state[W].items()
    }
    tensors = {
        **{f"network.{name}": W.contiguous() for name, W in network.state_dict().items()},
        **{f"optimiser.{name}": value for name, value in of_optimiser.items()},
        **{f"loss.{name}": value for name, value in state.items()},
    }
    with replaced(path) as temporary:
        save_file(tensors, temporary, {"curves": json.dumps(curves)})


def read_checkpoint(path, network, optimiser, state):
    """Fill the network, the optimiser and the dict ``state``, and return the curves so far."""
    with safe_open(path, "pt") as file:
        saved = {name: file.get_tensor(name) for name in file.keys()}
        curves = json.loads(file.metadata()["curves"])
    parts = {"network": {}, "optimiser": {}, "loss": {}}
    for path_of, value in saved.items():
        part, name = path_of.split(".", 1)
        parts[part][name] = value
    network.load_state_dict(parts["network"])
    state.update(parts["loss"])
    parameters = dict(network.named_parameters())
    for path_of, value in parts["optimiser"].items():
        key, name = path_of.split(".", 1)
        W = parameters[name]
        if value.shape == W.shape:
            value = torch.empty_like(W).copy_(value)  # laid out in memory as W is
        optimiser.state[W][key] = value
    return curves


def train(
    run,
    network,
    X,
    y,
    optimiser,
    measure,
    loss=training.cross_entropy,
    state=None,
    before_epoch=lambda epoch: None,
    **bar,
):
    """Train the network of a run as its recipe says, from the last epoch on that its checkpoint
    holds; the curves.

    The curves are a list of dicts, one an epoch: what measure() then returned of the network in
    evaluation mode, and ``seconds``, the processor's time that the epoch took. state: a dict of the
    tensors that the loss keeps from batch to batch, by name; they are stored, and filled in.
    """
    state = {} if state is None else state
    checkpoint, recipe = run.checkpoint, run.recipe
    is_begun = checkpoint.is_file()
    curves = read_checkpoint(checkpoint, network, optimiser, state) if is_begun else []
    started = time.process_time()

    def after_epoch(epoch):
        nonlocal started
        network.eval()
        reached = measure()
        network.train()
        curves.append(reached | {"seconds": round(time.process_time() - started, 1)})
        write_checkpoint(checkpoint, network, optimiser, state, curves)
        started = time.process_time()
        before_epoch(epoch + 1)

    before_epoch(len(curves))
    training.train(
        network,
        X,
        y,
        optimiser,
        recipe.epochs,
        recipe.batch,
        run.seed,
        loss,
        first_epoch=len(curves),
        after_epoch=after_epoch,
        **{"desc": run.name} | bar,
    )
    return curves


def held_out_accuracy(network, X, y):
    """What most experiments have ``train`` measure: how many of the images that are held out the
    network gets right, in per cent."""
    return {"held_out": 100 * (1 - evaluation.error_rate(network, X, y))}


def set_rate(optimiser, rate, epoch, epochs):
    """The learning rate of an epoch, counted from 0: it falls from ``rate`` along a cosine."""
    for group in optimiser.param_groups:
        group["lr"] = rate * (1 + math.cos(math.pi * epoch / epochs)) / 2
