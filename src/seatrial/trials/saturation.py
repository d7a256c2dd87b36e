"""What gives out first under load, read from what was strained."""

from seatrial.sandbox import Loaded

_FULL = 0.85
"""Of a processor, or of all: the rest goes to whoever else runs."""
_LATE = 0.25
"""Seconds by which an event loop comes too late when something in it blocks."""
_STUCK = 3
"""Connections; fewer may belong to one slow request."""
_QUIET = 0.5
"""Of a processor: a worker that uses less waits for something else."""
_SHARE = 0.3
"""Of a processor: a worker that uses less has no part in a machine that is busy."""
_QUEUED = 0.2
"""The part of the connections that wait for locks when these give out first."""


def saturated(step: Loaded) -> str:
    """What gave out, in one sentence; empty if nothing of what is watched did."""
    strain = step.strain
    if step.driver > _FULL * step.seconds:
        return "the load client itself had no processor left: the program may bear more"
    if strain.connections and strain.waiting >= max(1.0, _QUEUED * strain.connections):
        return f"{strain.waiting:.0f} of {strain.connections} connections wait for locks of one another"
    if is_pool(step):
        return (
            f"{strain.stuck} of {strain.connections} connections are held for more than three seconds with no "
            f"statement at work: requests that hold one wait for another, and the pool is used up"
        )
    if strain.lag > _LATE and strain.worker < _QUIET and strain.machine < _FULL:
        return f"something blocks the event loop: it came {strain.lag:.2f} s late, with processors idle"
    if strain.worker > _FULL:
        return f"processors: a worker uses {strain.worker:.2f} of one, and can use no more than one"
    if strain.machine > _FULL and strain.worker > _SHARE:
        return f"processors: {strain.machine:.0%} of the machine is busy"
    return ""


def is_pool(step: Loaded) -> bool:
    """Whether connections are held by who waits, with the processor idle."""
    strain = step.strain
    return strain.stuck >= _STUCK and strain.worker < _QUIET
