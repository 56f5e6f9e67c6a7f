"""How much longer a training step takes where the Lipschitz constant is part of the loss.

    python benchmarks/lipschitz.py        (about two minutes)

One step of 2C2F (forward, backward, Adam) with the plain cross-entropy, and with each of the
losses of helpers.lmt, turn by turn in the same run, on one thread. Times are the processor's, so
that other work on the machine counts little, and medians over the turns; the ratio to the plain
step is what to compare between machines. Last, the time for the proven norms of the same network,
which a certificate needs once.
"""

import statistics
import time

import torch

from helpers import training
from helpers.architectures import conv_2c2f
from helpers.initialisation import fan_in, initialise
from helpers.layers import MinMax
from helpers.lipschitz import layer_bounds
from helpers.lmt import LMT, GloRo
from helpers.training import cross_entropy

TURNS = 100
SHAPE = (784,)
LOSSES = {
    "plain": lambda network: cross_entropy,
    "LMT, Prop. 1": lambda network: LMT(network, SHAPE, c=1, per_rival=False),
    "LMT, Prop. 2": lambda network: LMT(network, SHAPE, c=1),
    "GloRo": lambda network: GloRo(network, SHAPE, eps=1),
    "GloRo, 5 steps": lambda network: GloRo(network, SHAPE, eps=1, steps=5),
}


def stepper(make_loss, X, y, **options):
    """A function that trains a 2C2F of its own by one step."""
    network = initialise(conv_2c2f(**options), fan_in, seed=0)
    optimiser = torch.optim.Adam(network.parameters())
    loss = make_loss(network)
    return lambda: training.train(network, X, y, optimiser, 1, len(X), loss=loss, disable=True)


def compare(title, batch, **options):
    generator = torch.Generator().manual_seed(0)
    X = torch.rand(batch, *SHAPE, generator=generator)
    y = torch.randint(0, 10, (batch,), generator=generator)
    steps = {name: stepper(make, X, y, **options) for name, make in LOSSES.items()}
    times = {name: [] for name in steps}
    for _ in range(TURNS):
        for name, step in steps.items():
            start = time.process_time()
            step()
            times[name].append(time.process_time() - start)
    medians = {name: statistics.median(each) for name, each in times.items()}
    print(f"{title}, batch of {batch}")
    for name, median in medians.items():
        print(f"  {name:14} {1000 * median:7.2f} ms {median / medians['plain']:7.2f}")


def main():
    torch.set_num_threads(1)
    for batch in (50, 256):
        compare("2C2F", batch)
    compare("2C2F with MinMax", 256, activation=MinMax)
    compare("2C2F with batch norm", 256, batch_norm=True)
    start = time.process_time()
    layer_bounds(initialise(conv_2c2f(), fan_in, seed=0), SHAPE)
    print(f"proven norms of 2C2F: {time.process_time() - start:.1f} s")


if __name__ == "__main__":
    main()
