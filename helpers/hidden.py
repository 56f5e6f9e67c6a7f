"""The first cell of notebooks: it says so where something beside them hides the helpers."""

SOURCE = """\
# A helpers.py of your own beside this notebook would hide the book's helpers.
from importlib.util import find_spec
from pathlib import Path

found = find_spec("helpers")
if found and not (Path(found.origin or "nowhere").parent / "hidden.py").exists():
    own = found.origin or next(iter(found.submodule_search_locations))
    raise ImportError(f"{own} hides the book's helpers: rename it, and restart the kernel")
"""
