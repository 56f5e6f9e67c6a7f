"""What the figures of two-layer networks in the plane share: their traits, filled from results/."""

import traitlets

from explorables.arrays import Array
from explorables.base import Explorable
from helpers.formats import TWO_LAYERS
from helpers.local_linear import Network
from helpers.results import load_arrays

ARRAYS = (*Network._fields, "segments", "points", "labels")
LISTS = ("frame", "segment_counts")


class PlaneNetworks(Explorable):
    """Base class. A subclass names the ``result`` with its networks, their boundaries and their
    training points; they may be given instead, as many as there are."""

    result: str
    frame = traitlets.List(help=TWO_LAYERS["frame"].meaning).tag(sync=True)
    points = Array(TWO_LAYERS["points"])
    labels = Array(TWO_LAYERS["labels"])
    W1 = Array(TWO_LAYERS["W1"])
    b1 = Array(TWO_LAYERS["b1"])
    w2 = Array(TWO_LAYERS["w2"])
    b2 = Array(TWO_LAYERS["b2"])
    segments = Array(TWO_LAYERS["segments"])
    segment_counts = traitlets.List(help=TWO_LAYERS["segment_counts"].meaning).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**self.from_results() | traits)

    @classmethod
    def from_results(cls):
        """The traits that the result holds, by name."""
        arrays = load_arrays(cls.result)
        lists = {name: arrays[name].tolist() for name in LISTS}
        return {name: arrays[name] for name in ARRAYS} | lists
