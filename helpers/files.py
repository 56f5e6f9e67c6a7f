"""Files as people and programs leave them: which count, how text is read, how they are written."""

import os
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


def visible_files(folder, *patterns):
    """The files below ``folder`` that match one of the glob ``patterns``: a sorted list of paths.

    Those whose name begins with a dot, or that lie in such a folder, are left out: editors and
    file managers put locks and notes of their own there (``.#page.md``, ``._page.md``).
    """
    folder = Path(folder)
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not is_hidden(path.relative_to(folder)))


def is_hidden(path):
    """Whether a part of the relative ``path`` begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


def read_source(path):
    """The text of a file that somebody edits: UTF-8, with or without a byte order mark, which some
    editors on Windows put in front."""
    return Path(path).read_text(encoding="utf-8-sig")


@contextmanager
def replaced(path):
    """A temporary path to write to; it takes the place of ``path`` once all is written.

    What stood at ``path`` stays where anything goes wrong, and no reader sees half of a file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{uuid4().hex[:8]}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
