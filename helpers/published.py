"""Figures quoted from papers: what book/published.yml holds, each with its source."""

from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent.parent / "book" / "published.yml"


def load_published(name):
    """The models of the entry ``name``, as the paper gives them: a list or dict of dicts.

    Raises ValueError where there is no such entry.
    """
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    if name not in entries:
        raise ValueError(f"name must be one of {sorted(entries)}; it was {name!r}")
    return entries[name]["models"]
