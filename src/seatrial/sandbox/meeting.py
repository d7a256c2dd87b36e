"""Two requests that meet at a given point: the second runs while the first stands before one of its statements."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from uuid import uuid4

import msgspec

from seatrial.sandbox.application import Answer, Application
from seatrial.sandbox.calls import Call
from seatrial.sandbox.databases.watch import Watch

_POLL = 0.003
_PATIENCE = 5.0
"""Seconds that the second request may take before the first goes on: it may wait for what no database knows of."""
_ENDED_WITHIN = 0.5
"""Seconds that transactions may stay open after the answers: some programs commit when the answer is sent."""


class Met(msgspec.Struct, frozen=True):
    """How two requests met."""

    first: Answer
    second: Answer
    waited: bool
    """The second had to wait for a lock that the first held."""


def meet(application: Application, watch: Watch, first: Call, second: Call, point: str) -> Met | None:
    """Stops the first before the statement of the mark `point`, runs the second, and lets the first go on.

    The second runs to its end, or until it waits. None if the first ended before it came to that statement.
    """
    name = uuid4().hex
    stopped = msgspec.structs.replace(first, stop=point)
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(application.named, stopped, name)
        try:
            if not _until(one, lambda: application.stands(name)):
                return None
            other = threads.submit(application.call, second)
            waited = _until(other, watch.waits)
        finally:
            application.go(name)
        met = Met(one.result(), other.result(), waited)
    settle(watch)
    return met


def settle(watch: Watch) -> None:
    """Waits until what was answered is also committed."""
    until = time.monotonic() + _ENDED_WITHIN
    while watch.open() and time.monotonic() < until:
        time.sleep(_POLL)


def pause(seconds: float) -> None:
    """Lets the clock go on, so that what holds a time differs afterwards."""
    time.sleep(seconds)


def date() -> float:
    """Seconds since 1970, as a token tells when it runs out."""
    return time.time()


def now() -> float:
    """Seconds of a clock that only goes on."""
    return time.monotonic()


def _until(running: "Future[Answer]", holds: Callable[[], bool]) -> bool:
    """Whether the condition comes to hold before the request ends."""
    until = time.monotonic() + _PATIENCE
    while not running.done() and time.monotonic() < until:
        if holds():
            return True
        wait([running], _POLL)
    return False
