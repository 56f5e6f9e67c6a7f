"""The toy problem: images of two brightnesses, two classes, and one noisy point.

An image x = (a, b) is a background of brightness b with a central square of brightness a,
both in [-1, 1]. Class I is a in [-1, -0.2] and class J is a in [0.2, 1], both with b = 0.
Tanay & Griffin 2018, "A toy problem".
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC, LinearSVC

from helpers.checks import check_one_of, check_positive, labelled, vector

#: Brightnesses a of the training images of class J; those of class I are their negatives.
BRIGHTNESS = np.linspace(0.2, 1.0, 9)

#: An image that lies on J's side of most boundaries and is labelled I all the same.
NOISY_POINT = (0.07, -0.07)


def training_set(p=NOISY_POINT):
    """Images X of shape (19, 2) and labels y of shape (19,): I is -1, J is +1.

    Nine images of class I, nine of class J, and last the noisy point ``p``, labelled I.
    """
    p = vector("p", p, 2)
    zeros = np.zeros_like(BRIGHTNESS)
    X = np.vstack(
        [np.column_stack([-BRIGHTNESS, zeros]), np.column_stack([BRIGHTNESS, zeros]), [p]]
    )
    y = np.repeat([-1, 1, -1], [9, 9, 1])
    return X, y


def _estimator(loss, C, bias):
    if loss == "softplus":
        return LogisticRegression(
            C=C, fit_intercept=bias, solver="newton-cholesky", tol=1e-10, max_iter=10_000
        )
    if bias:  # LinearSVC would penalise b
        return SVC(kernel="linear", C=C, tol=1e-8)
    return LinearSVC(C=C, loss="hinge", fit_intercept=False, tol=1e-10, max_iter=1_000_000)


def fit(X, y, lam, loss="hinge", bias=False):
    """The linear classifier with the least regularised loss (1/n) Σ f(y s(x)) + λ‖w‖².

    ``X`` has shape (n, 2), ``y`` holds -1 and +1, ``lam`` is λ > 0. ``loss`` is "hinge",
    f(z) = max(1 - z, 0), or "softplus", f(z) = ln(1 + e^-z). With ``bias`` the boundary is
    free, without it passes through the origin. Returns w of shape (2,) and b, a float.

    scikit-learn does the work; it minimises C Σ f(y s(x)) + ½‖w‖², so C = 1/(2λn).
    Raises ValueError for a λ that is not positive or an unknown loss, and as helpers.linear does
    for bad X and y.
    """
    check_positive(lam=lam)
    check_one_of(("hinge", "softplus"), loss=loss)
    X, y = labelled(X, y)
    model = _estimator(loss, 1 / (2 * lam * len(y)), bias).fit(X, y)
    return model.coef_[0], float(model.intercept_[0]) if bias else 0.0


def tilt(w):
    """The angle in radians from the a-axis to the weights ``w`` (shape (2,)), between -π and π.

    The a-axis joins the two classes, so a boundary of tilt 0 looks at the centre alone.
    """
    a, b = vector("w", w, 2)
    return float(np.arctan2(b, a))
