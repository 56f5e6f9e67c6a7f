"""The formats of the arrays in ``results/``: what each holds, said once.

An experiment stores by them, :mod:`helpers.results` loads by them, and figures take their traits
from them, so that an array keeps its unit from the experiment to the page.
"""

from typing import NamedTuple

import numpy as np


class Format(NamedTuple):
    """How an array is stored, and what it holds.

    dtype: of what is stored. shape: a length, or the name of one, for each axis. unit: of the
    values, and ``per_unit`` of them stored as one: whole thousandths of a pixel have the unit "px"
    and 1000 per unit. meaning: what the array holds, in words.
    """

    dtype: str
    shape: tuple
    unit: str = ""
    meaning: str = ""
    per_unit: float = 1

    def encode(self, values):
        """The array as it is stored, from ``values`` in the unit.

        Raises ValueError where the shape is another, or a value has no place in the dtype.
        """
        values = np.asarray(values)
        self.check_shape(values)
        if self.per_unit != 1:
            values = np.round(values * self.per_unit)
        dtype = np.dtype(self.dtype)
        if dtype.kind in "iu" and values.size:
            limits = np.iinfo(dtype)
            if not (values.min() >= limits.min and values.max() <= limits.max):
                raise ValueError(
                    f"values must be stored as {self.dtype}, {1 / self.per_unit:g} {self.unit} "
                    f"apart; they range from {values.min()} to {values.max()} of these"
                )
        return values.astype(dtype)

    def decode(self, stored):
        """The values in the unit, from the array as it is stored."""
        self.check_shape(stored)
        return stored if self.per_unit == 1 else stored / self.per_unit

    def check_shape(self, array):
        """ValueError unless the array has as many axes, and their lengths where these are fixed."""
        fits = array.ndim == len(self.shape) and all(
            isinstance(wanted, str) or wanted == length
            for wanted, length in zip(self.shape, array.shape, strict=True)
        )
        if not fits:
            raise ValueError(f"the array must have shape {self.shape}; it had {array.shape}")
