"""Every chapter runs as a notebook, and so does the code in its solutions."""

import doctest
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parent.parent / "book"
CHAPTERS = sorted(path for path in BOOK.glob("*.md") if "{code-cell}" in path.read_text())
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


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


@pytest.mark.kernel
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_and_its_solutions_run(path, tmp_path):
    notebook = jupytext.read(path)
    extra = [nbformat.v4.new_code_cell(source) for source in solution_cells(path.read_text())]
    notebook.cells += extra
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.md")), ids=lambda path: path.stem)
def test_no_line_of_prose_begins_with_a_per_cent_sign(path):
    """MyST takes such a line for a comment, and leaves it out without a word."""
    fenced = re.sub(r"^(`{3,}).*?^\1", "", path.read_text(), flags=re.M | re.S)
    assert not re.findall(r"^\s*%.*", fenced, re.M)
