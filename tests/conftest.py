"""What the tests share: the built book, a server, a browser, and MNIST.

    site        the folder of the built book
    server      the site's address over http
    open_page   opens a page of it in Chromium: see Visit
    open_figure opens a figure on a page of its own: see FigurePage in figure_page.py
    browser     that Chromium, for tests with pages of their own
    mnist       MNIST, from $MNIST_DIR or the cache
    one_thread  torch on one thread

A test that asks for a page, the browser or MNIST gets the marker `browser` or `mnist` by itself,
and one that asks for `java`, `firefox` or `package_index` the marker of that name. Where there is
none of it, such tests are skipped, and the summary says so. One that asks for the site gets the
marker `built`.
"""

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser import find_chromium
from filelock import FileLock
from firefox import find_firefox
from hypothesis import settings
from playwright.sync_api import Page, expect, sync_playwright
from single_page import FigureServer

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
if "PYTEST_XDIST_WORKER" in os.environ:  # there are as many as cores: each takes one
    os.environ.setdefault("OMP_NUM_THREADS", "1")

expect.set_options(timeout=30_000)  # a machine may be slow: a test that passes waits no longer

# The same examples on every machine, however slow it is.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")


@cache
def mnist_is_here() -> bool:
    from helpers.mnist_files import SHA256, cache_folder

    names = ([cache_folder() / name, cache_folder() / f"{name}.gz"] for name in SHA256)
    in_cache = all(any(path.exists() for path in either) for either in names)
    return bool(os.environ.get("MNIST_DIR")) or in_cache


@cache
def index_is_reached() -> bool:
    """Whether uv finds a package on the index of packages within a minute."""
    uv = [sys.executable, "-m", "uv", "pip", "compile", "--no-deps", "--quiet", "-"]
    try:
        done = subprocess.run(uv, input=b"tqdm", capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


NEEDS = {
    "browser": (
        find_chromium,
        "BROWSER TESTS SKIPPED: no Chromium found; set CHROMIUM=/path/to/chromium",
    ),
    "firefox": (
        find_firefox,
        "FIREFOX TEST SKIPPED: no Firefox found; set FIREFOX=/path/to/firefox",
    ),
    "java": (
        partial(shutil.which, "java"),
        "HTML CHECKS SKIPPED: no Java found; the Nu HTML checker needs one, 8 or later",
    ),
    "package_index": (
        index_is_reached,
        "SET-UP TESTS SKIPPED: no package index is reached; they ask which wheels there are",
    ),
    "mnist": (
        mnist_is_here,
        (
            "MNIST TESTS SKIPPED: no MNIST found; set MNIST_DIR=/path/to/its/files, or run "
            'python -c "from helpers.data import load_mnist; load_mnist()" to download it'
        ),
    ),
}


def pytest_collection_modifyitems(items):
    for item in items:
        for need in NEEDS.keys() & set(item.fixturenames):
            item.add_marker(need)
        if "site" in item.fixturenames:
            item.add_marker("built")
    # The longest files first: else one process would be left with such a file in the end.
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


def pytest_runtest_setup(item):
    for need, (is_here, message) in NEEDS.items():
        if item.get_closest_marker(need) and not is_here():
            pytest.skip(message)


def pytest_terminal_summary(terminalreporter):
    budgets = {}
    for report in terminalreporter.stats.get("passed", []):
        for page, used in report.user_properties:
            budgets.setdefault(page, []).append(used)
    for page, used in sorted(budgets.items()):
        terminalreporter.write_line(f"{page}: {'; '.join(sorted(used))}")
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for _, message in NEEDS.values():
        if count := sum(message in reason for reason in skipped):
            terminalreporter.write_line(f"{message} ({count} skipped)", red=True, bold=True)


@pytest.fixture(scope="module")
def one_thread():
    """Torch on one thread: small networks gain nothing from more, and lose much on a busy machine.
    For all of a file: pytestmark = pytest.mark.usefixtures("one_thread")."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def java():
    """For tests that need Java: the Nu HTML checker is written in it."""


@pytest.fixture(scope="session")
def package_index():
    """For tests that ask which wheels there are."""


@pytest.fixture(scope="session")
def mnist():
    """The data set, as helpers.data.load_mnist() gives it."""
    from helpers.data import load_mnist

    return load_mnist()


def build():
    """Build the book, which is quick when nothing has changed: "", or what went wrong."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    # Jupyter Book ends with a traceback of its own, which says nothing of the cause.
    return done.stdout.partition("\nThe above exception was")[0][-2000:] if done.returncode else ""


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The folder of the built book. The first process of the tests that asks for it builds it."""
    folder = tmp_path_factory.getbasetemp()
    log = (folder if worker_id == "master" else folder.parent) / "build.log"
    with FileLock(f"{log}.lock"):
        if not log.exists():
            cause = build()
            if "Kernel died before replying" in cause:  # see addopts in pyproject.toml
                cause = build()
            log.write_text(cause, encoding="utf-8")
    if cause := log.read_text(encoding="utf-8"):
        pytest.fail(f"The book does not build:\n{cause}", pytrace=False)
    return ROOT / "_build" / "html"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def server(site):
    """The site's address over http, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=site)) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, driven by Playwright's synchronous interface."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A page that is open, and what happened on it so far.

    errors: what it wrote to the console as an error, and its uncaught exceptions.
    requests: every address it asked for, its own included.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def open_page(browser, site, request):
    """A function that opens a page of the book, loaded, and returns its Visit.

    open_page(path, scheme="http", theme="light", width=1280, **options): path is relative to the
    site ("book/intro.html"); scheme is "http" or "file"; theme "light" or "dark", as the reader's
    system has it; width in pixels; options go to Playwright's Browser.new_context. Everything
    is closed after the test.
    """
    contexts = []

    def open_page(path, scheme="http", theme="light", width=1280, **options) -> Visit:
        base = site.as_uri() if scheme == "file" else request.getfixturevalue("server")
        contexts.append(
            browser.new_context(
                color_scheme=theme, viewport={"width": width, "height": 800}, **options
            )
        )
        visit = Visit(contexts[-1].new_page())
        visit.page.goto(f"{base}/{path}")
        return visit

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def figure_server():
    """A server of pages that hold single figures, without a build of the book."""
    with FigureServer() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def opened_figures(browser):
    """The pages that the tests of a file share: address and options -> Visit, and its state."""
    opened = {}
    yield opened
    for visit, _ in opened.values():
        visit.page.context.close()


# A page is as it was at first when its figures' traits are.
RESET = """() => {
  document.activeElement?.blur();
  scrollTo(0, 0);
  for (const figure of document.querySelectorAll(".explorable")) {
    const { id, state } = JSON.parse(figure.querySelector("script").textContent);
    const model = explorables.models[id];
    for (const [name, value] of Object.entries(state)) {
      const text = JSON.stringify(value);
      const isArray = text.includes("base64"); // which no test changes
      if (!isArray && JSON.stringify(model.get(name)) !== text) model.set(name, value);
    }
  }
}"""


@pytest.fixture
def open_figure(browser, figure_server, opened_figures):
    """A function that opens a figure on a page of its own, and returns it.

    open_figure(AccuracyPlanePage, width=1280, theme="light", widget=None, fresh=False, **options):
    the class is one of FigurePage's; widget is what its page shows, the figure as the book shows it
    by default; width is that of the window in pixels; options go to Playwright's
    Browser.new_context. Tests of one file share the page, with its traits as they were at first; a
    ``fresh`` one is new. After the test none may have written an error to its console.
    """
    used, fresh_contexts = [], []

    def open_figure(page_class, width=1280, theme="light", widget=None, fresh=False, **options):
        key = (page_class, id(widget), width, theme, *sorted(options.items()))
        if fresh or key not in opened_figures:
            widget = widget or page_class.figure()
            context = browser.new_context(
                color_scheme=theme, viewport={"width": width, "height": 800}, **options
            )
            visit = Visit(context.new_page())
            visit.page.goto(figure_server.page(widget))
            figure = page_class(visit)
            if fresh:
                fresh_contexts.append(context)
            else:
                opened_figures[key] = visit, widget
        else:
            visit, _ = opened_figures[key]
            visit.page.evaluate(RESET)
            figure = page_class(visit)
        used.append(visit)
        return figure

    yield open_figure
    for context in fresh_contexts:
        context.close()
    errors = [error for visit in used for error in visit.errors]
    for visit in used:
        visit.errors.clear()
    assert errors == []
