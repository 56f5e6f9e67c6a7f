"""What it costs to run a chapter: seconds and memory.

    python -m experiments.chapter_costs

Each chapter is run as a notebook in a kernel of its own, one after the other; the machine should
have nothing else to do. Live cells take MNIST, from where helpers.data finds it.

figures, for each chapter: ``seconds`` from a running kernel to the last output; ``first_figure``,
the seconds to the first interactive figure; ``memory``, the most that the kernel took, in GB of 10⁹
bytes, as Linux counts it.
"""

import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from experiments import study
from explorables.base import MIME_TYPE
from helpers.data import load_mnist

NAME = "chapter_costs"
BOOK = Path(__file__).resolve().parent.parent / "book"
CHAPTERS = [
    "intro",
    "mirror-images",
    "scaling-the-loss",
    "tilting-angle",
    "svm-on-mnist",
    "svm-path",
    "weight-decay",
    "lipschitz-margins",
    "robustness-and-accuracy",
]
# In KiB. (What getrusage says begins with the memory of the process that starts the kernel.)
PEAK = r"import re; print(re.search(r'VmHWM:\s+(\d+)', open('/proc/self/status').read())[1])"


def costs(path):
    """Of the chapter at ``path``, as the module describes them."""
    notebook = jupytext.read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    figures = []
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(BOOK)}})
    with client.setup_kernel():
        started = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            if any(MIME_TYPE in output.get("data", ()) for output in cell.get("outputs", ())):
                figures.append(time.perf_counter() - started)
        seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 1),
        "first_figure": round(figures[0], 1) if figures else None,
        "memory": round(int(notebook.cells[-1].outputs[0].text) * 1024 / 1e9, 2),
    }


def measured(run, _):
    found = {}
    for name in CHAPTERS:
        found[name] = costs(BOOK / f"{name}.md")
        print(name, found[name], flush=True)
    return {}, found


# MNIST is loaded first: the download is not a cost of the first chapter that needs it.
STUDY = study.Study(NAME, study.only(NAME, lambda: {"chapters": CHAPTERS}), load_mnist, measured)

if __name__ == "__main__":
    study.command(STUDY, __doc__)
