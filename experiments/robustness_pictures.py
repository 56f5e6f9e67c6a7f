"""What people see in what networks look for: gradients, and changes too large to hide.

    python -m experiments.robustness_pictures

takes the networks that experiments.robustness, experiments.lmt and experiments.lenet have left in
results/, and treats all of them alike. It takes some minutes, and fills
results/robustness/pictures/; experiments.robustness runs it at its end.

Tsipras et al. 2019 show gradients of the loss in pixel space, adversarial examples of a large ε,
the same for all networks, and the way there. Four numbers say how much of a digit there is in a
gradient, over many test images. Each has a weakness. A smooth blur would please the first three;
but strokes that are black and white by turns, which people see at once, are as rough as noise and
lie along no component, and only the last knows them. The row "noise" has the numbers of Gaussian
noise instead of a gradient:

    roughness       of the gradient as an image: 0 for an even grey, 1 for noise
    in_components   the share of its squared length that lies along the 50 principal components of
                    the training images, which is what digits consist of
    towards_rival   its cosine with c − x, where c is the mean of another class, the nearest to x:
                    the way on which a digit turns into another one
    near_ink        the share of its squared length in pixels with ink, or next to one with ink

And one says it of the large changes: ``judged``, how many of them the 5 nearest of 10,000 training
images take for the class that the attack was after. This judge knows no network. The
gradient of linf_0.3, which passes over faint ink, is 0 off the strokes: there the L2 attack adds
nothing, and stops short of ε.

Arrays, for N networks, in the order of figures["networks"], one test image of each digit, and the 3
other classes whose means are nearest: images (10, 784) in 1/255; targets (10, 3); gradients (N, 10,
784), of the loss at the images, clipped at ±3σ of each, from 0 to 255, 128 for 0; linf and l2 (N,
10, 3, 784) in 1/255, the large changes towards the targets, rounded towards the image; walk_linf
and walk_l2 (N, 10, 3, 21, 10), the scores on the straight way there, ends included.
"""

import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.neighbors import KNeighborsClassifier

from experiments.lenet import roughness, walk
from experiments.record import save
from experiments.robustness_measures import correct, per_cent, stored_network
from experiments.training import first_of_each, split
from helpers import attacks
from helpers.data import load_mnist

NAME = "robustness/pictures"
SETTINGS = {
    "networks": ["standard", "linf_0.3", "l2_2", "decay", "lenet", "lmt", "maxout"],
    "eps": {"linf": 0.3, "l2": 4.0},
    "steps": 100,
    "targets": 3,
    "walk": 21,
    "images": 1000,  # every tenth of the test images: the first half are easier than the others
    "components": 50,
    "judged_images": 300,
    "judge_images": 10_000,
    "neighbours": 5,
}
SIGMAS = 3


def load_networks():
    """The networks of SETTINGS, ready for use."""
    files = {"decay": "lmt/decay", "lenet": "lenet/high", "lmt": "lmt/lmt", "maxout": "lmt/best"}
    return {
        name: stored_network(files.get(name, f"robustness/{name}"))
        for name in SETTINGS["networks"]
    }


# Classes and their means


def class_means(X, y):
    return torch.stack([X[y == c].mean(0) for c in range(10)])


def other_classes(X, y, means):
    """The classes that are not y, from the one with the nearest mean on: shape (m, 9)."""
    distances = torch.cdist(X, means).scatter(1, y[:, None], -1)
    return distances.argsort(1)[:, 1:]


def principal_components(X, count):
    """The directions of the largest variance of the images, orthonormal: shape (count, n)."""
    covariance = torch.cov(X.double().T)
    return torch.linalg.eigh(covariance).eigenvectors.T[-count:].to(X.dtype)


# Gradients


def loss_gradients(network, X, y, batch=500):
    """∇ₓ of a loss, shape (m, n). Its direction is that of the cross-entropy's gradient, but does
    not vanish where the network is sure of itself; lengths mean nothing here."""

    def of_batch(X, y):
        return attacks.gradient(lambda x: attacks.error_log_odds(network(x), y), X)

    return torch.cat([of_batch(X[rows], y[rows]) for rows in torch.arange(len(X)).split(batch)])


def as_grey(g):
    """Gradients as images from 0 to 255, 128 for 0: clipped at ±3σ of each, and rescaled."""
    limit = SIGMAS * g.std(1, keepdim=True).clamp_min(1e-30)
    return (128 + 127 * (g / limit).clamp(-1, 1)).round().byte()


def likeness(g, X, y, means, components):
    """The four numbers of how much of a digit there is in the gradients: see above."""
    g = F.normalize(g)
    nearest = other_classes(X, y, means)[:, 0]
    inked = (X > 0).to(g.dtype).unflatten(1, (1, 28, 28))
    near_ink = F.max_pool2d(inked, kernel_size=3, stride=1, padding=1).flatten(1)
    return {
        "roughness": roughness(g.unflatten(1, (1, 28, 28))).item(),
        "in_components": (g @ components.T).square().sum(1).mean().item(),
        "towards_rival": F.cosine_similarity(g, means[nearest] - X).mean().item(),
        "near_ink": (g.square() * near_ink).sum(1).mean().item(),
    }


# Large changes


def large_changes(network, X, target, norm):
    """Images of the shape of X, in steps of 1/255, at most ε from X: rounded towards it."""
    moved = attacks.targeted_pgd(network, X, target, SETTINGS["eps"][norm], norm, SETTINGS["steps"])
    return X + (255 * (moved - X)).trunc() / 255


def shown_changes(network, X, targets):
    """The large changes of the images to all of their targets, and the scores on the way."""
    m, count = targets.shape
    repeated = X.repeat_interleave(count, 0)
    found = {}
    for norm in SETTINGS["eps"]:
        moved = large_changes(network, repeated, targets.flatten(), norm)
        found[norm] = (255 * moved).round().byte().unflatten(0, (m, count))
        on_the_way = walk(network, repeated, moved, SETTINGS["walk"])
        found[f"walk_{norm}"] = on_the_way.unflatten(0, (m, count))
    return found


def judged(network, judge, X, target, norm):
    """How many of the changes the judge takes for the class that they aim at, in per cent."""
    classes = judge.predict(large_changes(network, X, target, norm).numpy())
    return per_cent(torch.from_numpy(classes) == target)


def results(found, train_set, test_set):
    """The arrays and the figures of the networks ``found``, a dict by name."""
    means = class_means(*train_set)
    components = principal_components(train_set[0], SETTINGS["components"])
    step = len(test_set[1]) // SETTINGS["images"]
    X, y = (each[::step] for each in test_set)
    few = slice(SETTINGS["judged_images"])
    target = other_classes(X[few], y[few], means)[:, 0]
    judge = KNeighborsClassifier(SETTINGS["neighbours"])
    judge.fit(*(each[: SETTINGS["judge_images"]].numpy() for each in train_set))

    first = first_of_each(test_set[1])
    shown, digits = (each[first] for each in test_set)
    targets = other_classes(shown, digits, means)[:, : SETTINGS["targets"]]
    noise = torch.randn(X.shape, generator=torch.Generator().manual_seed(0))
    figures = {
        "networks": list(found),
        "clean": {},
        "likeness": {"noise": likeness(noise, X, y, means, components)},
        "judged": {},
        "judge_clean": per_cent(torch.from_numpy(judge.predict(X[few].numpy())) == y[few]),
    }
    parts = []
    for name, network in found.items():
        gradients = loss_gradients(network, X, y)
        figures["clean"][name] = correct(network, *test_set)
        figures["likeness"][name] = likeness(gradients, X, y, means, components)
        figures["judged"][name] = {
            norm: judged(network, judge, X[few], target, norm) for norm in SETTINGS["eps"]
        }
        of_shown = as_grey(loss_gradients(network, shown, digits))
        parts.append({"gradients": of_shown} | shown_changes(network, shown, targets))
    arrays = {"images": (255 * shown).round().byte(), "targets": targets.byte()}
    arrays |= {name: torch.stack([part[name] for part in parts]) for name in parts[0]}
    return {name: np.asarray(array) for name, array in arrays.items()}, figures


def main():
    started = time.perf_counter()
    train_set, _, test_set = split(load_mnist())
    arrays, figures = results(load_networks(), train_set, test_set)
    save(NAME, arrays, figures, SETTINGS, started)


if __name__ == "__main__":
    main()
