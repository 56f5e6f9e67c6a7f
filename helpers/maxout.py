"""Networks of one layer whose certificates need no product of norms: maxout.

Each class c has several planes, and its score is the highest of them (Goodfellow et al. 2013):
F_c(x) = max over k of w_ck·x + b_ck. Where x moves by δ, the lead of a plane w over a plane z
changes by (w − z)·δ, so z cannot overtake w while ‖δ‖ < (s_w − s_z)/‖w − z‖. This is proposition 2
of Tsuzuku et al. 2018 with planes in the place of classes and nothing before the last layer,
L_sub = 1. Class t keeps winning while each plane z of its rivals stays below one of its own:

    radius = min over z of max over w of (s_w − s_z)/‖w − z‖.

A network that runs in single precision rounds its scores, so its class may change just inside that
radius; certified_radius can allow for this.

Voráček & Hein 2022 train nearest prototypes, planes with b = −‖w‖²/2, for such a bound.

Images are rows of X, shape (m, n), pixels in [0, 1], y of shape (m,) holds their classes; radii
are Euclidean, in pixels.
"""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from helpers.architectures import maxout_network
from helpers.attacks import indices
from helpers.checks import check_classes, check_images, check_least, check_positive
from helpers.layers import Maxout
from helpers.spectral import gamma


def start_from_images(X, y, planes, images, seed):
    """A maxout network for the classes of y whose planes stand for means of a few images.

    X: shape (m, n). Each w is the mean of ``images`` random images of its class, b = −‖w‖²/2: the
    class of the nearest mean wins.

    Raises ValueError where a class has fewer images than that, where planes or images is less than
    1, and where X and y do not fit together.
    """
    check_classes(X, y)
    check_least(1, planes=planes, images=images)
    generator = torch.Generator().manual_seed(seed)
    means = []
    for c in range(int(y.max()) + 1):
        own = X[y == c]
        if len(own) < images:
            raise ValueError(
                f"images must be at most {len(own)}, as many as class {c} has; got {images}"
            )
        for _ in range(planes):
            means.append(own[torch.randperm(len(own), generator=generator)[:images]].mean(0))
    network = maxout_network(len(means) // planes, planes, X.shape[1])
    with torch.no_grad():
        network.planes.weight.copy_(torch.stack(means))
        network.planes.bias.copy_(-network.planes.weight.square().sum(1) / 2)
    return network


def deciding_planes(s, y, distances, planes, own):
    """For each image the pair (w, z) of planes that decides its radius, and that radius.

    s: the scores of all planes, shape (m, P). distances: ‖w − z‖ of all pairs, shape (P, P).
    Of the true class only the ``own`` highest planes are tried as w, which can only lower a radius.
    Returns two int64 tensors and one of radii, 0 or less where misclassified, all of shape (m,).
    """
    by_class = s.unflatten(1, (-1, planes))
    highest, w = by_class[indices(y), y].topk(min(own, planes))
    w = w + planes * y[:, None]
    rivals = by_class.clone()
    rivals[indices(y), y] = -torch.inf
    radii = (highest[:, :, None] - rivals.flatten(1)[:, None]) / distances[w].clamp_min(1e-12)
    best, which = radii.max(1)
    radius, z = best.min(1)
    return w.gather(1, which.gather(1, z[:, None]))[:, 0], z, radius


@torch.no_grad()
def certified_radius(network, X, y, single=False, batch=50):
    """A radius around each image in which its class is proven to win: float64, shape (m,).

    Misclassified images have radius 0, and so have those at a tie. single: whether the proof is to
    hold for the network as it runs in single precision, and not in exact arithmetic.

    A rounded score w·x + b is off by at most γ (|w|·|x| + |b|), in whatever order its terms are
    added, with γ = γ_k of helpers.spectral for k ≥ n + 1 and u = 2⁻²⁴ (Higham 2002, section 3.1).
    With e_w = γ (|w|·|x| + |b|) that is at most e_w + γ ‖w‖ r at x + δ, ‖δ‖ ≤ r. So the computed
    score of z stays below that of w as long as

        s_w − s_z − e_w − e_z > r (‖w − z‖ + γ ‖w‖ + γ ‖z‖).

    k = n + 2 leaves room for the rounding of this function itself, which computes in float64; in
    exact arithmetic, where γ = 0, that rounding is not accounted for. Not covered are underflow
    and processors that multiply with fewer digits than they are asked for (TF32).

    Raises ValueError where the network is no maxout_network, and as helpers.attacks does.
    """
    check_least(1, batch=batch)
    W, b, class_of_plane = planes_of(network, X, y)
    X = X.double()
    s = X @ W.T + b
    relative = gamma(X.shape[1] + 2, u=2.0**-24) if single else 0.0
    error = relative * (X @ W.abs().T + b.abs())
    lowest, highest = s - error, s + error
    steeper = relative * W.norm(dim=1)
    radii = X.new_zeros(len(X))
    for t in y.unique():
        own, rival = class_of_plane == t, class_of_plane != t
        distances = torch.cdist(W[own], W[rival], compute_mode="donot_use_mm_for_euclid_dist")
        # Planes that differ in b alone never change order. Raising their distance of 0 is safe: it
        # lowers radii above 0.
        slopes = (distances + steeper[own, None] + steeper[rival]).clamp_min(1e-12)
        for rows in torch.nonzero(y == t)[:, 0].split(batch):
            leads = lowest[rows][:, own, None] - highest[rows][:, None, rival]
            radii[rows] = (leads / slopes).amax(1).amin(1)
    return radii.clamp_min(0)


@torch.no_grad()
def planes_of(network, X, y):
    """The planes of a maxout network in float64: w of each, shape (P, n), b, shape (P,), and their
    classes, int64, shape (P,).

    Raises ValueError where the network is no maxout_network, and where it does not take the images
    X and know their classes y.
    """
    parts = {name: type(layer) for name, layer in network.named_children()}
    if parts != {"planes": nn.Linear, "maxout": Maxout}:
        raise ValueError(f"network must be a maxout_network; it was {network}")
    check_classes(X, y)
    network = copy.deepcopy(network).double()
    check_images(network, X.double(), y)
    W, b = network.planes.weight, network.planes.bias
    return W, b, indices(W) // network.maxout.planes


class CertifiedMargin:
    """The share of images that are not certified at ε, made smooth, and a little more.

    With r the radius of an image, negative where it is misclassified, the loss is the mean of
    sigmoid((ε − r)/width) + keep · softplus(5 (ε/3 − r))/5. The first term counts images, so that
    those out of reach do not pull at the planes. The second pulls where r falls below ε/3, and so
    keeps the accuracy.

    own: as in deciding_planes. Only the pair of planes that decides r gets a gradient. Which pair
    that is follows from the distances of all planes, taken anew every 20 batches; r itself does
    not use them. start() makes the next batch the first one again, as at the start of an epoch.
    """

    def __init__(self, eps, width=0.4, keep=0.3, own=8):
        check_least(0, eps=eps, keep=keep)
        check_least(1, own=own)
        check_positive(width=width)
        self.eps, self.width, self.keep, self.own = eps, width, keep, own
        self.start()

    def start(self):
        self.batches = 0

    def __call__(self, network, X, y):
        W, b = network.planes.weight, network.planes.bias
        with torch.no_grad():
            if self.batches % 20 == 0:
                self.distances = torch.cdist(W, W)
            self.batches += 1
            s = network.planes(X)
            w, z, _ = deciding_planes(s, y, self.distances, network.maxout.planes, self.own)
        normal = W[w] - W[z]
        r = ((X * normal).sum(1) + b[w] - b[z]) / normal.norm(dim=1).clamp_min(1e-3)
        missed = torch.sigmoid((self.eps - r) / self.width)
        pulled = F.softplus(5 * (self.eps / 3 - r)) / 5
        return (missed + self.keep * pulled).mean()
