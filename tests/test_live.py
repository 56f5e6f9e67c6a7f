"""`make live`: a sentence that is saved is soon on the page, on a small book."""

import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest
from test_build import ROOT, write_book
from websocket import create_connection

pytestmark = pytest.mark.slow
PATIENCE = 300  # seconds, on a machine that has much else to do


def files(book):
    """What git might see of the book: all but what is ignored."""
    ignored = {"_build", "__pycache__"}
    paths = (path.relative_to(book.root) for path in book.root.rglob("*"))
    return {path for path in paths if ignored.isdisjoint(path.parts)}


@pytest.fixture
def live(tmp_path):
    """A small book that is shown live, as (the book, its host and port, what is printed)."""
    book = write_book(tmp_path / "book")
    shutil.copy(ROOT / "book/live.py", book.root / "book")
    before = files(book)
    process = subprocess.Popen(
        [sys.executable, "book/live.py", "0"],
        cwd=book.root,
        env=book.environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    address = next(line.split()[2] for line in process.stdout if line.startswith("The book: "))
    yield book, address.removeprefix("http://"), process.stdout
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    assert files(book) == before


def test_a_saved_sentence_is_soon_on_the_page_which_reloads(live):
    book, host, printed = live
    chapter = book.root / "book/alone.md"
    written = chapter.read_text(encoding="utf-8")
    runs = book.runs()
    page = create_connection(f"ws://{host}/websocket-reload", timeout=PATIENCE)

    def save(text):
        """Save the chapter with the text at its end, and wait until open pages are reloaded."""
        chapter.write_text(f"{written}\n{text}\n", encoding="utf-8")
        assert page.recv() == "refresh"
        with urllib.request.urlopen(f"http://{host}/book/alone.html") as answer:
            return answer.read().decode()

    shown = save("A new sentence.")
    assert "A new sentence." in shown
    assert f"ws://{host}/websocket-reload" in shown
    assert book.runs() == runs

    save("See {ref}`nowhere`.")
    assert any("does not build" in line for line in printed)
    assert "Another sentence." in save("Another sentence.")
