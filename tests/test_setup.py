"""The set-up: pinned versions, make, continuous integration, Binder, and what is published."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from contextlib import suppress
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from zipfile import ZipFile

import list_parts
import pip
import pytest
import yaml
from browser import find_chromium
from jupyter_lab import jupyter_lab
from packaging.specifiers import SpecifierSet

import install

ROOT = Path(__file__).resolve().parent.parent


def read(name, folder=ROOT) -> str:
    return (folder / name).read_text(encoding="utf-8")


README = read("README.md")
PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
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


def test_the_locks_hold_every_version_that_is_asked_for():
    extras = "\n".join(sum(PROJECT["optional-dependencies"].values(), []))
    asked = pins(read("requirements.txt")) | pins(extras)
    assert asked.pop("torch")  # see install.py
    locked = pins(read("requirements/test.txt"))
    assert {name: locked.get(name) for name in asked} == asked
    for use in ("reader", "homework"):
        part = pins(read(f"requirements/{use}.txt"))
        assert part.items() <= locked.items()
        assert "torch" not in part and "setuptools" in part
    assert set(install.USES) == {path.stem for path in (ROOT / "requirements").iterdir()}


def test_the_package_is_built_by_the_locked_setuptools():
    [required] = tomllib.loads(read("pyproject.toml"))["build-system"]["requires"]
    assert pins(required) == {"setuptools": pins(read("requirements/reader.txt"))["setuptools"]}


@pytest.mark.parametrize("use", install.USES)
def test_a_lock_has_hashes_and_neither_folders_nor_addresses(use):
    header, entries = read(f"requirements/{use}.txt").split("\n", 2)[1:]
    assert re.fullmatch(r"#    make lock DATE=\d{4}-\d\d-\d\d", header)
    entries = entries.replace("\\\n", "").splitlines()
    entry = r"[\w.-]+==[\w.]+( ; [^;@]+)?(\s+--hash=sha256:[0-9a-f]{64})+"
    assert [each for each in entries if not re.fullmatch(entry, each)] == []


def test_the_lock_resolves_for_the_oldest_python_that_is_promised():
    floor = PROJECT["requires-python"].removeprefix(">=") + ".0"
    too_new = {}
    for name in pins(read("requirements/test.txt")):
        with suppress(PackageNotFoundError):  # it is for another platform
            required = metadata(name).get("Requires-Python") or ""
            if not SpecifierSet(required).contains(floor):
                too_new[name] = required
    assert too_new == {}, f"`make lock` has to take older versions of these, for {floor}"


PLATFORMS = {  # as uv calls them
    "x86_64-manylinux_2_28": "Linux",
    "aarch64-manylinux_2_28": "Linux",
    "aarch64-apple-darwin": "macOS 14 or newer on Apple silicon",
    "x86_64-pc-windows-msvc": "Windows on x86-64",
}
PYTHONS = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")


def wheels_for(platform, python, folder):
    """Have uv look for wheels of what a reader installs, PyTorch among it, and install nothing."""
    uv = (sys.executable, *"-m uv pip install --dry-run --no-deps --target".split(), folder)
    wheels = ("--only-binary", ":all:", "--python-platform", platform, "--python-version", python)
    torch = f"torch=={pins(read('requirements.txt'))['torch']}"
    packages = ("-r", "requirements/reader.txt", torch)
    return run(*uv, *wheels, *packages, MACOSX_DEPLOYMENT_TARGET="14.0")


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_reader_needs_no_compiler_on_any_platform_that_is_promised(
    platform, tmp_path, package_index
):
    for python in PYTHONS:
        found = wheels_for(platform, python, tmp_path)
        assert found.returncode == 0, f"Python {python}: {found.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["x86_64-apple-darwin", "aarch64-pc-windows-msvc"])
def test_there_is_no_pytorch_where_the_readme_says_so(platform, tmp_path, package_index):
    assert wheels_for(platform, "3.12.0", tmp_path).returncode != 0


def test_the_platforms_that_are_promised_are_stated():
    text = " ".join(README.split())
    first, *_, last = (python.removesuffix(".0") for python in PYTHONS)
    assert f"Python {first} to {last}" in text
    assert [name for name in PLATFORMS.values() if name not in text] == []
    python = f"({first.replace('.', ', ')}) <= sys.version_info < (3, {int(last[2:]) + 1})"
    assert python in read("Makefile")


# Binder


def test_binder_installs_what_a_reader_installs(tmp_path):
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    program(tmp_path / "bin/python", 'echo "$@" >> ran.txt')
    program(tmp_path / "bin/jupytext-config", "exit 0")
    program(tmp_path / "bin/jupyter-book", f"echo $WARNINGS > warnings.txt; {BUILD}")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    assert run("binder/postBuild", cwd=tmp_path, PATH=path).returncode == 0
    assert (tmp_path / "notebooks/intro.ipynb").exists()
    assert read("warnings.txt", tmp_path) == "shown\n"
    assert read("ran.txt", tmp_path).splitlines()[0] == "install.py"

    # Nothing but Python comes from conda, so there is one PyTorch.
    by_conda = yaml.safe_load(read("binder/environment.yml"))["dependencies"]
    assert by_conda == ["python=3.12", "pip"]


def test_repo2docker_builds_from_the_binder_folder():
    """Only the plan: to carry it out takes Docker, conda-forge and half an hour."""
    plan = run(sys.executable, "-m", "repo2docker", "--no-build", "--debug", ROOT)
    assert plan.returncode == 0, plan.stderr
    steps = plan.stdout + plan.stderr
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in steps
    assert "RUN ./binder/postBuild" in steps
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
    *("Makefile", "requirements.txt", "pyproject.toml", "install.py", "install_torch.py"),
    *(f"requirements/{use}.txt" for use in install.USES),
)


@pytest.fixture
def bare_project(tmp_path):
    """A folder with the Makefile and what its first target looks at."""
    root = tmp_path / "a path with späces"
    (root / "requirements").mkdir(parents=True)
    for name in FIRST_FILES:
        shutil.copy(ROOT / name, root / name)
    return root


def test_make_says_that_there_is_no_python(bare_project):
    old = program(bare_project / "old/python3", "exit 1")
    made = run("make", f"PYTHON={old}", cwd=bare_project)
    assert made.returncode != 0
    assert made.stderr.startswith(f"No Python 3.11 to 3.14 found (tried: {old})")
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
    (bare_project / "install.py").write_text("print('Installed')", encoding="utf-8")
    made = run("make", "book", cwd=bare_project)
    assert "Installed" in made.stdout, made.stderr
    assert own.read_text(encoding="utf-8") == "mine"
    assert run(bare_project / ".venv/bin/python", "-m", "pip", "--version").returncode == 0


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("*version_info*", ".venv is there, but holds no Python 3.11 to 3.14: remove it"),
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


# Installing


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


def run_alone(project, *arguments, **variables):
    """Run Python in an environment of its own, where pip knows no other index than those named."""
    if not (project / "env").exists():
        run(sys.executable, "-m", "venv", "--without-pip", "env", cwd=project)
        (project / "only").mkdir()
        (project / "only/pip").symlink_to(Path(pip.__file__).parent)  # quicker than a new one
    no_other_index = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(project / "only"),
    }
    python = project / "env/bin/python"
    return run(python, *arguments, cwd=project, **no_other_index, **variables)


def installed_torch(project):
    """The version of torch in the environment of ``run_alone``, or None."""
    found = list((project / "env").glob("lib/python*/site-packages/torch-*.dist-info"))
    return found[0].name.removesuffix(".dist-info") if found else None


def torch_installed(project, **variables):
    """What install_torch.py prints, and the version that is there afterwards, or None."""
    told = run_alone(project, "install_torch.py", **variables)
    assert told.returncode == 0, told.stderr
    return told.stdout, installed_torch(project)


@pytest.mark.parametrize("use", install.USES)
@pytest.mark.parametrize("hash_is_right", [True, False])
def test_only_what_has_the_locked_hash_is_installed(bare_project, torch_index, use, hash_is_right):
    index = torch_index("1.0")
    packed = bare_project.parent / "served/cpu/torch/torch-1.0-py3-none-any.whl"
    digest = sha256(packed.read_bytes() + (b"" if hash_is_right else b"!")).hexdigest()
    lock = bare_project / f"requirements/{use}.txt"
    lock.write_text(f"torch==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    script = f"import install; install.install_locked({use!r})"
    done = run_alone(bare_project, "-c", script, PIP_INDEX_URL=index)
    assert (done.returncode == 0) == hash_is_right, done.stderr
    assert installed_torch(bare_project) == ("torch-1.0" if hash_is_right else None)
    assert hash_is_right or "DO NOT MATCH THE HASHES" in done.stderr


def test_an_unknown_use_is_refused():
    told = run(sys.executable, "install.py", "grading")
    assert told.returncode != 0
    assert told.stderr == "the use must be one of reader, homework, test, got 'grading'\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pip's default has no CUDA")
def test_another_pytorch_that_is_there_is_replaced(bare_project, torch_index):
    """As where conda has put one: there would be two builds, one of them with CUDA."""
    version = pins(read("requirements.txt"))["torch"]
    index = torch_index("1.0", f"{version}+cpu")
    run_alone(bare_project, "-m", "pip", "install", "--no-deps", "--index-url", index, "torch==1.0")
    assert installed_torch(bare_project) == "torch-1.0"
    torch_installed(bare_project, TORCH="", TORCH_INDEX=index)
    assert installed_torch(bare_project) == f"torch-{version}+cpu"
    asked = "import install, install_torch; install.pip('--no-deps', install_torch.requirement())"
    nothing_to_do = run_alone(bare_project, "-c", asked, PIP_INDEX_URL="http://127.0.0.1:9")
    assert nothing_to_do.returncode == 0, nothing_to_do.stderr


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


WORKFLOW = ".github/workflows/pages.yml"


def test_only_a_push_to_main_publishes():
    workflow = yaml.safe_load(read(WORKFLOW))
    events = workflow[True]  # YAML 1.1 takes the key `on` for a boolean
    assert events["push"] == {"branches": ["main"]}
    assert workflow["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    assert workflow["jobs"]["publish"]["needs"] == "build"


def test_actions_are_pinned_to_commits_and_may_do_no_more_than_they_need():
    used = re.findall(r"uses: (.+)", read(WORKFLOW))
    pinned = r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"
    assert used and [action for action in used if not re.fullmatch(pinned, action)] == []
    workflow = yaml.safe_load(read(WORKFLOW))
    assert workflow["permissions"] == {}
    allowed = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert allowed == {
        "build": {"contents": "read"},
        "publish": {"pages": "write", "id-token": "write"},
    }
    [checkout] = [s for s in workflow["jobs"]["build"]["steps"] if "checkout@" in s.get("uses", "")]
    assert checkout["with"] == {"persist-credentials": False}
    assert workflow["concurrency"]["group"]


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


def test_every_file_of_the_site_is_ours_or_belongs_to_a_part_in_the_bill(site):
    bill = json.loads((site / list_parts.BILL).read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    static = site / "_static"
    parts = list_parts.parts_of(static)
    assert [part.component() for part in parts] == bill["components"]
    assert {"katex", "bootstrap", "sphinx-book-theme", "@fortawesome/fontawesome-free"} <= {
        part.name for part in parts
    }
    files = {path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()}
    unlisted = files - set().union(*parts.values())
    ours = {path.name for path in tracked_files()} | {"book.css"}  # which holds rules of all parts
    folders = ("explorables/", "pictures/")
    assert [f for f in unlisted if Path(f).name not in ours and not f.startswith(folders)] == []


def test_versions_and_licences_in_the_bill():
    found = {part.name: part.component() for part in list_parts.PARTS}
    assert found["sphinx"]["version"] == pins(read("requirements.txt"))["sphinx"]
    assert found["katex"]["purl"] == f"pkg:npm/katex@{found['katex']['version']}"
    for component in found.values():
        assert re.fullmatch(r"\d+(\.\d+)+", component["version"])
        words = component["licenses"][0]["expression"].split(" AND ")
        assert set(words) <= {"MIT", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "OFL-1.1"}


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
