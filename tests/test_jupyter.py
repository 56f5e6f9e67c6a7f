"""Every chapter's download in a real JupyterLab: it runs, as the code in its solutions does, reads
like the chapter, and its figures are ordinary widgets. Python moves a figure, the figure tells
Python."""

import doctest
import json
import re
import shutil
from pathlib import Path

import pytest
from jupyter_lab import PATIENCE, Notebook, jupyter_lab
from playwright.sync_api import expect

from experiments.chapter_costs import CHAPTERS

# Of each chapter an explorable and a control of it; what the reader sets that to, and what Python
# finds then; what Python does, and where the control is then.
DRIVEN = {
    "intro": (
        *("RealDigit", "Walk to the mirror image"),
        *("0.25", "figure.t == 0.25", "figure.t = 0.75", "0.75"),
    ),
    "mirror-images": (
        *("MirrorImage", "Angle θ"),
        *("30", "round(figure.theta, 4) == 0.5236", "figure.theta = 1.0", "57.5"),
    ),
    "scaling-the-loss": (
        *("ScalingTheLoss", "Norm ‖w‖"),
        *("0.5", "figure.log_norm == 0.5", "figure.log_norm = -1.0", "-1"),
    ),
    "tilting-angle": (
        *("TiltingPlane", "Tilting angle θ"),
        *("45", "round(figure.theta, 4) == 0.7854", "figure.theta = 0.0", "0"),
    ),
    "svm-on-mnist": (
        *("SvmExplorer", "Regularisation λ"),
        *("70", "figure.log_lam == 1", "figure.log_lam = -3.0", "30"),  # of 81 λ
    ),
    "svm-path": (
        *("Quiz", "Its many local minima"),
        *(True, "figure.picked[0] == 0", "figure.picked = [-1] * len(figure.picked)", False),
    ),
    "weight-decay": (
        *("TwoLayerNetwork", "Weight decay λ"),
        *("12", "figure.log_lam == -3", "figure.log_lam = -2.0", "16"),
    ),
    "lipschitz-margins": (
        *("LipschitzCone", "Slope L of the cone"),
        *("1", "figure.factor == 2", "figure.factor = 4.0", "2"),
    ),
    "robustness-and-accuracy": (
        *("FeatureTradeoff", "Accuracy p of x₁"),
        *("0.8", "figure.p == 0.8", "figure.p = 0.6", "0.6"),
    ),
}
BOOK = Path(__file__).resolve().parent.parent / "book"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
SHOWN = "[value for value in Out.values() if isinstance(value, Explorable)]"
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells, also those out of sight
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SHUT_DOWN = "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"


def solution_cells(text):
    """The chapter's ``python`` blocks as cells; a doctest checks the output it shows."""
    for source in BLOCK.findall(text):
        examples = doctest.DocTestParser().get_examples(source)
        if examples:
            yield "import contextlib, io"
        for example in examples:
            yield (
                "with contextlib.redirect_stdout(io.StringIO()) as printed:\n"
                f"    {example.source.strip()}\n"
                f"assert printed.getvalue() == {example.want!r}, printed.getvalue()"
            )
        if not examples:
            yield source


@pytest.fixture(scope="module")
def lab(site, tmp_path_factory):
    """A JupyterLab over a folder with all downloads: a function that gives a notebook's address."""
    folder = tmp_path_factory.mktemp("lab")
    notebooks = shutil.copytree(site / "_sources/book", folder / "notebooks")
    for name, settings in SETTINGS.items():
        path = folder / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    with jupyter_lab(notebooks, JUPYTERLAB_SETTINGS_DIR=str(folder / "settings")) as address:
        yield lambda name: address(f"lab/tree/{name}.ipynb") + "&reset"  # what was open


@pytest.fixture(scope="module")
def context(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def turn(control, to):
    """Set a slider to a value, or pick an answer."""
    if to is True:
        control.check()
    else:
        control.fill(to)


def expect_at(control, value):
    if isinstance(value, bool):
        expect(control).to_be_checked(checked=value, timeout=PATIENCE)
    else:
        expect(control).to_have_value(value, timeout=PATIENCE)


def test_a_figure_of_every_chapter_is_driven():
    assert DRIVEN.keys() == set(CHAPTERS)


@pytest.mark.slow
@pytest.mark.parametrize("name", DRIVEN)
def test_a_chapter_runs_with_its_solutions_and_moves_with_python(name, lab, context):
    page = context.new_page()
    page.goto(lab(name))
    notebook = Notebook(page)
    notebook.run_all()

    text = page.locator(".jp-MarkdownCell .myst")
    expect(text).to_have_count(notebook.count("markdown"), timeout=PATIENCE)
    raw = r"\{[\w:]+\}`|:::|\$\$|Unknown (?:Directive|Role)"
    assert re.findall(raw, "\n".join(text.all_text_contents())) == []
    assert text.locator(".katex").count()
    assert name == "intro" or text.locator("aside", has_text="What you will learn").count() == 1
    notebook.ask("from explorables.base import Explorable", "0")
    figures = page.locator(".jp-OutputArea .xp")
    expect(figures).to_have_count(int(notebook.ask("", f"len({SHOWN})")), timeout=PATIENCE)

    kind, label, reader_sets, python_finds, python_does, control_is_at = DRIVEN[name]
    notebook.ask(f"figure = next(x for x in {SHOWN} if type(x).__name__ == '{kind}')", "0")
    control = figures.get_by_label(label).first
    turn(control, reader_sets)
    notebook.wait_until(python_finds)
    notebook.ask(python_does, "0")
    expect_at(control, control_is_at)
    for source in solution_cells((BOOK / f"{name}.md").read_text(encoding="utf-8")):
        assert notebook.ask(source, "0") == "0", source
    page.evaluate(SHUT_DOWN)
    page.close()
