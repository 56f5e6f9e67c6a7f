"""Auto-PGD: projected gradient descent that finds its step sizes by itself, and its losses.

Croce & Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse
parameter-free attacks". Images, ε and norms are those of :mod:`helpers.attacks`. A goal takes
scores s of shape (m, classes) and the true classes y to a number for each image, shape (m,), which
the attack increases.
"""

import math
from dataclasses import dataclass, fields

import torch

from helpers.attacks import (
    NORMS,
    error_log_odds,
    gradient_and_scores,
    indices,
    into_ball,
    margin,
    steepest,
    true_score,
)
from helpers.checks import check_images, check_least, check_one_of
from helpers.modes import evaluated

FIRST_CHECK, SHORTER, SHORTEST = 0.22, 0.03, 0.06  # shares of the steps between two checks
RISING = 0.75  # the share of steps that must have raised the goal, or the step is halved
MOMENTUM = 0.75  # the weight of the new step, beside the last one


def dlr(s, y):
    """The difference of logits ratio: −(s_y − max_{i≠y} s_i)/(s_π1 − s_π3), π the classes in the
    order of their scores. It does not change where all scores are scaled or shifted, as a softmax
    does, so that no network can hide its gradient in a very sure softmax (section 4)."""
    ranked = s.sort(1, descending=True)[0]
    return -margin(s, y) / (ranked[:, 0] - ranked[:, 2]).clamp_min(1e-12)


def targeted_dlr(target):
    """The goal that raises the class ``target`` (section 4.1):
    −(s_y − s_t)/(s_π1 − (s_π3 + s_π4)/2)."""

    def goal(s, y):
        ranked = s.sort(1, descending=True)[0]
        spread = ranked[:, 0] - (ranked[:, 2] + ranked[:, 3]) / 2
        return (s[:, target] - true_score(s, y)) / spread.clamp_min(1e-12)

    return goal


def checks(steps):
    """The numbers of steps after which the step size is thought over (section 3.1)."""
    at, period = 0, FIRST_CHECK
    found = []
    while at + period <= 1:
        at += period
        found.append(math.ceil(round(at * steps, 6)))
        period = max(period - SHORTER, SHORTEST)
    return found


@dataclass
class Ascent:
    """The images that still resist: a row of each tensor belongs to one of them."""

    rows: torch.Tensor  # its number
    X: torch.Tensor
    y: torch.Tensor
    x: torch.Tensor  # where the ascent stands, and where it stood one step ago
    before: torch.Tensor
    g: torch.Tensor  # the gradient of the goal at x
    value: torch.Tensor  # the goal at x
    best_x: torch.Tensor  # where the goal was largest
    best_g: torch.Tensor
    best: torch.Tensor
    step: torch.Tensor  # length of the next one, shape (m, 1)
    rises: torch.Tensor  # steps since the last check that raised the goal
    checked: torch.Tensor  # best at the last check
    halved: torch.Tensor  # whether the step was halved there

    def only(self, kept):
        return Ascent(*(getattr(self, field.name)[kept] for field in fields(self)))

    def record(self, x, g, value):
        """Stand at x, and remember it where it is the best so far."""
        self.rises = self.rises + (value > self.value)
        self.before, self.x, self.g, self.value = self.x, x, g, value
        better = value > self.best
        self.best = torch.where(better, value, self.best)
        self.best_x = torch.where(better[:, None], x, self.best_x)
        self.best_g = torch.where(better[:, None], g, self.best_g)

    def check(self, steps):
        """Halve the step and return to the best, where too few of the last steps rose, or where
        neither the step nor the best has changed since the last check."""
        stuck = ~self.halved & (self.best == self.checked)
        self.halved = (self.rises < RISING * steps) | stuck
        self.checked, self.rises = self.best, torch.zeros_like(self.rises)
        halved = self.halved[:, None]
        self.step = torch.where(halved, self.step / 2, self.step)
        self.x = torch.where(halved, self.best_x, self.x)
        self.g = torch.where(halved, self.best_g, self.g)
        self.value = torch.where(self.halved, self.best, self.value)


def started(network, X, y, eps, goal):
    """An ascent from the images themselves, with steps as long as the ball is wide."""
    g, s = gradient_and_scores(network, goal, X, y)
    value, rows = goal(s, y), indices(X)
    none, step = X.new_zeros(len(X)), X.new_full((len(X), 1), 2.0 * eps)
    return Ascent(rows, X, y, X, X, g, value, X, g, value, step, none, value, none == 0)


@evaluated
def apgd(network, X, y, eps, norm="l2", goal=error_log_odds, steps=100):
    """The first image on the way that fools the network; X where none does, shape of X.

    ``steps`` steps of steepest ascent of the goal with momentum, at first of length 2ε, which is
    halved wherever the goal does not rise well (algorithm 1). The start is the image itself, so
    that the attack has no chance in it.
    """
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(1, steps=steps)
    check_least(0, eps=eps)
    found, at, last = X.clone(), started(network, X, y, eps, goal), 0
    for k in range(steps):
        ahead = into_ball(at.x + at.step * steepest(at.g, norm), at.X, eps, norm)
        weight = MOMENTUM if k else 1
        x = at.x + weight * (ahead - at.x) + (1 - weight) * (at.x - at.before)
        x = into_ball(x, at.X, eps, norm)
        g, s = gradient_and_scores(network, goal, x, at.y)
        at.record(x, g, goal(s, at.y))
        if k + 1 in checks(steps):
            at.check(k + 1 - last)
            last = k + 1
        fooled = margin(s, at.y) <= 0
        found[at.rows[fooled]] = x[fooled]
        at = at.only(~fooled)
        if len(at.rows) == 0:
            break
    return found
