# Wrong but plausible answers to homework/robustness-and-accuracy.md: see geometry.py.

# %% sample, fails sample: the mean of the weak features forgets the label
def sample(p, d, eta, n, rng):
    y = rng.choice([-1, 1], n)
    strong = np.where(rng.random(n) < p, y, -y)
    return np.column_stack([strong, rng.normal(eta, 1, (n, d))]), y


# %% sample, fails sample: the strong feature is wrong with probability p
def sample(p, d, eta, n, rng):
    y = rng.choice([-1, 1], n)
    strong = np.where(rng.random(n) < p, -y, y)
    return np.column_stack([strong, rng.normal(eta * y[:, None], 1, (n, d))]), y


# %% sample, fails sample: one weak feature, d times
def sample(p, d, eta, n, rng):
    y = rng.choice([-1, 1], n)
    strong = np.where(rng.random(n) < p, y, -y)
    weak = np.repeat(rng.normal(eta * y, 1)[:, None], d, axis=1)
    return np.column_stack([strong, weak]), y


# %% sample, fails sample: the deviation is eta
def sample(p, d, eta, n, rng):
    y = rng.choice([-1, 1], n)
    strong = np.where(rng.random(n) < p, y, -y)
    return np.column_stack([strong, rng.normal(y[:, None] * eta, eta, (n, d))]), y


# %% attack, fails attack: along the weights, as in the Euclidean norm
def attacked(X, y, w, eps):
    return X - eps * y[:, None] * w / np.linalg.norm(w)


def worst_margin(X, y, w, eps):
    return y * (X @ w) - eps * np.linalg.norm(w)


# %% attack, fails attack: the label is forgotten
def attacked(X, y, w, eps):
    return X - eps * np.sign(w)


def worst_margin(X, y, w, eps):
    return X @ w - eps * np.abs(w).sum()


# %% attack, fails attack: the wrong way
def attacked(X, y, w, eps):
    return X + eps * y[:, None] * np.sign(w)


def worst_margin(X, y, w, eps):
    return y * (X @ w) + eps * np.abs(w).sum()


# %% attack, fails attack: every feature towards 0
def attacked(X, y, w, eps):
    return X - eps * np.sign(X)


def worst_margin(X, y, w, eps):
    return y * (attacked(X, y, w, eps) @ w)


# %% accuracy, fails accuracy, accuracy:attacked: the variance for the deviation
def exact_accuracy(w, p, eta, eps):
    rest = eta * w[1:].sum() - eps * np.abs(w).sum()
    variance = w[1:] @ w[1:]
    right, wrong = norm.cdf((rest + w[0]) / variance), norm.cdf((rest - w[0]) / variance)
    return p * right + (1 - p) * wrong


# %% accuracy, fails accuracy:attacked: the adversary is forgotten
def exact_accuracy(w, p, eta, eps):
    rest, deviation = eta * w[1:].sum(), np.linalg.norm(w[1:])
    right, wrong = norm.cdf((rest + w[0]) / deviation), norm.cdf((rest - w[0]) / deviation)
    return p * right + (1 - p) * wrong


# %% accuracy, fails accuracy:attacked: the adversary leaves the strong feature alone
def exact_accuracy(w, p, eta, eps):
    rest = eta * w[1:].sum() - eps * np.abs(w[1:]).sum()
    deviation = np.linalg.norm(w[1:])
    right, wrong = norm.cdf((rest + w[0]) / deviation), norm.cdf((rest - w[0]) / deviation)
    return p * right + (1 - p) * wrong


# %% accuracy, fails accuracy, accuracy:attacked: one normal distribution with the mean of both
def exact_accuracy(w, p, eta, eps):
    mean = (2 * p - 1) * w[0] + eta * w[1:].sum() - eps * np.abs(w).sum()
    return norm.cdf(mean / np.linalg.norm(w[1:]))


# %% bound, fails bound: p and 1 - p change places
def robust_bound(standard, p):
    return np.minimum(standard, (1 - standard) * (1 - p) / p)


# %% bound, fails bound: not cut off at the standard accuracy
def robust_bound(standard, p):
    return (1 - standard) * p / (1 - p)


# %% bound, fails bound: the accuracy for δ
def robust_bound(standard, p):
    return np.minimum(1 - standard, standard * p / (1 - p))


# %% robust-slope, fails robust-slope: the adversary's part is missing
def robust_slope(w, X, y, eps):
    on = y * (X @ w) - eps * np.abs(w).sum() < 1
    return -(y * on) @ X / len(y)


# %% robust-slope, fails robust-slope: the sign of the adversary's part
def robust_slope(w, X, y, eps):
    on = y * (X @ w) - eps * np.abs(w).sum() < 1
    return -(y * on) @ X / len(y) - eps * on.mean() * np.sign(w)


# %% robust-slope, fails robust-slope: the adversary's part for every image
def robust_slope(w, X, y, eps):
    on = y * (X @ w) - eps * np.abs(w).sum() < 1
    return -(y * on) @ X / len(y) + eps * np.sign(w)


# %% robust-slope, fails robust-slope: the hinge of the clean margin
def robust_slope(w, X, y, eps):
    on = y * (X @ w) < 1
    return -(y * on) @ X / len(y) + eps * on.mean() * np.sign(w)
