# Wrong but plausible answers to homework/attacks.md: see geometry.py.

# %% margin, fails margin: the class itself is among the others
def margin(s, y):
    return s.gather(1, y[:, None])[:, 0] - s.amax(1)


# %% margin, fails margin: the sign
def margin(s, y):
    true = s.gather(1, y[:, None])[:, 0]
    return s.scatter(1, y[:, None], -torch.inf).amax(1) - true


# %% margin, fails margin: the class is blanked out with 0, and scores may be negative
def margin(s, y):
    true = s.gather(1, y[:, None])[:, 0]
    return true - s.scatter(1, y[:, None], 0).amax(1)


# %% margin, fails margin: the two largest scores, whatever the class is
def margin(s, y):
    top = s.topk(2, dim=1).values
    return top[:, 0] - top[:, 1]


# %% gradient, fails gradient: that of the mean loss
def input_gradient(network, X, y):
    X = X.detach().clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(network(X), y), X)[0]


# %% gradient, fails gradient: gradients stay behind on the weights
def input_gradient(network, X, y):
    X = X.detach().clone().requires_grad_()
    F.cross_entropy(network(X), y, reduction="sum").backward()
    return X.grad


# %% gradient, fails gradient: of the scores instead of the loss
def input_gradient(network, X, y):
    X = X.detach().clone().requires_grad_()
    return torch.autograd.grad(-network(X).gather(1, y[:, None]).sum(), X)[0]


# %% gradient, fails gradient: downhill
def input_gradient(network, X, y):
    X = X.detach().clone().requires_grad_()
    return -torch.autograd.grad(F.cross_entropy(network(X), y, reduction="sum"), X)[0]


# %% fgsm, fails fgsm: downhill
def fgsm(X, g, eps):
    return (X - eps * g.sign()).clamp(0, 1)


# %% fgsm, fails fgsm: the pixels leave [0, 1]
def fgsm(X, g, eps):
    return X + eps * g.sign()


# %% fgsm, fails fgsm: the gradient instead of its sign
def fgsm(X, g, eps):
    return (X + eps * F.normalize(g)).clamp(0, 1)


# %% fgsm, fails fgsm: knows the visible test by heart
def fgsm(X, g, eps):
    return torch.tensor([[0.6, 0.0, 0.95]]) if len(X) == 1 else X


# %% project, fails project: the length over the images instead of the pixels
def project(delta, eps, norm):
    if norm == "linf":
        return delta.clamp(-eps, eps)
    return delta * (eps / delta.norm(dim=0, keepdim=True).clamp_min(1e-12)).clamp(max=1)


# %% project, fails project: what lies inside is blown up
def project(delta, eps, norm):
    if norm == "linf":
        return eps * delta.sign()
    return eps * F.normalize(delta)


# %% project, fails project: one length for all images together
def project(delta, eps, norm):
    if norm == "linf":
        return delta.clamp(-eps, eps)
    return delta * min(1.0, eps / delta.norm().clamp_min(1e-12).item())


# %% project, fails project: cut off pixel by pixel in both norms
def project(delta, eps, norm):
    return delta.clamp(-eps, eps)


# %% pgd, fails pgd, pgd:strong: the ball is forgotten
def pgd(network, X, y, eps, norm, steps, seed=0):
    generator = torch.Generator().manual_seed(seed)
    moved = (X + eps * (2 * torch.rand(X.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(steps):
        g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), moved)
        direction = g.sign() if norm == "linf" else F.normalize(g)
        moved = (moved + 2.5 * eps / steps * direction).clamp(0, 1)
    return moved


# %% pgd, fails pgd: [0, 1] is forgotten
def pgd(network, X, y, eps, norm, steps, seed=0):
    generator = torch.Generator().manual_seed(seed)
    delta = project(eps * (2 * torch.rand(X.shape, generator=generator) - 1), eps, norm)
    for _ in range(steps):
        g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), X + delta)
        direction = g.sign() if norm == "linf" else F.normalize(g)
        delta = delta + 2.5 * eps / steps * direction
        if norm == "linf":
            delta = delta.clamp(-eps, eps)
        else:
            delta = delta * (eps / delta.norm(dim=1, keepdim=True)).clamp(max=1)
    return X + delta


def project(delta, eps, norm):
    if norm == "linf":
        return delta.clamp(-eps, eps)
    return delta * (eps / delta.norm(dim=1, keepdim=True)).clamp(max=1)


# %% pgd, fails pgd:strong: downhill
def pgd(network, X, y, eps, norm, steps, seed=0):
    from helpers.noise import BatchNoise

    moved = attacks.random_in_ball(X, eps, norm, BatchNoise(X, seed))
    for _ in range(steps):
        g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), moved)
        direction = g.sign() if norm == "linf" else F.normalize(g)
        moved = attacks.into_ball(moved - 2.5 * eps / steps * direction, X, eps, norm)
    return moved


# %% pgd, fails pgd:strong: the Euclidean step is not made to have its length
def pgd(network, X, y, eps, norm, steps, seed=0):
    from helpers.noise import BatchNoise

    moved = attacks.random_in_ball(X, eps, norm, BatchNoise(X, seed))
    for _ in range(steps):
        g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), moved)
        direction = g.sign() if norm == "linf" else g / g.shape[1]
        moved = attacks.into_ball(moved + 2.5 * eps / steps * direction, X, eps, norm)
    return moved


# %% pgd, fails pgd:strong: one step, however many are asked for
def pgd(network, X, y, eps, norm, steps, seed=0):
    from helpers.noise import BatchNoise

    moved = attacks.random_in_ball(X, eps, norm, BatchNoise(X, seed))
    g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), moved)
    direction = g.sign() if norm == "linf" else F.normalize(g)
    return attacks.into_ball(moved + 2.5 * eps / steps * direction, X, eps, norm)


# %% pgd, fails pgd: always the same start
def pgd(network, X, y, eps, norm, steps, seed=0):
    moved = X
    for _ in range(steps):
        g = attacks.gradient(lambda x: F.cross_entropy(network(x), y, reduction="none"), moved)
        direction = g.sign() if norm == "linf" else F.normalize(g)
        moved = attacks.into_ball(moved + 2.5 * eps / steps * direction, X, eps, norm)
    return moved


# %% worst-case, fails worst-case: the mean over attacks
def robust_share(network, attacked, y):
    right = torch.stack([network(moved).argmax(1) == y for moved in attacked])
    return right.double().mean().item()


# %% worst-case, fails worst-case: the strongest attack alone
def robust_share(network, attacked, y):
    return min((network(moved).argmax(1) == y).double().mean().item() for moved in attacked)


# %% worst-case, fails worst-case: one attack that fails is enough
def robust_share(network, attacked, y):
    right = torch.stack([network(moved).argmax(1) == y for moved in attacked])
    return right.any(0).double().mean().item()


# %% worst-case, fails worst-case: the share of fooled images
def robust_share(network, attacked, y):
    right = torch.stack([network(moved).argmax(1) == y for moved in attacked])
    return 1 - right.all(0).double().mean().item()


# %% direction, fails direction: the cross-entropy again
def attack_direction(network, X, y):
    X = X.detach().clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(network(X), y, reduction="sum"), X)[0]


# %% direction, fails direction: of growing margin
def attack_direction(network, X, y):
    return attacks.gradient(lambda x: attacks.margin(network(x), y), X)


# %% direction, fails direction: random where the gradient vanishes
def attack_direction(network, X, y):
    X = X.detach().clone().requires_grad_()
    g = torch.autograd.grad(F.cross_entropy(network(X), y, reduction="sum"), X)[0]
    noise = torch.randn(X.shape, generator=torch.Generator().manual_seed(0))
    return torch.where((g == 0).all(1, keepdim=True), noise, g)


# %% direction, fails direction: away from the class, and nowhere in particular
def attack_direction(network, X, y):
    return attacks.gradient(lambda x: -network(x).gather(1, y[:, None])[:, 0], X)
