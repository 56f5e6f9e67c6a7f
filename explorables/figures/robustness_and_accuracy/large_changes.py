"""What people see in what networks look for: gradients, and the way to a large change."""

from pathlib import Path

import numpy as np
import traitlets

from explorables.base import Explorable
from explorables.traits import Number
from helpers.results import FOLDER, load_arrays, load_figures

RESULTS = "robustness/pictures"
NORMS = ("linf", "l2")
PLACES = 101  # of the way: every hundredth, both ends included

#: What each network of experiments.robustness_pictures is called.
NAMES = {
    "standard": "standard",
    "linf_0.3": "adversarial (L∞)",
    "l2_2": "adversarial (L2)",
    "decay": "weight decay",
    "lenet": "LeNet with decay",
    "lmt": "LMT",
    "maxout": "best certified",
}


class LargeChanges(Explorable):
    """Compare what seven networks look for in the first test image of a ``digit``: the gradient of
    the loss in pixel space, and the change that most makes it another class to the network.

    ``target``, 0, 1 or 2, is the class that is aimed at: that of the nearest mean, of the second or
    of the third. The ``norm`` limits the change, the same for all: "linf" to 0.3 in every pixel,
    "l2" to a length of 4. ``share``, from 0 to 1, is how much of the straight way has been gone;
    the figure shows the nearest hundredth.

    The pictures are results of ``experiments/robustness_pictures.py``, which scored 21 places of
    each way. The figure takes scores to be linear between them. After Tsipras et al. 2019,
    "Robustness May Be at Odds with Accuracy", Section 3.
    """

    heights = (662, 1199)
    title = traitlets.Unicode("What networks look for").tag(sync=True)
    digit = traitlets.Int(7, min=0, max=9).tag(sync=True)
    target = traitlets.Int(0, min=0, max=2).tag(sync=True)
    norm = traitlets.Enum(list(NORMS), "l2").tag(sync=True)
    share = Number(1.0, min=0, max=1).tag(sync=True)
    networks = traitlets.List(help="their names").tag(sync=True)
    images = traitlets.Bytes(help="uint8, one row a digit").tag(sync=True)
    targets = traitlets.List(help="three classes for each digit").tag(sync=True)

    @traitlets.default("networks")
    def _load_networks(self):
        return [NAMES[network] for network in load_figures(RESULTS)["networks"]]

    @traitlets.default("images")
    def _load_images(self):
        return load_arrays(RESULTS)["images"].tobytes()

    @traitlets.default("targets")
    def _load_targets(self):
        return load_arrays(RESULTS)["targets"].tolist()

    @classmethod
    def parts(cls):
        sources = [FOLDER / RESULTS / "arrays.npz", Path(__file__)]
        return {str(digit): sources for digit in range(10)}

    @classmethod
    def part(cls, key):
        """Of a digit, all uint8: ``gradients`` (networks, 784), from 0 to 255, 128 for 0; for each
        norm ``changed_...`` (networks, targets, 784), the ends of the ways, in 1/255; and
        ``said_...`` (networks, targets, 101), the class at each hundredth of them."""
        if key not in cls.parts():
            return super().part(key)
        arrays, digit = load_arrays(RESULTS), int(key)
        part = {"gradients": arrays["gradients"][:, digit]}
        for norm in NORMS:
            part[f"changed_{norm}"] = arrays[norm][:, digit]
            part[f"said_{norm}"] = classes_on_the_way(arrays[f"walk_{norm}"][:, digit])
        return {name: array.tobytes() for name, array in part.items()}


def classes_on_the_way(walk):
    """The class of the largest score at every hundredth of the way, uint8, shape (..., 101), where
    ``walk``, shape (..., stops, classes), holds the scores at equal distances."""
    last = walk.shape[-2] - 1
    at = np.linspace(0, last, PLACES)
    stop = np.minimum(at.astype(int), last - 1)
    before, after = (walk[..., stop + k, :].astype(float) for k in (0, 1))
    scores = before + (at - stop)[:, None] * (after - before)
    return scores.argmax(-1).astype(np.uint8)
