"""What every server of our own needs: a port that is free, and an end when we end."""

import ctypes
import signal
import socket
from contextlib import closing, suppress

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """To be called in a child: it is asked to end when we do, however that is (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
