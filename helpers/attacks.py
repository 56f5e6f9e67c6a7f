"""Attacks on a network: small changes of its images, within the pixels' range, that fool it.

A network takes rows X of shape (m, n), pixels in [0, 1], to raw scores of
shape (m, classes); y of shape (m,) holds the true classes. An attack returns new images of the
shape of X, in [0, 1]. ε is in the units of the pixels, a Euclidean length for norm="l2" and the
largest change of one pixel for norm="linf". Results have the dtype of X, and lie on its device.

The network is attacked in evaluation mode, and left in the mode it was found in. Where an attack
draws random numbers, those of an image follow from the seed, a whole number of 0 or more, and from
the image alone (helpers.noise), so that it fares alike in every batch.

Each function raises ValueError where X is not a float tensor (m, n) with pixels in [0, 1], y not
an int64 tensor (m,) of classes, or a number out of its range.
"""

import math

import torch
import torch.nn.functional as F

from helpers.checks import check_images, check_least, check_one_of, check_positive
from helpers.modes import evaluated, evaluation_mode
from helpers.noise import Noise

NORMS = ("l2", "linf")


def margin(s, y):
    """s_y − max_{i≠y} s_i for scores s of shape (m, classes): negative where misclassified."""
    return true_score(s, y) - other_scores(s, y).amax(1)


@torch.no_grad()
def is_fooled(network, X, y):
    """Which images the network misclassifies, shape (m,), a tie or a score of NaN counting as
    such."""
    with evaluation_mode(network):
        return ~(margin(network(X), y) > 0)


def error_log_odds(s, y):
    """log((1 − p_y)/p_y), p = softmax(s): log Σ_{i≠y} exp(s_i) − s_y.

    It grows in the same direction as the cross-entropy, −log p_y, which the attacks are to
    increase. The gradient of the cross-entropy has a further factor of 1 − p_y, and so vanishes
    in rounding where the network is very sure of itself.
    """
    return other_scores(s, y).logsumexp(1) - true_score(s, y)


def true_score(s, y):
    """s_y of each image, shape (m,), for scores s of shape (m, classes)."""
    return s.gather(1, y[:, None])[:, 0]


def other_scores(s, y):
    """The scores s, shape (m, classes), with −∞ for the class y of each image."""
    return s.scatter(1, y[:, None], -math.inf)


def indices(X):
    """The numbers of the images, 0, 1, …, as int64 of shape (m,), on their device."""
    return torch.arange(len(X), device=X.device)


def gradient(function, X):
    """∇ₓ function(X), shape (m, n), where function takes each image to a number, shape (m,). It is
    0 where it is not finite, and where function does not depend on X in a way that can be followed:
    an attack goes on along the other pixels."""
    with torch.enable_grad():
        X = X.detach().requires_grad_()
        total = function(X).sum()
        followed = (
            torch.autograd.grad(total, X, allow_unused=True) if total.requires_grad else [None]
        )
    return torch.zeros_like(X) if followed[0] is None else followed[0].nan_to_num(0, 0, 0)


def gradient_and_scores(network, goal, X, y):
    """∇ₓ goal(s(x), y), shape (m, n), and the scores s, shape (m, classes)."""
    scores = []

    def of_scores(x):
        scores.append(network(x))
        return goal(scores[0], y)

    g = gradient(of_scores, X)
    return g, scores[0].detach()


@evaluated
def fgsm(network, X, y, eps):
    """x + ε·sign(∇ₓ loss), the fast gradient sign method (Goodfellow et al. 2015).

    eps: the largest change of a pixel, 0 or more.
    """
    check_images(network, X, y)
    check_least(0, eps=eps)
    g = gradient(lambda x: error_log_odds(network(x), y), X)
    return (X + eps * g.sign()).clamp(0, 1)


@evaluated
def pgd(network, X, y, eps, norm="l2", steps=40, step=None, restarts=1, seed=0):
    """Projected gradient descent (Madry et al. 2018): from a random point of the ball of radius ε
    around x, ``steps`` times x′ ← the point of the ball nearest to x′ + step · v, where v is the
    direction of steepest ascent of the loss in the norm.

    step: its length; by default 2.5·ε/steps. Later restarts attack the images that are still
    classified correctly; of each image, the version with the smallest margin is kept.
    """
    check_images(network, X, y)
    check_one_of(NORMS, norm=norm)
    check_least(1, steps=steps, restarts=restarts)
    check_least(0, eps=eps, **({} if step is None else {"step": step}))
    noise = Noise(X, seed)
    found = X.clone()
    smallest = X.new_full((len(X),), math.inf)
    left = indices(X)
    for _ in range(restarts):
        start = random_in_ball(X[left], eps, norm, noise.of(left))
        moved = ascend(network, X[left], y[left], start, eps, norm, steps, step)
        with torch.no_grad():
            margins = margin(network(moved), y[left])
        better = margins < smallest[left]
        found[left[better]] = moved[better]
        smallest[left[better]] = margins[better]
        left = torch.nonzero(smallest > 0)[:, 0]
        if len(left) == 0:
            break
    return found


@evaluated
def targeted_pgd(network, X, target, eps, norm="l2", steps=40, sigma=0.0, seed=0):
    """Projected gradient descent towards a class: from a random point of the ball of radius ε
    around x, ``steps`` steps of length 2.5·ε/steps, each to the point of the ball nearest to
    x′ + step · v, where v is the direction of steepest ascent of log(p_t/(1 − p_t)), t the class
    ``target``.

    target: int64, shape (m,). It goes on after the class is reached: with a large ε the images show
    what the network takes for the marks of that class (Tsipras et al. 2019).

    sigma: the gradient is that at a noisy version of the image, with a deviation of sigma in each
    pixel at first, that falls to 0 along a cosine: a gradient that is 0 at the image need not be 0
    beside it (gradient masking, Athalye et al. 2018).
    """
    check_images(network, X, target, "target")
    check_one_of(NORMS, norm=norm)
    check_least(1, steps=steps)
    check_least(0, eps=eps, sigma=sigma)
    noise = Noise(X, seed)
    moved = random_in_ball(X, eps, norm, noise)
    for k in range(steps):
        noisy = moved
        if sigma > 0:
            noisy = moved + sigma * cosine(k, steps) * noise.normal(X.shape[1])
        g = gradient(lambda x: -error_log_odds(network(x), target), noisy)
        moved = into_ball(moved + 2.5 * eps / steps * steepest(g, norm), X, eps, norm)
    return moved


def cosine(k, steps):
    """A share that falls along a cosine from 1, at the step 0, towards 0."""
    return (1 + math.cos(math.pi * k / steps)) / 2


def ascend(network, X, y, start, eps, norm, steps, step=None):
    """``steps`` steps of steepest ascent of the loss, from the images ``start`` in the balls around
    X. step: their length; by default 2.5·ε/steps."""
    step = 2.5 * eps / steps if step is None else step
    moved = start
    for _ in range(steps):
        g = gradient(lambda x: error_log_odds(network(x), y), moved)
        moved = into_ball(moved + step * steepest(g, norm), X, eps, norm)
    return moved


def steepest(g, norm):
    """The step of length 1 along which a loss with the gradient g grows most; shape (m, n)."""
    return F.normalize(g) if norm == "l2" else g.sign()


def into_ball(moved, X, eps, norm):
    """The images brought back into the ball of radius ε around X, then into [0, 1].

    The second step leaves no ball: X lies in [0, 1], so each pixel only comes closer to it.
    """
    delta = moved - X
    if norm == "l2":
        delta = delta * (eps / delta.norm(dim=1, keepdim=True).clamp_min(1e-12)).clamp(max=1)
    else:
        delta = delta.clamp(-eps, eps)
    return (X + delta).clamp(0, 1)


def random_in_ball(X, eps, norm, noise):
    """A random point of each ball, all equally likely, brought into [0, 1].

    noise: random numbers for each of the images, a Noise or a BatchNoise of helpers.noise.
    """
    n = X.shape[1]
    if norm == "l2":
        radius = eps * noise.uniform(1) ** (1 / n)
        delta = radius * F.normalize(noise.normal(n))
    else:
        delta = eps * (2 * noise.uniform(n) - 1)
    return into_ball(X + delta, X, eps, norm)


def robust_accuracy(network, X, y, radii, norm="l2", **options):
    """The share of images, in [0, 1], classified correctly and not fooled by PGD, for each radius.

    It bounds the true robust accuracy from above, since a better attack may fool more. The
    arguments are those of fooling_radius.
    """
    found = fooling_radius(network, X, y, radii, norm, **options)
    return [(found > radius).double().mean().item() for radius in radii]


@evaluated
def fooling_radius(network, X, y, radii, norm="l2", batch=500, **options):
    """The first of the rising ``radii`` in which PGD fools the network, for each image: shape (m,).

    It is 0 where the image is misclassified as it is, and infinite where no attack succeeded.
    options: those of pgd. An image is done with once it is fooled: the larger balls hold the same
    adversarial example.
    """
    check_images(network, X, y)
    check_least(1, batch=batch)
    for radius in radii:
        check_least(0, radii=radius)
    if list(radii) != sorted(radii):
        raise ValueError(f"radii must rise; they were {list(radii)}")
    found = X.new_full((len(X),), math.inf)
    for left in indices(X).split(batch):
        for radius in (0, *radii):
            moved = X[left]
            if radius > 0:
                moved = pgd(network, moved, y[left], radius, norm, **options)
            fooled = is_fooled(network, moved, y[left])
            found[left[fooled]] = radius
            left = left[~fooled]
            if len(left) == 0:
                break
    return found


@evaluated
def equal_confidence(
    network, X, target, temperature=1.0, confidence=0.95, step=1 / 255, most_steps=5000
):
    """Small steps until the network is confident of the class ``target``: x′ ← the point of
    [0, 1]^n nearest to x′ + step · ∇p/‖∇p‖, until p ≥ confidence, where p is the target's part of
    softmax(s(x′)/temperature). Tanay & Griffin 2018, who step by 1 where pixels go up to 255.

    target: int64, shape (m,). The steps follow ∇ log p, which has the direction of ∇p and does not
    vanish in rounding. An image that has not arrived after most_steps stays where it got to.
    """
    check_images(network, X, target, "target")
    check_least(1, most_steps=most_steps)
    check_least(0, step=step)
    check_positive(temperature=temperature)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")

    found = X.clone()
    left = indices(X)
    for _ in range(most_steps):
        moved = found[left].requires_grad_()
        log_p = F.log_softmax(network(moved) / temperature, 1)
        log_p = true_score(log_p, target[left])
        g = torch.autograd.grad(log_p.sum(), moved)[0]
        on = log_p < math.log(confidence)
        left = left[on]
        if len(left) == 0:
            break
        found[left] = (moved.detach()[on] + step * F.normalize(g[on])).clamp(0, 1)
    return found


@evaluated
def deepfool(network, X, y, steps=50, overshoot=0.02):
    """The nearest point with another class, if the network were linear, again and again until it
    is fooled (Moosavi-Dezfooli et al. 2016): a small adversarial change in the Euclidean norm.

    Around x′ the boundary to class i lies |s_i − s_y|/‖∇s_i − ∇s_y‖ away; the step goes to the
    nearest of them, and the sum of all steps is taken (1 + overshoot) times. Images that are
    misclassified as they are stay as they are.
    """
    check_images(network, X, y)
    check_least(1, steps=steps)
    check_least(0, overshoot=overshoot)
    found, total = X.clone(), torch.zeros_like(X)
    left = indices(X)
    for _ in range(steps):
        s, gradients = scores_and_gradients(network, found[left])
        on = margin(s, y[left]) > 0
        left, s, gradients = left[on], s[on], gradients[on]
        if len(left) == 0:
            break
        rows, labels = indices(left), y[left]
        gap = true_score(s, labels)[:, None] - s
        w = gradients - gradients[rows, labels][:, None]
        distance = gap / w.norm(dim=2).clamp_min(1e-12)
        distance[rows, labels] = math.inf
        nearest = distance.argmin(1)
        to_boundary = distance[rows, nearest, None] + 1e-4  # 1e-4: a little beyond it
        total[left] += to_boundary * F.normalize(w[rows, nearest])
        found[left] = (X[left] + (1 + overshoot) * total[left]).clamp(0, 1)
    return found


def scores_and_gradients(network, X):
    """The scores, shape (m, classes), and their gradients, shape (m, classes, n)."""
    with torch.enable_grad():
        X = X.detach().requires_grad_()
        s = network(X)
        gradients = [torch.autograd.grad(each.sum(), X, retain_graph=True)[0] for each in s.T]
    return s.detach(), torch.stack(gradients, 1)
