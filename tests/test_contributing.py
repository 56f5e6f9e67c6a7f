"""The figure that CONTRIBUTING.md shows is a whole one: it lives, and its own test passes."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from figure_page import FigurePage

import explorables

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(python|js)\n(.*?)^ *```$", re.M | re.S)


def blocks():
    """The Python class, the JavaScript module and the test, as the page shows them."""
    return [re.sub(f"^{indent}", "", code, flags=re.M) for indent, _, code in BLOCK.findall(TEXT)]


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The class of the example, from files beside the kit."""
    for name in ("kit", "mathematics"):
        (tmp_path / name).symlink_to(ROOT / "explorables" / name)
    folder = tmp_path / "figures" / "weight_decay"
    folder.mkdir(parents=True)
    python, javascript, _ = blocks()
    (folder / "sigmoid.py").write_text(python, encoding="utf-8")
    (folder / "sigmoid.js").write_text(javascript, encoding="utf-8")
    spec = spec_from_file_location("sigmoid", folder / "sigmoid.py")
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "sigmoid", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(explorables, "Sigmoid", module.Sigmoid, raising=False)
    return module.Sigmoid


def test_the_example_lives_and_its_test_passes(example, open_figure):
    names = {}
    exec(compile(blocks()[2], "CONTRIBUTING.md", "exec"), names)
    names["test_the_curve_is_the_sigmoid_of_the_score"](open_figure)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_example_is_as_high_as_it_says(example, open_figure, width):
    page = type("Page", (FigurePage,), {"figure": example})
    figure = open_figure(page, width=width, fresh=True)
    figure.root.evaluate("figure => (figure.style.minHeight = 0)")
    assert figure.height() == pytest.approx(figure.reserved_height(width), abs=2)
    assert figure.sticks_out() <= 0


def test_the_example_is_short():
    assert sum(len(code.splitlines()) for code in blocks()) < 120
