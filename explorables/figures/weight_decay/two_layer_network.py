"""A network of two layers: around each point a line, and what weight decay makes of it."""

import numpy as np
import traitlets

from explorables.figures.shared.plane_networks import PlaneNetworks
from explorables.traits import Number
from helpers.results import load_arrays, load_table

CURVES = ("norm_gradient_median", "err_train", "err_test")


class TwoLayerNetwork(PlaneNetworks):
    """Move a point x over the plane and weight decay from hardly any to too much.

    The figure shows the network with λ = 10^``log_lam``, or the nearest of those that were trained
    (``log_lams``); its boundary and that of its linear classifier around ``x``, [x₁, x₂] within
    ``frame``; and the distance of x from both. ``colour`` is the network's "steepness", ‖∇s‖, or
    its "confidence", σ(s) = 1/(1 + e^−s).

    The networks and their boundaries are results of ``experiments/two_layers.py``; see
    helpers.local_linear for what is said of x. Tanay & Griffin 2018, "LeNet on MNIST".
    """

    result = "two_layers"
    heights = (683, 1117)
    title = traitlets.Unicode("A network is a line around each point").tag(sync=True)
    log_lam = Number(-4.5).tag(sync=True)
    x = traitlets.List(traitlets.Float(), [1.8, -0.4]).tag(sync=True)
    colour = traitlets.Enum(["steepness", "confidence"], "steepness").tag(sync=True)
    log_lams = traitlets.List(help="log10 λ of the networks, rising").tag(sync=True)
    mislabelled = traitlets.List(help="the numbers of the mislabelled points").tag(sync=True)
    curves = traitlets.Dict(
        help="columns of the summary: for each seed, the drawn one first, a number a network"
    ).tag(sync=True)

    @traitlets.validate("x")
    def _in_frame(self, proposal):
        x = proposal["value"]
        if len(x) != 2 or not all(
            low <= value <= high for value, (low, high) in zip(x, self.frame, strict=True)
        ):
            (left, right), (bottom, top) = self.frame
            raise traitlets.TraitError(
                f"x must be two numbers, [x1, x2], with x1 from {left} to {right} and x2 from "
                f"{bottom} to {top}; it was {x!r}"
            )
        return x

    @traitlets.validate("log_lam")
    def _trained(self, proposal):
        least, most = self.log_lams[0], self.log_lams[-1]
        if not least <= proposal["value"] <= most:
            raise traitlets.TraitError(
                f"log_lam must be from {least} to {most}; it was {proposal['value']!r}"
            )
        return proposal["value"]

    @classmethod
    def from_results(cls):
        arrays = load_arrays(cls.result)
        table = np.sort(load_table(cls.result), order=("seed", "decay"))
        shape = -1, len(arrays["decay"])
        return super().from_results() | {
            "log_lams": np.log10(arrays["decay"]).round(2).tolist(),
            "mislabelled": np.flatnonzero(arrays["flipped"]).tolist(),
            "curves": {name: table[name].reshape(shape).tolist() for name in CURVES},
        }
