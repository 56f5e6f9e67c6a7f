"""Traits that check what the explorables are given."""

import math
import re

import traitlets

LARGEST_ANGLE = math.radians(89.5)  # angles stay below a right one


class Number(traitlets.Float):
    """A number between ``min`` and ``max``; NaN and infinities are no numbers here. ``step`` is
    that of its slider."""

    def __init__(self, *args, step=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step

    def validate(self, obj, value):
        finite = isinstance(value, (int, float)) and abs(value) < math.inf
        if isinstance(value, (int, float)) and not (finite and self.min <= value <= self.max):
            raise traitlets.TraitError(
                f"{self.name} must be a finite number from {self.min:g} to {self.max:g}; "
                f"it was {value!r}"
            )
        return super().validate(obj, value)


class Integer(traitlets.Int):
    """A whole number between ``min`` and ``max``. ``step`` is that of its slider."""

    def __init__(self, *args, step=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step


class ToyImage(traitlets.List):
    """An image [a, b] of the toy problem: two brightnesses in [-1, 1]."""

    def validate(self, obj, value):
        value = super().validate(obj, value)
        if len(value) != 2 or not all(
            isinstance(v, (int, float)) and math.isfinite(v) and -1 <= v <= 1 for v in value
        ):
            raise traitlets.TraitError(
                f"{self.name} must be two numbers in [-1, 1], [a, b]; it was {value!r}"
            )
        return value


def digits_of(pair):
    """The digits i and j of a pair such as "3-8"."""
    return [int(digit) for digit in pair.split("-")]


class DigitPair(traitlets.Unicode):
    """Two different digits, the smaller first: "3-8"."""

    def validate(self, obj, value):
        value = super().validate(obj, value)
        if not re.fullmatch(r"[0-9]-[0-9]", value) or value[0] >= value[2]:
            raise traitlets.TraitError(
                f'{self.name} must be two different digits, the smaller first, such as "3-8"; it '
                f"was {value!r}"
            )
        return value
