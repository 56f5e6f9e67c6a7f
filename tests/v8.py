"""JavaScript in V8, as a page would run it, but without a browser."""

import json
import re

from py_mini_racer import MiniRacer

from explorables.base import HERE
from explorables.host.bundle import bundle


def run(source, expression):
    """The value of ``expression`` after a module's ``source``, bundled. Its exports can be named
    in the expression; the default one is called ``main``."""
    source = source.replace("export default ", "globalThis.main = ")
    engine = MiniRacer()
    try:
        engine.eval(re.sub("^export ", "", source, flags=re.M))
        return json.loads(engine.eval(f"JSON.stringify({expression})"))
    finally:
        engine.close()  # left to be collected at exit, it may wait for ever


def run_mathematics(module, expression):
    """The same after the figures' mathematics in explorables/mathematics/``module``.js."""
    return run(bundle(HERE / "mathematics" / f"{module}.js"), expression)
