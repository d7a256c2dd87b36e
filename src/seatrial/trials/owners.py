"""Whether a row belongs to an actor: by a foreign key to the users' table, or by a column that names its owner."""

import re
from collections.abc import Callable, Sequence

from seatrial.sandbox import Row, Table
from seatrial.trials.actors import Actor

_OWNER = re.compile(
    r"^(?:user|owner|author|creator|created_by|customer|account|member|seller|buyer|username)(?:_?(?:id|name))?$",
    re.IGNORECASE,
)
"""Columns that name who owns the row where the schema does not say so."""


def names_owner(column: str) -> bool:
    """Whether a column names who owns a row."""
    return _OWNER.match(column) is not None


def belongs(table: Table, row: Row, actor: Actor) -> bool:
    """Whether it is the actor's own row in the users' table, or names them as its owner."""
    if actor.key is None:
        return False
    if table.name == actor.table:
        return bool(row[table.key] == actor.key)
    told = {foreign.column: foreign.table for foreign in table.foreigns}
    for column in table.columns:
        if told.get(column.name) == actor.table and row[column.name] == actor.key:
            return True
        if column.name not in told and names_owner(column.name) and row[column.name] in (actor.key, *actor.marks):
            return True
    return False


def holder(table: Table, row: Row, tables: Sequence[Table], rows: Callable[[str], Sequence[Row]], actor: Actor) -> str:
    """The table on whose row, the actor's, a row hangs that names no user itself; empty if it hangs on none."""
    links = {foreign.table for foreign in table.foreigns}
    is_named = actor.table in links or any(names_owner(column.name) for column in table.columns)
    for foreign in () if is_named else table.foreigns:
        above = next((one for one in tables if one.name == foreign.table != table.name), None)
        held = [one for one in rows(foreign.table) if one[foreign.other] == row[foreign.column]]
        if above and any(belongs(above, one, actor) for one in held):
            return foreign.table
    return ""
