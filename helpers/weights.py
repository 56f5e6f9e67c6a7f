"""The files that hold the weights of networks."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from helpers.files import replaced


def save_weights(network, path):
    """Write the network's weights, and what it normalises with, to a .safetensors file."""
    with replaced(path) as temporary:
        save_file({name: W.contiguous() for name, W in network.state_dict().items()}, temporary)


def load_weights(network, path):
    """Fill a network of the same shape from a .safetensors file, and return it, ready for use.

    Raises FileNotFoundError, or ValueError where the file is damaged or of another network.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there are no weights at {path}")
    try:
        network.load_state_dict(load_file(path))
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    except RuntimeError as error:
        raise ValueError(f"the weights in {path} do not fit this network: {error}") from error
    return network.eval()
