"""What is taken from a request in its middle: the database's connections, its worker, the service that it calls.

A request may fail then, but what it leaves is all or nothing, what was acknowledged is there after a restart, and the
next requests are answered again.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, Database, Postgres, StartError, Statement, cut, pause
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.halves import is_whole
from seatrial.trials.schedules import marked
from seatrial.trials.services import services
from seatrial.trials.state import State, States, changed_columns, differences
from seatrial.trials.statements import is_write, short

MOST = 4
"""Points of a request at which it is cut."""
_AGAIN = 20
"""Requests within which a program that lost its connections must have found others."""
_WELL = 4
"""So many in a row must be answered."""
_SETTLED = 0.3
"""Seconds in which what was answered is written at the latest, unless it is kept waiting on purpose."""


class Standard(msgspec.Struct, frozen=True):
    """What the request leaves when nothing is taken from it, and the state before; `states` reads such states."""

    answer: Answer
    before: State
    after: State
    states: States


class Cut(msgspec.Struct, frozen=True):
    """A request that was cut short. `verdict` is `whole`, `half written`, `lost`, `no recovery` or `no start`."""

    operation: str
    verdict: str
    what: str
    """What was taken."""
    points: int
    """At so many statements."""
    status: int = 0
    done: Statement | None = None
    """The last write before the cut."""
    missed: Statement | None = None
    """The first write after it."""
    differences: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Where it writes."""


def claims(bench: Bench) -> Iterator[Claim]:
    """What the program makes of faults. One write alone is always whole: that says nothing."""
    for one in run(bench):
        if one.verdict != "whole" or one.points > 1:
            yield _claim(one)
    yield from services(bench)


def run(bench: Bench) -> Iterator[Cut]:
    """Every operation that writes and accepts a request of ours, with everything that can be taken from it."""
    if bench.database is None or not bench.application.workers.pids:
        return
    for operation in bench.operations:
        if not operation.writes or not bench.has_time("faults of", operation.name):
            continue
        call = bench.accepted(bench.operation(operation.name))
        if call and (standard := _standard(bench, bench.database, call)):
            try:
                yield from _cuts(bench, bench.database, operation.name, call, standard)
            except StartError:
                if bench.application.workers.alive:
                    raise  # it starts, and is too slow to be judged
                yield Cut(operation.name, "no start", "its worker is killed", len(_points(standard)))
                return
    bench.database.restore()


def _standard(bench: Bench, database: Database, call: Call) -> Standard | None:
    """What the request does; None if it is refused, changes nothing, or something else each time."""
    answer, first = _whole(bench, database, call, bench.states)
    if not answer.ok:
        return None
    pause(1.1)  # clocks show another time
    states = bench.states.without(changed_columns(first, _whole(bench, database, call, bench.states)[1]))
    answer, after = _whole(bench, database, call, states)
    database.restore()
    before = states.now()
    is_steady = after == _whole(bench, database, call, states)[1]
    return Standard(answer, before, after, states) if is_steady and after != before else None


def _whole(bench: Bench, database: Database, call: Call, states: States) -> tuple[Answer, State]:
    database.restore()
    answer = bench.application.call(call)
    pause(_SETTLED)
    return answer, states.now()


def _writes(answer: Answer) -> Sequence[int]:
    """Its writes, by their numbers, counted from 1."""
    statements = answer.seen.statements if answer.seen else ()
    return [number for number, one in enumerate(statements, 1) if is_write(one.sql)]


def _lines(answer: Answer) -> tuple[str, ...]:
    statements = answer.seen.statements if answer.seen else ()
    return tuple(dict.fromkeys(statements[number - 1].line for number in _writes(answer)))


def _cuts(bench: Bench, database: Database, name: str, call: Call, standard: Standard) -> Iterator[Cut]:
    """The request without its connection, without its worker, and after a restart."""
    takes: dict[str, Callable[[int], None]] = {"its worker is killed": bench.application.workers.kill}
    if isinstance(database, Postgres):
        takes = {"its database connection is closed": lambda _: database.cut(), **takes}
    for what, take in takes.items() if _writes(standard.answer) else ():
        found = _cut_at(bench, database, call, standard, take)
        found = found or _recovers(bench, database, call, len(_points(standard)))
        yield msgspec.structs.replace(found, operation=name, what=what, lines=_lines(standard.answer))
        if found.verdict == "no recovery":
            bench.application.restart()
    if lost := _after_restart(bench, database, call, standard):
        yield msgspec.structs.replace(lost, operation=name, what="all workers are killed after the answer")


def _points(standard: Standard) -> Sequence[int]:
    """Writes before which it is cut: those after the first before all others."""
    first, *more = _writes(standard.answer)
    return [*more[:: -(-len(more) // MOST) or 1], first][:MOST]


def _cut_at(
    bench: Bench, database: Database, call: Call, standard: Standard, take: Callable[[int], None]
) -> Cut | None:
    """The first point, if any, at which a cut leaves neither all nor nothing; seen twice."""
    for point in _points(standard):
        if first := _cut(bench, database, call, standard, take, point):
            again = _cut(bench, database, call, standard, take, point)
            if again and again.verdict == first.verdict:
                return first
    return None


def _cut(
    bench: Bench, database: Database, call: Call, standard: Standard, take: Callable[[int], None], point: int
) -> Cut | None:
    database.restore()
    answer = cut(bench.application, call, marked(standard.answer, point), take)
    if not bench.application.workers.alive:
        bench.application.revive()
    pause(_SETTLED)
    state = standard.states.now()
    if answer is None or is_whole(state, standard.after) or (state == standard.before and not answer.ok):
        return None
    writes = _writes(standard.answer)
    earlier = [number for number in writes if number < point]
    statements = standard.answer.seen.statements if standard.answer.seen else ()
    return Cut(
        operation="",
        verdict="lost" if state == standard.before else "half written",
        what="",
        points=len(_points(standard)),
        status=answer.status,
        done=statements[earlier[-1] - 1] if earlier else None,
        missed=statements[point - 1],
        differences=tuple(differences(standard.before, state)),
    )


def _recovers(bench: Bench, database: Database, call: Call, points: int) -> Cut:
    """Whether the next requests are answered again."""
    well = 0
    status = 0
    for _ in range(_AGAIN):
        database.restore()
        status = bench.application.call(call, watched=False).status
        well = well + 1 if 0 < status < 500 else 0
        if well == _WELL:
            return Cut("", "whole", "", points, status)
    return Cut("", "no recovery", "", points, status)


def _after_restart(bench: Bench, database: Database, call: Call, standard: Standard) -> Cut | None:
    """What was acknowledged and is not there after all workers were killed, if anything; seen twice."""
    lost = None
    for _ in range(2):
        database.restore()
        answer = bench.application.call(call, watched=False)
        bench.application.restart()
        state = standard.states.now()
        if not answer.ok or state == standard.after:
            return None
        lost = Cut("", "lost", "", 1, answer.status, differences=tuple(differences(standard.after, state)))
    return lost


_RULES = {
    "half written": ("missing-transaction",),
    "lost": ("lost-acknowledgement",),
    "no recovery": ("no-recovery",),
    "no start": ("no-recovery",),
    "whole": ("missing-transaction",),
}


def _claim(one: Cut) -> Claim:
    steps = [(one.done.line, "this is written")] if one.done else []
    steps += [(one.missed.line, "and this is not, when it is cut here")] if one.missed and steps else []
    return Claim(
        trial="faults",
        outcome=Outcome.CLEARED if one.verdict == "whole" else Outcome.PROVEN,
        rules=_RULES[one.verdict],
        operation=one.operation,
        lines=tuple(dict.fromkeys(line for line in (*(line for line, _ in steps), *one.lines) if line)),
        reason=_reason(one),
        details=one.differences,
        steps=tuple(steps),
    )


def _reason(one: Cut) -> str:
    if one.verdict == "whole":
        return (
            f"when {one.what}, at {one.points} statements, {one.operation} leaves all or nothing and is answered again"
        )
    if one.verdict == "no recovery":
        return f"when {one.what}, none of {_AGAIN} further requests of {one.operation} is answered ({one.status})"
    if one.verdict == "no start":
        return f"when {one.what} during {one.operation}, it cannot be started again: new workers end at once"
    if one.verdict == "lost":
        return f"{one.operation} answers {one.status}, and when {one.what}, what it acknowledged is not there"
    written = f"`{short(one.done.sql)}` ({one.done.line}) is kept and " if one.done else ""
    missed = f"`{short(one.missed.sql)}` ({one.missed.line}) is not" if one.missed else "the rest is not"
    return f"when {one.what}, {one.operation} leaves something half written: {written}{missed}"
