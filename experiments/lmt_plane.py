"""Lipschitz-margin training in the plane, where every distance from the boundary can be had.

    python -m experiments.lmt_plane

Two half-moons, 200 points to train on and 2,000 to test on. Networks with two scores and a hidden
layer of 24 ReLUs are trained with the cross-entropy alone (c = 0) and with LMT at several c
(Tsuzuku et al. 2018, proposition 2), with all points in each of 3,000 steps of Adam. The certified
radius of a point is |s|/K, s = s_J − s_I and K = L_sub ‖w_J − w_I‖ proven; how far the boundary
truly is, the exact boundary says. No certified radius may be larger, and the experiment ends where
one is. It takes about a minute and a half of one core. Networks that are trained are kept until all
are.

Distances are in the units of the plane. The networks of the first seed are kept for the figure, as
helpers.local_linear.Network of s.
"""

import numpy as np
import torch
from tqdm import tqdm

from experiments import plane, study
from helpers import architectures, training
from helpers.initialisation import fan_in, initialise
from helpers.lipschitz import proven_slopes
from helpers.lmt import LMT
from helpers.local_linear import (
    Network,
    gradient_norm,
    linear_regions,
    nearest_boundary_point,
    score,
)
from helpers.weights import load_weights, save_weights

SETTINGS = plane.SETTINGS | {
    "noise": 0.1,
    "c": [0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0],
    "seeds": 3,
    "steps": 3000,
    "learning_rate": 0.01,
}


def new_network(seed):
    return initialise(architectures.two_layers(2, SETTINGS["hidden"], classes=2), fan_in, seed)


def trained(c, seed, X, y):
    network = new_network(seed)
    training.train(
        network,
        torch.from_numpy(X),
        torch.from_numpy((y + 1) // 2),
        torch.optim.Adam(network.parameters(), SETTINGS["learning_rate"]),
        epochs=SETTINGS["steps"],
        batch=len(X),
        seed=seed,
        loss=LMT(network, (2,), c, seed=seed) if c else training.cross_entropy,
        disable=True,
    )
    return network


def trained_once(path, c, seed, X, y):
    """The trained network, whose weights are at ``path``, or come there."""
    if not path.is_file():
        save_weights(trained(c, seed, X, y), path)
    return load_weights(new_network(seed), path)


def difference(network):
    """s_J − s_I as a network with one output, in double precision."""
    W1, b1, W2, b2 = (W.detach().double().numpy() for W in network.parameters())
    return Network(W1, b1, W2[1] - W2[0], float(b2[1] - b2[0]))


def certified_radii(s, y, K):
    """|s|/K, shape (m,); 0 for misclassified points."""
    return np.where(y * s > 0, np.abs(s) / K, 0)


def nearest_on_boundary(X, segments):
    """The boundary's nearest point to each point, shape (m, 2); NaN where there is no boundary."""
    if len(segments) == 0:
        return np.full(X.shape, np.nan)
    return nearest_boundary_point(X, segments)


def steepest(network):
    """The largest ‖∇s‖ in the frame: s is linear in each of the regions."""
    regions = linear_regions(network, SETTINGS["frame"])
    return gradient_norm(np.array([region.mean(axis=0) for region in regions]), network).max()


def row_and_arrays(network, train_set, test):
    """A network's row in the summary, and its arrays.

    AssertionError where a certified radius reaches beyond the boundary.
    """
    X, y = train_set
    K = proven_slopes(network, (2,))[0, 1].item()
    network = difference(network)
    segments = plane.boundary(network, SETTINGS["frame"], SETTINGS["beyond"])
    nearest = nearest_on_boundary(X, segments)
    radii = certified_radii(score(X, network), y, K)
    distances = np.linalg.norm(nearest - X, axis=1)
    if (radii > distances).any():
        k = np.argmax(radii > distances)
        raise AssertionError(
            f"the boundary is {distances[k]:.6g} from point {k}, although {radii[k]:.6g} are "
            "certified"
        )
    right = radii > 0
    row = {
        "err_train": 100 * np.mean(~right),
        "err_test": 100 * np.mean(score(test[0], network) * test[1] <= 0),
        "median_certified": np.median(radii),
        "median_distance": np.median(np.where(right, distances, 0)),
        "tightness": np.median(radii[right] / distances[right]),
        "K": K,
        "steepest": steepest(network),
    }
    arrays = network._asdict() | {"K": K, "nearest": nearest, "segments": segments}
    return row, arrays


def figures_of(rows):
    """Of each column of the summary a list over c, for the first seed; None where there is no
    boundary."""
    first = [row for row in rows if row["seed"] == 0]
    return {
        name: [float(f"{row[name]:.6g}") if np.isfinite(row[name]) else None for row in first]
        for name in first[0]
    }


def data():
    """What to train and to test on: two pairs X, y."""
    return (
        plane.half_moons(SETTINGS["points"], SETTINGS["noise"], seed=0),
        plane.half_moons(SETTINGS["test_points"], SETTINGS["noise"], seed=1),
    )


def measured(run, data):
    """The arrays of the first seed, and the figures; the summary of all networks."""
    torch.set_num_threads(1)  # more would only wait for each other
    rows, kept = [], []
    for seed in range(SETTINGS["seeds"]):
        for c in tqdm(SETTINGS["c"], f"seed {seed}", unit="network"):
            network = trained_once(run.parts / f"{c}-{seed}.safetensors", c, seed, *data[0])
            row, arrays = row_and_arrays(network, *data)
            rows.append({"c": c, "seed": seed} | row)
            if seed == 0:
                kept.append(arrays)
    plane.save_rows("lmt_plane", rows)
    X, y = data[0]
    boundaries = [each.pop("segments") for each in kept]
    arrays = {
        "c": SETTINGS["c"],
        "frame": SETTINGS["frame"],
        "points": X,
        "labels": y,
        **{name: np.array([each[name] for each in kept]) for name in kept[0]},
        **plane.boundary_arrays(boundaries),
    }
    return arrays, figures_of(rows)


STUDY = study.Study("lmt_plane", study.only("lmt_plane", lambda: SETTINGS), data, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
