"""Chromium for the tests: find it, or install it where that takes no asking.

`python -m tests.browser` prints in one line what there is.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first, which never has a window, takes less than half of the processor time of the others.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


@cache
def find_chromium() -> str | None:
    """The path of $CHROMIUM, of a Chromium or Chrome on the PATH, or of Playwright's own.

    None without any of them. Raises FileNotFoundError where $CHROMIUM is set to something that
    cannot be run.
    """
    if named := os.environ.get("CHROMIUM"):
        if path := shutil.which(named):
            return path
        raise FileNotFoundError(f"CHROMIUM must name a Chromium that can be run, got {named!r}")
    on_path = filter(None, map(shutil.which, NAMES))
    return next(on_path, None) or _playwrights_own()


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install_chromium() -> None:
    """Install Debian's package of the lightest. Raises CalledProcessError where that fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ("update", f"install --yes --no-install-recommends {NAMES[0]}"):
        subprocess.run(
            ["apt-get", *command.split()],
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )


def main() -> None:
    note = ""
    if not find_chromium() and shutil.which("apt-get") and os.geteuid() == 0:
        print("Chromium: installing it with apt-get, which takes a minute", flush=True)
        try:
            install_chromium()
        except subprocess.CalledProcessError as error:
            note = f" (apt-get: {error.stderr.strip()[-200:]})"
        find_chromium.cache_clear()
    print(f"Chromium: {find_chromium() or 'none, so the tests that need one are skipped'}{note}")


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        sys.exit(str(error))
