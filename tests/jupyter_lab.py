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
PATIENCE = 200_000  # milliseconds, on a machine that does other things as well
CELLS = "[...jupyterapp.shell.currentWidget.content.model.cells]"
CODE = f"{CELLS}.filter(cell => cell.type == 'code')"
OUTPUTS = f"{CODE}.flatMap(cell => cell.toJSON().outputs)"
ERRORS = f"{OUTPUTS}.filter(output => output.output_type == 'error')"
ASK = """async ([code, question]) => {
  const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
  const request = kernel.requestExecute({ code, user_expressions: { question } });
  const { content } = await request.done;
  const answer = content.user_expressions?.question;
  return answer?.data?.['text/plain'] ?? JSON.stringify(content);
}"""
OPEN = "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"
CONNECTED = """async () => {
  const { sessionContext } = jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""


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


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page):
        self.page = page
        page.wait_for_function(OPEN, timeout=PATIENCE)
        page.evaluate(CONNECTED)

    def run_all(self):
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        started = f"{CODE}.every(cell => cell.executionCount) || {ERRORS}.length"
        self.page.wait_for_function(started, timeout=PATIENCE)
        self.ask("", "0")  # behind the last cell
        assert self.page.evaluate(ERRORS) == []

    def count(self, kind):
        """How many cells of a kind there are, "code" or "markdown"."""
        return self.page.evaluate(f"{CELLS}.filter(cell => cell.type == '{kind}').length")

    def ask(self, code, question):
        """Run code in the kernel, and then tell the value of the expression question."""
        return self.page.evaluate(ASK, [code, question])

    def wait_until(self, condition):
        """Ask the kernel until condition holds: a figure's messages come between the questions."""
        answers = (self.ask("", condition) for _ in range(1000))
        assert any(answer == "True" for answer in answers), self.ask("", condition)
