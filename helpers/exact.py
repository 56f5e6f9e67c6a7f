"""The exact radius of a maxout network: how far the nearest image of another class is.

A plane z of a rival wins at x + δ where it lies above every plane w_k of the true class, that is
where (z − w_k)·δ ≥ g_k for all k; g_k = s_k − s_z is the lead of w_k at x. To find the shortest
such δ is a convex quadratic programme, and Lagrange's dual bounds its length from below: with any
λ ≥ 0 and v = Σ_k λ_k (z − w_k),

    ‖δ‖²/2 ≥ λ·g + ‖δ_v‖²/2 − v·δ_v.

Here δ_v minimises ‖δ‖²/2 − v·δ: it is v itself where δ may be anything, and clip(x + v, 0, 1) − x
where pixels have to stay in [0, 1]. For the best λ both sides are equal, and δ_v is the δ that was
looked for (Boyd & Vandenberghe 2004, sections 5.2 and 5.5). If λ is 0 but for one plane, the bound
in all of space is at best g_k/‖z − w_k‖, the certificate of helpers.maxout.

So each λ is a proof, and each δ_v that changes the class a counterexample, however they were found.
Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; radii are
Euclidean, in pixels.
"""

from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from helpers.maxout import planes_of

#: Subtracted from ‖δ‖²/2, in pixels²: more than rounding in float64 can add to the dual's value.
SLACK = 1e-10
#: By how much the rival's plane has to win in a counterexample: on the boundary rounding decides.
LEADS = (1e-7, 1e-5, 1e-3)


#: A bound of ‖δ‖²/2 beyond which nobody looks, in pixels²: no image is so far away.
FARTHEST = 1e6


class Exact(NamedTuple):
    """What is known of images. radius: within it no change alters the class; 0 where an image is
    misclassified. nearest: an image of another class, and distance how far it is; infinite where
    none was found. Float64, of shapes (m,), (m, n) and (m,)."""

    radius: np.ndarray
    nearest: np.ndarray
    distance: np.ndarray


@torch.no_grad()
def exact_radius(network, X, y, in_range=False):
    """The Exact of the images. in_range: whether changed images must keep their pixels in [0, 1],
    which leaves fewer changes, and so allows for larger radii.

    radius and distance differ by what the solver left, by SLACK and by LEADS. The scores are those
    of exact arithmetic: helpers.maxout says what single precision does to them.

    Raises ValueError as helpers.maxout.certified_radius does.
    """
    W, b, class_of_plane = (values.numpy() for values in planes_of(network, X, y))
    X, y = X.double().numpy(), y.numpy()
    exact = Exact(np.zeros(len(X)), X.copy(), np.zeros(len(X)))
    for t in np.unique(y):
        own, rival = class_of_plane == t, class_of_plane != t
        planes = W[own], b[own], W[rival], b[rival]
        slopes = cdist(W[own], W[rival]).clip(1e-12)
        for i in np.flatnonzero(y == t):
            if is_right(X[i], *planes):
                found = _of_image(X[i], *planes, slopes, in_range)
                exact.radius[i], exact.nearest[i], exact.distance[i] = found
    return exact


def is_right(x, W_own, b_own, W_rival, b_rival):
    """Whether a plane of the true class is the highest at x."""
    return (W_own @ x + b_own).max() > (W_rival @ x + b_rival).max()


def _of_image(x, W_own, b_own, W_rival, b_rival, slopes, in_range):
    """The radius of an image, the nearest one of another class that was found, and its distance."""
    leads = (W_own @ x + b_own)[:, None] - (W_rival @ x + b_rival)
    simple = (leads / slopes).max(0)
    radius, nearest = np.inf, None
    # No rival can be nearer than its simple certificate says, so few need be looked at closely.
    for z in simple.argsort():
        if simple[z] >= radius:
            break
        value, _ = maximise_dual(W_rival[z] - W_own, leads[:, z], x, in_range, radius**2 / 2)
        bound = np.sqrt(2 * max(value - SLACK, 0))
        if bound < radius:
            radius, nearest = bound, z
    if radius**2 / 2 > farthest(x, in_range):
        return radius, x, np.inf  # no rival's plane was found to win anywhere
    A, g = W_rival[nearest] - W_own, leads[:, nearest]
    for lead in LEADS:
        _, lam = maximise_dual(A, g + lead, x, in_range)
        moved = x + change(lam @ A, x, in_range)
        if not is_right(moved, W_own, b_own, W_rival, b_rival):
            return radius, moved, np.linalg.norm(moved - x)
    return radius, x, np.inf


def change(v, x, in_range):
    """δ_v: what minimises ‖δ‖²/2 − v·δ."""
    return np.clip(x + v, 0, 1) - x if in_range else v


def dual(lam, A, g, x, in_range):
    """The lower bound of ‖δ‖²/2 that λ gives, and its gradient; A has a row z − w_k for each k."""
    v = lam @ A
    delta = change(v, x, in_range)
    return lam @ g + delta @ delta / 2 - v @ delta, g - A @ delta


def farthest(x, in_range):
    """An upper bound of ‖δ‖²/2."""
    return len(x) / 2 if in_range else FARTHEST


def maximise_dual(A, g, x, in_range, enough=np.inf):
    """The largest lower bound that was found, and its λ; the search ends with the first bound that
    is larger than ``enough``, or than ‖δ‖²/2 can be: then the rival's plane never wins."""
    enough = min(enough, farthest(x, in_range))
    simple = g / (A**2).sum(1).clip(1e-24)
    lam = np.zeros(len(g))
    best = (g * simple.clip(0)).argmax()  # the simple certificate to start from
    lam[best] = simple[best].clip(0)

    def negative(lam):
        value, slope = dual(lam, A, g, x, in_range)
        return -value, -slope

    def stop(intermediate_result):
        if -intermediate_result.fun > enough:
            raise StopIteration

    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-9}
    found = minimize(
        negative,
        lam,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * len(g),
        callback=stop,
        options=options,
    )
    return -found.fun, found.x
