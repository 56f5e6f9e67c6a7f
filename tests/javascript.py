"""Modules of the front end in V8, without a page."""

import json
import re
from contextlib import contextmanager

from py_mini_racer import MiniRacer

from explorables.base import HERE
from explorables.host.bundle import bundle


@contextmanager
def running(source):
    """A function that gives the value of an expression, or of a statement before it, which may use
    what the bundled module exports: by its name, and the default export as ``main``.

    What JSON cannot hold becomes null: infinities, for instance.
    """
    source = source.replace("export default ", "globalThis.main = ")
    engine = MiniRacer()
    try:
        engine.eval(re.sub(r"^export ", "", source, flags=re.M))

        def value(expression, before=""):
            return json.loads(engine.eval(f"{before}; JSON.stringify({expression})"))

        yield value
    finally:
        engine.close()  # left to be collected at exit, it may wait for ever


def javascript(path):
    """The same for the module at ``path``, below explorables/."""
    return running(bundle(HERE / path))
