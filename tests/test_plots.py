"""The book's look: readable in both themes, the same each time, and never a side effect."""

import subprocess
import sys

import pytest

from helpers.plots import PALETTE

PAGES = {"light": "#ffffff", "dark": "#121212"}


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("name", PALETTE)
def test_every_colour_can_be_read_on_its_page(name, theme):
    assert contrast(PALETTE[name][theme], PAGES[theme]) >= 4.5


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_module_changes_no_setting():
    run(
        "import matplotlib as mpl; before = dict(mpl.rcParams); import helpers.plots\n"
        "assert dict(mpl.rcParams) == before"
    )


DRAW = """
from IPython.core.interactiveshell import InteractiveShell
import matplotlib; matplotlib.use("module://matplotlib_inline.backend_inline")
import matplotlib.pyplot as plt
InteractiveShell.instance()
from helpers import plots
plots.use_book_style()
fig, ax = plt.subplots(); ax.plot([1, 3, 2], label="a"); ax.set(xlabel="x", ylabel="y")
print(InteractiveShell.instance().display_formatter.format(fig)[0]["image/svg+xml"])
"""


def test_the_same_figure_is_the_same_svg():
    first, second = run(DRAW), run(DRAW)
    assert "<svg" in first
    assert PALETTE["class-i"]["light"] in first
    assert first == second
