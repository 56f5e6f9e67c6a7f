"""Traits that check what the explorables are given."""

import math

import traitlets


class Number(traitlets.Float):
    """A number between ``min`` and ``max``; NaN and infinities are no numbers here."""

    def validate(self, obj, value):
        if isinstance(value, float) and not math.isfinite(value):
            raise traitlets.TraitError(f"{self.name} must be a finite number; it was {value!r}")
        return super().validate(obj, value)


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
