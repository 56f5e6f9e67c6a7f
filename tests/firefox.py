"""Firefox, driven by the protocol that it speaks itself: WebDriver BiDi, over a web socket."""

import json
import os
import re
import shutil
import subprocess
from functools import cache

import websocket

NAMES = ("firefox", "firefox-esr")


@cache
def find_firefox() -> str | None:
    """The path of $FIREFOX, or of a Firefox on the PATH; None without either."""
    named = os.environ.get("FIREFOX")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


class Firefox:
    """A headless Firefox with one page.

    errors: what its pages wrote to the console as errors, and their uncaught exceptions.
    """

    def __init__(self, profile, **preferences):
        """Start it with the empty folder ``profile`` as its user's, who has set preferences, in
        whose names _ stands for a point."""
        lines = [
            f"user_pref({json.dumps(name.replace('_', '.'))}, {json.dumps(value)});"
            for name, value in preferences.items()
        ]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self.errors = []
        self._sent = 0
        self._process = subprocess.Popen(
            [
                find_firefox(),
                "--headless",
                "--no-remote",
                "--profile",
                str(profile),
                "--remote-debugging-port",
                "0",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        listening = (re.search(r"BiDi listening on (\S+)", line) for line in self._process.stderr)
        address = next(filter(None, listening))[1]
        self._socket = websocket.create_connection(
            f"{address}/session", suppress_origin=True, timeout=60
        )
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._page = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def _call(self, method, **parameters):
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._sent:
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.errors.append(answer["params"]["text"])
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, url):
        """Open the page, and wait until it has loaded."""
        self._call("browsingContext.navigate", context=self._page, url=url, wait="complete")
        # The page before may still have changed its own address, which Firefox takes for that.
        while self.evaluate("[location.href, document.readyState]") != [url, "complete"]:
            pass

    def evaluate(self, script):
        """The value, as JSON can hold it, of the expression, or of what it promises."""
        answer = self._call(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then(JSON.stringify)",
            target={"context": self._page},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def press(self, *keys):
        """Press the keys at the same time, named as WebDriver does."""
        down, up = ([{"type": f"key{way}", "value": key} for key in keys] for way in ("Down", "Up"))
        actions = [{"type": "key", "id": "keyboard", "actions": down + up}]
        self._call("input.performActions", context=self._page, actions=actions)

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.communicate()
