"""Linear classifiers against an adversary who changes every pixel by up to ε: the L∞ ball.

The image that such an adversary makes of x is x − ε y sign(w), which lowers the margin y s(x) by
exactly ε‖w‖₁: what each pixel can do adds up. So robust accuracy needs no attack, and the worst
loss no inner maximum. Tsipras et al. 2019, "Robustness May Be at Odds with Accuracy". One whose
changes have a Euclidean length of ε at most goes along −y w, and takes ε‖w‖: fit_l2 trains against
that one, and helpers.linear has its robust accuracy. A changed image may have pixels outside
[0, 1], except where worst_images keeps them inside.

X holds images as rows, shape (m, n), pixels in [0, 1]; y of shape (m,) is -1 for class I and +1
for class J; s(x) = w·x + b, w of shape (n,). An image on the boundary counts as misclassified.
Each function raises ValueError where X and y do not fit together or ε is no finite number >= 0.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from helpers.checks import check_least, labelled, number, vector
from helpers.losses import softplus

TINY = np.finfo(float).tiny
SEARCH = {"maxiter": 20_000, "maxfun": 50_000, "ftol": 1e-12, "gtol": 1e-7}


def robust_margin(X, y, w, b, eps):
    """y s(x) − ε‖w‖₁ for each image, shape (m,): its margin once the adversary has had his way.

    Pixels may leave [0, 1].
    """
    X, y = labelled(X, y)
    w, b = vector("w", w, X.shape[1]), number("b", b)
    check_least(0, eps=eps)
    return y * (X @ w + b) - eps * np.abs(w).sum()


def worst_images(X, y, w, eps):
    """x − ε y sign(w), brought back into [0, 1]: of all images whose pixels stay within ε of x and
    in that range, those of the smallest margin. The shape of X."""
    X, y = labelled(X, y)
    w = vector("w", w, X.shape[1])
    check_least(0, eps=eps)
    return np.clip(X - eps * y[:, None] * np.sign(w), 0, 1)


def robust_accuracy(X, y, w, b, eps, in_range=False):
    """Share of the images that no change of their pixels by ``eps`` or less gets misclassified,
    in [0, 1]. Exact. in_range: changed images have to stay in [0, 1]."""
    moved, rest = (worst_images(X, y, w, eps), 0.0) if in_range else (X, eps)
    return float(np.mean(robust_margin(moved, y, w, b, rest) > 0))


def correlations(X, y):
    """Pearson's correlation of each pixel with the label: shape (n,); 0 where a pixel is constant,
    as at the rims of MNIST."""
    X, y = labelled(X, y)
    X, y = X - X.mean(0), y - y.mean()
    spread = np.linalg.norm(X, axis=0) * np.linalg.norm(y)
    return np.divide(y @ X, spread, out=np.zeros(X.shape[1]), where=spread > 1e-9)


def fit(X, y, eps=0.0, lam=1e-4):
    """(w, b) of the least mean of softplus(−(y s(x) − ε‖w‖₁)) + λ‖w‖²: adversarial logistic
    regression, exactly, and plain logistic regression where eps is 0.

    λ keeps w finite where the classes can be separated. With w = u − v, u >= 0 and v >= 0,
    ‖w‖₁ = Σ (u + v) at the minimum, so that the loss is smooth and convex in u, v and b; pixels
    that are of no use get a weight of exactly 0.

    Raises ValueError also where lam is no finite number >= 0, ArithmeticError where the search
    fails.
    """
    X, y = labelled(X, y)
    check_least(0, eps=eps, lam=lam)
    n = X.shape[1]

    def objective(parameters):
        u, v, b = parameters[:n], parameters[n:-1], parameters[-1]
        w = u - v
        margin = y * (X @ w + b) - eps * (u.sum() + v.sum())
        pull = expit(-margin) / len(y)  # of each image: what its margin is worth
        of_w = -(y * pull) @ X + 2 * lam * w
        cost = eps * pull.sum()
        gradient = np.concatenate([of_w + cost, cost - of_w, [-(y @ pull)]])
        return softplus(margin).mean() + lam * w @ w, gradient

    found = minimize(
        objective,
        np.zeros(2 * n + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * (2 * n) + [(None, None)],
        options=SEARCH,
    )
    if not found.success:
        raise ArithmeticError(f"the weights were not found: {found.message}")
    u, v, b = found.x[:n], found.x[n:-1], found.x[-1]
    return u - v, float(b)


def fit_l2(X, y, eps=0.0, lam=1e-4):
    """(w, b) of the least mean of softplus(−(y s(x) − ε‖w‖)) + λ‖w‖²: adversarial logistic
    regression against Euclidean changes, exactly.

    Convex: the margins that the adversary leaves are concave in w and b. Raises ValueError as fit
    does, ArithmeticError also where ε is so large that w = 0 does best.
    """
    X, y = labelled(X, y)
    check_least(0, eps=eps, lam=lam)

    def objective(parameters):
        w, b = parameters[:-1], parameters[-1]
        norm = np.linalg.norm(w)
        margin = y * (X @ w + b) - eps * norm
        pull = expit(-margin) / len(y)
        of_w = -(y * pull) @ X + eps * pull.sum() * w / max(norm, TINY) + 2 * lam * w
        return softplus(margin).mean() + lam * norm**2, np.append(of_w, -(y @ pull))

    start = np.append(X.T @ y / len(y), 0)  # away from w = 0, where the norm has no gradient
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=SEARCH)
    if not found.success or np.linalg.norm(found.x[:-1]) < 1e-3:
        raise ArithmeticError(f"the weights were not found: {found.message}")
    return found.x[:-1], float(found.x[-1])
