"""The same request several times at once, against one after another: the database must end the same.

Equal requests of one user have one outcome in whatever order they come, so what one after another makes is the only
right state. Each statement is delayed a little, which widens the gap between what a request reads and what it writes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.actors import ANONYMOUS
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.state import State, States, changed_columns, differences

RULES = ("lost-update", "check-then-act", "double-claim", "limit-overrun")
AT_ONCE = 6
TIMES = 3
"""How often it is tried; a lost update shows each time under the delay."""
DELAY = 15.0
"""Milliseconds before each statement."""


class Raced(msgspec.Struct, frozen=True):
    """What requests at once did that the same ones one after another do not."""

    operation: str
    verdict: str
    """`corrupted`: the state is wrong. `wrong answers`: it is right, but requests failed that need not."""
    seen: int
    """In so many tries."""
    tries: int
    one_by_one: tuple[int, ...]
    """Statuses, sorted."""
    at_once: tuple[int, ...]
    differences: tuple[str, ...]
    lines: tuple[str, ...]
    """The lines of the program that wrote, in order."""
    call: Call


class Calm(msgspec.Struct, frozen=True):
    """An operation whose requests at once did what they do one after another, in so many tries."""

    operation: str
    tries: int
    lines: tuple[str, ...]


class Unsteady(msgspec.Struct, frozen=True):
    """An operation that answers equal requests differently even one after another: nothing can be said of it."""

    operation: str


def claims(bench: Bench) -> Iterator[Claim]:
    """What requests at once show of each operation that writes."""
    kind = bench.database.kind if bench.database else ""
    for one in run(bench):
        if isinstance(one, Raced):
            yield Claim(
                trial="race",
                outcome=Outcome.INCONCLUSIVE if one.verdict != "corrupted" and kind == "sqlite" else Outcome.PROVEN,
                rules=RULES,
                operation=one.operation,
                lines=one.lines,
                reason=_sentence(one, kind),
                details=one.differences,
            )
        elif isinstance(one, Unsteady):
            yield Claim(
                trial="race",
                outcome=Outcome.INCONCLUSIVE,
                rules=RULES,
                operation=one.operation,
                lines=(),
                reason="equal requests are answered differently even one after another",
            )
        else:
            yield Claim(
                trial="race",
                outcome=Outcome.INCONCLUSIVE if kind == "sqlite" else Outcome.CLEARED,
                rules=RULES,
                operation=one.operation,
                lines=one.lines,
                reason=f"{AT_ONCE} at once ended as one after another, in {one.tries} of {one.tries} tries on {kind}"
                + (", which lets one writer in at a time" if kind == "sqlite" else ""),
            )


def _sentence(one: Raced, kind: str) -> str:
    what = "end in another state than" if one.verdict == "corrupted" else "fail where they do not"
    return (
        f"{AT_ONCE} requests at once {what} one after another, in {one.seen} of {one.tries} tries on {kind} "
        f"(answers {_statuses(one.at_once)} instead of {_statuses(one.one_by_one)})"
    )


def _statuses(statuses: Sequence[int]) -> str:
    return ", ".join(f"{count} times {status}" for status, count in sorted(Counter(statuses).items()))


def run(bench: Bench) -> Iterator[Raced | Calm | Unsteady]:
    """Every operation that writes and accepts a request of ours."""
    if bench.database is None:
        return
    bench.database.restore()
    states = States(bench.database)
    for operation in bench.api.operations:
        if operation.writes and (call := _accepted(bench, operation)):
            yield from _raced(bench, operation, call, states)


def _accepted(bench: Bench, operation: Operation) -> Call | None:
    """A request that changes something, on the saved state."""
    assert bench.database is not None
    for actor in (*bench.actors()[1:], ANONYMOUS):
        bench.database.restore()
        if call := bench.filling.accepted(operation, actor):
            return call
    return None


def _raced(bench: Bench, operation: Operation, call: Call, states: States) -> Iterator[Raced | Calm | Unsteady]:
    first, serial = _one_by_one(bench, call, states)
    if not any(answer.ok for answer in first) or not any(_writes(answer) for answer in first):
        return
    second, again = _one_by_one(bench, call, states)
    states = states.without(changed_columns(serial, again))
    third, serial = _one_by_one(bench, call, states)
    found = [_at_once(bench, call, states) for _ in range(TIMES)]
    if not _told(first) == _told(second) == _told(third) or any(_denied(answers, first) for answers, _ in found):
        yield Unsteady(operation.name)
        return
    wrong = [(answers, state) for answers, state in found if state != serial]
    failed = [(answers, state) for answers, state in found if _failures(answers) > _failures(first)]
    lines = tuple(dict.fromkeys(one.line for a in first if a.seen for one in a.seen.statements if _is_write(one.sql)))
    if not (wrong or failed):
        yield Calm(operation.name, TIMES, lines)
        return
    answers, state = (wrong or failed)[0]
    yield Raced(
        operation.name,
        "corrupted" if wrong else "wrong answers",
        len(wrong or failed),
        TIMES,
        tuple(_told(first)),
        tuple(_told(answers)),
        tuple(differences(serial, state)),
        lines,
        call,
    )


def _one_by_one(bench: Bench, call: Call, states: States) -> tuple[Sequence[Answer], State]:
    assert bench.database is not None
    bench.database.restore()
    answers = [bench.application.call(call) for _ in range(AT_ONCE)]
    return answers, states.now()


def _at_once(bench: Bench, call: Call, states: States) -> tuple[Sequence[Answer], State]:
    assert bench.database is not None
    bench.database.restore()
    answers = bench.application.together([msgspec.structs.replace(call, delay=DELAY)] * AT_ONCE)
    return answers, states.now()


def _told(answers: Sequence[Answer]) -> Sequence[int]:
    return sorted(answer.status for answer in answers)


def _denied(answers: Sequence[Answer], standard: Sequence[Answer]) -> bool:
    """Whether some are refused for who asks though none is one after another: the program's own doing, no race."""
    return bool({a.status for a in answers} & {401, 403} - {a.status for a in standard})


def _failures(answers: Sequence[Answer]) -> int:
    return sum(answer.status >= 500 or answer.status == 0 for answer in answers)


def _writes(answer: Answer) -> bool:
    return answer.seen is not None and any(_is_write(one.sql) for one in answer.seen.statements)


def _is_write(sql: str) -> bool:
    return sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"))
