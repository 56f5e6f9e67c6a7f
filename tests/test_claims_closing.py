"""The claims of the last page that no chapter makes."""

import pytest
import torch

from helpers import architectures, training
from helpers.initialisation import fan_in, initialise


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_descent_leaves_the_weights_that_point_out_of_the_subspace_of_the_images(decay):
    """Images of ten pixels in a subspace of three dimensions: only decay shrinks what is across."""
    basis, _ = torch.linalg.qr(torch.randn(10, 10, generator=torch.Generator().manual_seed(0)))
    along, across = basis[:, :3], basis[:, 3:]
    X = torch.randn(200, 3, generator=torch.Generator().manual_seed(1)) @ along.T
    y = (X @ along[:, 0] > 0).long()
    network = initialise(architectures.two_layers(10, 20, 2), fan_in, 0)
    W = network.fc1.weight
    before, along_before = (W @ across).detach().clone(), (W @ along).detach().clone()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, weight_decay=decay)
    training.train(network, X, y, optimiser, epochs=20, batch=20, disable=True)
    steps = 20 * 10
    torch.testing.assert_close(
        W @ across, (1 - 0.1 * decay) ** steps * before, atol=1e-5, rtol=1e-4
    )
    assert (W @ along - along_before).abs().max() > 0.1
