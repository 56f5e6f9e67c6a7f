"""Lipschitz-margin training (LMT), and the certificates that it is for.

A network gives an image x of class t the scores F(x). If F_t − F_i changes by at most K_ti ‖δ‖
where x changes by δ, then no δ shorter than (F_t − F_i)/K_ti makes class i the winner, and the
smallest of these over all rivals i ≠ t is a certified radius of x. The slopes K come from
helpers.lipschitz.

Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; radii
are Euclidean, in pixels.
"""

import copy

import torch
import torch.nn.functional as F

from helpers import attacks
from helpers.attacks import other_scores, true_score
from helpers.checks import check_classes, check_images, check_least
from helpers.evaluation import scores
from helpers.lipschitz import PowerIteration, proven_slopes, rival_slopes
from helpers.modes import evaluated
from helpers.noise import Noise

# Certificates


def rival_margins(s, y):
    """F_t − F_i for scores s of shape (m, classes), t = y: the same shape, infinite at i = t."""
    return true_score(s, y)[:, None] - other_scores(s, y)


def radii(s, y, K):
    """min over i ≠ t of (F_t − F_i)/K_ti for each image, shape (m,); 0 where it is misclassified.

    s: scores, shape (m, classes). K: slopes, shape (classes, classes), or (m, classes, classes)
    where each image has its own. The radii are certified if K bounds the slopes from above.
    """
    margins = rival_margins(s, y)
    K_t = K[y] if K.ndim == 2 else K[attacks.indices(y), y]
    return torch.where(margins > 0, margins / K_t, 0).amin(1)


def certified_radius(network, X, y, per_rival=True):
    """A radius around each image in which its class is proven to win: float64, shape (m,).

    per_rival: min (F_t − F_i)/(L_sub ‖w_t − w_i‖), Tsuzuku et al. 2018, proposition 2; otherwise
    min (F_t − F_i)/(√2 L), proposition 1, never larger. Misclassified images have radius 0.

    The proof holds for these weights in exact arithmetic, not for the rounding of a network that
    runs in single precision. The scores are computed in float64, and their rounding is not
    accounted for either. Raises ValueError as helpers.lipschitz and attacks do.
    """
    check_classes(X, y)
    network = copy.deepcopy(network).double().eval()
    check_images(network, X.double(), y)
    K = proven_slopes(network, X.shape[1:], per_rival)
    return radii(scores(network, X.double()), y, K)


def certified_accuracy(radii, eps):
    """The share of images, in [0, 1], whose class is proven for every change up to length eps.

    These are the images with a radius larger than eps.

    Raises ValueError unless eps is a finite number >= 0.
    """
    check_least(0, eps=eps)
    return (radii > eps).double().mean().item()


# Training: each loss has the signature that training.train takes


class LMT:
    """Lipschitz-margin training (Tsuzuku et al. 2018).

    c·K_ti is added to the score of every rival i of the true class t before the cross-entropy is
    taken: the network must be right by that much, and K is driven down as far as that helps. With
    ``per_rival`` K_ti = L_sub ‖w_t − w_i‖, else √2 L.

    As in the authors' program, an image whose margins are too small for all of it gets but a
    share, min over i of (F_t − F_i)/(c K_ti), kept between 0 and 1 and constant in the gradient;
    so misclassified images get none.

    c: the radius to train for, in pixels; it may be changed between epochs. steps: of the power
    iteration, for each batch. norms.u is the state to store where a training is to be resumed.
    """

    def __init__(self, network, shape, c, per_rival=True, steps=1, seed=0):
        check_least(0, c=c)
        self.c, self.per_rival = c, per_rival
        self.norms = PowerIteration(network, shape, steps, seed)

    def __call__(self, network, X, y):
        with self.norms.watching_batch_norms(network):
            s = network(X)
        added = self.c * rival_slopes(network, self.norms, self.per_rival)[y]
        with torch.no_grad():
            share = (rival_margins(s, y) / added.clamp_min(1e-12)).clamp(0, 1).amin(1)
        return F.cross_entropy(s + share[:, None] * added, y)


class UncutLMT(LMT):
    """LMT as it is written in the paper, not as in the authors' program: every image gets all of
    c·K_ti, the misclassified ones too."""

    def __call__(self, network, X, y):
        with self.norms.watching_batch_norms(network):
            s = network(X)
        added = self.c * rival_slopes(network, self.norms, self.per_rival)[y]
        return F.cross_entropy(s + added, y)


class GloRo:
    """Globally robust networks (Leino et al. 2021): one more class, for "not certified".

    With j the predicted class, the image is certified at ε where F_j exceeds the bottom score,
    max over i ≠ j of F_i + ε K_ji, K_ji = L_sub ‖w_j − w_i‖. In the cross-entropy the bottom score
    stands beside the others, as that of a class which is never the true one.

    eps: the radius to train for, in pixels; it may be changed between epochs. steps and norms.u
    as in LMT.
    """

    def __init__(self, network, shape, eps, steps=1, seed=0):
        check_least(0, eps=eps)
        self.eps = eps
        self.norms = PowerIteration(network, shape, steps, seed)

    def __call__(self, network, X, y):
        with self.norms.watching_batch_norms(network):
            s = network(X)
        j = s.argmax(1)
        raised = s + self.eps * rival_slopes(network, self.norms)[j]
        bottom = other_scores(raised, j).amax(1, keepdim=True)
        return F.cross_entropy(torch.cat([s, bottom], 1), y)


# How loose the bounds are


@evaluated
def sampled_slopes(network, X, radius, samples=100, seed=0):
    """The steepest ‖∇(F_t − F_i)‖ met at random points near each image: (m, classes, classes).

    The points are the image itself and ``samples`` points of the ball around it, within [0, 1].
    These are lower estimates of the true local slopes, and their maximum over many images one of
    the global slopes: radii made with them may be too large, and certify nothing. They show where
    how much of a bound is lost (Tsuzuku et al. 2018).
    """
    check_least(0, radius=radius, samples=samples)
    noise = Noise(X, seed)
    steepest = slopes_at(network, X)
    for _ in range(samples):
        near = attacks.random_in_ball(X, radius, "l2", noise)
        steepest = torch.maximum(steepest, slopes_at(network, near))
    return steepest


@evaluated
def slopes_at(network, X):
    """‖∇(F_t − F_i)‖ at each image, for all pairs of classes: shape (m, classes, classes)."""
    gradients = attacks.scores_and_gradients(network, X)[1]
    return torch.cdist(gradients, gradients, compute_mode="donot_use_mm_for_euclid_dist")
