"""Figures quoted from papers: what book/published.yml holds, each with its source."""

from pathlib import Path

import yaml

from helpers.checks import check_one_of
from helpers.files import read_source

FILE = Path(__file__).resolve().parent.parent / "book" / "published.yml"


def load_published(name):
    """The models of the entry ``name``, as the paper gives them: a list or dict of dicts.

    Raises ValueError where there is no such entry.
    """
    entries = yaml.safe_load(read_source(FILE))
    check_one_of(sorted(entries), name=name)
    return entries[name]["models"]
