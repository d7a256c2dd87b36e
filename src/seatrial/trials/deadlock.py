"""Two requests that take the same locks in opposite order: the first stops between its locks, the second runs.

Tried with one operation that is given two rows in either order, and with operations that lock the same tables in
different orders. That PostgreSQL ends one of the two, and that it is not answered as it is alone, is the proof.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, Postgres
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.crossing import crossed
from seatrial.trials.schedules import Schedules, deadlocked, marked, schedules
from seatrial.trials.statements import locked, short

RULES = ("lock-order",)


class Lock(msgspec.Struct, frozen=True):
    """A statement that locks rows."""

    mark: str
    """Names the statement among those of the request."""
    table: str
    sql: str
    line: str


class Side(msgspec.Struct, frozen=True):
    """A request, and the locks that it takes when it runs alone."""

    operation: str
    call: Call
    locks: tuple[Lock, ...]


class Pair(msgspec.Struct, frozen=True):
    """Two requests that may wait for each other."""

    first: Side
    second: Side
    why: str


class Ended(msgspec.Struct, frozen=True):
    """What came of a pair."""

    pair: Pair
    schedules: int
    waited: int
    """In so many of them the second waited for the first."""
    deadlocks: int
    held: Lock | None = None
    wanted: Lock | None = None
    statuses: tuple[int, int] = (0, 0)
    is_repeated: bool = False
    """Both were answered 2xx in spite: the program tried again."""


def claims(bench: Bench) -> Iterator[Claim]:
    """What the pairs show."""
    return (_claim(one) for one in run(bench) if one.waited)


def run(bench: Bench) -> Iterator[Ended]:
    """Every pair of requests that may meet; none on databases that lock everything at once."""
    database = bench.database
    if not isinstance(database, Postgres):
        return
    with schedules(bench, database, bench.states) as explorer:
        found = [*_crossed(bench, explorer), *_opposite(_sides(bench, explorer))]
        for pair in found:
            is_due = bench.has_time("deadlock of", pair.first.operation, pair.second.operation)
            if is_due and (ended := _ended(explorer, pair)):
                yield ended


def _crossed(bench: Bench, explorer: Schedules) -> Iterator[Pair]:
    """One operation, two rows in either order; the first pair of which both are accepted."""
    for operation in bench.operations:
        is_due = operation.writes and bench.has_time("deadlock of", operation.name)
        for actor in bench.askers if is_due else ():
            if pair := next(_accepted(explorer, operation.name, crossed(bench.filling, operation, actor)), None):
                yield pair
                break


def _accepted(explorer: Schedules, name: str, calls: Iterator[tuple[Call, Call]]) -> Iterator[Pair]:
    for one, other in calls:
        first, second = _side(explorer, name, one), _side(explorer, name, other)
        if first and second and len(first.locks) > 1:
            yield Pair(first, second, "with two rows in opposite order")


def _sides(bench: Bench, explorer: Schedules) -> Iterator[Side]:
    """A request of every operation that writes, with its locks."""
    assert bench.database is not None
    for operation in bench.operations:
        for actor in bench.askers if operation.writes else ():
            bench.database.restore()
            call = bench.filling.accepted(operation, actor)
            if call and (side := _side(explorer, operation.name, call)):
                yield side
                break


def _side(explorer: Schedules, name: str, call: Call) -> Side | None:
    """The request with its locks; None if it is not accepted."""
    (answer,), _ = explorer.run(call)
    return Side(name, call, _locks(answer)) if answer.ok else None


def _locks(answer: Answer) -> tuple[Lock, ...]:
    statements = answer.seen.statements if answer.seen else ()
    return tuple(
        Lock(marked(answer, number), table, one.sql, one.line)
        for number, one in enumerate(statements, 1)
        if (table := locked(one.sql))
    )


def _opposite(sides: Iterator[Side]) -> Iterator[Pair]:
    """Operations that lock two tables in different orders, once for each pair of lines."""
    seen: set[tuple[str, ...]] = set()
    for one, other in combinations(sides, 2):
        key = tuple(lock.line for lock in (*one.locks, *other.locks))
        if key not in seen and _orders(one) & {(b, a) for a, b in _orders(other)}:
            seen.add(key)
            yield Pair(one, other, "which lock the same tables in opposite order")


def _orders(side: Side) -> set[tuple[str, str]]:
    """Pairs of tables of which the first is locked before the second."""
    tables = list(dict.fromkeys(lock.table for lock in side.locks))
    return set(combinations(tables, 2))


def _ended(explorer: Schedules, pair: Pair) -> Ended | None:
    """What comes of it when the first stops before each lock but its first."""
    found = {lock: explorer.met(pair.first.call, pair.second.call, lock.mark) for lock in pair.first.locks[1:]}
    met = {lock: one[0] for lock, one in found.items() if one}
    waited = sum(one.waited for one in met.values())
    bad = [(lock, one) for lock, one in met.items() if deadlocked(one)]
    if not bad:
        return Ended(pair, len(met), waited, 0) if met else None
    failed = [(lock, one) for lock, one in bad if not (one.first.ok and one.second.ok)]
    wanted, worst = (failed or bad)[0]
    held = pair.first.locks[pair.first.locks.index(wanted) - 1]
    statuses = (worst.first.status, worst.second.status)
    return Ended(pair, len(met), waited, len(bad), held, wanted, statuses, is_repeated=not failed)


def _claim(one: Ended) -> Claim:
    lines = _lines(one)
    if one.held is None or one.wanted is None:
        counted = f"no deadlock in {one.schedules} of {one.schedules} schedules, {one.waited} of them with waiting"
        return _said(one, Outcome.CLEARED, lines, f"{_who(one)}: {counted}")
    if one.is_repeated:
        return _said(one, Outcome.CLEARED, lines, f"{_who(one)}: PostgreSQL ended one, and it was tried again")
    reason = (
        f"{_who(one)}: PostgreSQL ends one of them (deadlock detected), in {one.deadlocks} of {one.schedules} "
        f"schedules (answers {one.statuses[0]} and {one.statuses[1]}): the other runs between "
        f"`{short(one.held.sql)}` ({one.held.line}) and `{short(one.wanted.sql)}` ({one.wanted.line})"
    )
    steps = ((one.held.line, "this is held"), (one.wanted.line, "while this is waited for"))
    return _said(one, Outcome.PROVEN, (one.wanted.line, *lines), reason, steps)


def _lines(one: Ended) -> Sequence[str]:
    return [lock.line for lock in (*one.pair.first.locks, *one.pair.second.locks)]


def _who(one: Ended) -> str:
    first, second = one.pair.first.operation, one.pair.second.operation
    return f"two requests {one.pair.why}" if first == second else f"it and {second}, {one.pair.why}"


def _said(
    one: Ended, outcome: Outcome, lines: Sequence[str], reason: str, steps: tuple[tuple[str, str], ...] = ()
) -> Claim:
    return Claim(
        trial="deadlock",
        outcome=outcome,
        rules=RULES,
        operation=one.pair.first.operation,
        beside=(one.pair.second.operation,),
        lines=tuple(dict.fromkeys(lines)),
        reason=reason,
        steps=steps,
    )
