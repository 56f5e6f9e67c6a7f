"""The book's one look: a palette for both themes, and one matplotlib style.

Importing this module changes nothing. A chapter calls :func:`use_book_style` once,
in its first cell, so that a reader sees where the look comes from.
"""

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib_inline.backend_inline import set_matplotlib_formats

#: Colours by role, for a light and for a dark page. Blue and orange stay apart in the
#: common forms of colour blindness; each has a contrast of at least 4.5 with its page.
PALETTE = {
    "class-i": {"light": "#0072b2", "dark": "#5cb8f0"},
    "class-j": {"light": "#c04f00", "dark": "#ffa552"},
    "boundary": {"light": "#1f2933", "dark": "#f2f4f7"},
    "adversarial": {"light": "#a8146e", "dark": "#ff80c8"},
    "muted": {"light": "#5f6b7a", "dark": "#a3adba"},
}

CLASS_I, CLASS_J, BOUNDARY, ADVERSARIAL, MUTED = (c["light"] for c in PALETTE.values())

#: For weights: blue pulls towards class I, orange towards class J, white does not pull.
DIVERGING = LinearSegmentedColormap.from_list("diverging", [CLASS_I, "white", CLASS_J])

STYLE = {
    "axes.prop_cycle": cycler(color=[CLASS_I, CLASS_J, ADVERSARIAL, BOUNDARY]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": BOUNDARY,
    "figure.constrained_layout.use": True,
    "figure.figsize": (4.5, 3.0),
    "font.size": 10,
    "grid.color": MUTED,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "image.interpolation": "none",  # a picture's own pixels, which take a third of the bytes
    "svg.fonttype": "path",
    "svg.hashsalt": "tilted-boundary",
    "text.color": BOUNDARY,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


def use_book_style():
    """Draw every later figure of this notebook in the book's style, as SVG.

    The figures carry no date and no random names: same code, same bytes.
    """
    plt.style.use(STYLE)
    set_matplotlib_formats("svg", metadata={"Date": None})
