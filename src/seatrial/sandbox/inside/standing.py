"""Where a start stands, told in a file beside its configuration; and an end to what takes too long of it."""

import contextlib
import os
import signal

_out = []


def configure(out):
    """The folder in which it is told."""
    _out[:] = [out]


def at(what):
    """Tells what is being done from now on."""
    for out in _out:
        with open(os.path.join(out, "standing.txt"), "w", encoding="utf-8") as file:
            file.write(what)


class Lines:
    """A place to print to, of which every line is what is being done."""

    def __init__(self, what):
        self._what = what

    def write(self, text):
        """Tells the text, if there is any."""
        if text.strip():
            at("{}: {}".format(self._what, text.strip().rstrip(".")))

    def flush(self):
        """Nothing is held back."""


@contextlib.contextmanager
def within(seconds, what):
    """Raises `TimeoutError` in what is done here when it takes longer; the main thread alone may do so."""

    def late(*_):
        raise TimeoutError(what + " did not end within {} s".format(seconds))

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
