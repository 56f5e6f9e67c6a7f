"""What the figures of two-layer networks in the plane share: their traits, filled from results/."""

import numpy as np
import traitlets

from explorables.base import Explorable
from helpers.local_linear import Network
from helpers.results import load_arrays


class PlaneNetworks(Explorable):
    """Base class. A subclass names the ``result`` with its networks of 24 hidden units, their
    boundaries and their training points."""

    result: str
    frame = traitlets.List(help="the least and the largest x₁, and x₂").tag(sync=True)
    points = traitlets.Bytes(help="float32 x₁ and x₂ of each training point").tag(sync=True)
    labels = traitlets.List(help="of each training point, as trained: -1 or 1").tag(sync=True)
    weights = traitlets.Bytes(
        help="float32, of each network W1 (24, 2), b1 (24), w2 (24) and b2 in turn"
    ).tag(sync=True)
    segments = traitlets.Bytes(
        help="float32 x₁, x₂, x₁, x₂ of the segments of each network's boundary in turn"
    ).tag(sync=True)
    segment_counts = traitlets.List(help="how many of them each network has").tag(sync=True)

    @traitlets.default("frame")
    def _load_frame(self):
        return load_arrays(self.result)["frame"].tolist()

    @traitlets.default("points")
    def _load_points(self):
        return load_arrays(self.result)["points"].astype("<f4").tobytes()

    @traitlets.default("labels")
    def _load_labels(self):
        return load_arrays(self.result)["labels"].tolist()

    @traitlets.default("weights")
    def _load_weights(self):
        arrays = load_arrays(self.result)
        parts = [
            arrays[name].reshape(len(arrays["segment_counts"]), -1) for name in Network._fields
        ]
        return np.hstack(parts).astype("<f4").tobytes()

    @traitlets.default("segments")
    def _load_segments(self):
        return load_arrays(self.result)["segments"].astype("<f4").tobytes()

    @traitlets.default("segment_counts")
    def _load_segment_counts(self):
        return load_arrays(self.result)["segment_counts"].tolist()
