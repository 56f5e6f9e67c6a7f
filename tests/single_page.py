"""Pages that hold explorables as the book's pages do: to try them without building the book.

A server makes each file when a page asks for it, the parts of figures among them.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from explorables.base import CSS, HERE, MIME_TYPE
from explorables.host import sphinx as host
from explorables.host.bundle import kit_script

PICTURE = "/still.svg"
PICTURES = {PICTURE: '<svg xmlns="http://www.w3.org/2000/svg" width="646" height="400"/>'}
TYPES = {"html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}


def page_of(*widgets):
    """The page that shows these explorables, as HTML."""
    figures = list(dict.fromkeys(map(type, widgets)))
    style = CSS + "".join(figure.css for figure in figures)
    scripts = ["/host.js", "/kit.js", *(f"/{figure.module}.js" for figure in figures)]
    specs = [widget._repr_mimebundle_()[0][MIME_TYPE] for widget in widgets]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{widgets[0].title}</title>'
        '<link rel="icon" href="data:,">'
        f"<style>{style} body {{ font-family: sans-serif; }}</style>"
        + "".join(f'<script defer src="{script}"></script>' for script in scripts)
        + "".join(
            host.placeholder(
                spec, number, spec["still"] or host.picture(PICTURE, spec["state"]["title"])
            )
            for number, spec in enumerate(specs, 1)
        )
    )


class FigureServer(ThreadingHTTPServer):
    """Serves pages of explorables on this machine; ``page(*widgets)`` gives the address of one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = {}
        self.figures = {}
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def page(self, *widgets):
        path = f"/page-{len(self.pages)}.html"
        self.pages[path] = page_of(*widgets)
        self.figures |= {type(widget).module: type(widget) for widget in widgets}
        return self.address + path

    def handle_error(self, request, client_address):
        """Nothing: a page that is closed no longer listens to what it asked for."""

    def content(self, path):
        """The file at the address's ``path`` as text; KeyError or ValueError if none."""
        if path in self.pages | PICTURES:
            return (self.pages | PICTURES)[path]
        if path == "/host.js":
            return (HERE / "host" / "host.js").read_text(encoding="utf-8")
        if path == "/kit.js":
            return kit_script()
        module, _, key = path.removeprefix("/").removesuffix(".js").partition("/")
        figure = self.figures[module]
        return host.part_script(figure, key) if key else host.definition(figure)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.partition("?")[0]
        try:
            body = self.server.content(path).encode()
        except (KeyError, ValueError):
            self.send_error(404)
            return
        self.send_response(200)
        kind = TYPES[path.rpartition(".")[2]]
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
