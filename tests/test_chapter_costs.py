"""What chapters cost: measured as described, within what Binder gives, and stated in each."""

from importlib import import_module

import jupytext
import notebook_buttons
import pytest

from book.quoted import how_it_is_made
from experiments import chapter_costs
from helpers.results import load_costs

BINDER = 2.0  # GB of memory
FOR_A_CHAPTER = 1.5  # GB of it that a chapter may take
CHAPTER = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# A chapter

```{code-cell} python
import time
import numpy as np
taken = np.ones(50_000_000)
del taken
```

```{code-cell} python
from explorables import EpsilonConverter
EpsilonConverter()
```

```{code-cell} python
time.sleep(1)
```
"""


@pytest.mark.kernel
def test_costs_are_measured(tmp_path):
    path = tmp_path / "chapter.md"
    path.write_text(CHAPTER, encoding="utf-8")
    costs = chapter_costs.costs(path)
    assert 0.4 < costs["memory"] < 0.8  # 50 million numbers of 8 bytes, and the kernel
    assert 0 < costs["first_figure"] < costs["seconds"] - 0.9


@pytest.mark.kernel
def test_a_chapter_without_figures(tmp_path):
    path = tmp_path / "chapter.md"
    path.write_text(CHAPTER.replace("EpsilonConverter()", "None"), encoding="utf-8")
    assert chapter_costs.costs(path)["first_figure"] is None


def shows_figures(path):
    """Whether code of the chapter takes explorables from the helpers, not only its text."""
    cells = jupytext.read(path, fmt="md:myst").cells
    return any("explorables" in cell.source for cell in cells if cell.cell_type == "code")


def test_every_chapter_with_figures_is_measured():
    names = {path.stem for path in chapter_costs.BOOK.glob("*.md") if shows_figures(path)}
    assert names == set(chapter_costs.CHAPTERS)


@pytest.mark.parametrize("name", chapter_costs.CHAPTERS)
def test_a_chapter_fits_binder_and_says_what_it_costs(name):
    costs = load_costs(name)
    assert costs["memory"] < FOR_A_CHAPTER
    assert costs["first_figure"] < costs["seconds"]
    if name != "intro":
        assert "{glue:text}`cost-seconds:.0f`" in (chapter_costs.BOOK / f"{name}.md").read_text(
            encoding="utf-8"
        )
        quoted = import_module(f"book.quoted.{name.replace('-', '_')}").numbers()
        assert {key: quoted[f"cost-{key}"] for key in costs} == costs


def test_two_chapters_at_once_may_be_too_much_for_binder():
    together = how_it_is_made.numbers()["two-chapters-memory"]
    most = sorted(load_costs(name)["memory"] for name in chapter_costs.CHAPTERS)[-2:]
    assert together == sum(most) > BINDER - 0.5  # and JupyterLab comes on top
    assert f"{BINDER:.0f} GB of memory" in notebook_buttons.BINDER_TOOLTIP
    page = (chapter_costs.BOOK / "how-it-is-made.md").read_text(encoding="utf-8")
    assert f"Binder gives you {BINDER:.0f} GB" in page


def test_an_unknown_chapter_is_refused():
    with pytest.raises(ValueError, match="chapter must be one of .*'intro'.*; got 'chapter 9'"):
        load_costs("chapter 9")
