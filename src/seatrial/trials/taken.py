"""What is there already: a request that was made before, and a value that another row has and none may share.

Both are refused by a sound program. One that leaves that to the database alone answers as if it had failed itself.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, Row, Table
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.odd import shown
from seatrial.trials.recipes import parts

_METHODS = ("POST", "PUT", "PATCH")
_BROKEN = re.compile(
    r"IntegrityError|UniqueViolation|UNIQUE constraint|duplicate key|DuplicateKey"
    r"|MultipleObjectsReturned|MultipleResultsFound|Multiple rows were found"
)
"""What is said of a value that is there already, and of two rows where one is meant."""
_FAILED = 500
_HEAD = 4_000
"""Letters of an answer that are looked at."""
_MOST = 3
"""Values of other rows, of each field."""


class Taken(NamedTuple):
    """A request that asks for what is taken; `before` is made first."""

    why: str
    call: Call
    before: Call | None = None


def claims(bench: Bench) -> Iterator[Claim]:
    """Every operation that fails on what is there already."""
    for operation in bench.operations if bench.database is not None else ():
        if operation.method in _METHODS and bench.has_time("what is taken of", operation.name):
            yield from _of(bench, operation)


def _of(bench: Bench, operation: Operation) -> Iterator[Claim]:
    plain = bench.accepted(operation)
    found: dict[str, Claim] = {}
    for one in _asked(bench, operation, plain) if plain is not None else ():
        answer = _failed(bench, one)
        if answer is not None and _failed(bench, one) is not None:
            made = _claim(operation, one, answer)
            found.setdefault("".join(made.lines), made)
    yield from found.values()


def _asked(bench: Bench, operation: Operation, plain: Call) -> Iterator[Taken]:
    bench.restore()
    yield Taken("it is asked again", plain, before=plain)
    values, body = parts(operation, plain)
    found = bench.filling.row_of(operation, values)
    if found is None or not isinstance(body, Mapping) or operation.form:
        return
    for name in operation.fields:
        for value in _others(bench, *found, name):
            call = msgspec.structs.replace(plain, body=json.dumps({**body, name: value}).encode())
            yield Taken(f"`{name}` is {shown(value)}, which another has", call)


def _others(bench: Bench, table: Table, row: Row, name: str) -> Iterator[Any]:
    """Values of a column that no other row may share with these others in the rest, of such rows."""
    if name == table.key or bench.database is None:
        return
    for names in (one for one in table.uniques if name in one):
        rest = [one for one in names if one != name]
        near = [one for one in bench.database.rows(table.name) if all(one[other] == row[other] for other in rest)]
        values = dict.fromkeys(one[name] for one in reversed(near) if one[name] not in (None, row[name]))
        yield from [one for one in values if isinstance(one, str | int)][:_MOST]


def _failed(bench: Bench, one: Taken) -> Answer | None:
    """The answer, where it is a failure over what is there already."""
    bench.restore()
    if one.before is not None and not bench.application.call(one.before, watched=False).ok:
        return None
    answer = bench.application.call(one.call)
    raised = answer.seen.error if answer.seen else None
    said = f"{raised.kind}: {raised.text}" if raised else answer.body[:_HEAD].decode(errors="replace")
    return answer if answer.status >= _FAILED and _BROKEN.search(said) else None


def _claim(operation: Operation, one: Taken, answer: Answer) -> Claim:
    raised = answer.seen.error if answer.seen else None
    cause = f" ({raised.kind}: {' '.join(raised.text.split())[:120]})" if raised else ""
    return Claim(
        trial="edge",
        outcome=Outcome.PROVEN,
        rules=("server-error",),
        operation=operation.name,
        lines=tuple(filter(None, (raised.line if raised else operation.place,))),
        reason=f"{operation.name} answers {answer.status}{cause} when {one.why}",
    )
