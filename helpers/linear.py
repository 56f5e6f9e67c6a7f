"""A linear classifier and its geometry: scores, distances, and images behind the boundary.

The classifier has weights w of shape (n,) and a bias b. Images are rows of X, shape (m, n), or
one image of shape (n,). Its raw score is s(x) = w·x + b: class I where s(x) <= 0, class J where
s(x) > 0. The boundary is s(x) = 0. Tanay & Griffin 2018, "A toy problem" and "Scaling the loss
function".

Each function raises ValueError where w is zero, where shapes do not fit together, and where a
value is not finite.
"""

import numpy as np


def _checked(X, w, b):
    """The arguments as float arrays, or a ValueError that names the one that is wrong."""
    X, w, b = np.asarray(X, float), np.asarray(w, float), np.asarray(b, float)
    if w.ndim != 1:
        raise ValueError(f"w must have shape (n,); it had shape {w.shape}")
    if X.ndim not in (1, 2) or X.shape[-1] != len(w):
        raise ValueError(
            f"X must have shape (m, {len(w)}) or ({len(w)},) to fit w; it had shape {X.shape}"
        )
    if b.ndim != 0:
        raise ValueError(f"b must be one number; it had shape {b.shape}")
    for name, value in (("X", X), ("w", w), ("b", b)):
        if not np.isfinite(value).all():
            raise ValueError(f"{name} must hold finite numbers; it had NaN or infinity")
    if not np.linalg.norm(w) > 0:
        raise ValueError("w must not be zero: such a classifier has no boundary")
    return X, w, b


def raw_score(X, w, b):
    """s(x) = w·x + b for each image: shape (m,) for X of shape (m, n), a number for one image."""
    X, w, b = _checked(X, w, b)
    return X @ w + b


def signed_distance(X, w, b):
    """d(x) = s(x)/‖w‖, the distance from the boundary: negative on I's side, positive on J's.

    In the units of the images' pixels, Euclidean; same shape as the raw score. It does not
    change when w and b are multiplied by the same positive number.
    """
    return raw_score(X, w, b) / np.linalg.norm(w)


def _moved(X, w, b, times):
    """Each image moved against w, by ``times`` its signed distance."""
    X, w, b = _checked(X, w, b)
    w_hat = w / np.linalg.norm(w)
    return X - times * signed_distance(X, w, b)[..., None] * w_hat


def projected_image(X, w, b):
    """x_p = x − d(x) ŵ, the point of the boundary nearest to each image; the shape of X."""
    return _moved(X, w, b, 1)


def mirror_image(X, w, b):
    """x_m = x − 2 d(x) ŵ, as far behind the boundary as x lies before it; the shape of X.

    The classifier is as sure of x_m as of x, and says the opposite: d(x_m) = −d(x).
    """
    return _moved(X, w, b, 2)
