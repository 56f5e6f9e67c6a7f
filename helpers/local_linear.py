"""A two-layer ReLU network, piece by piece: around almost every x it is a linear classifier.

s(x) = w₂·relu(W₁x + b₁) + b₂. The unit k is on where W₁x + b₁ is positive in its k-th place; its
line, where it is 0, cuts the space in two. Between the lines the same units are on everywhere,
and there s(x) = w_x·x + b_x, with w_x = w₂ W₁ˣ: W₁ˣ keeps the rows of the units that are on at x.
‖w_x‖ = ‖∇s(x)‖ is the local scale of the loss, and d(x) = s(x)/‖∇s(x)‖ the distance from the
boundary as far as x's own piece can tell. Tanay & Griffin 2018, "LeNet on MNIST".

In the plane the boundary s(x) = 0 consists of straight segments, which are found exactly.

Points are rows of X, shape (m, n); the weights are those of a Network. ValueError where X has
another shape, or holds what is no finite number.
"""

from typing import NamedTuple

import numpy as np

from helpers.checks import finite, matrix


class Network(NamedTuple):
    """The weights of a network with h units: W1 (h, n), b1 (h,), w2 (h,), b2 a number."""

    W1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: float


def _inputs(X, network):
    """What each unit gets, W₁x + b₁: shape (m, h)."""
    return matrix("X", X, np.shape(network.W1)[1]) @ network.W1.T + network.b1


def score(X, network):
    """s(x) for each point, shape (m,): class I where s(x) <= 0, class J where s(x) > 0."""
    return np.maximum(_inputs(X, network), 0) @ network.w2 + network.b2


def units_on(X, network):
    """Which units are on at each point: shape (m, h), of bool."""
    return _inputs(X, network) > 0


def local_linear(X, network):
    """(w_x, b_x) of each point, shapes (m, n) and (m,): s = w_x·x + b_x in all of x's region."""
    kept = units_on(X, network) * network.w2  # w₂ with a 0 for each unit that is off
    return kept @ network.W1, kept @ network.b1 + network.b2


def gradient_norm(X, network):
    """‖∇s(x)‖ for each point, shape (m,): the local scale of the loss."""
    return np.linalg.norm(local_linear(X, network)[0], axis=1)


def first_order_distance(X, network):
    """d(x) = s(x)/‖∇s(x)‖ for each point, shape (m,): negative on I's side, positive on J's.

    The signed distance from the boundary of x's own linear classifier; infinite where ∇s is 0.
    """
    s, norm = score(X, network), gradient_norm(X, network)
    return np.divide(s, norm, out=np.copysign(np.inf, s), where=norm > 0)


def linear_regions(network, box):
    """The regions of the plane in which s is linear, as far as they lie in a box.

    box: ((least, most) of x₁, (least, most) of x₂). Returns a list of convex polygons, each an
    array (k, 2) of its corners in order. They cover the box and do not overlap.

    Raises ValueError for a network with other than two inputs, and for a box without an inside.
    """
    corners = finite("box", box)
    if corners.shape != (2, 2) or not (corners[:, 0] < corners[:, 1]).all():
        raise ValueError(f"box must be ((least, most), (least, most)); it was {box!r}")
    if np.shape(network.W1)[1] != 2:
        raise ValueError(f"W1 must have shape (h, 2); it had shape {np.shape(network.W1)}")
    (left, right), (low, high) = corners
    regions = [np.array([[left, low], [right, low], [right, high], [left, high]])]
    for w, b in zip(network.W1, network.b1, strict=True):
        parts = [part for region in regions for part in _parts(region, region @ w + b)]
        regions = [part for part in parts if area(part) > 0]
    return regions


def _crossings(polygon, values):
    """The edges at whose ends ``values``, one a corner, differ in sign: their numbers, and the
    points where the values, linear along an edge, are 0."""
    next_values, next_corners = np.roll(values, -1), np.roll(polygon, -1, axis=0)
    edges = np.flatnonzero((values < 0) != (next_values < 0))
    share = values[edges] / (values[edges] - next_values[edges])
    return edges, polygon[edges] + share[:, None] * (next_corners - polygon)[edges]


def _parts(polygon, values):
    """A convex polygon cut in two: where ``values``, one a corner, are negative and where not."""
    edges, points = _crossings(polygon, values)
    corners = np.insert(polygon, edges + 1, points, axis=0)
    negative = np.insert(values < 0, edges + 1, True)
    others = np.insert(values >= 0, edges + 1, True)
    return corners[negative], corners[others]


def area(polygon):
    """The area of a polygon, an array (k, 2) of its corners in order; 0 for fewer than three."""
    x, y = np.transpose(polygon)
    return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def boundary_segments(network, box):
    """The boundary s(x) = 0 in a box of the plane: shape (k, 2, 2), a segment from point to point.

    Each linear region that the boundary crosses has one segment of it. Raises what
    linear_regions raises.
    """
    regions = linear_regions(network, box)
    ends = [_crossings(region, score(region, network))[1] for region in regions]
    return np.array([points for points in ends if len(points) == 2]).reshape(-1, 2, 2)


def nearest_boundary_point(X, segments):
    """The point of the segments that is nearest to each point: shape (m, 2).

    X: shape (m, 2). segments: as boundary_segments gives them, at least one, otherwise ValueError.
    """
    X, segments = matrix("X", X, 2), finite("segments", segments)
    if segments.ndim != 3 or segments.shape[1:] != (2, 2) or len(segments) == 0:
        raise ValueError(f"segments must have shape (k, 2, 2), k > 0; it was {segments.shape}")
    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    length2 = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    share = ((X[:, None] - start) * along).sum(axis=2) / length2  # (m, k)
    points = start + share.clip(0, 1)[..., None] * along
    nearest = np.linalg.norm(X[:, None] - points, axis=2).argmin(axis=1)
    return points[np.arange(len(X)), nearest]
