"""Rows in states that the program names and none of its rows is in: a closed article, an order that is shipped.

Each is a copy of a row that the program made, and differs in one column: a truth, or one of the values that the schema,
the model or the operations name. What the program made itself stays as it is, and comes first in every request.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.sandbox import Application, Column, Database, Row, StartError, Table
from seatrial.trials.actors import Actor
from seatrial.trials.api import Api
from seatrial.trials.growing import Grower

_MOST = 4
"""Values of a column that are made."""
_ALL = 8
"""Copies of one table."""
STATE = "that of a row whose "
"""What a value begins with that stands for a row in another state."""


class Varied(msgspec.Struct, frozen=True):
    """A copy. `column` is empty if it is in no other state than the row it was made of."""

    table: str
    key: Any
    column: str = ""
    value: Any = None
    is_set: bool = False
    """The program has a form that sets this column and nothing else, so that a row gets into this state by itself."""

    @property
    def told(self) -> str:
        """What stands for the value of a name that means it."""
        return f"{STATE}`{self.column}` is {self.value!r}"


def varied(
    application: Application, api: Api, tables: Collection[str], owner: Actor, framework: str
) -> Sequence[Varied]:
    """Makes the copies, in these tables, of rows of the owner's if there are such; none if it is not our own server."""
    wanted = sorted({*tables} - {owner.table})
    if application.database is None or not application.workers.pids or not wanted:
        return ()
    if framework != "django":
        return list(_made(application.database, wanted, owner, _enums(api)))
    try:
        told = application.beside("vary", {"owner": owner.key, "tables": wanted})
    except StartError:  # its models cannot be loaded beside its workers: `fill` has told
        return ()
    return msgspec.json.decode(told, type=list[Varied])


def _enums(api: Api) -> Mapping[str, Sequence[str]]:
    """By name, the texts that operations take for it."""
    found = {}
    for operation in api.operations:
        for name, said in operation.fields.items():
            texts = api.resolve(said).get("enum", ())
            if len(texts) > 1 and all(isinstance(one, str) for one in texts) and not operation.guessed:
                found[name] = texts
    return found


def _made(
    database: Database, tables: Collection[str], owner: Actor, enums: Mapping[str, Sequence[str]]
) -> Iterator[Varied]:
    grower = Grower(database, {owner.table: owner.key} if owner.table else {})
    named = database.named()
    for table in database.tables():
        row = grower.template(table.name) if table.name in tables and table.key else None
        missing = _missing(database, table, row, {**enums, **named.get(table.name, {})}) if row else ()
        for column, value in [*missing][:_ALL]:
            key = grower.copied(table.name)
            if key is None:
                break
            is_so = database.update(table.name, {column: value}, {table.key: key}) > 0
            yield Varied(table.name, key, column, value) if is_so else Varied(table.name, key)


def _missing(
    database: Database, table: Table, row: Row, named: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Any]]:
    """Columns that name their values, each with one that no row has."""
    held = {*(one.column for one in table.foreigns), *(name for names in table.uniques for name in names)}
    rows = database.rows(table.name)
    for column in table.columns:
        if not (column.primary or column.computed or column.name in held):
            values = _values(column, row, named)
            there = [one[column.name] for one in rows] if values else []  # of PostgreSQL they may be lists
            yield from [(column.name, one) for one in values if one not in there][:_MOST]


def _values(column: Column, row: Row, named: Mapping[str, Sequence[str]]) -> Sequence[Any]:
    if column.kind == "boolean":
        return (True, False)
    texts = named.get(column.name, ())
    return texts if row[column.name] in texts else ()
