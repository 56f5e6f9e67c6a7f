"""The set-up: pinned versions, make, continuous integration, Binder, and what is published."""

import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from browser import find_chromium
from jupyter_lab import jupyter_lab
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BUILD = "mkdir -p _build/html/_sources/book && touch _build/html/_sources/book/intro.ipynb"
IDX_STARTS = (b"\0\0\x08\x01", b"\0\0\x08\x03")  # MNIST's labels and images, unpacked


def pins(text: str) -> dict[str, str]:
    """The versions by name of the lines "name==version"."""
    lines = re.findall(r"^([^#=\s]+)==(\S+)", text, re.M)
    return {name.lower().replace("_", "-"): version for name, version in lines}


def run(*command, cwd=ROOT, **variables) -> subprocess.CompletedProcess:
    """Run a command, its output as text; variables are added to the environment."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment |= variables  # without those of a `make test` that we may be part of
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8")


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def tracked_files() -> list[Path]:
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, encoding="utf-8")
    files = (ROOT / name for name in names.split("\0") if name)
    return [path for path in files if path.is_file()]


# Versions


def test_the_lock_holds_every_version_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = "\n".join(sum(project["optional-dependencies"].values(), []))
    asked = pins((ROOT / "requirements.txt").read_text(encoding="utf-8")) | pins(extras)
    locked = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert {name: locked.get(name) for name in asked} == asked


def test_the_lock_fits_every_platform():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines[1:] if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    assert odd == []  # no local versions, folders or addresses


def test_the_lock_resolves_for_the_oldest_python_that_is_promised():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    floor = project["requires-python"].removeprefix(">=") + ".0"
    too_new = {}
    for name in pins((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        required = metadata(name).get("Requires-Python") or ""
        if not SpecifierSet(required).contains(floor):
            too_new[name] = required
    assert too_new == {}, f"of these requirements.txt has to ask for older versions, for {floor}"


def test_binder_installs_what_a_reader_installs(tmp_path):
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    for name in ("requirements.txt", "install_torch.py"):
        shutil.copy(ROOT / name, tmp_path)
    program(tmp_path / "bin/python", 'for last; do :; done; cp "$last" installed.txt')
    program(tmp_path / "bin/jupytext-config", "exit 0")
    program(tmp_path / "bin/jupyter-book", BUILD)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    assert run("binder/postBuild", cwd=tmp_path, PATH=path).returncode == 0
    assert (tmp_path / "notebooks/intro.ipynb").exists()

    assert (tmp_path / "installed.txt").read_text(encoding="utf-8") == (
        ROOT / "requirements.txt"
    ).read_text(encoding="utf-8")
    steps = (tmp_path / "binder/postBuild").read_text(encoding="utf-8")
    assert steps.index("install_torch.py") < steps.index("-r requirements.txt")
    by_conda = yaml.safe_load((tmp_path / "binder/environment.yml").read_text(encoding="utf-8"))[
        "dependencies"
    ]
    assert by_conda == ["python=3.12", "pip"]


def test_repo2docker_builds_from_the_binder_folder():
    """Only the plan: to carry it out takes Docker, conda-forge and half an hour."""
    plan = run(sys.executable, "-m", "repo2docker", "--no-build", "--debug", ROOT)
    assert plan.returncode == 0, plan.stderr
    steps = plan.stdout + plan.stderr
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in steps
    assert "RUN ./binder/postBuild" in steps
    conda = yaml.safe_load((ROOT / "binder/environment.yml").read_text(encoding="utf-8"))
    assert "python=3.12" in conda["dependencies"]
    assert "environment.py-3.12" in re.sub(
        "-([0-9a-f]{2})", lambda hit: chr(int(hit[1], 16)), steps
    )


@pytest.mark.slow
def test_a_double_click_in_binder_opens_a_chapter_as_a_notebook(browser, tmp_path):
    program(tmp_path / "bin/python", "exit 0")  # instead of pip, which has been here
    program(tmp_path / "bin/jupyter-book", BUILD)
    path = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / ".jupyter")}
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    assert run(ROOT / "binder/postBuild", cwd=tmp_path, PATH=path, **home).returncode == 0

    shutil.copy(ROOT / "book/intro.md", tmp_path)
    with jupyter_lab(tmp_path, **home) as address:
        page = browser.new_page()
        page.goto(address("lab"))
        page.locator(".jp-DirListing-item", has_text="intro.md").dblclick()
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.close()


# make

FIRST_FILES = (
    *("Makefile", "requirements.txt", "requirements.lock", "pyproject.toml"),
    "install_torch.py",
)


@pytest.fixture
def bare_project(tmp_path):
    """A folder with the Makefile and what its first target looks at."""
    root = tmp_path / "a path with späces"
    root.mkdir()
    for name in FIRST_FILES:
        shutil.copy(ROOT / name, root)
    return root


def test_make_says_that_there_is_no_python(bare_project):
    old = program(bare_project / "old/python3", "exit 1")
    made = run("make", f"PYTHON={old}", cwd=bare_project)
    assert made.returncode != 0
    assert made.stderr.startswith(f"No Python 3.11 or newer found (tried: {old})")
    assert not (bare_project / ".venv").exists()


def test_make_says_that_python_lacks_its_venv_module(bare_project):
    script = f'case "$*" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"'
    bare = program(bare_project / "bare/python3", script)
    made = run("make", f"PYTHON={bare}", cwd=bare_project)
    assert made.returncode != 0
    assert made.stderr.startswith(f"{bare} lacks the venv module: install it")
    assert not (bare_project / ".venv").exists()


def environment_without_pip(project) -> Path:
    """A .venv as uv makes it, with a file of somebody's own in it."""
    run(sys.executable, "-m", "venv", "--without-pip", ".venv", cwd=project)
    own = project / ".venv/own.txt"
    own.write_text("mine", encoding="utf-8")
    return own


def test_make_installs_into_an_environment_that_is_there(bare_project):
    own = environment_without_pip(bare_project)
    (bare_project / "requirements.txt").write_text("", encoding="utf-8")
    made = run("make", "book", cwd=bare_project, TORCH="default")
    assert "Installing what the book needs" in made.stdout, made.stderr
    assert own.read_text(encoding="utf-8") == "mine"
    assert run(bare_project / ".venv/bin/python", "-m", "pip", "--version").returncode == 0


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("*version_info*", ".venv is there, but holds no Python 3.11 or newer: remove it"),
        ("*pip*", ".venv is there, but has no pip: install it (uv pip install pip), or"),
    ],
    ids=["old", "no pip"],
)
def test_make_says_what_to_do_with_an_environment_it_cannot_use(bare_project, refused, told):
    own = environment_without_pip(bare_project)
    python = bare_project / ".venv/bin/python"
    python.unlink()
    program(python, f'case "$*" in {refused}) exit 1;; esac')
    made = run("make", "book", cwd=bare_project)
    assert made.returncode != 0
    assert made.stderr.startswith(told)
    assert own.read_text(encoding="utf-8") == "mine"


def test_a_course_may_be_in_a_path_with_spaces(bare_project):
    program(bare_project / ".venv/bin/python", 'for last; do :; done; echo "$last" > asked.txt')
    for stamp in (".book", ".homework"):
        (bare_project / ".venv" / stamp).touch()
    made = run("make", "homework", "COURSE=my course", cwd=bare_project)
    assert made.returncode == 0, made.stderr
    assert (bare_project / "asked.txt").read_text(encoding="utf-8") == "my course\n"


def test_the_site_is_packed_in_one_folder_with_all_its_files(bare_project):
    program(bare_project / ".venv/bin/python", f'exec "{sys.executable}" "$@"')
    program(bare_project / ".venv/bin/jupyter-book", "exit 0")
    (bare_project / ".venv/.book").touch()
    for name in (".nojekyll", "index.html", "book/intro.html"):
        path = bare_project / "_build/html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for _ in range(2):
        made = run("make", "zip", cwd=bare_project)
        assert made.returncode == 0, made.stderr
    names = set(ZipFile(bare_project / "tilted-boundary.zip").namelist())
    files = {name for name in names if not name.endswith("/")}
    top = "tilted-boundary"
    assert files == {f"{top}/.nojekyll", f"{top}/index.html", f"{top}/book/intro.html"}


# PyTorch


def wheel(folder, version) -> Path:
    """A wheel of a torch that holds nothing and asks for a package which nobody has."""
    info = f"torch-{version}.dist-info"
    path = folder / f"torch-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as packed:
        header = f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
        packed.writestr(f"{info}/METADATA", header + "Requires-Dist: no-such-thing\n")
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        packed.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def torch_index(tmp_path):
    """A function that serves an index with these versions of torch, and returns its address."""
    folder = tmp_path / "served"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(*versions):
        (folder / "cpu/torch").mkdir(parents=True)
        names = [wheel(folder / "cpu/torch", version).name for version in versions]
        links = "".join(f'<a href="{name.replace("+", "%2B")}">{name}</a>' for name in names)
        (folder / "cpu/torch/index.html").write_text(
            f"<!DOCTYPE html><html>{links}</html>", encoding="utf-8"
        )
        return f"http://127.0.0.1:{server.server_port}/cpu"

    yield serve
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def torch_installed(project, **variables):
    """What install_torch.py prints, and the version that is there afterwards, or None."""
    run(sys.executable, "-m", "venv", "env", cwd=project)
    python = project / "env/bin/python"
    no_other_index = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "NO_PROXY": "127.0.0.1",
    }
    told = run(python, project / "install_torch.py", cwd=project, **no_other_index, **variables)
    assert told.returncode == 0, told.stderr
    found = list((project / "env").glob("lib/python*/site-packages/torch-*.dist-info"))
    return told.stdout, found[0].name.removesuffix(".dist-info") if found else None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pip's default has no CUDA")
def test_pytorch_comes_without_cuda_where_its_index_is_reached(bare_project, torch_index):
    version = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))["torch"]
    index = torch_index("1.0+cpu", f"{version}+cpu")
    told, installed = torch_installed(bare_project, TORCH="", TORCH_INDEX=index)
    assert told == f"PyTorch: the CPU build from {index}\n"
    assert installed == f"torch-{version}+cpu"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pip's default has no CUDA")
@pytest.mark.parametrize(
    ("versions", "chosen", "told"),
    [
        (["1.0+cpu"], "", "does not have this version"),
        (None, "", "is out of reach"),
        (["1.0+cpu"], "default", "as TORCH=default asks"),
    ],
    ids=["other version", "no index", "chosen"],
)
def test_pytorch_is_left_to_pip_otherwise(bare_project, torch_index, versions, chosen, told):
    index = torch_index(*versions) if versions else "http://127.0.0.1:9/cpu"
    printed, installed = torch_installed(bare_project, TORCH=chosen, TORCH_INDEX=index)
    assert printed.startswith("PyTorch: pip's default, ") and told in printed
    assert printed.count("\n") == 1
    assert installed is None


def test_pytorchs_index_is_named_once_and_serves_nothing_else():
    naming = [path.name for path in tracked_files() if b"download.pytorch" in path.read_bytes()]
    assert set(naming) <= {"install_torch.py", Path(__file__).name}
    programs = (ROOT / "Makefile", ROOT / "binder/postBuild", ROOT / ".github/workflows/pages.yml")
    assert [path for path in programs if "INDEX_URL" in path.read_text(encoding="utf-8")] == []


def test_scripts_keep_their_line_ends_on_every_system():
    scripts = ["binder/postBuild", ".ci/run", "Makefile"]
    told = run("git", "check-attr", "eol", *scripts).stdout.splitlines()
    assert told == [f"{script}: eol: lf" for script in scripts]


def test_make_knows_the_commands_that_are_written_down():
    workflow = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^    |run: )make (\w+)", README + workflow, flags=re.MULTILINE)
    named = {*named, "live", "check", "lint", "format"}
    assert {"book", "test", "serve", "zip", "lock"} <= named
    made = run("make", "--dry-run", *named)
    assert made.returncode == 0, made.stderr


def test_jupyter_book_builds_the_site(site):
    assert (site / "index.html").is_file()
    assert (site / "book" / "intro.html").is_file()


# Continuous integration


def test_ci_uses_mnist_beside_the_checkout(tmp_path):
    checkout, data = tmp_path / "checkout", tmp_path / "shared/data/mnist"
    shutil.copytree(ROOT / ".ci", checkout / ".ci")
    (checkout / "Makefile").write_text(
        "test:\n\t@echo MNIST_DIR is $$MNIST_DIR\n", encoding="utf-8"
    )
    assert run(checkout / ".ci/run", MNIST_DIR="/own").stdout == "MNIST_DIR is /own\n"
    data.mkdir(parents=True)
    assert run(checkout / ".ci/run").stdout == f"MNIST_DIR is {data}\n"


def test_only_a_push_to_main_publishes():
    workflow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8"))
    events = workflow[True]  # YAML 1.1 takes the key `on` for a boolean
    assert events["push"] == {"branches": ["main"]}
    assert workflow["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    assert workflow["jobs"]["publish"]["needs"] == "build"


# Chromium and MNIST


@pytest.mark.slow
@pytest.mark.parametrize("need", ["browser", "mnist"])
def test_a_skipped_test_is_reported(need, tmp_path):
    sample = tmp_path / "test_sample.py"
    sample.write_text(f"def test_sample({need}):\n    pass\n", encoding="utf-8")
    nothing = dict.fromkeys(("PATH", "PLAYWRIGHT_BROWSERS_PATH", "XDG_CACHE_HOME"), str(tmp_path))
    pytest_here = (sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-p", "conftest")
    told = run(*pytest_here, sample, cwd=ROOT / "tests", CHROMIUM="", MNIST_DIR="", **nothing)
    assert told.returncode == 0
    assert f"{need.upper()} TESTS SKIPPED: no " in told.stdout
    assert "1 skipped" in told.stdout


def test_a_chromium_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="CHROMIUM must name .*'/nowhere/chromium'"):
        find_chromium.__wrapped__()


def test_chromium_is_the_one_that_is_named(monkeypatch, tmp_path):
    named = program(tmp_path / "my-chromium", "exit 0")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find_chromium.__wrapped__() == str(named)


# What is published


def test_the_guide_for_contributors_names_files_that_exist():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/python -m pytest )?([\w/]+(?:/|\.\w+))`", guide))
    assert {"helpers/plots.py", "tests/test_svm.py", "experiments/study.py"} <= named
    made = {
        "course/",
        "sigmoid.js",
        "sigmoid.css",
        "explorables/figures/weight_decay/sigmoid.py",
        "marks.js",
        "controls.js",
        "kit.css",
    }
    folders = ("", "tests/")
    missing = [n for n in named - made if not any((ROOT / f / n).exists() for f in folders)]
    assert missing == []
    assert "CONTRIBUTING.md" in README


def test_readme_links_to_files_that_exist():
    links = re.findall(r"(?<!!)\[[^]]*\]\(([^)#:]+)\)", README)
    folders = re.findall(r"^\| (.+) \|", README, flags=re.MULTILINE)
    named = links + re.findall(r"`(\w+/)`", " ".join(folders))
    assert {"CITATION.cff", "LICENSE", "LICENSE-TEXT", "book/"} <= set(named)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_citation_agrees_with_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(citation["cff-version"]) == "1.2.0"
    assert citation["message"] and citation["title"].startswith("The Tilted Boundary")
    assert citation["version"] == project["version"]
    assert citation["authors"] == project["authors"]
    preprints = [source["identifiers"][0]["value"] for source in citation["references"]]
    assert preprints == ["arXiv:1806.11186", "arXiv:1802.04034", "arXiv:1805.12152"]


def test_the_repository_holds_no_data_set_and_no_path_of_one_machine():
    machine = re.compile(rb"(?<![\w.-])/(?:work/\w|root/|home/[a-z]|Users/\w)")
    for path in tracked_files():
        contents = path.read_bytes()
        name = path.relative_to(ROOT).as_posix()
        assert not contents.startswith(IDX_STARTS) and not name.endswith("ubyte.gz"), name
        assert not machine.search(contents), f"{name} names {machine.search(contents)}"
        assert name == ".ci/run" or b"shared/data" not in contents or path == Path(__file__), name
