"""A JupyterLab to drive with the browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

TOKEN = "a-token-for-the-test"


@contextmanager
def jupyter_lab(folder: Path, **variables: str):
    """Run JupyterLab over folder, with variables added to its environment.

    Yields a function that turns a path of its site ("lab/tree/figure.ipynb") into an address.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def address(path: str) -> str:
        return f"http://127.0.0.1:{port}/{path}?token={TOKEN}"

    command = [
        *(Path(sys.executable).with_name("jupyter"), "lab", "--no-browser", "--allow-root"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
        "--LabApp.expose_app_in_browser=True",
    ]
    with (folder / "jupyter.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=os.environ | variables, stdout=log, stderr=log
        )
    try:
        _wait_for(address("api"), server)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:  # its kernels are gone, a thread of its own is not
            server.kill()
            server.wait()


def _wait_for(url: str, server: subprocess.Popen, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and server.poll() is None:
        try:
            return urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start")
