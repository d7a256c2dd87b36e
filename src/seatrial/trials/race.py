"""The same operation by two requests: the database must end as if one had come after the other.

Two forms: the same request several times at once (`at_once`), and, on PostgreSQL, every schedule of two requests
(`schedules`), which also names the window: the statement whose answer grows stale, and the one that writes in spite.
The schedules come first: where one of them does harm that is the proof, and it is had much sooner.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Call, Database, Postgres, now
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.at_once import AT_ONCE, TIMES, Alone, Calm, Raced, Unsteady, alone, are_denied, together
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import recipes
from seatrial.trials.scarcity import Stock, scarce
from seatrial.trials.schedules import Schedules, Serializable, Window, schedules
from seatrial.trials.state import States
from seatrial.trials.statements import short

RULES: tuple[str, ...] = ("lost-update", "check-then-act", "double-claim", "limit-overrun")
_MADE: tuple[str, ...] = ("check-then-act", "double-claim", "limit-overrun", "lost-update")
"""The likeliest first where what goes wrong is that both make a row."""


class Explored(msgspec.Struct, frozen=True):
    """What the schedules of two requests of an operation showed. `who` says what two requests they were."""

    who: str
    result: Window | Serializable
    calls: tuple[Call, ...] = ()
    """The two; empty if it takes more than them to see it."""


class Tried(msgspec.Struct, frozen=True):
    """What was seen of one operation."""

    operation: str
    kind: str
    """The database: `sqlite` or `postgresql`."""
    at_once: Raced | Calm | Unsteady | None
    """None where a schedule has shown it."""
    explored: tuple[Explored, ...]
    call: Call
    lines: tuple[str, ...] = ()
    """The lines of the program that write."""

    @property
    def window(self) -> tuple[Explored, Window] | None:
        """The pair of requests, if any, whose result depends on the schedule."""
        return next(((one, one.result) for one in self.explored if isinstance(one.result, Window)), None)


def claims(bench: Bench) -> Iterator[Claim]:
    """What requests at once show of each operation that writes."""
    for one in run(bench):
        claim = _claim(one)
        calls = one.window[0].calls if one.window else (one.call,)
        asked = recipes(bench, one.operation, calls)
        yield msgspec.structs.replace(claim, asked=asked)


def run(bench: Bench) -> Iterator[Tried]:
    """Every operation that writes and accepts a request of ours, by its method or all the same.

    What no schedule shows is asked for at once when the schedules of all have been tried: it shows little that is new,
    but where one of two was refused that no order refuses.
    """
    database = bench.database
    if database is None:
        return
    writing = [one for one in bench.operations if one.writes or one.name in bench.writing]
    later: list[Later] = []
    for operation in bench.unlike(writing):
        if not bench.has_time("race of", operation.name) or not _fits(bench, operation):
            continue
        found = _accepted(bench, database, operation)
        one = _tried(bench, database.kind, operation, *found) if found else None
        if isinstance(one, Later) and isinstance(database, Postgres) and not one.is_pressing:
            later.append(one)
        elif one is not None:
            yield one.at_once(bench) if isinstance(one, Later) else one
    for one in later:
        if bench.has_time("requests at once of", one.tried.operation):
            yield one.at_once(bench)


def _fits(bench: Bench, operation: Operation) -> bool:
    """Whether there is time for the least that tells anything: requests one after another, each time the same."""
    least = bench.filling.took.get(operation.name, 0.0) * AT_ONCE * TIMES
    if now() + least > bench.until:
        bench.leave("race of", operation.name)
        return False
    return True


class Later(NamedTuple):
    """An operation of which no schedule showed anything, with what it takes to ask for it at once."""

    tried: Tried
    standard: Alone
    states: States

    @property
    def is_pressing(self) -> bool:
        """Whether some schedule ended in a refusal: many at once may show that it need not."""
        return any(isinstance(one.result, Serializable) and one.result.refused for one in self.tried.explored)

    def at_once(self, bench: Bench) -> Tried:
        """What was seen of it, with what comes of requests at once."""
        tried = self.tried
        found = together(bench, tried.operation, tried.call, self.states, self.standard)
        explored = () if isinstance(found, Unsteady) else tried.explored
        return msgspec.structs.replace(tried, at_once=found, explored=explored)


def _tried(bench: Bench, kind: str, operation: Operation, actor: Actor, call: Call) -> Tried | Later | None:
    """None if the request changes nothing."""
    states = bench.states.without(())
    standard = alone(bench, operation.name, call, states)
    if standard is None:
        return None
    if isinstance(standard, Unsteady):
        return Tried(operation.name, kind, standard, (), call)
    explored = tuple(_explored(bench, operation, actor, call, states))
    tried = Tried(operation.name, kind, None, explored, call, standard.lines)
    if tried.window and not are_denied(tried.window[1].statuses, standard):
        return tried
    return Later(tried, standard, states)


def _accepted(bench: Bench, database: Database, operation: Operation) -> tuple[Actor, Call] | None:
    """A request that changes something, on the saved state, and who makes it."""
    for actor in bench.askers:
        database.restore()
        if call := bench.filling.accepted(operation, actor):
            return actor, call
    return None


def _explored(bench: Bench, operation: Operation, actor: Actor, call: Call, states: States) -> Iterator[Explored]:
    """The request beside itself; if that does no harm, beside another of the same operation."""
    if not isinstance(bench.database, Postgres):
        return
    with ExitStack() as stack:
        explorer = stack.enter_context(schedules(bench, bench.database, states))
        result = explorer.explore(call, call)
        if result is not None:
            yield Explored("the same request twice", result, (call, call))
        if isinstance(result, Serializable) and (other := _other(bench, bench.database, operation, actor, call)):
            yield from _beside(explorer, call, *other, calls=(call, other[1]))
        if isinstance(result, Serializable):
            yield from _at_the_limit(bench.database, explorer, call)


def _beside(explorer: Schedules, call: Call, who: str, other: Call, calls: tuple[Call, ...] = ()) -> Iterator[Explored]:
    if result := explorer.explore(call, other):
        yield Explored(who, result, calls)


def _at_the_limit(database: Database, explorer: Schedules, call: Call) -> Iterator[Explored]:
    """The request beside itself where there is enough for one of them only, if it lowers anything."""
    database.restore()
    stock = Stock(database)
    explorer.run(call)
    if lowered := list(stock.lowered()):
        with scarce(database, lowered):
            yield from _beside(explorer, call, "the same request twice with enough for one", call)


def _other(bench: Bench, database: Database, operation: Operation, actor: Actor, call: Call) -> tuple[str, Call] | None:
    """Another request of the operation: by a second user if they may, else with other values."""
    second = bench.cast.bob if actor is bench.cast.alice else actor
    for one in dict.fromkeys((second.name, actor.name)):
        database.restore()
        found = bench.filling.accepted(operation, second if one == second.name else actor)
        if found and found != call:
            return ("two users" if one != actor.name else "two requests"), found
    return None


def _claim(one: Tried) -> Claim:
    if one.window:
        explored, window = one.window
        return _overtaken(one, explored.who, window)
    if isinstance(one.at_once, Raced):
        return _raced(one, one.at_once)
    if isinstance(one.at_once, Unsteady):
        reason = "equal requests are answered differently even one after another"
        return _said(one, Outcome.INCONCLUSIVE, (), reason)
    count = one.at_once.count if isinstance(one.at_once, Calm) else AT_ONCE
    reason = f"{count} at once ended as one after another, in {TIMES} of {TIMES} tries on {one.kind}"
    if one.kind == "sqlite":
        return _said(one, Outcome.INCONCLUSIVE, one.lines, reason + ", which lets one writer in at a time")
    if not one.lines:
        return _said(one, Outcome.INCONCLUSIVE, (), reason + ", at full speed: nobody could hold a statement back")
    return _said(one, Outcome.CLEARED, one.lines, reason + _counted(one.explored))


def _counted(explored: Sequence[Explored]) -> str:
    found = [(one.who, one.result.schedules) for one in explored]
    return "".join(f"; {who}: as some order in {count} of {count} schedules" for who, count in found)


def _raced(one: Tried, raced: Raced) -> Claim:
    return _said(one, Outcome.PROVEN, raced.lines, _sentence(raced, one.kind), raced.differences)


def _overtaken(one: Tried, who: str, window: Window) -> Claim:
    what = {
        "corrupted": "leave what no order of them leaves",
        "wrong answers": "fail where they do not one after another",
    }
    reason = (
        f"{who} {what[window.verdict]}, in {window.seen} of {window.schedules} schedules "
        f"(answers {window.statuses[0]} and {window.statuses[1]}): one runs between `{short(window.read.sql)}` "
        f"({window.read.line}) and `{short(window.write.sql)}` ({window.write.line}) of the other"
    )
    if window.deadlock:
        reason += "; PostgreSQL ends one of them: deadlock detected"
    lines = tuple(dict.fromkeys((window.write.line, window.read.line, *one.lines)))
    claim = _said(one, Outcome.PROVEN, lines, reason, window.differences)
    steps = ((window.read.line, "what is read here is stale"), (window.write.line, "when this is written"))
    rules = _MADE if window.write.sql.lstrip()[:6].upper() == "INSERT" else RULES
    rules = ("lock-order", *rules) if window.deadlock else rules
    return msgspec.structs.replace(claim, steps=steps, rules=rules, is_whole=True)


def _said(one: Tried, outcome: Outcome, lines: tuple[str, ...], reason: str, details: tuple[str, ...] = ()) -> Claim:
    return Claim(
        trial="race",
        outcome=outcome,
        rules=RULES,
        operation=one.operation,
        lines=lines,
        reason=reason,
        details=details,
    )


def _sentence(one: Raced, kind: str) -> str:
    what = "end in another state than" if one.verdict == "corrupted" else "fail where they do not"
    return (
        f"{len(one.at_once)} requests at once {what} one after another, in {one.seen} of {one.tries} tries on {kind} "
        f"(answers {_statuses(one.at_once)} instead of {_statuses(one.one_by_one)})"
    )


def _statuses(statuses: Sequence[int]) -> str:
    return ", ".join(f"{count} times {status}" for status, count in sorted(Counter(statuses).items()))
