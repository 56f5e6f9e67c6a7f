"""What the experiments in the plane share: two half-moons, and the boundaries between them."""

import numpy as np
from sklearn.datasets import make_moons

from experiments.record import save_table
from helpers.local_linear import boundary_segments

SETTINGS = {
    "points": 200,
    "test_points": 2000,
    "hidden": 24,
    "frame": [[-1.8, 2.8], [-1.4, 1.9]],  # what the figures show of the plane
    "beyond": 10.0,  # so far beyond it the boundary is known
}


def half_moons(points, noise, seed):
    """X (points, 2), in single precision, y (points,): −1 in the upper half-moon, class I, +1 in
    the lower one, class J."""
    X, moon = make_moons(points, noise=noise, random_state=seed)
    return X.astype(np.float32), 2 * moon - 1


def boundary(network, frame, beyond):
    """The segments of its boundary in the frame and so far beyond it, shape (k, 2, 2)."""
    return boundary_segments(network, [(low - beyond, high + beyond) for low, high in frame])


def boundary_arrays(boundaries):
    """The boundaries of several networks as they are stored: all segments, and how many each
    network has."""
    return {
        "segments": np.concatenate(boundaries),
        "segment_counts": np.array([len(segments) for segments in boundaries]),
    }


def save_rows(name, rows):
    """Write the summary of an experiment, with six digits."""
    rounded = [{column: f"{value:.6g}" for column, value in row.items()} for row in rows]
    save_table(f"{name}/summary", rounded)
