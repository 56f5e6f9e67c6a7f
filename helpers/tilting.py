"""How far a linear classifier is tilted, and the plane to see it in.

i and j are the centroids of the classes I and J. The nearest-centroid classifier has the weights
ẑ = (j − i)/‖j − i‖. The tilting angle θ of weights w is the angle between w and ẑ, and their
tilting plane is the one that both span. Tanay & Griffin 2018, "Tilting angle"; 2016, "A Boundary
Tilting Perspective".

Vectors have shape (n,), images are rows of X, shape (m, n). Each function raises ValueError where
shapes do not fit together, where a value is not finite, where w is zero and where i = j.
"""

import numpy as np

from helpers.checks import labelled, matrix, vector

#: Below this sine of θ, the direction in which w leaves ẑ is taken for rounding.
SMALLEST_SINE = 1e-3


def _unit(name, value):
    norm = np.linalg.norm(value)
    if not norm > 0:
        raise ValueError(f"{name} must not be zero: it has no direction")
    return value / norm


def _split(w, i, j):
    """ẑ, and ŵ split along it: the component ŵ·ẑ and the rest, a vector at right angles to ẑ."""
    n = np.size(w)
    w_hat = _unit("w", vector("w", w, n))
    z_hat = _unit("j - i", vector("j", j, n) - vector("i", i, n))
    along = w_hat @ z_hat
    return z_hat, along, w_hat - along * z_hat


def _frame(z_hat, n_hat, name="n_hat"):
    """The two unit vectors as columns, shape (n, 2); ``name`` is what an error calls n̂."""
    n = np.size(z_hat)
    frame = np.column_stack([vector("z_hat", z_hat, n), vector(name, n_hat, n)])
    # The tolerance lets vectors through that were stored as float32.
    if not np.allclose(frame.T @ frame, np.eye(2), atol=1e-5):
        raise ValueError(f"z_hat and {name} must be unit vectors at right angles to each other")
    return frame


def centroids(X, y):
    """The means i and j of the images with y = -1 and with y = +1, each of shape (n,).

    Raises ValueError for an empty class, and as helpers.linear does for bad X and y.
    """
    X, y = labelled(X, y)
    for name, label in (("I", -1), ("J", 1)):
        if not (y == label).any():
            raise ValueError(f"class {name} is empty: y holds no {label:+d}")
    return X[y == -1].mean(axis=0), X[y == 1].mean(axis=0)


def tilting_angle(w, i, j):
    """θ, the angle between w and j − i in radians, in [0, π]."""
    _, along, rest = _split(w, i, j)
    # An arccos of `along` would lose half the digits near 0.
    return float(np.arctan2(np.linalg.norm(rest), along))


def tilting_plane(w, i, j, fallback=None):
    """The unit vectors ẑ and n̂ of the tilting plane: n̂ is w − (w·ẑ) ẑ, normalised.

    Where sin θ < 1e-3 there is no such plane, and n̂ is ``fallback``: on a path of classifiers, the
    n̂ of the nearest smaller λ. ValueError where it is needed and missing.
    """
    z_hat, _, rest = _split(w, i, j)
    sine = np.linalg.norm(rest)
    if sine >= SMALLEST_SINE:
        return z_hat, rest / sine
    if fallback is None:
        raise ValueError(
            f"w is parallel to j - i (sin θ = {sine:.1e}), so that they span no plane: give the "
            "n_hat of the nearest smaller λ as fallback"
        )
    return tuple(_frame(z_hat, fallback, "fallback").T)


def project(X, z_hat, n_hat, origin):
    """Coordinates of each image along ẑ and n̂ from ``origin``, in pixels: shape (m, 2).

    The first of them does not depend on the classifier, only on the centroids.
    """
    frame = _frame(z_hat, n_hat)
    return (matrix("X", X, len(frame)) - vector("origin", origin, len(frame))) @ frame


def in_frame(w, z_hat, n_hat):
    """Coordinates of ŵ = w/‖w‖ along ẑ and n̂, shape (2,): (cos θ, sin θ) in w's own plane.

    In the plane of another classifier their length is below 1: the rest of ŵ lies outside.
    """
    frame = _frame(z_hat, n_hat)
    return _unit("w", vector("w", w, len(frame))) @ frame
