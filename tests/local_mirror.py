"""A mirror on this machine that serves files well or badly, as the first part of the path says.

`/good/name.gz` sends the file, `/redirect/name.gz` points at it, and the other behaviours are
the ways in which a mirror fails.
"""

import gzip
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LocalMirror:
    """files: unpacked contents by name. requests: the paths asked for so far."""

    def __init__(self, address: str, files: dict[str, bytes]):
        self.address = address
        self.packed = {f"{name}.gz": gzip.compress(data) for name, data in files.items()}
        self.requests = []
        self.half_sent = threading.Event()
        self.closing = threading.Event()

    def url(self, behaviour: str) -> str:
        return f"{self.address}/{behaviour}/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append(request.path)
        _, behaviour, name = request.path.split("/")
        getattr(self, f"answer_{behaviour}")(request, name, self.packed[name])

    def answer_good(self, request, name, body):
        send_head(request, len(body))
        request.wfile.write(body)

    def answer_redirect(self, request, name, body):
        request.send_response(302)
        request.send_header("Location", self.url("good") + name)
        request.end_headers()

    def answer_forbidden(self, request, name, body):
        request.send_error(403)

    def answer_truncated(self, request, name, body):
        send_head(request, len(body))
        request.wfile.write(body[: len(body) // 2])

    def answer_wrong(self, request, name, body):
        self.answer_good(request, name, gzip.compress(b"these are not the digits"))

    def answer_page(self, request, name, body):
        self.answer_good(request, name, b"<html>Please log in to this network</html>")

    def answer_broken(self, request, name, body):
        self.answer_good(request, name, body[:20] + bytes(len(body) - 20))

    def answer_hung_up(self, request, name, body):
        pass

    def answer_stalled(self, request, name, body):
        send_head(request, len(body))
        request.wfile.write(body[: len(body) // 2])
        request.wfile.flush()
        self.half_sent.set()
        self.closing.wait()

    def answer_silent(self, request, name, body):
        self.closing.wait()

    def answer_trickle(self, request, name, body):
        send_head(request, len(body))
        for byte in body[:100]:
            request.wfile.write(bytes([byte]))
            if self.closing.wait(0.05):
                return


def send_head(request: BaseHTTPRequestHandler, length: int) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with suppress(ConnectionError):  # the reader gives up on us, as it should
            self.server.mirror.answer(self)

    def log_message(self, *args):
        pass


@contextmanager
def local_mirror(files: dict[str, bytes]):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.mirror = LocalMirror(f"http://127.0.0.1:{server.server_port}", files)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.mirror
    finally:
        server.mirror.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
