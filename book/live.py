"""Show the book while it is written: whenever a file is saved, it is built and the pages reload.

    python book/live.py [port]

The libraries stay loaded in this process. Each build is a fork of it, so it loads the book's own
modules as they are now, and does what `make book` does.
"""

import multiprocessing
import socket
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout, suppress
from importlib import import_module
from pathlib import Path

import uvicorn
from jupyter_book.cli.main import build
from sphinx_autobuild.middleware import JavascriptInjectorMiddleware
from sphinx_autobuild.server import RebuildServer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
OWN_CODE = ("book", "explorables", "helpers")
WATCHED = (*OWN_CODE, "results", "_config.yml", "_toc.yml")
UNWATCHED = {"__pycache__", ".ipynb_checkpoints"}


def rebuild(changed_paths=()):
    """Build the book, and say how long it took.

    Returns the names of the libraries' modules that this has loaded.
    """
    start = time.perf_counter()
    try:
        with redirect_stdout(None):  # what goes wrong is written to stderr
            build.main([str(ROOT), "--quiet"], standalone_mode=False)
    except Exception:
        print("The book does not build: see above. The next save has it tried again.", flush=True)
    else:
        print(f"Built in {time.perf_counter() - start:.1f} s.", flush=True)
    own = tuple(str(ROOT / folder) for folder in OWN_CODE)
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return [name for name, file in files.items() if file and not file.startswith(own)]


def is_ignored(path):
    return not UNWATCHED.isdisjoint(Path(path).parts)


def application(address):
    """The built book as a web application, which has it built and reloads the pages shown."""
    watcher = RebuildServer([ROOT / name for name in WATCHED], is_ignored, rebuild)
    return Starlette(
        routes=[
            WebSocketRoute("/websocket-reload", watcher),
            Mount("/", StaticFiles(directory=SITE, html=True)),
        ],
        middleware=[Middleware(JavascriptInjectorMiddleware, ws_url=address)],
        lifespan=watcher.lifespan,
    )


def main(port=8000):
    """Serve at ``port`` of this machine, or at any free one for 0."""
    multiprocessing.set_start_method("fork")
    server = socket.create_server(("127.0.0.1", port))
    address = f"127.0.0.1:{server.getsockname()[1]}"
    SITE.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(1) as process:
        libraries = process.submit(rebuild).result()
    for library in libraries:
        with suppress(ImportError):
            import_module(library)
    print(f"The book: http://{address} (Ctrl-C ends this)", flush=True)
    uvicorn.Server(uvicorn.Config(application(address), log_level="warning")).run([server])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
