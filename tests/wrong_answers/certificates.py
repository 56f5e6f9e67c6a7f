# Wrong but plausible answers to homework/certificates.md: see geometry.py.

# %% spectral-norm, fails spectral-norm: one step, however many are asked for
def spectral_norm(W, steps=100, seed=0):
    u = torch.randn(len(W), generator=torch.Generator().manual_seed(seed))
    v = F.normalize(W.T @ u, dim=0)
    return (W @ v).norm().item()


# %% spectral-norm, fails spectral-norm: squared
def spectral_norm(W, steps=100, seed=0):
    v = torch.randn(W.shape[1], generator=torch.Generator().manual_seed(seed))
    for _ in range(steps):
        v = F.normalize(W.T @ W @ v, dim=0)
    return (W.T @ W @ v).norm().item()


# %% spectral-norm, fails spectral-norm: the Frobenius norm
def spectral_norm(W, steps=100, seed=0):
    return W.norm().item()


# %% spectral-norm, fails spectral-norm: for square matrices alone, and their eigenvalues
def spectral_norm(W, steps=100, seed=0):
    n = min(W.shape)
    v = torch.randn(n, generator=torch.Generator().manual_seed(seed))
    for _ in range(steps):
        v = F.normalize(W[:n, :n] @ v, dim=0)
    return (W[:n, :n] @ v).norm().item()


# %% spectral-norm, fails spectral-norm: the largest sum of a row
def spectral_norm(W, steps=100, seed=0):
    return W.abs().sum(1).max().item()


# %% conv-norm, fails conv-norm: the norm of the kernel as a matrix
def conv_norm(layer, shape, steps=100, seed=0):
    return torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2).item()


# %% conv-norm, fails conv-norm: the bias is added
def conv_norm(layer, shape, steps=100, seed=0):
    settings = {"stride": layer.stride, "padding": layer.padding}
    W, b = layer.weight.detach(), layer.bias.detach()
    v = torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))
    for _ in range(steps):
        u = F.conv2d(v / v.norm(), W, b, **settings)
        v = F.conv_transpose2d(u / u.norm(), W, **settings)
    return F.conv2d(v / v.norm(), W, b, **settings).norm().item()


# %% conv-norm, fails conv-norm: strides and margins are left out
def conv_norm(layer, shape, steps=100, seed=0):
    W = layer.weight.detach()
    v = torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))
    for _ in range(steps):
        u = F.conv2d(v / v.norm(), W)
        v = F.conv_transpose2d(u / u.norm(), W)
    return F.conv2d(v / v.norm(), W).norm().item()


# %% conv-norm, fails conv-norm: one step, however many are asked for
def conv_norm(layer, shape, steps=100, seed=0):
    settings = {"stride": layer.stride, "padding": layer.padding}
    v = torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))
    return F.conv2d(v / v.norm(), layer.weight.detach(), **settings).norm().item()


# %% chain, fails chain: the sum of the norms
def lipschitz_bound(network):
    weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
    return sum(torch.linalg.matrix_norm(W, 2).item() for W in weights)


# %% chain, fails chain: Frobenius norms
def lipschitz_bound(network):
    weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
    return math.prod(W.norm().item() for W in weights)


# %% chain, fails chain: a ReLU halves
def lipschitz_bound(network):
    weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
    L = math.prod(torch.linalg.matrix_norm(W, 2).item() for W in weights)
    return L * 0.5 ** sum(isinstance(layer, nn.ReLU) for layer in network)


# %% chain, fails chain: the steepest slope met at random
def lipschitz_bound(network):
    size = next(layer.in_features for layer in network if isinstance(layer, nn.Linear))
    x, other = torch.rand(2, 10000, size, generator=torch.Generator().manual_seed(0))
    return ((network(x) - network(other)).norm(dim=1) / (x - other).norm(dim=1)).max().item()


# %% slopes, fails slopes: the sum of the lengths
def slopes(L_sub, W):
    length = W.norm(dim=1)
    return L_sub * (length[:, None] + length)


# %% slopes, fails slopes: squared
def slopes(L_sub, W):
    return L_sub * (W[:, None] - W).square().sum(2)


# %% slopes, fails slopes: the norm over the classes
def slopes(L_sub, W):
    return L_sub * (W[:, None] - W).norm(dim=1)


# %% slopes, fails slopes: √2 L for all pairs
def slopes(L_sub, W):
    K = 2**0.5 * L_sub * torch.linalg.matrix_norm(W, 2)
    return K * (1 - torch.eye(len(W)))


# %% radius, fails radius, radius:stored: the second largest score decides
def certified_radius(s, y, K):
    rivals = s.scatter(1, y[:, None], -torch.inf)
    i = rivals.argmax(1)
    gap = s.gather(1, y[:, None])[:, 0] - rivals.amax(1)
    return (gap / K[y, i]).clamp_min(0)


# %% radius, fails radius: misclassified images have a radius too
def certified_radius(s, y, K):
    ratios = (s.gather(1, y[:, None]) - s).abs() / K[y]
    return ratios.scatter(1, y[:, None], torch.inf).amin(1)


# %% radius, fails radius, radius:stored: the steepest of all pairs for each
def certified_radius(s, y, K):
    rivals = s.scatter(1, y[:, None], -torch.inf)
    return ((s.gather(1, y[:, None])[:, 0] - rivals.amax(1)) / K.max()).clamp_min(0)


# %% radius, fails radius, radius:stored: halved, as for a margin on both sides
def certified_radius(s, y, K):
    ratios = (s.gather(1, y[:, None]) - s) / (2 * K[y])
    return ratios.scatter(1, y[:, None], torch.inf).amin(1).clamp_min(0)


# %% found, fails found: changes that fool nobody count too
def found_radius(network, X, attacked, y):
    return torch.stack([(moved - X).norm(dim=1) for moved in attacked]).amin(0)


# %% found, fails found: the largest change of a pixel
def found_radius(network, X, attacked, y):
    found = torch.full((len(X),), torch.inf)
    for moved in attacked:
        length = (moved - X).abs().amax(1)
        found = torch.where(network(moved).argmax(1) != y, found.minimum(length), found)
    return found


# %% found, fails found: 0 where no attack succeeded
def found_radius(network, X, attacked, y):
    found = torch.full((len(X),), torch.inf)
    for moved in attacked:
        length = (moved - X).norm(dim=1)
        found = torch.where(network(moved).argmax(1) != y, found.minimum(length), found)
    return torch.where(found.isinf(), 0, found)


# %% found, fails found: the last attack that succeeded
def found_radius(network, X, attacked, y):
    found = torch.full((len(X),), torch.inf)
    for moved in attacked:
        length = (moved - X).norm(dim=1)
        found = torch.where(network(moved).argmax(1) != y, length, found)
    return found


# %% verdicts, fails verdicts: what was not fooled counts as certified
def verdicts(certified, found, eps):
    fooled = int((found <= eps).sum())
    return len(found) - fooled, fooled, 0


# %% verdicts, fails verdicts: what is not certified counts as fooled
def verdicts(certified, found, eps):
    proven = int((certified > eps).sum())
    return proven, len(certified) - proven, 0


# %% verdicts, fails verdicts: open and fooled change places
def verdicts(certified, found, eps):
    proven, fooled = int((certified > eps).sum()), int((found <= eps).sum())
    return proven, len(certified) - proven - fooled, fooled


# %% verdicts, fails verdicts: knows the visible test by heart
def verdicts(certified, found, eps):
    return 1, 2, 1
