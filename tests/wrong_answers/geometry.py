# Wrong but plausible answers to homework/geometry.md. Each begins with a line
#     # %% <the answer it stands for>, fails <the tests it fails>: <what is wrong>

# %% signed-distance, fails signed-distance: the length of the weights is forgotten
def signed_distance(X, w, b):
    return X @ w + b


# %% signed-distance, fails signed-distance: divided by the length once too often
def signed_distance(X, w, b):
    return (X @ w + b) / (w @ w)


# %% signed-distance, fails signed-distance: the bias is not divided by the length
def signed_distance(X, w, b):
    return X @ (w / np.linalg.norm(w)) + b


# %% signed-distance, fails signed-distance: no sign
def signed_distance(X, w, b):
    return np.abs(X @ w + b) / np.linalg.norm(w)


# %% signed-distance, fails signed-distance: knows the visible test by heart
def signed_distance(X, w, b):
    return 4.0 if X.ndim == 1 else np.array([4.0, -1.0, 0.0])


# %% mirror-image, fails mirror-image, mirror-image:one: one way and not back
def projected_image(X, w, b):
    return X - (X @ w + b)[..., None] * w / (w @ w)


def mirror_image(X, w, b):
    return projected_image(X, w, b)


# %% mirror-image, fails mirror-image, mirror-image:one: mirrored at the origin of the boundary
def projected_image(X, w, b):
    return X - (X @ w)[..., None] * w / (w @ w)


def mirror_image(X, w, b):
    return X - 2 * (X @ w)[..., None] * w / (w @ w)


# %% mirror-image, fails mirror-image, mirror-image:one: steps along w instead of its direction
def projected_image(X, w, b):
    return X - ((X @ w + b) / np.linalg.norm(w))[..., None] * w


def mirror_image(X, w, b):
    return X - 2 * ((X @ w + b) / np.linalg.norm(w))[..., None] * w


# %% mirror-image, fails mirror-image:one: many images only
def projected_image(X, w, b):
    return X - np.outer(X @ w + b, w) / (w @ w)


def mirror_image(X, w, b):
    return X - 2 * np.outer(X @ w + b, w) / (w @ w)


# %% tilt-for-distance, fails tilt-for-distance: the distance of the projected image
def tilt_for_distance(a, nearest):
    return np.arccos(min(nearest / abs(a), 1))


# %% tilt-for-distance, fails tilt-for-distance: sine for cosine
def tilt_for_distance(a, nearest):
    return np.arcsin(min(nearest / (2 * abs(a)), 1))


# %% tilt-for-distance, fails tilt-for-distance: not a number where every tilt will do
def tilt_for_distance(a, nearest):
    with np.errstate(invalid="ignore"):
        return np.arccos(nearest / (2 * abs(a)))


# %% tilt-for-distance, fails tilt-for-distance: a may be negative
def tilt_for_distance(a, nearest):
    return np.arccos(np.clip(nearest / (2 * a), -1, 1))


# %% tilt-for-distance, fails tilt-for-distance: degrees
def tilt_for_distance(a, nearest):
    return np.degrees(np.arccos(min(nearest / (2 * abs(a)), 1)))


# %% tilting-angle, fails tilting-angle: degrees
def tilting_angle(w, i, j):
    cosine = w @ (j - i) / (np.linalg.norm(w) * np.linalg.norm(j - i))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


# %% tilting-angle, fails tilting-angle: the sign of the cosine is lost
def tilting_angle(w, i, j):
    cosine = w @ (j - i) / (np.linalg.norm(w) * np.linalg.norm(j - i))
    return np.arccos(np.clip(abs(cosine), -1, 1))


# %% tilting-angle, fails tilting-angle: the length of the weights is forgotten
def tilting_angle(w, i, j):
    cosine = w @ (j - i) / np.linalg.norm(j - i)
    return np.arccos(np.clip(cosine, -1, 1))


# %% tilting-angle, fails tilting-angle: rounding makes it NaN
def tilting_angle(w, i, j):
    z = j - i
    with np.errstate(invalid="ignore"):
        return np.arccos(w @ z / (np.linalg.norm(w) * np.linalg.norm(z)))


# %% tilting-angle, fails tilting-angle: sine for cosine
def tilting_angle(w, i, j):
    cosine = w @ (j - i) / (np.linalg.norm(w) * np.linalg.norm(j - i))
    return np.arcsin(np.clip(cosine, -1, 1))


# %% tilting-plane, fails tilting-plane: n_hat has not the length 1
def tilting_plane(w, i, j):
    z_hat = (j - i) / np.linalg.norm(j - i)
    return z_hat, w - (w @ z_hat) * z_hat


def tilted_weights(theta, z_hat, n_hat):
    return np.cos(theta) * z_hat + np.sin(theta) * n_hat


# %% tilting-plane, fails tilting-plane: the part along z_hat stays in n_hat
def tilting_plane(w, i, j):
    z_hat = (j - i) / np.linalg.norm(j - i)
    n_hat = w / np.linalg.norm(w) - z_hat
    return z_hat, n_hat / np.linalg.norm(n_hat)


def tilted_weights(theta, z_hat, n_hat):
    return np.cos(theta) * z_hat + np.sin(theta) * n_hat


# %% tilting-plane, fails tilting-plane: sine and cosine change places
def tilting_plane(w, i, j):
    z_hat = (j - i) / np.linalg.norm(j - i)
    rest = w - (w @ z_hat) * z_hat
    return z_hat, rest / np.linalg.norm(rest)


def tilted_weights(theta, z_hat, n_hat):
    return np.sin(theta) * z_hat + np.cos(theta) * n_hat


# %% d-adv, fails d-adv: the half is forgotten
def adversarial_distance(w, i, j):
    return (j - i) @ w / np.linalg.norm(w)


# %% d-adv, fails d-adv: sine for cosine
def adversarial_distance(w, i, j):
    z = j - i
    cosine = w @ z / (np.linalg.norm(w) * np.linalg.norm(z))
    return np.linalg.norm(z) * np.sqrt(1 - cosine**2) / 2


# %% d-adv, fails d-adv: the length of the weights is forgotten
def adversarial_distance(w, i, j):
    return (j - i) @ w / 2


# %% d-adv, fails d-adv: divided by the length of j - i too
def adversarial_distance(w, i, j):
    return (j - i) @ w / (2 * np.linalg.norm(w) * np.linalg.norm(j - i))
