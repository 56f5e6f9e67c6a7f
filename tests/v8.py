"""JavaScript in V8, as a page would run it, but without a browser."""

import json
import re
from contextlib import contextmanager

from py_mini_racer import MiniRacer

from explorables.base import HERE
from explorables.host.bundle import bundle


@contextmanager
def running(source):
    """After a module's ``source``, bundled: a function that gives the value of an expression, or of
    one after statements, ``before``. The module's exports can be named there; the default one is
    called ``main``. What JSON cannot hold is None: infinities, for instance.
    """
    source = source.replace("export default ", "globalThis.main = ")
    engine = MiniRacer()

    def value(expression, before=""):
        return json.loads(engine.eval(f"{before}; JSON.stringify({expression})"))

    try:
        engine.eval(re.sub("^export ", "", source, flags=re.M))
        yield value
    finally:
        engine.close()  # left to be collected at exit, it may wait for ever


def run(source, expression):
    """The value of one expression after a module's ``source``."""
    with running(source) as value:
        return value(expression)


def running_mathematics(module):
    """``running`` after the figures' mathematics in explorables/mathematics/``module``.js."""
    return running(bundle(HERE / "mathematics" / f"{module}.js"))


def run_mathematics(module, expression):
    """``run`` after the same."""
    with running_mathematics(module) as value:
        return value(expression)
