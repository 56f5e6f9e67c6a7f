"""What people see in what networks look for: gradients, and the way to a large change."""

import numpy as np
import traitlets

from explorables.arrays import Array, wire
from explorables.base import Explorable
from explorables.traits import Number
from helpers.formats import ROBUSTNESS_PICTURES, Format
from helpers.results import load_arrays, load_figures, load_run

RESULTS = "robustness/pictures"
NORMS = ("linf", "l2")
IMAGES = ROBUSTNESS_PICTURES["images"]._replace(unit="px", per_unit=255)
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
    of the third. The ``norm`` limits the change, the same for all: "linf" to 0.5 in every pixel,
    "l2" to a length of 4. ``share``, from 0 to 1, is how much of the straight way has been gone;
    the figure shows the nearest hundredth.

    The pictures are results of ``experiments/robustness_pictures.py``, which scored 21 places of
    each way. The figure takes scores to be linear between them. After Tsipras et al. 2019,
    "Robustness May Be at Odds with Accuracy", Section 3.
    """

    heights = (731, 1252)
    title = traitlets.Unicode("What networks look for").tag(sync=True)
    digit = traitlets.Int(7, min=0, max=9).tag(sync=True)
    target = traitlets.Int(0, min=0, max=2).tag(sync=True)
    norm = traitlets.Enum(list(NORMS), "l2").tag(sync=True)
    share = Number(1.0, min=0, max=1, step=0.01).tag(sync=True)
    networks = traitlets.List(help="their names").tag(sync=True)
    eps = traitlets.Dict(help="the largest change in each norm, in pixels").tag(sync=True)
    images = Array(IMAGES, load=lambda: load_arrays(RESULTS)["images"] / 255)
    targets = traitlets.List(help="the classes to aim at, for each digit").tag(sync=True)

    @traitlets.default("networks")
    def _load_networks(self):
        return [NAMES[network] for network in load_figures(RESULTS)["networks"]]

    @traitlets.default("eps")
    def _load_eps(self):
        return load_run(RESULTS)["settings"]["eps"]

    @traitlets.default("targets")
    def _load_targets(self):
        return load_arrays(RESULTS)["targets"].tolist()

    @classmethod
    def parts(cls):
        return [str(digit) for digit in range(10)]

    @classmethod
    def part(cls, key):
        """Of a digit: ``gradients`` (networks, 784), from 0 to 1, 128/255 for 0; for each norm
        ``changed_...`` (networks, targets, 784), the ends of the ways, in pixels; and
        ``classes_...`` (networks, targets, 101), the class at each hundredth of them."""
        if key not in cls.parts():
            return super().part(key)
        arrays, digit = load_arrays(RESULTS), int(key)
        part = {"gradients": _pictures(arrays["gradients"][:, digit])}
        for norm in NORMS:
            part[f"changed_{norm}"] = _pictures(arrays[norm][:, digit])
            part[f"classes_{norm}"] = classes_on_the_way(arrays[f"walk_{norm}"][:, digit])
        return part


def _pictures(stored):
    """Pictures from 0, black, to 1, white, as a page reads them, from those in 1/255."""
    return wire(stored / 255, Format("uint8", stored.shape, per_unit=255))


def classes_on_the_way(walk):
    """The class of the largest score at every hundredth of the way, uint8, shape (..., 101), where
    ``walk``, shape (..., stops, classes), holds the scores at equal distances."""
    last = walk.shape[-2] - 1
    at = np.linspace(0, last, PLACES)
    stop = np.minimum(at.astype(int), last - 1)
    before, after = (walk[..., stop + k, :].astype(float) for k in (0, 1))
    scores = before + (at - stop)[:, None] * (after - before)
    return scores.argmax(-1).astype(np.uint8)
