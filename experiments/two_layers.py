"""Two-layer networks on two half-moons with mislabelled points, from hardly any decay to too much.

    python -m experiments.two_layers

200 training points, 10 % of them mislabelled, and 2,000 test points, all labelled right. s(x) =
w₂·relu(W₁x + b₁) + b₂ with 24 units minimises the mean softplus of −y s(x) plus (λ/2)‖·‖² over all
weights and biases, whose gradient is their decay by λ. The networks of one seed start from the
same weights, whatever their λ. Each takes 10,000 steps of Adam, all points at a time, while the
learning rate falls to 0 along a cosine; all networks are trained side by side, and kept every 500
steps. It takes about three minutes of one core.

Distances are in the units of the plane. The weights of the first seed are kept for the figure, and
what summary.csv says of every network is measured on the weights as they are stored, in single
precision.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call, stack_module_state, vmap
from tqdm import tqdm, trange

from experiments import plane, study
from experiments.training import read_checkpoint, write_checkpoint
from helpers import architectures
from helpers.initialisation import fan_in, initialise
from helpers.local_linear import (
    Network,
    area,
    first_order_distance,
    gradient_norm,
    linear_regions,
    nearest_boundary_point,
    score,
)

SETTINGS = plane.SETTINGS | {
    "noise": 0.15,
    "mislabelled": 0.1,
    "log_decay": [round(-6 + k / 4, 2) for k in range(23)],
    "seeds": 10,
    "steps": 10_000,
    "learning_rate": 0.03,
}
CHECKPOINT_EVERY = 500  # steps
NOTHING = 1e-6  # a unit whose weights multiply to less is one that decay has switched off
RIGHT = 1e-3  # the relative error up to which a first-order distance counts as right
VISIBLE = 1e-3  # the share of the frame from which on a linear region counts


def training_set():
    """X (m, 2), the labels y that are learned, −1 or +1, and which of them are wrong, bool."""
    X, y = plane.half_moons(SETTINGS["points"], SETTINGS["noise"], seed=0)
    count = round(SETTINGS["mislabelled"] * len(y))
    flipped = np.zeros(len(y), bool)
    flipped[np.random.default_rng(0).choice(len(y), count, replace=False)] = True
    return X, np.where(flipped, -y, y), flipped


def test_set():
    """X, and labels y, −1 or +1, all of them right."""
    return plane.half_moons(SETTINGS["test_points"], SETTINGS["noise"], seed=1)


def new_network(seed):
    network = architectures.two_layers(2, SETTINGS["hidden"], classes=1)
    return initialise(network, fan_in, seed)


def decays():
    return 10.0 ** np.array(SETTINGS["log_decay"])


def starts():
    """The first weights of all networks by name, stacked: of a seed once for each λ, then of the
    next seed."""
    stacked, _ = stack_module_state([new_network(seed) for seed in range(SETTINGS["seeds"])])
    return {
        name: W.detach().repeat_interleave(len(decays()), 0).requires_grad_()
        for name, W in stacked.items()
    }


def side_by_side():
    """All networks as one: each of its parameters is stacked, as starts gives it."""
    networks, weights = new_network(seed=0), starts()
    for name, W in networks.named_parameters():
        W.data = weights[name]
    return networks


def objectives(network, weights, lam, X, y):
    """The mean softplus of −y s(x) plus (λ/2)‖·‖² of each of k networks, shape (k,).

    network: any of that form. weights: as starts gives them. lam: shape (k,). X: (m, 2). y: (m,).
    """
    s = vmap(lambda W: functional_call(network, W, X)[:, 0])(weights)
    norms2 = sum(W.square().flatten(1).sum(1) for W in weights.values())
    return F.softplus(-y * s).mean(1) + lam / 2 * norms2


def trained(checkpoint, X, y, **bar):
    """All networks, as a list of lists: networks[seed][k] has the decay number k.

    checkpoint: the path of what is kept every so many steps, from where the training goes on.
    """
    X, y = (torch.as_tensor(array, dtype=torch.float32) for array in (X, y))
    lam = torch.as_tensor(decays(), dtype=torch.float32).repeat(SETTINGS["seeds"])
    form, networks = new_network(seed=0), side_by_side()
    weights = dict(networks.named_parameters())
    optimiser = torch.optim.Adam(networks.parameters(), SETTINGS["learning_rate"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, SETTINGS["steps"])
    if checkpoint.is_file():
        go_on(checkpoint, networks, optimiser, schedule)
    first, last = schedule.last_epoch, SETTINGS["steps"]
    bar = {"desc": "training", "unit": "step"} | bar
    for step in trange(first, last, initial=first, total=last, **bar):
        optimiser.zero_grad()
        objectives(form, weights, lam, X, y).sum().backward()  # each has its own gradient
        optimiser.step()
        schedule.step()
        if (step + 1) % CHECKPOINT_EVERY == 0:
            write_checkpoint(checkpoint, networks, optimiser, state_of(schedule), curves=[])
    W1, b1, W2, b2 = (W.detach().numpy() for W in weights.values())
    trained = zip(W1, b1, W2[:, 0], b2[:, 0], strict=True)
    all_networks = [without_idle_units(Network(*each)) for each in trained]
    n = len(decays())
    return [all_networks[n * seed : n * (seed + 1)] for seed in range(SETTINGS["seeds"])]


def state_of(schedule):
    """The steps so far, and the learning rate of the next, which follows from the one before."""
    rate = torch.tensor(schedule.get_last_lr()[0], dtype=torch.float64)
    return {"step": torch.tensor(schedule.last_epoch), "rate": rate}


def go_on(checkpoint, networks, optimiser, schedule):
    """Fill the networks, the optimiser and the schedule with what the checkpoint holds."""
    state = {}
    read_checkpoint(checkpoint, networks, optimiser, state)
    schedule.last_epoch = state["step"].item()
    optimiser.param_groups[0]["lr"] = state["rate"].item()


def without_idle_units(network):
    """The network with weights 0 for each unit that decay has all but switched off."""
    sizes = np.linalg.norm(np.column_stack([network.W1, network.b1]), axis=1)
    kept = (sizes * np.abs(network.w2) > NOTHING).astype(np.float32)
    return network._replace(
        W1=network.W1 * kept[:, None], b1=network.b1 * kept, w2=network.w2 * kept
    )


def in_double_precision(network):
    return Network(*(np.asarray(W, float) for W in network))


def remaining_gradient(network, lam, X, y):
    """The value of a network's objective, and the norm of its gradient.

    The gradient jumps where a unit's line passes a point, and least objectives lie at such places:
    it does not fall to 0.
    """
    form = new_network(seed=0)
    weights = {
        name: torch.as_tensor(W, dtype=torch.float64).reshape(1, *like.shape).requires_grad_()
        for (name, like), W in zip(form.state_dict().items(), network, strict=True)
    }
    value = objectives(form, weights, lam, torch.as_tensor(X).double(), torch.as_tensor(y))[0]
    value.backward()
    norm2 = sum(W.grad.square().sum() for W in weights.values())
    return value.item(), norm2.sqrt().item()


def boundary(network):
    return plane.boundary(network, SETTINGS["frame"], SETTINGS["beyond"])


def distances(X, network):
    """How far each point is from the boundary, to first order and truly: two arrays (m,)."""
    segments = boundary(network)
    first_order = np.abs(first_order_distance(X, network))
    if len(segments) == 0:
        return first_order, np.full(len(X), np.inf)
    return first_order, np.linalg.norm(nearest_boundary_point(X, segments) - X, axis=1)


def relative_errors(first_order, true):
    """|d₁ − d|/d, shape (m,); infinite where there is no boundary."""
    errors = np.full(len(true), np.inf)
    known = np.isfinite(true)
    errors[known] = np.abs(first_order[known] - true[known]) / true[known]
    return errors


def visible_regions(network):
    """How many linear regions take up a thousandth of the frame or more."""
    frame = SETTINGS["frame"]
    least = VISIBLE * np.prod(np.diff(frame))
    return sum(area(region) >= least for region in linear_regions(network, frame))


def error(network, X, y):
    """In per cent; class J is where s(x) > 0."""
    return 100 * float(np.mean(np.where(score(X, network) > 0, 1, -1) != y))


def row(network, lam, seed, train_set, test):
    """The network's row in the summary."""
    X, y, flipped = train_set
    network = in_double_precision(network)
    objective, gradient = remaining_gradient(network, lam, X, y)
    first_order, true = distances(X, network)
    off = relative_errors(first_order, true)
    return {
        "decay": float(lam),
        "seed": seed,
        "objective": objective,
        "objective_gradient": gradient,
        "err_train": error(network, X, y),
        "err_train_true_labels": error(network, X, np.where(flipped, -y, y)),
        "err_test": error(network, *test),
        "mislabelled_fitted": 100 - error(network, X[flipped], y[flipped]),
        "norm_gradient_median": float(np.median(gradient_norm(X, network))),
        "first_order_median": float(np.median(first_order)),
        "true_distance_median": float(np.median(true)),
        "first_order_off_median": round(100 * float(np.median(off)), 6),
        "first_order_right": 100 * float(np.mean(off <= RIGHT)),
        "regions": visible_regions(network),
    }


def figures_of(rows):
    """Of each column of the summary its mean, least and most over the seeds, a number a decay;
    null where it is infinite, as distances are where there is no boundary."""
    columns = [name for name in rows[0] if name not in ("decay", "seed")]
    by_decay = [[each for each in rows if each["decay"] == lam] for lam in decays()]
    table = {name: np.array([[each[name] for each in of] for of in by_decay]) for name in columns}
    over_seeds = {"mean": np.mean, "least": np.min, "most": np.max}
    return {"decay": decays().tolist()} | {
        name: {
            what: [float(f"{value:.6g}") if np.isfinite(value) else None for value in f(values, 1)]
            for what, f in over_seeds.items()
        }
        for name, values in table.items()
    }


def data():
    return training_set(), test_set()


def measured(run, data):
    """The arrays of the first seed, and the figures; the summary of all networks."""
    torch.set_num_threads(1)  # more would only wait for each other
    torch.set_flush_denormal(True)  # weights on their way to 0 would slow everything down
    train_set, test = data
    X, y, flipped = train_set
    all_networks = trained(run.parts / "training.safetensors", X, y)
    rows = [
        row(network, lam, seed, train_set, test)
        for seed, of_seed in enumerate(tqdm(all_networks, "measuring", unit="seed"))
        for lam, network in zip(decays(), of_seed, strict=True)
    ]
    plane.save_rows("two_layers", rows)
    arrays = {
        "decay": decays(),
        "frame": SETTINGS["frame"],
        "points": X,
        "labels": y,
        "flipped": flipped,
        **{
            name: np.array([getattr(each, name) for each in all_networks[0]])
            for name in Network._fields
        },
        **plane.boundary_arrays([boundary(in_double_precision(of)) for of in all_networks[0]]),
    }
    return arrays, figures_of(rows)


STUDY = study.Study("two_layers", study.only("two_layers", lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
