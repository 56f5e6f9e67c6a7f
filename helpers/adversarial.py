"""Adversarial training: learn from the images that an attack makes of the images.

Plain training minimises the mean of loss(x, y) over the images. Adversarial training minimises that
of max loss(x + δ, y) over all changes δ that an adversary may make, ‖δ‖ ≤ ε: a minimum of maxima,
of which an attack finds the inner ones, nearly (Madry et al. 2018, "Towards deep learning models
resistant to adversarial attacks").
"""

import torch

from helpers import attacks, training
from helpers.checks import check_least, check_one_of
from helpers.modes import evaluation_mode
from helpers.noise import BatchNoise


class Adversarial:
    """The cross-entropy of adversarial examples within ε of the images; training.train takes it.

    eps: in pixels, it may be changed between epochs. norm: "l2" or "linf". steps: of PGD, which
    makes the examples anew for each batch, from random starts. state["calls"], a tensor, is the
    number of batches so far, from which the starts follow: the state to store where a training is
    to be resumed. The examples are made in evaluation mode, since that is how the network will be
    attacked, and so that batch normalisation remembers no images from the way to them; then the
    network learns from them in its own mode.

    Raises ValueError where eps, norm or steps is out of its range.
    """

    def __init__(self, eps, norm="l2", steps=7):
        check_one_of(attacks.NORMS, norm=norm)
        check_least(0, eps=eps)
        check_least(1, steps=steps)
        self.eps, self.norm, self.steps = eps, norm, steps
        self.state = {"calls": torch.tensor(0)}

    def __call__(self, network, X, y):
        seed = self.state["calls"].item()
        self.state["calls"] = torch.tensor(seed + 1)
        with evaluation_mode(network):
            start = attacks.random_in_ball(X, self.eps, self.norm, BatchNoise(X, seed))
            moved = attacks.ascend(network, X, y, start, self.eps, self.norm, self.steps)
        return training.cross_entropy(network, moved, y)
