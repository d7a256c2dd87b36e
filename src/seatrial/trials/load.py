"""More and more users: where does it stop to grow, and what does a user see there?

Steps of a closed load, each twice to two and a half times the last, with a deadline for each request. The knee is the
first step at which answers no longer grow with users, the slowest answers take three times as long as at first, errors
come, or nothing comes at all.
"""

from collections.abc import Iterator, Sequence

import msgspec

from seatrial.sandbox import Loaded
from seatrial.trials.bench import Bench

USERS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
DEADLINE = 10.0
"""Seconds that a user waits for an answer."""
_GROWS = 1.1
_SLOWER = 3.0
_ERRORS = 0.01


class Curve(msgspec.Struct, frozen=True):
    """What each step brought, and where it bent. `knee` is a number of users; 0 if it did not bend."""

    steps: tuple[Loaded, ...]
    knee: int
    why: str


def curve(bench: Bench, users: Sequence[int] = USERS, seconds: float = 6.0) -> Curve:
    """The load curve of everything that reads, up to the step after the knee; each step takes so many seconds."""
    calls = [call for _, call in bench.reads()]
    steps: list[Loaded] = []
    knee, why = 0, ""
    for number in users if calls else ():
        steps.append(bench.application.load(calls, number, seconds, DEADLINE))
        if knee:
            break
        if why := bent(steps):
            knee = number
    return Curve(tuple(steps), knee, why)


def bent(steps: Sequence[Loaded]) -> str:
    """Why the last step is a knee; empty if it is none."""
    first, last = steps[0], steps[-1]
    asked = len(last.latencies) + last.silent
    if not last.latencies:
        return "no request is answered any more"
    if (last.failed + last.silent) / asked > _ERRORS:
        return f"{last.failed} of {asked} requests fail and {last.silent} are not answered within {DEADLINE:g} s"
    if len(steps) > 1 and last.quantile(0.99) > _SLOWER * first.quantile(0.99):
        grown = last.throughput / steps[-2].throughput
        if grown < _GROWS:
            return f"one in a hundred waits {last.quantile(0.99):.2f} s, and there are no more answers than before"
    return ""


def lines(found: Curve) -> Iterator[str]:
    """The curve as lines of text, and what it says."""
    yield "   users   answers/s      p50      p99   failed   silent"
    for step in found.steps:
        mark = "  <- knee" if step.users == found.knee else ""
        times = "".join(f"{step.quantile(share) * 1000:>7,.0f}ms" for share in (0.5, 0.99))
        yield f"{step.users:>8,}{step.throughput:>12,.0f}{times}{step.failed:>9,}{step.silent:>9,}{mark}"
    yield f"It bends at {found.knee:,} users: {found.why}." if found.knee else "It did not bend."
