"""Points in the plane, the disc round each that is proven, and the shortest way to the boundary."""

import traitlets

from explorables.figures.shared.plane_networks import PlaneNetworks
from explorables.traits import Number
from helpers.results import load_arrays, load_figures

COLUMNS = ("err_train", "err_test", "median_certified", "median_distance", "K", "steepest")


class CertifiedDiscs(PlaneNetworks):
    """See how far from each point of two half-moons a network's class is proven, and how far the
    boundary truly is.

    Round every training point that is classified correctly there is a disc of radius |s|/K, in
    which no class can change. ``c`` chooses the network: one of ``cs``, 0 for the cross-entropy
    alone, and otherwise the size of the changes that Lipschitz-margin training asks it to stand.
    The training point number ``point``, from 0, is shown in detail, with its shortest attack; with
    ``all_attacks`` those of the other points are shown too.

    Distances are in the units of the plane. The networks, with their boundaries and their K =
    L_sub ‖w_J − w_I‖, are results of ``experiments/lmt_plane.py``. Tsuzuku et al. 2018,
    "Lipschitz-Margin Training", proposition 2.
    """

    result = "lmt_plane"
    heights = (833, 1026)
    title = traitlets.Unicode("How much of the way to the boundary is proven").tag(sync=True)
    c = Number(0.0).tag(sync=True)
    point = traitlets.Int(78).tag(sync=True)
    all_attacks = traitlets.Bool(False).tag(sync=True)
    cs = traitlets.List(help="c of each network, rising").tag(sync=True)
    summary = traitlets.Dict(
        help="of each network errors (%), medians over the training points (misclassified ones "
        "count as 0), K and the steepest slope in the frame"
    ).tag(sync=True)

    @traitlets.validate("c")
    def _trained(self, proposal):
        if proposal["value"] not in self.cs:
            raise traitlets.TraitError(f"c must be one of {self.cs}; it was {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate("point")
    def _known(self, proposal):
        count = len(self.labels)
        if not 0 <= proposal["value"] < count:
            raise traitlets.TraitError(
                f"point must be from 0 to {count - 1}; it was {proposal['value']!r}"
            )
        return proposal["value"]

    @classmethod
    def from_results(cls):
        figures = load_figures(cls.result)
        return super().from_results() | {
            "cs": load_arrays(cls.result)["c"].tolist(),
            "summary": {name: figures[name] for name in COLUMNS},
        }
