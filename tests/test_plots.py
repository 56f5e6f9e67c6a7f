"""The book's look: readable in both themes, the same each time, and never a side effect."""

import subprocess
import sys
from itertools import combinations

import numpy as np
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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
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


@pytest.mark.slow
def test_the_same_figure_is_the_same_svg():
    first, second = run(DRAW), run(DRAW)
    assert "<svg" in first
    assert PALETTE["class-i"]["light"] in first
    assert first == second


# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color
# vision deficiency", full severity: from what is shown, in linear RGB, to what is seen.
VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(colour, vision):
    """The CIE L*a*b* of the colour #rrggbb as it is seen: equal steps in it look equal."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = np.array(TO_XYZ) @ np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    f = np.cbrt(xyz / np.sum(TO_XYZ, axis=1))  # for all but the darkest
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("vision", VISION)
def test_no_two_colours_look_alike_to_a_colour_blind_reader(vision, theme):
    # Grey is for what lies behind: there shape, dash or opacity tells it from magenta.
    seen = {name: lab(PALETTE[name][theme], vision) for name in PALETTE if name != "muted"}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 10, (one, other)
