"""How a network is trained: by gradient descent, one batch of images after the other."""

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from helpers.checks import check_classes, check_least


def cross_entropy(network, X, y):
    """The mean of −log p_y over the images, p = softmax(s(x))."""
    return F.cross_entropy(network(X), y)


def train(
    network,
    X,
    y,
    optimiser,
    epochs,
    batch=300,
    seed=0,
    loss=cross_entropy,
    first_epoch=0,
    after_epoch=lambda epoch: None,
    **bar,
):
    """Train in place: in each epoch every image once, in an order drawn anew, ``batch`` at a time.

    X: float32 tensor, shape (m, n). y: int64 tensor, shape (m,), classes from 0. loss(network, X,
    y) is what is minimised. The order in an epoch follows from ``seed`` and the number of the
    epoch alone, so that a training may go on with ``first_epoch`` where it was interrupted;
    after_epoch(epoch) is called at the end of each. What is left over goes to the progress bar.

    Raises ValueError where X and y do not fit together or a number is out of range, and
    FloatingPointError where the training diverges.
    """
    check_classes(X, y)
    check_least(0, epochs=epochs)
    check_least(1, batch=batch)
    network.train()
    bar = {"desc": "training", "unit": "epoch"} | bar
    for epoch in tqdm(range(first_epoch, epochs), initial=first_epoch, total=epochs, **bar):
        order = np.random.default_rng([seed, epoch]).permutation(len(X))
        for rows in torch.from_numpy(order).split(batch):
            optimiser.zero_grad()
            value = loss(network, X[rows], y[rows])
            if not value.isfinite():
                raise FloatingPointError(
                    f"the training diverged in epoch {epoch}: the loss is {value.item()}; "
                    "a smaller learning rate may help"
                )
            value.backward()
            optimiser.step()
        after_epoch(epoch)
    network.eval()
