"""The numbers that the guide for instructors quotes: of the problem sets."""

import json

from helpers.results import FOLDER


def numbers():
    path = FOLDER.parent / "homework" / "summary.json"
    sets = json.loads(path.read_text(encoding="utf-8"))
    longest = max(figures["seconds"] for figures in sets.values())
    return {"class-minutes": 30 * longest / 60} | {
        f"{name}-{key}": figures[key]
        for name, figures in sets.items()
        for key in ("chapters", "minutes", "autograded", "written", "seconds")
    }
