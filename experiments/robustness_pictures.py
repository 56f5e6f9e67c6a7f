"""What people see in what networks look for: gradients, and changes too large to hide.

    python -m experiments.robustness_pictures

takes the networks that experiments.robustness, experiments.lmt and experiments.lenet have left in
results/, and treats all of them alike. It takes some minutes, and fills
results/robustness/pictures/; experiments.robustness runs it at its end.

Tsipras et al. 2019 show gradients of the loss in pixel space, adversarial examples of a large ε,
the same for all networks, and the way there. How much of a digit there is in a gradient,
helpers.likeness says, in numbers that are means over many test images. The row "noise" has those of
Gaussian noise instead of a gradient.

Of the large changes ``reached`` says how many the network takes for the class that the attack was
after, and ``judged`` how many the 5 nearest of the training images do. This judge knows no network.
An attack that fails says nothing about what the network looks for, so the gradient is that at a
noisy version of the image (see attacks.targeted_pgd): that of linf_0.3, which passes over faint
ink, is 0 off the strokes, and an attack that follows it adds nothing there.

The arrays show one test image of each digit, and the 3 other classes whose means are nearest:
gradients clipped at ±3σ of each, and large changes towards the classes, rounded towards the image.
Networks are in the order of figures["networks"].
"""

import torch
from sklearn.neighbors import KNeighborsClassifier

from experiments import study
from experiments.robustness_measures import correct, per_cent, stored_network
from experiments.training import first_of_each, split
from helpers import attacks, evaluation
from helpers.data import load_mnist
from helpers.likeness import class_means, likeness, other_classes, principal_components

NAME = "robustness/pictures"
SETTINGS = {
    "networks": ["standard", "linf_0.3", "l2_2", "decay", "lenet", "lmt", "maxout"],
    "eps": {"linf": 0.5, "l2": 4.0},
    "steps": 100,
    "targets": 3,
    "walk": 21,
    "sigma": 0.3,  # of the noise at first, in each pixel
    "images": 1000,  # every tenth of the test images
    "components": 50,
    "neighbours": 5,
}
SIGMAS = 3


def load_networks():
    """The networks of SETTINGS, ready for use."""
    files = {"decay": "lmt/decay", "lenet": "lenet/high", "lmt": "lmt/lmt", "maxout": "lmt/best"}
    return {
        name: stored_network(files.get(name, f"robustness/weights/{name}-55000-0"))
        for name in SETTINGS["networks"]
    }


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


# Large changes


def large_changes(network, X, target, norm):
    """Images of the shape of X, in steps of 1/255, at most ε from X: rounded towards it."""
    moved = attacks.targeted_pgd(
        network, X, target, SETTINGS["eps"][norm], norm, SETTINGS["steps"], SETTINGS["sigma"]
    )
    return X + (255 * (moved - X)).trunc() / 255


def shown_changes(network, X, targets):
    """The large changes of the images to all of their targets, and the scores on the way."""
    m, count = targets.shape
    repeated = X.repeat_interleave(count, 0)
    found = {}
    for norm in SETTINGS["eps"]:
        moved = large_changes(network, repeated, targets.flatten(), norm)
        found[norm] = (255 * moved).round().byte().unflatten(0, (m, count))
        on_the_way = evaluation.walk(network, repeated, moved, SETTINGS["walk"])
        found[f"walk_{norm}"] = on_the_way.unflatten(0, (m, count))
    return found


def judged(network, judge, X, target, norm, batch=250):
    """How many of the changes the network and the judge take for the class that they aim at, in
    per cent."""
    moved = torch.cat(
        [
            large_changes(network, X[rows], target[rows], norm)
            for rows in torch.arange(len(X)).split(batch)
        ]
    )
    reached = evaluation.scores(network, moved).argmax(1) == target
    return per_cent(reached), per_cent(torch.from_numpy(judge.predict(moved.numpy())) == target)


def results(found, train_set, test_set):
    """The arrays and the figures of the networks ``found``, a dict by name."""
    means = class_means(*train_set)
    components = principal_components(train_set[0], SETTINGS["components"])
    step = len(test_set[1]) // SETTINGS["images"]
    X, y = (each[::step] for each in test_set)
    target = other_classes(X, y, means)[:, 0]
    judge = KNeighborsClassifier(SETTINGS["neighbours"])
    judge.fit(*(values.numpy() for values in train_set))

    first = first_of_each(test_set[1])
    shown, digits = (each[first] for each in test_set)
    targets = other_classes(shown, digits, means)[:, : SETTINGS["targets"]]
    noise = torch.randn(X.shape, generator=torch.Generator().manual_seed(0))
    figures = {
        "networks": list(found),
        "clean": {},
        "likeness": {"noise": likeness(noise, X, y, means, components)},
        "reached": {},
        "judged": {},
        "judge_clean": per_cent(torch.from_numpy(judge.predict(X.numpy())) == y),
        "judge_images": len(train_set[1]),
    }
    parts = []
    for name, network in found.items():
        gradients = loss_gradients(network, X, y)
        figures["clean"][name] = correct(network, *test_set)
        figures["likeness"][name] = likeness(gradients, X, y, means, components)
        of_norms = {norm: judged(network, judge, X, target, norm) for norm in SETTINGS["eps"]}
        for k, kind in enumerate(("reached", "judged")):
            figures[kind][name] = {norm: shares[k] for norm, shares in of_norms.items()}
        of_shown = as_grey(loss_gradients(network, shown, digits))
        parts.append({"gradients": of_shown} | shown_changes(network, shown, targets))
    arrays = {"images": (255 * shown).round().byte(), "targets": targets.byte()}
    arrays |= {name: torch.stack([part[name] for part in parts]) for name in parts[0]}
    return arrays, figures


def data():
    return split(load_mnist())


def measured(run, data):
    train_set, _, test_set = data
    return results(load_networks(), train_set, test_set)


STUDY = study.Study(NAME, study.only(NAME, lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
