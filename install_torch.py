"""Install PyTorch's CPU build on Linux, where pip's default brings CUDA's gigabytes along.

    python install_torch.py

Only torch comes from PyTorch's own index, in the version of requirements.txt; what torch needs in
turn comes from where pip gets everything else. Where the index does not answer within seconds, or
does not have that version, nothing is installed here, and `python install.py` or `pip install -r
requirements.txt` takes pip's default. TORCH=default in the environment asks for that, and
$TORCH_INDEX names another index.
"""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

INDEX = "https://download.pytorch.org/whl/cpu"
PATIENCE = 5  # seconds


def cause_against(index):
    """Why the CPU build cannot be installed from the address ``index``, or "" where it can."""
    if os.environ.get("TORCH") == "default":
        return "as TORCH=default asks"
    if sys.platform != "linux":
        return "which has no CUDA here"
    try:
        with urllib.request.urlopen(f"{index}/torch/", timeout=PATIENCE):
            return ""
    except (OSError, ValueError) as error:
        return f"since {index} is out of reach: {error}"


def requirement():
    """The line of requirements.txt that says which torch the book needs."""
    requirements = Path(__file__).with_name("requirements.txt").read_text(encoding="utf-8")
    return re.search(r"^torch==\S+", requirements, re.M)[0]


def install(index):
    """Have pip install torch from ``index``: whether it could."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--index-url", index, requirement()]
    return subprocess.run(command).returncode == 0


def main():
    index = os.environ.get("TORCH_INDEX") or INDEX
    cause = cause_against(index)
    if not cause and not install(index):
        cause = f"since {index} does not have this version"
    print(f"PyTorch: pip's default, {cause}" if cause else f"PyTorch: the CPU build from {index}")


if __name__ == "__main__":
    main()
