"""Whatever a reader writes into the first cell of a chapter works, or ends there in one line.

The extremes of the ranges run through all cells that use the value, and nothing may warn. Values
that a chapter cannot work with are refused by its first cell, in a line that names value and range.
"""

import ast
import math
import warnings
from functools import cache
from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from test_adapted_chapters import SAYS, parameters, values
from threadpoolctl import threadpool_limits

from experiments.chapter_costs import CHAPTERS
from helpers.parameters import ALLOWED

pytestmark = pytest.mark.usefixtures("one_thread")
BOOK = Path(__file__).resolve().parent.parent / "book"


@cache
def cells(chapter):
    """The code cells of a chapter, the first one first, without its quiz."""
    found = jupytext.read(BOOK / f"{chapter}.md").cells
    sources = [cell.source for cell in found if cell.cell_type == "code"]
    return [source for source in sources if not source.startswith("Quiz(")]


@cache
def names(source):
    """The names that a cell takes from other cells, and those that it gives a value to."""
    nodes = list(ast.walk(ast.parse(source)))
    used = [node for node in nodes if isinstance(node, ast.Name)]
    given = {node.id for node in used if isinstance(node.ctx, ast.Store)}
    given |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return {node.id for node in used} - given, given


def using(chapter, changed):
    """The cells for which the changed values matter, and those that they build on."""
    _, *rest = cells(chapter)
    changed, chosen = set(changed), set()
    for k, source in enumerate(rest):
        taken, given = names(source)
        if taken & changed:
            chosen.add(k)
            changed |= given
    needed = set().union(*(names(rest[k])[0] for k in chosen))
    for k in reversed(range(len(rest))):
        taken, given = names(rest[k])
        if k not in chosen and given & needed:
            chosen.add(k)
            needed |= taken
    return [rest[k] for k in sorted(chosen)]


def run_first_cell(chapter, changed):
    """The variables of the first cell, run with the changed values."""
    variables = {}
    imports, _, rest = cells(chapter)[0].partition(SAYS)
    exec(imports + parameters(cells(chapter)[0]), variables)
    assert changed.keys() <= variables.keys()
    variables |= changed
    exec(rest.partition("\n\n")[2], variables)
    return variables


def run(chapter, **changed):
    """Run the cells that use the changed values; what would warn in a notebook is an error."""
    with plt.rc_context(), warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("error")
        plt.switch_backend("agg")
        variables = run_first_cell(chapter, changed)
        for source in using(chapter, changed):
            exec(source, variables)
            for number in plt.get_fignums():
                plt.figure(number).canvas.draw()
            plt.close("all")
    return variables


def changeable(chapter):
    return list(values(parameters(cells(chapter)[0])))


def comment(chapter, name):
    [line] = [line for line in cells(chapter)[0].splitlines() if line.partition(" = ")[0] == name]
    return line.partition("#")[2]


OF_CHAPTERS = [(chapter, name) for chapter in CHAPTERS for name in changeable(chapter)]
CHECKED = [(chapter, name) for chapter, name in OF_CHAPTERS if chapter != "intro"]

# The largest sizes take seconds or minutes, and differ from others in that alone.
SIZES = {"n", "dims", "n_each", "n_few", "n_features", "d"}
ONCE_WRONG = [
    ("mirror-images", {"noisy_point": [0, 0]}),
    ("tilting-angle", {"n_each": 10, "n_few": 10}),
    ("svm-path", {"lam": 100}),
    ("svm-path", {"n": 9}),
]


def ends(chapter):
    """The least values of a chapter, all at once, and the largest ones."""
    allowed = {name: ALLOWED[name] for name in changeable(chapter)}
    least = {name: lower_end(each) for name, each in allowed.items()}
    most = {name: upper_end(each) for name, each in allowed.items() if name not in SIZES}
    return least, most | ({"n_images": 20} if "n_images" in most else {})


def lower_end(allowed):
    ends = (allowed.least, allowed.most)
    return {"a": allowed.least, "one or more": ends[:1]}.get(allowed.count, ends)


def upper_end(allowed):
    return allowed.most if allowed.count == "a" else [allowed.most, allowed.least]


def wrong(name):
    allowed = ALLOWED[name]
    single = [allowed.least - 1, allowed.most * 1.001 + 1, math.nan, math.inf, "x", None, True]
    single += [0.5] if allowed.whole else []
    if allowed.count == "a":
        return [*single, [], [1, 1]]
    return [[], 1, "38", np.array(1.0), [[1, 2], [3, 4]], [allowed.least, math.nan]] + (
        [[1], [1, 2, 3]] if "two" in allowed.count else []
    )


def test_every_value_of_a_first_cell_has_a_range():
    assert {name for _, name in CHECKED} == ALLOWED.keys()


@pytest.mark.parametrize(("chapter", "name"), CHECKED)
def test_the_comment_beside_a_value_states_its_range(chapter, name):
    stated = str(ALLOWED[name]).replace(" 2,000", " n_each") if name == "n_few" else ALLOWED[name]
    assert str(stated) in comment(chapter, name)


@pytest.mark.parametrize(("chapter", "name"), CHECKED)
def test_the_first_cell_refuses_a_value_out_of_range(chapter, name):
    for value in wrong(name):
        with pytest.raises(ValueError, match=f"^{name} must be .*; got ") as error:
            run_first_cell(chapter, {name: value})
        assert str(ALLOWED[name]) in str(error.value)
        assert "\n" not in str(error.value)


def test_no_more_points_are_taken_than_there_are():
    with pytest.raises(ValueError, match="^n_few must be from 1 to n_each = 10; got 30$"):
        run_first_cell("tilting-angle", {"n_each": 10})


@pytest.mark.parametrize(
    ("name", "wrong", "ends"), [("t", 1.1, "0 to 1"), ("log_lam", -7, "-6 to 2")]
)
def test_figures_refuse_where_they_cannot_start(name, wrong, ends):
    assert ends in comment("intro", name)
    with pytest.raises(traitlets.TraitError, match=f"^{name} must be .* from {ends}; it was"):
        run("intro", **{name: wrong})


CASES = ONCE_WRONG + [(chapter, changed) for chapter in dict(CHECKED) for changed in ends(chapter)]


@pytest.mark.parametrize(
    ("chapter", "changed"), CASES, ids=[f"{chapter}-{changed}" for chapter, changed in CASES]
)
def test_the_ends_of_the_ranges_work(chapter, changed, request):
    if "load_mnist" in "".join(using(chapter, changed)):
        request.getfixturevalue("mnist")
    run(chapter, **changed)
