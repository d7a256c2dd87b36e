"""A request that is cut short: it stands before a statement, something is taken from it, and it goes on."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from uuid import uuid4

import msgspec

from seatrial.sandbox.application import Answer, Application
from seatrial.sandbox.calls import Call

_POLL = 0.003
_PATIENCE = 10.0


def cut(application: Application, call: Call, point: str, take: Callable[[int], None]) -> Answer | None:
    """The answer to a request from which something is taken before the statement of the mark `point`.

    `take` is given the worker in which it stands. None if the request never came to the statement.
    """
    name = uuid4().hex
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(application.named, msgspec.structs.replace(call, stop=point), name)
        try:
            stands = _stands(application, name, running)
            if stands:
                take(stands)
        finally:
            application.go(name)
        return running.result() if stands else None


def _stands(application: Application, name: str, running: "Future[Answer]") -> int:
    """The worker in which the request stands; 0 if it ended before."""
    until = time.monotonic() + _PATIENCE
    while not running.done() and time.monotonic() < until:
        if application.stands(name):
            return application.standing(name)
        wait([running], _POLL)
    return 0
