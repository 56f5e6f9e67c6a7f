"""How much of a digit people would see in a gradient or a filter.

Images are rows of X, shape (m, 784), pixels in [0, 1]; y of shape (m,) holds their classes, int64.
"""

import torch
import torch.nn.functional as F


def roughness(W):
    """The mean square of the differences between neighbours, over twice the mean square: shape (),
    1 for noise, 0 for filters or images that are constant. W: shape (out, in, k, k)."""
    differences = torch.cat([W.diff(dim=2).flatten(), W.diff(dim=3).flatten()])
    return differences.square().mean() / (2 * W.square().mean())


def class_means(X, y):
    """The mean image of each digit, shape (10, n)."""
    return torch.stack([X[y == c].mean(0) for c in range(10)])


def other_classes(X, y, means):
    """The classes that are not y, from the one with the nearest mean on: shape (m, 9)."""
    distances = torch.cdist(X, means).scatter(1, y[:, None], -1)
    return distances.argsort(1)[:, 1:]


def principal_components(X, count):
    """The directions of the largest variance of the images, orthonormal: shape (count, n)."""
    covariance = torch.cov(X.double().T)
    return torch.linalg.eigh(covariance).eigenvectors.T[-count:].to(X.dtype)


def likeness(g, X, y, means, components):
    """Four numbers that say how much of a digit there is in gradients, each with its weakness.

    A smooth blur would please the first three; but strokes that are black and white by turns, which
    people see at once, are as rough as noise and lie along no component, and only the last knows
    them.

        roughness       of the gradient as an image: 0 for an even grey, 1 for noise
        in_components   the share of its squared length that lies along the principal components of
                        the training images, which is what digits consist of
        towards_rival   its cosine with c − x, where c is the mean of another class, the nearest to
                        x: the way on which a digit turns into another one
        near_ink        the share of its squared length in pixels with ink, or next to one with ink

    g: the gradients at X, shape (m, 784). means, components: as class_means and
    principal_components give them.
    """
    g = F.normalize(g)
    nearest = other_classes(X, y, means)[:, 0]
    inked = (X > 0).to(g.dtype).unflatten(1, (1, 28, 28))
    near_ink = F.max_pool2d(inked, kernel_size=3, stride=1, padding=1).flatten(1)
    return {
        "roughness": roughness(g.unflatten(1, (1, 28, 28))).item(),
        "in_components": (g @ components.T).square().sum(1).mean().item(),
        "towards_rival": F.cosine_similarity(g, means[nearest] - X).mean().item(),
        "near_ink": (g.square() * near_ink).sum(1).mean().item(),
    }
