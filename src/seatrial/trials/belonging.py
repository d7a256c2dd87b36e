"""Which rows belong to whom, and what a request did to those of somebody else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seatrial.sandbox import Answer, Call, Database, Row, Table
from seatrial.trials.actors import Actor
from seatrial.trials.bench import Bench
from seatrial.trials.owners import belongs, names_owner

_TALLY = re.compile(
    r"count|views?|likes?|votes?|favou?rite|hits|^num_|score|rating|updated|modified|last_", re.IGNORECASE
)
"""Columns that others change when they do what they may: a like, a visit."""
_TAKEN = re.compile(r"stock|quantity|qty|available|inventory|remaining|seats|capacity|sold", re.IGNORECASE)
"""Columns of what others may buy or book."""
_MONEY = re.compile(r"balance|amount|credit|points|price|total|cents|salary|limit|level|role", re.IGNORECASE)
"""Columns of which one more or less is no matter of others."""
_MOST = 6
Rows = Mapping[str, Sequence[Row]]


def is_tally(name: str) -> bool:
    """Whether a column counts what others may do."""
    return _TALLY.search(name) is not None


def rows(database: Database) -> Rows:
    """All rows, by table."""
    return {table.name: database.rows(table.name) for table in database.tables()}


def harm(bench: Bench, call: Call, owner: Actor, asker: Actor) -> tuple[Answer, Sequence[str]]:
    """The answer to a request on the saved state, and what it did to rows of the owner's that the asker has no part in.

    Changed (`~`) and gone (`-`) rows count, and rows that were added to one of the owner's (`+`) without the asker's
    name: a comment that bears its author's name is theirs, whatever it is about.
    """
    database = bench.database
    assert database is not None
    database.restore()
    before = rows(database)
    answer = bench.application.call(call)
    found = list(_harmed(database.tables(), before, rows(database), owner, asker))
    return answer, [one for one in found if not (call.method == "POST" and _is_taken(one))][:_MOST]


def added_own(bench: Bench, actor: Actor) -> bool:
    """Whether there are more rows that belong to the actor than were saved: what they made is theirs to make."""
    database = bench.database
    assert database is not None
    now = rows(database)
    database.restore()
    saved = rows(database)
    return any(_count(table, now, actor) > _count(table, saved, actor) for table in database.tables())


def _count(table: Table, found: Rows, actor: Actor) -> int:
    return sum(belongs(table, row, actor) for row in found[table.name])


def _harmed(tables: Sequence[Table], before: Rows, after: Rows, owner: Actor, asker: Actor) -> Iterator[str]:
    owned = _owned(tables, before, owner)
    for table in tables:
        if not table.key:
            continue
        old = {row[table.key]: row for row in before.get(table.name, ())}
        now = {row[table.key]: row for row in after.get(table.name, ())}
        for key in owned.get(table.name, ()):
            if key not in now:
                yield f"- {table.name}: {table.key}={key}"
            elif (changed := _changed(table, old[key], now[key])) and not takes_part(table, old[key], now[key], asker):
                yield f"~ {table.name}: {table.key}={key}; {changed}"
        for key in now.keys() - old.keys():
            if _is_added_to(table, now[key], owned, owner) and not belongs(table, now[key], asker):
                yield f"+ {table.name}: {table.key}={key}"


def takes_part(table: Table, old: Row, now: Row, asker: Actor) -> bool:
    """Whether the row names the asker where it named nobody: who claims what is offered takes nothing from anybody."""
    columns = [one.column for one in table.foreigns if one.table == asker.table and not names_owner(one.column)]
    return any(old[name] is None and now[name] == asker.key for name in columns) and not any(
        old[one.name] != now[one.name] for one in table.columns if _MONEY.search(one.name)
    )


def _owned(tables: Sequence[Table], before: Rows, owner: Actor) -> Mapping[str, set[Any]]:
    """The keys of the owner's rows, and of the rows that hang on them."""
    found: dict[str, set[Any]] = {
        table.name: {row[table.key] for row in before.get(table.name, ()) if belongs(table, row, owner)}
        for table in tables
        if table.key
    }
    hanging = {
        table.name: {row[table.key] for row in before.get(table.name, ()) if _hangs(table, row, found, owner)}
        for table in tables
        if table.key
    }
    return {name: keys | hanging[name] for name, keys in found.items()}


def _hangs(table: Table, row: Row, owned: Mapping[str, set[Any]], owner: Actor) -> bool:
    """Whether it is part of a row of the owner's and names no user itself."""
    if any(foreign.table == owner.table for foreign in table.foreigns):
        return False
    return any(row[foreign.column] in owned.get(foreign.table, ()) for foreign in table.foreigns)


def _is_added_to(table: Table, row: Row, owned: Mapping[str, set[Any]], owner: Actor) -> bool:
    return not belongs(table, row, owner) and _hangs(table, row, owned, owner)


def _is_taken(told: str) -> bool:
    """Whether nothing of the row is changed but how many are left, or how many did the like."""
    return told.startswith("~") and all(map(_is_counted, told.partition("; ")[2].split(", ")))


def _is_counted(change: str) -> bool:
    name, _, values = change.partition(": ")
    old, _, new = values.partition(" → ")
    is_by_one = old.isdigit() and new.isdigit() and abs(int(old) - int(new)) == 1 and not _MONEY.search(name)
    return _TAKEN.search(name) is not None or is_by_one


def _changed(table: Table, old: Row, now: Row) -> str:
    changed = [
        f"{column.name}: {str(old[column.name])[:30]} → {str(now[column.name])[:30]}"
        for column in table.columns
        if old[column.name] != now[column.name] and column.kind != "time" and not _TALLY.search(column.name)
    ]
    return ", ".join(changed)
