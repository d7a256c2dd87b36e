"""One odd value at a time, at everything that an operation takes: nothing of it may make the server fail.

A request that the program accepts is changed in one place: a text that is empty, long or not plain, a number at an
edge, nothing where something is expected. What is refused is well; an answer of 5xx, or none, is a fault, and the
request is already the smallest that shows it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import recipe
from seatrial.trials.state import differences

_TEXTS = ("", " ", "a" * 5_000, "\u0000", "é漢😀", "'\"%_\\", "-1", "null")
_NUMBERS = (0, -1, 2**31, 2**63, 1e308, "x", None)
_OTHERS: Sequence[Any] = (None, [], {}, "x")
_UPSTREAM = re.compile(r"Connect|Timeout|MaxRetry|NameResolution|gaierror")
"""Errors of calling other services: there are none here, so a failure of theirs is ours."""
_OFTEN = 3
"""So many values that fail at the same place are enough."""


class Failed(msgspec.Struct, frozen=True):
    """A value that made the server fail. `written` is what it left behind, if anything."""

    operation: str
    name: str
    value: str
    status: int
    error: str
    line: str
    written: tuple[str, ...]
    call: Call


def claims(bench: Bench) -> Iterator[Claim]:
    """Every error that the server fails with, once, with a value that shows it and how often it was met."""
    causes: dict[str, list[Failed]] = {}
    for one in run(bench):
        causes.setdefault(one.error or one.operation, []).append(one)
    for one, *others in causes.values():
        what = f"answers {one.status}" if one.status else "does not answer within the deadline"
        left = ", and leaves something half written" if one.written else ""
        cause = f" ({one.error})" if one.error else ""
        yield Claim(
            trial="edge",
            outcome=Outcome.PROVEN,
            rules=("server-error", "unfinished-stub", "undeclared-dependency"),
            operation=one.operation,
            lines=(one.line,) if one.line else (),
            reason=f"{one.operation} {what}{cause} when `{one.name}` is {one.value}{left}" + _more(others),
            details=one.written,
            asked=(recipe(bench, one.operation, one.call, (one.name,)),),
        )


def _more(others: Sequence[Failed]) -> str:
    operations = sorted({one.operation for one in others})
    return f"; so do {', '.join(operations[:4])}{' and others' * (len(operations) > 4)}" if operations else ""


def run(bench: Bench) -> Iterator[Failed]:
    """What fails, each place of the program once."""
    seen: set[tuple[str, str]] = set()
    for operation in bench.operations:
        for actor in bench.askers:
            for one in _tried(bench, operation, actor):
                place = (one.line or one.operation, one.error.partition(":")[0])
                if place not in seen:
                    seen.add(place)
                    yield one


def _tried(bench: Bench, operation: Operation, actor: Actor) -> Iterator[Failed]:
    plain = _asked(bench, operation, actor, {})
    if plain[0].status in (401, 403):
        return
    if found := _failed(operation, "the request", "as usual", *plain):
        yield found
        return
    for name, values in _values(bench, operation).items():
        failures = 0
        for value in values:
            if failures < _OFTEN and (
                found := _failed(operation, name, value, *_asked(bench, operation, actor, {name: value}))
            ):
                failures += 1
                yield found


def _values(bench: Bench, operation: Operation) -> Mapping[str, Sequence[Any]]:
    """The odd values for everything that the operation takes."""
    taken = {p.name: p.schema for p in operation.parameters if p.where in ("path", "query")}
    taken |= {name: bench.api.resolve(said) for name, said in operation.fields.items()}
    return {name: _odd(schema) for name, schema in taken.items()}


def _odd(schema: Mapping[str, Any]) -> Sequence[Any]:
    kind = schema.get("type", "string")
    return _NUMBERS if kind in ("integer", "number") else _TEXTS if kind == "string" else _OTHERS


def _asked(
    bench: Bench, operation: Operation, actor: Actor, given: Mapping[str, Any]
) -> tuple[Answer, Call, Sequence[str]]:
    """The answer, the request, and what a failure wrote."""
    call = bench.filling.call(operation, actor, given=given)
    if bench.database is None or not operation.writes:
        return bench.application.call(call), call, ()
    saved = bench.saved
    bench.database.restore()
    answer = bench.application.call(call)
    if 0 < answer.status < 500:
        return answer, call, ()
    return answer, call, differences(saved, bench.states.now())


def _failed(
    operation: Operation, name: str, value: Any, answer: Answer, call: Call, written: Sequence[str]
) -> Failed | None:
    if 0 < answer.status < 500 or answer.status == 503:
        return None
    raised = answer.seen.error if answer.seen else None
    if raised and _UPSTREAM.search(raised.kind):
        return None
    error = f"{raised.kind}: {raised.text}"[:160] if raised else ""
    shown = value if value == "as usual" else _shown(value)
    line = raised.line if raised else ""
    return Failed(operation.name, name, shown, answer.status, error, line, tuple(written), call)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 40 else f"{text[:20]}… ({len(str(value))} characters)"
