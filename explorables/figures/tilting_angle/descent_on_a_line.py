"""Gradient descent on images that lie on a line: what it changes, and what it leaves alone."""

import math

import traitlets

from explorables.base import Explorable
from explorables.traits import Integer, Number

STEPS = 200
LEAST, MOST = (-2, -4), (6, 4)  # of the weights at the start


class Weights(traitlets.List):
    """Weights [w1, w2] within the frame of the figure."""

    def validate(self, obj, value):
        value = super().validate(obj, value)
        if len(value) != 2 or not all(
            isinstance(v, (int, float)) and math.isfinite(v) and low <= v <= high
            for v, low, high in zip(value, LEAST, MOST, strict=True)
        ):
            raise traitlets.TraitError(
                f"{self.name} must be two numbers, [w1, w2], from {list(LEAST)} to {list(MOST)}; "
                f"it was {value!r}"
            )
        return value


class DescentOnALine(Explorable):
    """Choose the weights that training starts from, train, and watch what becomes of the tilt.

    The images are those of the toy problem of chapter 1: [-a, 0] of class I and [a, 0] of class J
    for a in ``brightness``, so that all lie on a line. Training is gradient descent on the mean
    softplus plus ``lam`` ‖w‖², with steps of size ``eta``, from the weights ``start``
    (helpers/descent.py); ``step`` says how many steps are taken. Melamed, Yehudai & Vardi 2023.
    """

    heights = (535, 993)
    title = traitlets.Unicode("What training leaves alone").tag(sync=True)
    brightness = traitlets.List([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]).tag(sync=True)
    start = Weights([0.5, 4.0]).tag(sync=True)
    eta = Number(0.5, min=0.01, max=1).tag(sync=True)
    lam = Number(0.0, min=0, max=0.05, step=0.001).tag(sync=True)
    step = Integer(0, min=0, max=STEPS).tag(sync=True)
