"""What arguments must be: each check raises a ValueError that names the argument.

The checks of arrays take whatever numpy can read and return arrays of floats. Those of tensors
import PyTorch only when they are called, so that chapters without networks need not load it.
"""

import math

import numpy as np


def numeric(name, value):
    """``value`` as a float array, or a ValueError that calls it ``name``."""
    try:
        return np.asarray(value, float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers: {error}") from None


def finite(name, value):
    """``value`` as an array of finite floats, or a ValueError that calls it ``name``."""
    value = numeric(name, value)
    if not np.isfinite(value).all():
        raise ValueError(f"{name} must hold finite numbers; it had NaN or infinity")
    return value


def number(name, value):
    """``value`` as one finite float, shape (), or a ValueError that calls it ``name``."""
    value = finite(name, value)
    if value.ndim != 0:
        raise ValueError(f"{name} must be one number; it had shape {value.shape}")
    return value


def vector(name, value, n):
    """``value`` as n finite floats, shape (n,), or a ValueError that calls it ``name``."""
    value = finite(name, value)
    if value.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},); it had shape {value.shape}")
    return value


def matrix(name, value, n):
    """``value`` as finite floats, shape (m, n), or a ValueError that calls it ``name``."""
    value = finite(name, value)
    if value.ndim != 2 or value.shape[1] != n:
        raise ValueError(f"{name} must have shape (m, {n}); it had shape {value.shape}")
    return value


def labelled(X, y):
    """X of shape (m, n) and y of shape (m,) as float arrays, or a ValueError that says why not.

    y must hold −1 for class I and +1 for class J.
    """
    X, y = finite("X", X), numeric("y", y)
    if X.ndim != 2 or len(X) == 0:
        raise ValueError(f"X must have shape (m, n) with m > 0; it had shape {X.shape}")
    if y.shape != X.shape[:1]:
        raise ValueError(f"y must have shape ({len(X)},) to fit X; it had shape {y.shape}")
    if not np.isin(y, (-1, 1)).all():
        raise ValueError(f"y must hold -1 (class I) and +1 (class J); it had {np.unique(y)}")
    return X, y


def check_least(least, **numbers):
    """ValueError unless each of the named numbers is finite and ``least`` or more."""
    for name, value in numbers.items():
        if not least <= value < math.inf:
            raise ValueError(f"{name} must be {least} or more, and finite; got {value!r}")


def check_positive(**numbers):
    """ValueError unless each of the named numbers is finite and larger than 0."""
    for name, value in numbers.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be a positive number; got {value!r}")


def check_one_of(allowed, **values):
    """ValueError unless each of the named values is one of those that are ``allowed``."""
    for name, value in values.items():
        if value not in allowed:
            raise ValueError(f"{name} must be one of {list(allowed)}; got {value!r}")


def check_classes(X, y, name="y"):
    """ValueError unless X is a float tensor (m, n), m > 0, of finite numbers, and y an int64 tensor
    (m,) of numbers >= 0; ``name`` is what an error calls y."""
    import torch

    if not torch.is_tensor(X) or X.ndim != 2 or len(X) == 0 or not X.is_floating_point():
        raise ValueError(
            f"X must be a float tensor of shape (m, n) with m > 0; it was {_in_words(X)}"
        )
    if not X.isfinite().all():
        raise ValueError("X must hold finite numbers; it had NaN or infinity")
    if not torch.is_tensor(y) or y.shape != X.shape[:1] or y.dtype != torch.int64:
        raise ValueError(
            f"{name} must be an int64 tensor of shape ({len(X)},) to fit X; it was {_in_words(y)}"
        )
    if y.min() < 0:
        raise ValueError(f"{name} must hold classes from 0; it had {y.min()}")


def check_images(network, X, y, name="y"):
    """ValueError unless X holds images in [0, 1] and y classes of the network; ``name`` is what
    an error calls y."""
    import torch

    from helpers.modes import evaluation_mode

    check_classes(X, y, name)
    if not (X.min() >= 0 and X.max() <= 1):
        raise ValueError(f"X must lie in [0, 1]; it went from {X.min():.3g} to {X.max():.3g}")
    with evaluation_mode(network), torch.no_grad():
        classes = network(X[:1]).shape[1]
    if y.max() >= classes:
        raise ValueError(
            f"{name} must hold classes from 0 to {classes - 1}; it had {y.min()} to {y.max()}"
        )


def _in_words(value):
    if hasattr(value, "is_floating_point"):
        return f"{value.dtype} of shape {tuple(value.shape)}"
    return f"of {type(value)}"
