"""Who may do what, and what requests at once do, judged by answers alone: for programs whose database nobody can read.

What a request did is asked of the program itself, by whoever made the thing. Nothing can be put back, so each try has
a thing of its own, made for it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials import access
from seatrial.trials.access import ANYBODY, DENIED, LOGIN, OWNER, Kept, Let
from seatrial.trials.actors import ANONYMOUS, Actor
from seatrial.trials.api import Operation
from seatrial.trials.assigning import is_grave
from seatrial.trials.belonging import is_tally
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.observed import made_by, thing_in
from seatrial.trials.recipes import recipe

AT_ONCE, TIMES = 12, 3
_TEXT, _NUMBER = "seatrialassigned", 7_777_777
_TIMES = ("time", "date", "_at", "At", "updated", "modified")


class Raced(msgspec.Struct, frozen=True):
    """What requests at once did that the same ones one after another do not, in so many of so many tries."""

    operation: str
    what: str
    seen: int
    call: Call


class Calm(msgspec.Struct, frozen=True):
    """An operation of which requests at once did the same."""

    operation: str


def accesses(bench: Bench) -> Iterator[Claim]:
    """What others may do, of each operation."""
    for operation in bench.operations if bench.cast.known else ():
        for one in (*_others(bench, operation), *_more(bench, operation)):
            yield access.claim(bench, one)


def races(bench: Bench) -> Iterator[Claim]:
    """What requests at once show of each operation that writes."""
    for operation in bench.operations:
        if operation.writes and not operation.proves and (found := _raced(bench, operation)):
            is_proven = isinstance(found, Raced)
            yield Claim(
                trial="race",
                outcome=Outcome.PROVEN if is_proven else Outcome.INCONCLUSIVE,
                rules=("lost-update", "check-then-act", "double-claim", "limit-overrun"),
                operation=operation.name,
                lines=(),
                reason=f"{found.what}, in {found.seen} of {TIMES} tries"
                if isinstance(found, Raced)
                else f"{AT_ONCE} at once answered as one after another, in {TIMES} of {TIMES} tries",
                asked=(recipe(bench, operation.name, found.call),) if isinstance(found, Raced) else (),
            )


def _others(bench: Bench, operation: Operation) -> Iterator[Let | Kept]:
    """The operation on a thing of the first user's, by the second user and by nobody."""
    if "{" not in operation.path or operation.proves:
        if not operation.writes:
            yield from access.unread(bench, operation)
        return
    yield from _asked_by(bench, operation, bench.cast.bob)
    if operation.writes and access.neighbours_ask(bench, operation):
        yield from _asked_by(bench, operation, ANONYMOUS)
    if not operation.writes:
        yield from access.unread(bench, operation)


def _asked_by(bench: Bench, operation: Operation, other: Actor) -> Iterator[Let | Kept]:
    alice = bench.cast.alice
    _make_anew(bench, operation)
    if bench.filling.owner_of(operation, alice) is None:
        return
    call = bench.filling.call(operation, alice)
    look = _look(bench, operation, call)
    before = bench.application.call(look or call)
    theirs = bench.application.call(access.handed(bench.cast, call, other))
    rules, who = (LOGIN, ANYBODY) if other is ANONYMOUS else (OWNER, "a second user")
    if theirs.status in DENIED:
        told = f"{who} who asks for a thing of the first user's is answered {theirs.status}"
        yield Kept(operation.name, rules[:1], told)
    elif not theirs.ok or not before.ok:
        return
    elif not operation.writes:
        nobody = bench.application.call(access.handed(bench.cast, call, ANONYMOUS))
        if theirs.body == before.body and nobody.is_denied:
            yield access.let(
                operation, rules, f"{who} is answered {{}}: another's thing read", (theirs, ()), (call, call)
            )
    elif look is not None and (changed := _difference(before, bench.application.call(look))):
        told = f"{who} is answered {{}}: another's thing written"
        yield access.let(operation, rules, told, (theirs, changed), (call, access.handed(bench.cast, call, other)))


def _more(bench: Bench, operation: Operation) -> Iterator[Let]:
    """Fields that a thing has when it is shown, and the form has not, sent all the same."""
    thing = made_by(operation)
    if not thing or not operation.fields or operation.form or not bench.filling.accepted(operation, bench.cast.alice):
        return
    row = bench.filling.observed.last(thing)
    more = {name: _other(value) for name, value in row.items() if name not in operation.fields and is_grave(name)}
    call = bench.filling.call(operation, bench.cast.alice)
    body = json.loads(call.body)
    if not more or not isinstance(body, Mapping):
        return
    answer = bench.application.call(msgspec.structs.replace(call, body=json.dumps({**body, **more}).encode()))
    shown = thing_in(answer.json(), thing) or {}
    if taken := [name for name, value in more.items() if answer.ok and shown.get(name) == value]:
        names = ", ".join(f"`{name}`" for name in taken)
        reason = f"{names}, not in its form, {'is' if len(taken) == 1 else 'are'} written all the same"
        yield Let(operation.name, ("mass-assignment",), reason, (), (), ())


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return _NUMBER if isinstance(value, int | float) else _TEXT


def _raced(bench: Bench, operation: Operation) -> Raced | Calm | None:
    """The request several times at once against one after another, each time on a thing of its own."""
    standard = [_run(bench, operation, at_once=False) for _ in range(2)]
    if any(one is None for one in standard) or standard[0] is None or standard[0][1:] != (standard[1] or ())[1:]:
        return None
    (call, statuses, effect), seen, what = standard[0], 0, ""
    for _ in range(TIMES):
        found = _run(bench, operation, at_once=True)
        told = _wrong(statuses, effect, found[1], found[2]) if found else ""
        seen, what = seen + bool(told), told or what
    return Raced(operation.name, what, seen, call) if seen else Calm(operation.name)


def _wrong(serial: Counter[int], effect: Sequence[Any], at_once: Counter[int], other: Sequence[Any]) -> str:
    """What is wrong with the answers at once, or with what they did; empty if nothing is."""
    accepted = (sum(n for s, n in one.items() if 200 <= s < 300) for one in (serial, at_once))
    failed = (sum(n for s, n in one.items() if s >= 500 or s == 0) for one in (serial, at_once))
    (one, several), (few, many) = accepted, failed
    if several > one:
        return f"{several} of {AT_ONCE} requests at once are accepted where {one} is one after another"
    if effect != other and several == one:
        changed = ", ".join(
            f"{before} → {after}" for before, after in zip(effect, other, strict=False) if before != after
        )
        return f"{AT_ONCE} requests at once leave something else than one after another ({changed})"
    return f"{many} of {AT_ONCE} requests at once fail where {few} do one after another" if many > few else ""


def _run(bench: Bench, operation: Operation, *, at_once: bool) -> tuple[Call, Counter[int], Sequence[Any]] | None:
    """The request many times: itself, the statuses, and by how much it moved the numbers of the thing."""
    actor = next((one for one in bench.askers if "{" not in operation.path or one is bench.cast.alice), ANONYMOUS)
    if "{" in operation.path:
        _make_anew(bench, operation)
        if not bench.filling.is_there(operation, actor):
            return None
    call = bench.filling.call(operation, actor)
    look = _look(bench, operation, call)
    before = bench.application.call(look).json() if look else None
    calls = [call] * AT_ONCE
    answers = bench.application.together(calls) if at_once else [bench.application.call(one) for one in calls]
    statuses = Counter(answer.status for answer in answers)
    if not at_once and not any(answer.ok for answer in answers):
        return None
    after = bench.application.call(look).json() if look else None
    return call, statuses, _moved(before, after)


def _moved(before: Any, after: Any) -> Sequence[Any]:
    """By how much each number of a thing changed, as `stock: -12`."""
    one, other = dict(_leaves(before)), dict(_leaves(after))
    numbers = [name for name, value in one.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    return [
        f"{name}: {other[name] - one[name]:+}"
        for name in numbers
        if isinstance(other.get(name), int | float) and not any(word in name for word in _TIMES)
    ]


def _look(bench: Bench, operation: Operation, call: Call) -> Call | None:
    """The request that shows the thing which another is about, by whoever asks that; None if there is none."""
    end = operation.path.rfind("}") + 1
    shows = next((o for o in bench.api.operations if o.method == "GET" and o.path == operation.path[:end]), None)
    if shows is None or not end:
        return None
    path = "/".join(call.path.partition("?")[0].split("/")[: shows.path.count("/") + 1])
    return msgspec.structs.replace(call, method="GET", path=path, body=b"")


def _make_anew(bench: Bench, operation: Operation) -> None:
    """Makes one more of the thing that the operation's path names, as the first user."""
    above = operation.path[: operation.path.rfind("{")].rstrip("/")
    makes = next((one for one in bench.api.operations if one.method == "POST" and one.path == above), None)
    if makes is not None:
        bench.filling.accepted(makes, bench.cast.alice if bench.cast.known else ANONYMOUS)


def _difference(before: Answer, after: Answer) -> Sequence[str]:
    """What differs between two answers that show a thing, times and tallies apart."""
    if after.status != before.status:
        return [f"it was answered {before.status}, and is {after.status}"]
    one, other = dict(_leaves(before.json())), dict(_leaves(after.json()))
    names = [name for name in {**one, **other} if not is_tally(name) and not any(word in name for word in _TIMES)]
    return [f"~ {name}: {one.get(name)} → {other.get(name)}" for name in names if one.get(name) != other.get(name)]


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield f"{name}[]", len(value)
    else:
        yield name, value
