"""From a digit to its adversarial examples: one way for LeNet_low, another for LeNet_high."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import Number
from helpers.results import lenet_name, load_arrays, load_figures

RUNS = [lenet_name(decay, "hundredth", 0) for decay in (1e-4, 1e-1)]  # low decay, high decay
NAMES = ("adversarial", "deepfool")  # of the two kinds of examples among the arrays
PER_UNIT = 10_000  # changes of pixels in [0, 1] are stored as whole ten-thousandths


def _stacked(prefix):
    """An array of both networks and both kinds: shape (networks, kinds, digits, ...)."""
    arrays = [load_arrays(run) for run in RUNS]
    return np.array([[of[f"{prefix}_{name}"] for name in NAMES] for of in arrays], np.float32)


class AdversarialWalk(Explorable):
    """Change the first test image of a ``digit`` step by step until two networks are fooled.

    ``example`` is where the way leads, for each network to an example of its own:
    "equal_confidence" is taken for the next digit with probability 0.95 (Tanay & Griffin 2018);
    "deepfool" is just beyond a boundary, the nearest that DeepFool found. Both images are changed
    by the same number of pixels, ``share`` of the longer way, but never beyond their example.

    Networks and ways are results of ``experiments/lenet.py``, which scored 41 places of each way.
    The figure takes scores to be linear between them: probabilities are right to 0.001.
    """

    heights = (957, 1612)
    title = traitlets.Unicode("From a digit to its adversarial examples").tag(sync=True)
    digit = traitlets.Int(4, min=0, max=9).tag(sync=True)
    example = traitlets.Enum(["equal_confidence", "deepfool"], "equal_confidence").tag(sync=True)
    share = Number(0.5, min=0, max=1).tag(sync=True)
    networks = traitlets.List(help="decay and temperature of low and of high").tag(sync=True)
    images = traitlets.Bytes(help="uint8, one row a digit").tag(sync=True)
    changes = traitlets.Bytes(
        help="int16, 1/per_unit of a pixel in [0, 1]: shape (networks, kinds, digits, 784)"
    ).tag(sync=True)
    per_unit = traitlets.Int(PER_UNIT).tag(sync=True)
    scores = traitlets.Bytes(
        help="float32, before the temperature: shape (networks, kinds, digits, places, classes)"
    ).tag(sync=True)

    @traitlets.default("networks")
    def _load_networks(self):
        return [{key: load_figures(run)[key] for key in ("decay", "temperature")} for run in RUNS]

    @traitlets.default("images")
    def _load_images(self):
        return load_arrays(RUNS[0])["shown_images"].tobytes()

    @traitlets.default("changes")
    def _load_changes(self):
        images = load_arrays(RUNS[0])["shown_images"] / np.float32(255)
        return np.round((_stacked("shown") - images) * PER_UNIT).astype("<i2").tobytes()

    @traitlets.default("scores")
    def _load_scores(self):
        return _stacked("walk").astype("<f4").tobytes()
