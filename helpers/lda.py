"""Linear discriminant analysis with a ridge: the directions that separate best for their spread.

Images are rows of X, shape (m, n), with labels y, -1 for class I and +1 for class J; i and j are
the centroids of the classes. What is left of an image when the centroid of its class is taken away
varies by the **within-class covariance** S, pooled over both classes. Among all directions w,

    w ∝ S⁻¹ (j − i)   has the largest   (w·(j − i))² / (w·S w),

the squared distance of the centroids along w over the variance within the classes (Fisher 1936).
With a ridge μ > 0, w = (S + μI)⁻¹ (j − i) runs from that direction, for μ → 0, to the one of the
nearest-centroid classifier, j − i, for μ → ∞. For classes of the same size it is also the
direction of the least squares (1/m) Σ (y − s(x))² + μ‖w‖², with a free bias.

The same covariance is computed by scikit-learn's LinearDiscriminantAnalysis, which writes a ridge
as a shrinkage a: S + μI with μ = a tr(S) / (n (1 − a)), up to a factor.
"""

import numpy as np

from helpers.checks import labelled, matrix, numeric, vector
from helpers.tilting import centroids

#: Below this share of the largest eigenvalue, one of S + μI is taken for rounding.
SMALLEST_SHARE = 1e-12


def within_class_covariance(X, y):
    """S, the mean over all images of (x − c)(x − c)ᵀ with c the centroid of the class of x.

    Shape (n, n), in squared pixels. Raises ValueError for an empty class, and as helpers.linear
    does for bad X and y.
    """
    X, y = labelled(X, y)
    centred = X - np.where(y[:, None] < 0, *centroids(X, y))
    return centred.T @ centred / len(y)


def deviation(S, directions):
    """The standard deviation within classes along each direction: √(v·S v)/‖v‖, in pixels.

    S: shape (n, n). directions: of shape (k, n), or one of shape (n,), of any length. The result
    has shape (k,), or is one number. Raises ValueError where a direction is zero, and where S is
    not square or a shape does not fit it.
    """
    S = _square(S)
    directions = numeric("directions", directions)
    V = matrix("directions", np.atleast_2d(directions), len(S))
    norms = np.linalg.norm(V, axis=1)
    if not (norms > 0).all():
        raise ValueError("directions must not be zero: such a vector points nowhere")
    variances = ((V @ S) * V).sum(axis=1).clip(min=0)  # rounding may take one below 0
    return (np.sqrt(variances) / norms).reshape(directions.shape[:-1])[()]


def ridge_lda(S, i, j, mu):
    """(S + μI)⁻¹ (j − i), the weights of ridge LDA: for k ridges ``mu`` an array (k, n), for one
    number an array (n,).

    S: shape (n, n), symmetric. i and j: shape (n,). mu: numbers >= 0, in squared pixels. Raises
    ValueError where S + μI has no inverse, as for a pixel that never varies and μ = 0.
    """
    S = _square(S)
    g = vector("j", j, len(S)) - vector("i", i, len(S))
    mu = numeric("mu", mu)
    if not (np.isfinite(mu).all() and (mu >= 0).all()):
        raise ValueError(f"mu must hold finite numbers >= 0; it was {mu}")
    variances, axes = np.linalg.eigh(S)
    ridged = variances.clip(min=0) + mu[..., None]
    if not (ridged.min(axis=-1) > SMALLEST_SHARE * ridged.max(axis=-1)).all():
        raise ValueError(f"mu is too small, {mu.min():g}: along some direction no image varies")
    return (axes.T @ g) / ridged @ axes.T


def _square(S):
    return matrix("S", S, len(np.atleast_1d(S)))
