"""How long the whole of something may take that is done in many steps, each of which has an end of its own."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_until: ContextVar[float] = ContextVar("until", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done here, in however many steps, has so long altogether; no longer than what is around it."""
    before = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(before)


def left(most: float) -> float:
    """The seconds that a step may take: `most`, or what is left of the whole; 0 if nothing is."""
    return max(min(most, _until.get() - time.monotonic()), 0.0)


def is_over() -> bool:
    """Whether nothing is left."""
    return left(1.0) <= 0
