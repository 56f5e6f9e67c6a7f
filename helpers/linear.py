"""A linear classifier and its geometry: scores, distances, and images behind the boundary.

The classifier has weights w of shape (n,) and a bias b. Images are rows of X, shape (m, n), or
one image of shape (n,). Its raw score is s(x) = w·x + b: class I where s(x) <= 0, class J where
s(x) > 0. The boundary is s(x) = 0. Tanay & Griffin 2018, "A toy problem" and "Scaling the loss
function".

The functions that judge a classifier take labelled images: X of shape (m, n) and labels y of
shape (m,), -1 for class I and +1 for class J. To them an image on the boundary is misclassified,
whatever its class, as it is to the 0-1 loss.

Each function raises ValueError where w is zero, where shapes do not fit together, where a value
is not finite, and where a label is neither -1 nor +1.
"""

import numpy as np

from helpers import losses
from helpers.checks import finite, labelled, number, numeric


def _checked(X, w, b):
    """The arguments as float arrays, or a ValueError that names the one that is wrong."""
    X, w, b = finite("X", X), finite("w", w), number("b", b)
    if w.ndim != 1:
        raise ValueError(f"w must have shape (n,); it had shape {w.shape}")
    if X.ndim not in (1, 2) or X.shape[-1] != len(w):
        raise ValueError(
            f"X must have shape (m, {len(w)}) or ({len(w)},) to fit w; it had shape {X.shape}"
        )
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


def geometric_margin(X, y, w, b):
    """y d(x) for each image, shape (m,): its distance, negative where it is misclassified."""
    X, y = labelled(X, y)
    return y * signed_distance(X, w, b)


def empirical_risk(X, y, w, b, loss):
    """R(w, b), the mean of loss(y s(x)); ``loss`` is one of helpers.losses, or one like them."""
    X, y = labelled(X, y)
    return float(np.mean(loss(y * raw_score(X, w, b))))


def error_rate(X, y, w, b):
    """Share of the images that are misclassified, in [0, 1]: the risk of the 0-1 loss."""
    return empirical_risk(X, y, w, b, losses.zero_one)


def error_distance(X, y, w, b):
    """d_err, the mean over all images of how far they lie on the wrong side, in pixels, >= 0.

    Images on their own side count 0. While ‖w‖ is large, to minimise R is to minimise d_err.
    """
    return float(np.mean(np.maximum(-geometric_margin(X, y, w, b), 0)))


def adversarial_distance(X, y, w, b):
    """d_adv, the mean over all images of y d(x), in pixels; misclassified images count negative.

    While ‖w‖ is small, to minimise R is to maximise d_adv.
    """
    return float(np.mean(geometric_margin(X, y, w, b)))


def robust_accuracy(X, y, w, b, eps):
    """Share of the images that no change of length ``eps`` or less gets misclassified, in [0, 1].

    ``eps`` is a number or an array of them, >= 0, in pixels; the result has its shape. Exact: an
    image with y d(x) > eps is safe, any other is carried to the boundary or beyond by a step of
    eps against its class, along w. Pixels may leave [0, 1].
    """
    eps = numeric("eps", eps)
    if not (eps >= 0).all():
        raise ValueError(f"eps must hold numbers >= 0; it was {eps}")
    return (geometric_margin(X, y, w, b) > eps[..., None]).mean(axis=-1)
