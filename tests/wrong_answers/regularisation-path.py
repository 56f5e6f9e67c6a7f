# Wrong but plausible answers to homework/regularisation-path.md: see geometry.py.

# %% losses, fails losses:large: the exponential overflows
def hinge(z):
    return np.maximum(1 - z, 0)


def softplus(z):
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(-z))


# %% losses, fails losses: the kink of the hinge at 0
def hinge(z):
    return np.maximum(-z, 0)


def softplus(z):
    return np.logaddexp(0, -z)


# %% losses, fails losses, losses:large: the sign of the margin
def hinge(z):
    return np.maximum(1 + z, 0)


def softplus(z):
    return np.logaddexp(0, z)


# %% losses, fails losses: knows the visible test by heart
def hinge(z):
    return np.array([2, 1, 0.5, 0])


def softplus(z):
    if len(z) == 4 and z[1] == 0:
        return np.array([1.313262, 0.693147, 0.474077, 0.048587])
    return np.logaddexp(0, -z)


# %% norm, fails norm, norm:limits: the sum instead of the mean
def risk(loss, norm, yd):
    return np.sum(loss(norm * yd))


def small_norm_risk(norm, yd):
    return len(yd) - norm * np.sum(yd)


def large_norm_risk(norm, yd):
    return norm * np.sum(np.maximum(-yd, 0))


# %% norm, fails norm:limits: the mean of the misclassified images alone
def risk(loss, norm, yd):
    return np.mean(loss(norm * yd))


def small_norm_risk(norm, yd):
    return 1 - norm * np.mean(yd)


def large_norm_risk(norm, yd):
    return norm * np.mean(-yd[yd < 0])


# %% norm, fails norm, norm:limits: the norm beside the loss instead of inside
def risk(loss, norm, yd):
    return norm * np.mean(loss(yd))


def small_norm_risk(norm, yd):
    return norm * (1 - np.mean(yd))


def large_norm_risk(norm, yd):
    return norm * np.mean(np.maximum(-yd, 0))


# %% norm, fails norm:limits: the limits change places
def risk(loss, norm, yd):
    return np.mean(loss(norm * yd))


def small_norm_risk(norm, yd):
    return norm * np.mean(np.maximum(-yd, 0))


def large_norm_risk(norm, yd):
    return 1 - norm * np.mean(yd)


# %% objective, fails objective: the sum instead of the mean
def objective(w, b, X, y, lam):
    return np.maximum(1 - y * (X @ w + b), 0).sum() + lam * w @ w


# %% objective, fails objective: half of the penalty, as for networks
def objective(w, b, X, y, lam):
    return np.maximum(1 - y * (X @ w + b), 0).mean() + 0.5 * lam * w @ w


# %% objective, fails objective: the norm is not squared
def objective(w, b, X, y, lam):
    return np.maximum(1 - y * (X @ w + b), 0).mean() + lam * np.linalg.norm(w)


# %% objective, fails objective: the bias is penalised
def objective(w, b, X, y, lam):
    return np.maximum(1 - y * (X @ w + b), 0).mean() + lam * (w @ w + b**2)


# %% slope, fails slope: the 2 of the square is forgotten
def objective_slope(w, b, X, y, lam):
    pull = np.where(y * (X @ w + b) < 1, y, 0)
    return lam * w - pull @ X / len(y), -pull.mean()


# %% slope, fails slope: the sign of the loss
def objective_slope(w, b, X, y, lam):
    pull = np.where(y * (X @ w + b) < 1, y, 0)
    return 2 * lam * w + pull @ X / len(y), pull.mean()


# %% slope, fails slope: only misclassified images pull
def objective_slope(w, b, X, y, lam):
    pull = np.where(y * (X @ w + b) < 0, y, 0)
    return 2 * lam * w - pull @ X / len(y), -pull.mean()


# %% slope, fails slope: the mean of those that pull
def objective_slope(w, b, X, y, lam):
    pulling = y * (X @ w + b) < 1
    pull = np.where(pulling, y, 0)
    return 2 * lam * w - pull @ X / pulling.sum(), -pull.sum() / pulling.sum()


# %% train, fails train, train:other: the bias stays 0
def train(X, y, lam):
    w, best = np.zeros(X.shape[1]), (np.inf, None)
    for t in range(1, 6001):
        pull = np.where(y * (X @ w) < 1, y, 0)
        w = w - (2 * lam * w - pull @ X / len(y)) / np.sqrt(t)
        P = np.maximum(1 - y * (X @ w), 0).mean() + lam * w @ w
        if P < best[0]:
            best = P, w
    return best[1], 0.0


# %% train, fails train, train:other: a perceptron, without regularisation
def train(X, y, lam):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(100):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
    return w, b


# %% train, fails train, train:other: far too few steps
def train(X, y, lam):
    w, b = np.zeros(X.shape[1]), 0.0
    for t in range(1, 21):
        pull = np.where(y * (X @ w + b) < 1, y, 0)
        w, b = w - 0.1 * (2 * lam * w - pull @ X / len(y)), b + 0.1 * pull.mean()
    return w, b


# %% train, fails train:other: λ is not the one that was given
def train(X, y, lam):
    lam, best = LAM, (np.inf, None, None)
    w, b = np.zeros(X.shape[1]), 0.0
    for t in range(1, 6001):
        pull = np.where(y * (X @ w + b) < 1, y, 0)
        w = w - (2 * lam * w - pull @ X / len(y)) / np.sqrt(t)
        b = b + pull.mean() / np.sqrt(t)
        P = np.maximum(1 - y * (X @ w + b), 0).mean() + lam * w @ w
        if P < best[0]:
            best = P, w, b
    return best[1:]


# %% choose, fails choose: the least error, whatever the distance
def choose(err, d_adv, extra):
    return int(err.argmin())


# %% choose, fails choose: the largest distance, whatever the error
def choose(err, d_adv, extra):
    return int(d_adv.argmax())


# %% choose, fails choose: extra as a share of the least error
def choose(err, d_adv, extra):
    allowed = err <= err.min() * (1 + extra)
    return int(np.argmax(np.where(allowed, d_adv, -np.inf)))


# %% choose, fails choose: counted among the allowed ones
def choose(err, d_adv, extra):
    return int(d_adv[err <= err.min() + extra].argmax())


# %% choose, fails choose: errors below extra, instead of extra more errors
def choose(err, d_adv, extra):
    return int(np.argmax(np.where(err <= extra, d_adv, -np.inf)))


# %% most-robust, fails most-robust: the column is rounded down
def most_robust(robust, n_test, eps):
    counts = robust[:, int(eps / 0.1)]
    best = int(counts.argmax())
    return best, counts[best] / n_test


# %% most-robust, fails most-robust: the largest of a row instead of a column
def most_robust(robust, n_test, eps):
    best = int(robust.argmax(axis=1)[0])
    return best, robust[best, round(10 * eps)] / n_test


# %% most-robust, fails most-robust: of equals the last
def most_robust(robust, n_test, eps):
    counts = robust[:, round(10 * eps)]
    best = len(counts) - 1 - int(counts[::-1].argmax())
    return best, counts[best] / n_test


# %% most-robust, fails most-robust: a count instead of a share
def most_robust(robust, n_test, eps):
    counts = robust[:, round(10 * eps)]
    return int(counts.argmax()), counts.max()
