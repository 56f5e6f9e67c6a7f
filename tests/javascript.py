"""Modules of the front end in V8, without a page."""

import json
import re
from contextlib import contextmanager

from py_mini_racer import MiniRacer

from explorables.base import HERE
from explorables.host.bundle import bundle


@contextmanager
def javascript(path):
    """A function that gives the value of an expression, or of a statement before it, which may use
    the names that the module at ``path``, below explorables/, exports.

    What JSON cannot hold becomes null: infinities, for instance.
    """
    engine = MiniRacer()
    try:
        engine.eval(re.sub(r"^export ", "", bundle(HERE / path), flags=re.M))

        def value(expression, before=""):
            return json.loads(engine.eval(f"{before}; JSON.stringify({expression})"))

        yield value
    finally:
        engine.close()  # left to be collected at exit, it may wait for ever
