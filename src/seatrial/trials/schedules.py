"""Two requests in every schedule in which one runs while the other waits: the end must be that of some order of them.

The first is stopped before one statement after another, between its first read and its last write; the second runs to
its end, or until it waits for a lock of the first; the first goes on. What is left must be what the one after the other
leaves, or what is left without the one that was refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from seatrial.sandbox import Answer, Call, Met, Postgres, Statement, Watch, mark, meet, pause, settle, watching
from seatrial.trials.bench import Bench
from seatrial.trials.state import State, States, changed_columns, differences
from seatrial.trials.statements import is_read, is_write, tables

MOST = 40
"""Points of a request that are tried; more are thinned out evenly."""
_TICK = 1.1
"""Seconds after which every clock that a row may hold shows another time."""
DEADLOCK = "deadlock detected"


class Window(msgspec.Struct, frozen=True):
    """Where another request does harm: after the statement that read, before the statement that wrote."""

    verdict: str
    """`corrupted`: the state is that of no order. `wrong answers`: it is right, but a request failed that need not."""
    seen: int
    schedules: int
    read: Statement
    write: Statement
    statuses: tuple[int, int]
    """Of the request that was stopped, and of the one that ran meanwhile."""
    differences: tuple[str, ...]
    deadlock: bool


class Serializable(msgspec.Struct, frozen=True):
    """All schedules end as some order does."""

    schedules: int
    waited: int
    """In so many of them the second waited for the first."""
    refused: int = 0
    """In so many of them one was refused that no order refuses."""


class Standard(msgspec.Struct, frozen=True):
    """What may be left by two requests: in either order, and where one or both were refused."""

    orders: tuple[State, ...]
    first: State
    second: State
    neither: State
    failures: int
    """The most requests that fail in an order."""
    accepted: int
    """The fewest that are accepted in an order."""
    answer: Answer
    """The first request alone."""


class Schedules:
    """Runs schedules on a bench; made by `schedules`."""

    def __init__(self, bench: Bench, database: Postgres, watch: Watch, states: States) -> None:
        self._bench, self._database, self._watch, self._states = bench, database, watch, states

    def explore(self, first: Call, second: Call) -> Window | Serializable | None:
        """What comes of the two; None if the first never reads before it writes."""
        standard = self._standard(first, second)
        answer = standard.answer
        names = {at: marked(answer, at) for at in points(answer)}
        met = {at: one for at, name in names.items() if (one := self.met(first, second, name))}
        if not met:
            return None
        suspect = [at for at, one in met.items() if _verdict(*one, standard)]
        if suspect:
            standard = self._sure(first, second, standard)
            again = {at: one for at in suspect if (one := self.met(first, second, names[at]))}
            if bad := {at: one for at, one in again.items() if _verdict(*one, standard)}:
                return _window(bad, standard, answer, len(met))
        refused = sum(one.first.ok + one.second.ok < standard.accepted for one, _ in met.values())
        return Serializable(len(met), sum(one.waited for one, _ in met.values()), refused)

    def met(self, first: Call, second: Call, point: str) -> tuple[Met, State] | None:
        """How they meet at a point, from the saved state; None if the first did not come there."""
        self._database.restore()
        met = meet(self._bench.application, self._watch, first, second, point)
        return (met, self._states.now()) if met else None

    def run(self, *calls: Call) -> tuple[Sequence[Answer], State]:
        """The requests one after another, from the saved state."""
        self._database.restore()
        answers = [self._bench.application.call(call) for call in calls]
        settle(self._watch)
        return answers, self._states.now()

    def _standard(self, first: Call, second: Call) -> Standard:
        same = first == second
        _, neither = self.run()
        (answer,), alone = self.run(first)
        other = alone if same else self.run(second)[1]
        orders = [self.run(first, second), *([] if same else [self.run(second, first)])]
        failures = max(_failures(answers) for answers, _ in orders)
        accepted = min(sum(one.ok for one in answers) for answers, _ in orders)
        return Standard(tuple(state for _, state in orders), alone, other, neither, failures, accepted, answer)

    def _sure(self, first: Call, second: Call, before: Standard) -> Standard:
        """The standard once more when the clock has gone on, without what then differs by itself."""
        pause(_TICK)
        after = self._standard(first, second)
        changed = {*changed_columns(before.first, after.first), *changed_columns(before.orders[0], after.orders[0])}
        if not changed:
            return after
        self._states = self._states.without(changed)
        return self._standard(first, second)


@contextmanager
def schedules(bench: Bench, database: Postgres, states: States) -> Iterator[Schedules]:
    """Schedules of requests on the bench, whose saved state `states` knows."""
    with watching(database.url) as watch:
        yield Schedules(bench, database, watch, states)


def points(answer: Answer) -> Sequence[int]:
    """Statements, counted from 1, before which another request may make a difference to this one."""
    statements = answer.seen.statements if answer.seen else ()
    reads = [number for number, one in enumerate(statements, 1) if is_read(one.sql)]
    writes = [number for number, one in enumerate(statements, 1) if is_write(one.sql)]
    found = range(reads[0] + 1, writes[-1] + 1) if reads and writes else range(0)
    return found[:: -(-len(found) // MOST) or 1]


def marked(answer: Answer, number: int) -> str:
    """The mark of one of its statements."""
    return mark([one.sql for one in answer.seen.statements] if answer.seen else [], number)


def deadlocked(met: Met) -> bool:
    """Whether the database ended one of the two because each waited for the other."""
    seen = [answer.seen for answer in (met.first, met.second) if answer.seen]
    raised = [one.error for each in seen for one in each.statements]
    return any(DEADLOCK in text for text in (*raised, *(each.error.text for each in seen if each.error)))


def _verdict(met: Met, state: State, standard: Standard) -> str:
    """What is wrong; empty if nothing is."""
    failed = _failures((met.first, met.second)) > standard.failures
    excused = (
        (not met.first.ok and state == standard.second)
        or (not met.second.ok and state == standard.first)
        or (not met.first.ok and not met.second.ok and state == standard.neither)
    )
    if state in standard.orders or excused:
        return "wrong answers" if failed else ""
    return "corrupted"


def _failures(answers: Sequence[Answer]) -> int:
    return sum(answer.status >= 500 or answer.status == 0 for answer in answers)


def _window(bad: dict[int, tuple[Met, State]], standard: Standard, answer: Answer, tried: int) -> Window:
    """The bad points of the worst kind, told by the first of them. The numbers are those of `answer`."""
    verdicts = {at: _verdict(*one, standard) for at, one in bad.items()}
    worst = min(verdicts.values())
    places = sorted(at for at, verdict in verdicts.items() if verdict == worst)
    met, state = bad[places[0]]
    read, write = _lines(answer.seen.statements if answer.seen else (), places[0])
    return Window(
        verdict=worst,
        seen=len(places),
        schedules=tried,
        read=read,
        write=write,
        statuses=(met.first.status, met.second.status),
        differences=tuple(differences(standard.orders[0], state)),
        deadlock=deadlocked(met),
    )


def _lines(statements: Sequence[Statement], point: int) -> tuple[Statement, Statement]:
    """What was read last before the point, and the first that is then written: to the same table if any is."""
    read = next((one for one in reversed(statements[: point - 1]) if is_read(one.sql)), statements[0])
    writes = [one for one in statements[point - 1 :] if is_write(one.sql)]
    same = [one for one in writes if tables(one.sql) & tables(read.sql)]
    return read, next(iter((*same, *writes)), statements[-1])
