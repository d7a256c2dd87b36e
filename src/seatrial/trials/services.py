"""What the program makes of services that it calls and that fail, or say nothing.

All that it calls is sent to a service of ours. A request that is not answered while that service is silent has no
timeout worth the name; one that calls it again and again at once when it fails makes a bad hour of it worse.
"""

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.sandbox.application import DEADLINE
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

MOST = 6
"""Operations that are kept waiting: each may take until the deadline."""
_MORE = 2
"""Calls beyond those of a good day that are repetitions."""
_AT_ONCE = 0.1
"""Seconds of doing nothing between an answer and the next call: no pause to speak of."""
_TRIES, _SEEN = 6, 2
"""So often at most, and at least: a busy machine makes pauses of none, and chance makes short ones of random pauses."""


class Calling(msgspec.Struct, frozen=True):
    """An operation that calls out."""

    operation: str
    call: Call
    answer: Answer
    calls: int


def services(bench: Bench) -> Iterator[Claim]:
    """What comes of services that are silent or fail."""
    if not bench.application.workers.pids:
        return
    upstream = bench.application.upstream
    upstream.become("well")
    try:
        lines: set[str] = set()
        for one in _calling(bench):
            line = one.answer.seen.calls[0].line if one.answer.seen else ""
            if line not in lines and len(lines) < MOST:
                lines.add(line)
                yield from filter(None, (_failing(bench, one), _silent(bench, one)))
    finally:
        upstream.become("away")


def _calling(bench: Bench) -> Iterator[Calling]:
    """Operations that call out, each by the first who is not refused."""
    for operation in bench.operations:
        is_due = bench.has_time("services of", operation.name)
        for actor in bench.askers if is_due else ():
            if bench.database is not None:
                bench.database.restore()
            call = bench.filling.accepted(operation, actor) or bench.filling.call(operation, actor)
            if bench.database is not None:
                bench.database.restore()
            bench.application.upstream.become("well")
            answer = bench.application.call(call)
            if answer.seen and answer.seen.calls:
                yield Calling(operation.name, call, answer, len(bench.application.upstream.asked))
                break


def _failing(bench: Bench, one: Calling) -> Claim | None:
    """Whether it calls again and again at once when the service answers 500."""
    seen = 0
    for _ in range(_TRIES):
        answer = _refused(bench, one)
        asked = answer.seen.calls if answer.seen else ()
        again = [later for earlier, later in pairwise(asked) if later.to == earlier.to]
        pauses = [later.pause for later in again if later.pause is not None]
        if len(asked) < one.calls + _MORE or len(pauses) < _MORE:
            return None
        seen += max(pauses) < _AT_ONCE
        if seen == _SEEN:
            reason = (
                f"when {_service(one)} answers 500, one request of {one.operation} calls it {len(asked)} times, "
                f"each within {_AT_ONCE * 1000:.0f} ms of the last answer"
            )
            return _claim(one, answer, "retry-without-backoff", reason)
    return None


def _refused(bench: Bench, one: Calling) -> Answer:
    """The answer while the service fails."""
    upstream = bench.application.upstream
    upstream.become("failing")
    answer = _asked(bench, one)
    upstream.become("well")
    return answer


def _silent(bench: Bench, one: Calling) -> Claim | None:
    """Whether it is answered while the service says nothing, and after it speaks again."""
    waits = [call.waits for call in one.answer.seen.calls] if one.answer.seen else []
    if waits and all(wait is not None and wait > 0 for wait in waits):
        return None  # each call says itself how long it waits
    upstream = bench.application.upstream
    upstream.become("silent")
    answer = _asked(bench, one)
    was_asked = bool(upstream.asked)
    upstream.become("well")
    if not was_asked or answer.status:
        return None
    reason = f"while {_service(one)} says nothing, {one.operation} is not answered within {DEADLINE:.0f} s"
    return _claim(one, one.answer, "missing-timeout", reason)


def _asked(bench: Bench, one: Calling) -> Answer:
    if bench.database is not None:
        bench.database.restore()
    return bench.application.call(one.call)


def _service(one: Calling) -> str:
    return one.answer.seen.calls[0].to if one.answer.seen else "the service"


def _claim(one: Calling, answer: Answer, rule: str, reason: str) -> Claim:
    seen = answer.seen or one.answer.seen
    return Claim(
        trial="faults",
        outcome=Outcome.PROVEN,
        rules=(rule,),
        operation=one.operation,
        lines=tuple(dict.fromkeys(call.line for call in seen.calls if call.line)) if seen else (),
        reason=reason,
    )
