"""In Jupyter an explorable is an ordinary widget: Python moves the figure, the figure tells Python."""

import nbformat
import pytest
from jupyter_lab import jupyter_lab

CELLS = [
    "from helpers.explorables import MirrorImage\nfigure = MirrorImage(theta=0.5)\nfigure",
    "import ipywidgets\nlabel = ipywidgets.Label()\n"
    "def say(change):\n    label.value = f'Python saw theta {change.new:.4f}'\n"
    "figure.observe(say, 'theta')\nfigure.theta = 1.0\nlabel",
]


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab over a folder that holds one notebook; its address."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    with jupyter_lab(tmp_path) as address:
        yield address("lab/tree/figure.ipynb")


@pytest.mark.slow
def test_an_explorable_and_the_kernel_move_each_other(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    page.goto(lab)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click(timeout=60_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    page.keyboard.press("Shift+Enter")
    figure = page.locator(".jp-OutputArea .xp")
    figure.wait_for(timeout=60_000)
    output = figure.locator(".xp-slider output")
    assert output.inner_text() == "28.6°"

    page.keyboard.press("Shift+Enter")  # Python sets theta, and the figure turns
    page.get_by_text("Python saw theta 1.0000", exact=True).wait_for()
    page.wait_for_function("document.querySelector('.xp-slider output').textContent === '57.3°'")

    figure.get_by_role("slider", name="The image x").press("ArrowLeft")  # not Jupyter's keys
    figure.get_by_label("Angle θ").fill("30")  # the figure tells Python
    assert output.inner_text() == "30.0°"
    page.get_by_text("Python saw theta 0.5236", exact=True).wait_for()
    context.close()
