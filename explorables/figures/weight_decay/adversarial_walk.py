"""From a digit to its adversarial examples: one way for LeNet_low, another for LeNet_high."""

import numpy as np
import traitlets

from explorables.arrays import DIGITS, Array
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import LENET, PIXELS, Format
from helpers.results import lenet_name, load_arrays, load_figures

RUNS = [lenet_name(decay, "hundredth", 0) for decay in (1e-4, 1e-1)]  # low decay, high decay
NAMES = ("adversarial", "deepfool")  # of the two kinds of examples among the arrays


def _stacked(prefix):
    """An array of both networks and both kinds: shape (networks, kinds, digits, ...)."""
    networks = [load_arrays(run) for run in RUNS]
    return np.array([[arrays[f"{prefix}_{name}"] for name in NAMES] for arrays in networks])


def _load_images():
    return load_arrays(RUNS[0])["shown_images"] / 255


class AdversarialWalk(Explorable):
    """Change the first test image of a ``digit`` step by step until two networks are fooled.

    ``example`` is where the way leads, for each network to an example of its own:
    "equal_confidence" is taken for the next digit with probability 0.95 (Tanay & Griffin 2018);
    "deepfool" is just beyond a boundary, the nearest that DeepFool found. Both images are changed
    by the same number of pixels, ``share`` of the longer way, but never beyond their example.

    Networks and ways are results of ``experiments/lenet.py``, which scored places of each way at
    equal distances. The figure takes scores to be linear between them: probabilities are right to
    0.001.
    """

    heights = (976, 1616)
    title = traitlets.Unicode("From a digit to its adversarial examples").tag(sync=True)
    digit = traitlets.Int(4, min=0, max=9).tag(sync=True)
    example = traitlets.Enum(["equal_confidence", "deepfool"], "equal_confidence").tag(sync=True)
    share = Number(0.5, min=0, max=1, step=0.01).tag(sync=True)
    networks = traitlets.List(help="decay and temperature of low and of high").tag(sync=True)
    images = Array(DIGITS, load=_load_images)
    changes = Array(
        Format("int16", (2, len(NAMES), 10, PIXELS), "px", "from images to examples", 10_000),
        load=lambda: _stacked("shown") - _load_images(),
    )
    scores = Array(
        LENET["walk_deepfool"]._replace(shape=(2, len(NAMES), 10, "places", 10)),
        load=lambda: _stacked("walk"),
    )

    @traitlets.default("networks")
    def _load_networks(self):
        return [{key: load_figures(run)[key] for key in ("decay", "temperature")} for run in RUNS]
