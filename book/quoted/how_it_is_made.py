"""The numbers that the page on how the book is made quotes: what its parts took."""

import json

from helpers.files import visible_files
from helpers.results import FOLDER, load_figures, load_run


def experiment_numbers():
    """Of each experiment, and of all: hours and megabytes; and of each the number of its runs."""
    found = {"all-hours": 0.0, "all-megabytes": 0.0}
    names = {path.relative_to(FOLDER).parts[0] for path in visible_files(FOLDER, "*/**/*")}
    for folder in sorted(FOLDER / name for name in names):
        texts = [path.read_text(encoding="utf-8") for path in visible_files(folder, "**/run.json")]
        runs = [json.loads(text) for text in texts]
        sizes = [path.stat().st_size for path in visible_files(folder, "**/*")]
        hours, megabytes = sum(run["seconds"] for run in runs) / 3600, sum(sizes) / 1e6
        found |= {
            f"{folder.name}-runs": len(runs),
            f"{folder.name}-hours": hours,
            f"{folder.name}-megabytes": megabytes,
            "all-hours": found["all-hours"] + hours,
            "all-megabytes": found["all-megabytes"] + megabytes,
        }
    return found


def numbers():
    latest = load_run("two_layers")  # the others ran on the same machine, with the same versions
    found = experiment_numbers() | {"all-machine": latest["machine"]}
    found |= {f"all-{name}": version for name, version in latest["versions"].items()}
    for costs in (load_figures("chapter_costs"), load_figures("page_costs")):
        for page, figures in costs.items():
            found |= {f"{page}-{name}": value for name, value in figures.items()}
    memory = sorted(costs["memory"] for costs in load_figures("chapter_costs").values())
    return found | {
        "costs-machine": load_run("chapter_costs")["machine"],
        "two-chapters-memory": sum(memory[-2:]),
    }
