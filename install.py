"""Install what the book needs into the Python that runs this, as it was locked.

    python install.py              what readers need: to build the book and to run its chapters
    python install.py homework     what making and grading the problem sets needs, too
    python install.py test         what testing and changing the book needs, too

Every package has to have one of the hashes in requirements/*.txt, which list all that is needed, so
that pip resolves nothing. Two have none: torch, of which there are several builds in two places,
is held to the version in requirements.txt; and the book's own package is a folder, which the locked
setuptools makes importable.
"""

import subprocess
import sys
from pathlib import Path

import install_torch

ROOT = Path(__file__).resolve().parent
USES = ("reader", "homework", "test")


def pip(*arguments):
    """Run pip here; end this program where pip fails, which has said why."""
    quiet = ("--quiet", "--disable-pip-version-check")
    done = subprocess.run([sys.executable, "-m", "pip", "install", *quiet, *arguments], cwd=ROOT)
    if done.returncode:
        sys.exit(done.returncode)


def install_locked(use):
    # A package that has to be built is built by the locked setuptools, which readers have.
    isolation = () if use == "reader" else ("--no-build-isolation",)
    pip("--require-hashes", "--no-deps", *isolation, "-r", f"requirements/{use}.txt")


def main(use="reader"):
    if use not in USES:
        sys.exit(f"the use must be one of {', '.join(USES)}, got {use!r}")
    install_locked("reader")
    if use != "reader":
        install_locked(use)
    install_torch.main()
    pip(install_torch.requirement())
    pip("--no-deps", "--no-build-isolation", "--editable", ".")


if __name__ == "__main__":
    main(*sys.argv[1:])
