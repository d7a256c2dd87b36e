"""Fields that a table has and a form has not, sent all the same: are they written?"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.sandbox import Answer, Call, Column, Table
from seatrial.trials.api import Operation
from seatrial.trials.belonging import Rows, rows
from seatrial.trials.bench import Bench

_GRAVE = re.compile(
    r"admin|superuser|staff|role|permission|scope|verified|confirmed|approved|activ|enabled|locked|banned|balance|credit|"
    r"price|discount|paid|total|status|state|level|tier|plan|quota|owner|user_?id|tenant|account_?id|organi[sz]ation",
    re.IGNORECASE,
)
"""Columns that decide what somebody may do, owns or pays: only those are told."""
_NUMBER, _TEXT = 7_777_777, "seatrialassigned"
_MOST = 12


class Taken(msgspec.Struct, frozen=True):
    """Fields that were written. `shown` says where, and with which value."""

    names: tuple[str, ...]
    shown: tuple[str, ...]
    answer: Answer


class Left(msgspec.Struct, frozen=True):
    """Fields that were not written. `how`: refused, or ignored."""

    tried: int
    how: str


class _Field(msgspec.Struct, frozen=True):
    table: str
    column: str
    value: Any


def is_grave(name: str) -> bool:
    """Whether a field decides what somebody may do, owns or pays."""
    return _GRAVE.search(name) is not None


def assigned(bench: Bench, operation: Operation, call: Call) -> Taken | Left | None:
    """What comes of the request with such fields; None if the tables that it writes have none."""
    database = bench.database
    body = json.loads(call.body) if call.body else None
    if database is None or not isinstance(body, Mapping):
        return None
    database.restore()
    before = rows(database)
    bench.application.call(call, watched=False)
    plain = rows(database)
    written = [table for table in database.tables() if plain[table.name] != before[table.name]]
    fields = [one for table in written for one in _fields(bench, table, operation, body)][:_MOST]
    if not fields:
        return None
    tries = _all(bench, call, body, fields, plain)
    taken = {one: answer for answer, found in tries for one in found}
    if not taken:
        return Left(len(fields), "ignored" if any(answer.ok for answer, _ in tries) else "refused")
    shown = tuple(f"{one.table}.{one.column} = {one.value!r}" for one in taken)
    return Taken(tuple(one.column for one in taken), shown, next(iter(taken.values())))


def _fields(bench: Bench, table: Table, operation: Operation, body: Mapping[str, Any]) -> Iterator[_Field]:
    """The grave columns of a table that the form has not, each with a value that it would not get by itself."""
    shown = {_plain(name) for name in (*operation.fields, *body, *(p.name for p in operation.parameters))}
    inner = [bench.api.resolve(said).get("properties", {}) for said in operation.fields.values()]
    shown |= {_plain(name) for names in inner for name in names}
    foreign = {one.column: one.table for one in table.foreigns}
    for column in table.columns:
        if column.primary or _plain(column.name) in shown or not is_grave(column.name):
            continue
        if column.name not in foreign:
            yield from (_Field(table.name, column.name, value) for value in _values(column))
        elif foreign[column.name] == bench.cast.bob.table:
            yield _Field(table.name, column.name, bench.cast.bob.key)


def _values(column: Column) -> Sequence[Any]:
    if column.kind == "boolean":
        return (True,)
    if column.kind in ("integer", "number"):
        return (1,) if column.name.startswith(("is_", "has_")) else (_NUMBER,)
    return (_TEXT,) if column.kind == "text" else ()


def _all(
    bench: Bench, call: Call, body: Mapping[str, Any], fields: Sequence[_Field], plain: Rows
) -> Sequence[tuple[Answer, Sequence[_Field]]]:
    """All fields at once, in either spelling; each alone, where a request with all of them is refused."""
    found = []
    for group in (fields, *([one] for one in fields)):
        for spelled in (str, _camel):
            more = {spelled(one.column): one.value for one in group}
            found.append(_sent(bench, call, {**body, **more}, group, plain))
            if found[-1][1]:
                break
        if group is fields and any(answer.ok for answer, _ in found):
            break
    return found


def _sent(
    bench: Bench, call: Call, body: Mapping[str, Any], fields: Sequence[_Field], plain: Rows
) -> tuple[Answer, Sequence[_Field]]:
    """The answer to the request with this body, and the fields that stand in more rows than without them."""
    assert bench.database is not None
    bench.database.restore()
    answer = bench.application.call(msgspec.structs.replace(call, body=json.dumps(body).encode()))
    now = rows(bench.database)
    return answer, [one for one in fields if answer.ok and _counted(now, one) > _counted(plain, one)]


def _counted(found: Rows, field: _Field) -> int:
    return Counter(str(row[field.column]) for row in found[field.table])[str(_stored(found, field))]


def _stored(found: Rows, field: _Field) -> Any:
    """The value as the database gives it back: SQLite keeps truth as a number."""
    kinds = {type(row[field.column]) for row in found[field.table]}
    return int(field.value) if isinstance(field.value, bool) and int in kinds else field.value


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
