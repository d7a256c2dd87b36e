"""What the program draws at random while it is loaded is drawn alike in each of its processes.

Many programs make up a key at import where none is set: each worker then has its own, and none accepts a session of
another. As one that forks its workers after loading they share it here. What tells processes apart stays apart.
"""

import contextlib
import hashlib
import itertools
import linecache
import os
import random
import re
import sys
import threading

_KEY = re.compile(r"secret|key|salt|token|sign|password", re.IGNORECASE)


@contextlib.contextmanager
def alike():
    """Within it, the main thread draws what it drew in every other process."""
    real, count, within = os.urandom, itertools.count(), [True]

    def urandom(size):
        if not within[0] or threading.current_thread() is not threading.main_thread() or _is_name(sys._getframe(1)):
            return real(size)
        return hashlib.shake_256(b"seatrial %d" % next(count)).digest(size)

    os.urandom = random._urandom = urandom
    random.seed(0)
    try:
        yield
    finally:
        within[0] = False
        os.urandom = random._urandom = real
        random.seed()


def _is_name(frame):
    """Whether a name is drawn, as a worker or a run gives itself one, and no key is made of it."""
    if frame.f_globals.get("__name__") != "uuid":
        return False
    caller = frame.f_back
    return not _KEY.search(linecache.getline(caller.f_code.co_filename, caller.f_lineno))
