"""Arrays on their way to a page: ``{dtype, shape, buffer}``, which ``arrayOf`` of kit/model.js
reads. With ``per_unit``, where whole numbers stand for parts of a unit, and ``infinity``, the one
that stands for an infinite value, where there may be one."""

import numpy as np
import traitlets

from helpers.formats import PIXELS, Format

#: An image of each digit, as figures show them.
DIGITS = Format("uint8", (10, PIXELS), "px", "an image of each digit", 255)

#: What ``arrayOf`` of kit/model.js can read.
DTYPES = (
    *("int8", "uint8", "int16", "uint16", "int32", "uint32"),
    *("float16", "float32", "float64"),
)


def wire(values, format):
    """The array ``values``, in the unit of the ``format``, as a page reads it.

    Raises ValueError where the values do not fit the format.
    """
    stored = format.encode(values)
    if stored.dtype.name not in DTYPES:
        raise ValueError(f"a page can read {', '.join(DTYPES)}; the array was {stored.dtype}")
    little_endian = np.ascontiguousarray(stored, stored.dtype.newbyteorder("<"))
    buffer = memoryview(little_endian.reshape(-1).view("uint8"))  # also of an empty array
    sent = {"dtype": str(stored.dtype), "shape": list(stored.shape), "buffer": buffer}
    if format.per_unit != 1:
        sent["per_unit"] = format.per_unit
    if format.infinity is not None:
        sent["infinity"] = format.infinity
    return sent


def wired(values):
    """The dict ``values`` with each numpy array in it as a page reads it."""
    return {
        name: wire(value, Format(str(value.dtype), value.shape))
        if isinstance(value, np.ndarray)
        else value
        for name, value in values.items()
    }


class Array(traitlets.TraitType):
    """A numpy array of the ``format``: its dtype, its shape, and the unit it keeps in the page.

    load: what gives the array where none is set, a function of no arguments.
    """

    def __init__(self, format, load=None, **kwargs):
        super().__init__(help=format.meaning, **kwargs)
        self.format = format
        self.load = load
        self.tag(sync=True, to_json=lambda values, _: wire(values, format))

    def default(self, obj=None):
        if self.load is None:
            raise traitlets.TraitError(f"{self.name} must be given")
        return self.validate(obj, self.load())

    def validate(self, obj, value):
        try:
            array = np.asarray(value)
            self.format.encode(array)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{self.name}: {error}") from error
        return array
