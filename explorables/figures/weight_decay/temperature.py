"""What temperature and weight decay do to probabilities, and which images still pull."""

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import Number
from helpers.results import lenet_name, load_arrays, load_table

INIT, SEED = "hundredth", 0  # all decays were trained with these
SETS = {"test": "", "training": "_train"}  # and how their arrays' names end


def _networks():
    """The rows of the summary, one for each decay, from the smallest."""
    table = load_table("lenet")
    rows = table[(table["init"] == INIT) & (table["seed"] == SEED)]
    return np.sort(rows, order="decay")


def _key(decay):
    return f"{decay:.0e}"


class Temperature(Explorable):
    """Watch the probability softmax(s/t)_y of the right class of 1,000 images, and their pull.

    The pull of an image is (1 − p_y)/t, the slope of −log p_y with respect to the score of its own
    class; shown are its shares, and the sum of all 1 − p_y. ``decay`` is that of one of the trained
    networks, t = 10^``log_t`` goes from 0.1 to 32; ``images`` is "test" or "training", the first
    1,000 of either. An outline shows the network with the most decay at t = 1.

    Scores and calibrated temperatures are results of ``experiments/lenet.py``. Tanay & Griffin
    2018, on LeNet and weight decay: decay acts on the scores as a temperature does.
    """

    heights = (670, 1083)
    title = traitlets.Unicode("Temperature and weight decay").tag(sync=True)
    decay = Number(1e-4).tag(sync=True)
    log_t = Number(0.0, min=-1, max=1.5, step=0.025).tag(sync=True)
    images = traitlets.Enum(list(SETS), "test").tag(sync=True)
    networks = traitlets.List(
        help="of each network its decay, the key of its part, and the temperature at which its "
        "median confidence over all 10,000 test images is 0.95; the smallest decay first"
    ).tag(sync=True)

    @classmethod
    def parts(cls):
        return [_key(row["decay"]) for row in _networks()]

    @classmethod
    def part(cls, key):
        """The raw scores of the images of both sets under a network such as "1e-04", and their
        labels: scores_test, labels_test, scores_training, labels_training."""
        if key not in cls.parts():
            return super().part(key)
        arrays = load_arrays(lenet_name(float(key), INIT, SEED))
        return {
            f"{array}_{name}": arrays[f"{array}{ending}"]
            for name, ending in SETS.items()
            for array in ("scores", "labels")
        }

    @traitlets.default("networks")
    def _load_networks(self):
        return [
            {
                "decay": float(row["decay"]),
                "key": _key(row["decay"]),
                "temperature": float(row["temperature"]),
            }
            for row in _networks()
        ]

    @traitlets.validate("decay")
    def _trained(self, proposal):
        decays = [network["decay"] for network in self.networks]
        if proposal.value not in decays:
            allowed = ", ".join(f"{decay:g}" for decay in decays)
            raise traitlets.TraitError(
                f"decay must be that of a trained network, {allowed}; it was {proposal.value!r}"
            )
        return proposal.value
