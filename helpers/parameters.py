"""What a reader may change: the values in the first cell of a chapter, and the range of each.

Below these values a chapter calls check_parameters, so that one which it cannot work with ends
there, in one line, and not as an error of what is computed from it. The comment beside a value
states its range in the same words.
"""

import reprlib
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np


@dataclass(frozen=True)
class Range:
    """Numbers from ``least`` to ``most`` in ``unit``, both included: one of them, or a list of
    them where ``count`` says how many, "two", "two different" or "one or more"."""

    least: float
    most: float
    unit: str = ""
    whole: bool = False
    count: str = "a"

    def __str__(self):
        return f"{_short(self.least)} to {_short(self.most)} {self.unit}".strip()

    def describe(self):
        kind = "whole number" if self.whole else "number"
        return f"{self.count} {kind}{'' if self.count == 'a' else 's'} from {self}"

    def __contains__(self, value):
        if self.count == "a":
            return self._has(value)
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if not isinstance(value, (list, tuple)) or not all(map(self._has, value)):
            return False
        sizes = {"two": len(value) == 2, "one or more": len(value) > 0}
        return sizes.get(self.count, len(value) == len(set(value)) == 2)

    def _has(self, value):
        is_number = isinstance(value, Integral if self.whole else Real)
        return is_number and not isinstance(value, bool) and self.least <= value <= self.most


def _short(number):
    return f"{number:,g}".replace("e-0", "e-").replace("e+0", "e")


#: The range of each value, by its name, which is the same in every chapter.
ALLOWED = {
    # images and boundaries of the toy problem
    "image": Range(-1, 1, "in brightness", count="two"),
    "degrees": Range(0, 89.5, "degrees"),
    "noisy_point": Range(-1, 1, "in brightness", count="two"),
    # clouds of points
    "n": Range(2, 1000, whole=True),
    "dims": Range(1, 200, whole=True),
    "n_each": Range(1, 2000, whole=True),
    "n_few": Range(1, 2000, whole=True),
    "n_features": Range(2, 200, whole=True),
    "budget": Range(0, 1000, "pixels"),
    "tilt": Range(0, 90, "degrees"),
    # the two classes of Tsipras et al. 2019
    "p": Range(0.5, 0.999),
    "d": Range(1, 10_000, whole=True),
    "separation": Range(0.01, 100, "standard deviations"),
    # MNIST
    "digits": Range(0, 9, whole=True, count="two different"),
    "n_images": Range(1, 5000, whole=True),
    "eps_pixel": Range(0, 1, "in brightness"),
    # training
    "seed": Range(0, 10**9, whole=True),
    "lam": Range(1e-5, 1000),
    "lams": Range(1e-6, 1000, count="one or more"),
    "decays": Range(0, 10, count="one or more"),
    "radii_c": Range(0.01, 100, "pixels", count="one or more"),
}


def check_parameters(**values):
    """ValueError unless each of the named values is in its range, which the error states."""
    for name, value in values.items():
        if value not in ALLOWED[name]:
            given = " ".join(reprlib.repr(value).split())  # one line, however long the value
            raise ValueError(f"{name} must be {ALLOWED[name].describe()}; got {given}")
    if "n_few" in values and values["n_few"] > values["n_each"]:
        most = values["n_each"]
        raise ValueError(f"n_few must be from 1 to n_each = {most}; got {values['n_few']}")
