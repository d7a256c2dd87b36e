"""Users of a program that lets nobody register: rows of its users' table, and proofs made by its own means.

A row holds what its columns ask for. The program is then asked, in a process of its own, for what proves such a user:
its token functions, the keys that it signs with, its sessions. The first that an operation accepts is kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

from seatrial.sandbox import Application, Column, Database, Row, StartError, Table, date
from seatrial.trials.actors import Actor, accepted, asking
from seatrial.trials.api import Api
from seatrial.trials.proofs import Proofs
from seatrial.trials.rights import rights, speaks_of_role, speaks_of_trust

_PEOPLE = re.compile(r"(^|_)(users?|accounts?|members?|customers?|employees?|admins?|persons?|people)$", re.IGNORECASE)
_NAMES = re.compile(r"^(e_?mail(_address)?|user_?name|login|phone(_number)?|mobile)$", re.IGNORECASE)
_SECRET = re.compile(r"passw|pwd|hash", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)
_HIGH = re.compile(r"admin|super|root|owner", re.IGNORECASE)
_CAST = ("alice", "bob", "root")
_DEEP = 3
"""Rows that hang on one another."""


class Default(msgspec.Struct, frozen=True):
    """What the program gives a column where it says nothing, and the values that it may hold (empty: any)."""

    value: Any = None
    labels: tuple[str, ...] = ()


Defaults = Mapping[str, Mapping[str, Default]]


def minted(application: Application, api: Api, proofs: Proofs) -> Sequence[Actor]:
    """The two users and the one with every right; none if nothing asks who it is, or nothing proves them.

    `proofs` learns how to make theirs anew.
    """
    database = application.database
    people = sorted(database.tables() if database else (), key=_likeness, reverse=True)[:1]
    if database is None or not people or not _likeness(people[0]):
        return []
    operations = [*asking(application, api)]
    if not operations:
        return []
    try:
        defaults = msgspec.json.decode(application.beside("columns", {}), type=dict[str, dict[str, Default]])
        rows = list(_Rows(database, defaults).people(people[0]))
    except StartError:
        return []
    key = people[0].key
    told = [{**_plain(row), "key": row[key]} for row in rows]
    actors = []
    for name, row, said, ways in zip(_CAST, rows, told, _ways(application, told), strict=False):
        held = accepted(application, operations, ways)
        if held is None:
            return []
        proofs.keep(held, partial(_again, application, said, ways.index(held)))
        actors.append(_actor(name, people[0], row, held))
    return actors if len(actors) == len(_CAST) else []


def _ways(application: Application, people: Sequence[Row]) -> Sequence[Sequence[Mapping[str, str]]]:
    """What may prove each of the people, as headers, likely ones first."""
    try:
        return msgspec.json.decode(application.beside("mint", {"people": people}), type=list[list[dict[str, str]]])
    except StartError:
        return []


def _again(application: Application, person: Row, way: int) -> Mapping[str, str] | None:
    """What proves the person, made anew in the same way."""
    made = next(iter(_ways(application, [person])), ())
    return made[way] if way < len(made) else None


def _likeness(table: Table) -> int:
    """How much a table looks like that of the users; 0: not at all."""
    names = [column.name for column in table.columns]
    if not table.key or not _PEOPLE.search(table.name) or not any(map(_NAMES.match, names)):
        return 0
    return 1 + 2 * any(map(_SECRET.search, names)) + bool(re.search("user", table.name, re.IGNORECASE))


def _actor(name: str, table: Table, row: Row, headers: Mapping[str, str]) -> Actor:
    marks = [row[one] for one in row if _NAMES.match(one) and isinstance(row[one], str)]
    return Actor(name, headers, next(iter(marks), ""), row[table.key], table.name, tuple(marks))


def _plain(row: Row) -> Row:
    """What of a row JSON can hold."""
    return {name: value for name, value in row.items() if isinstance(value, str | int | float | bool)}


class _Rows:
    """Makes rows from what the tables ask for."""

    def __init__(self, database: Database, defaults: Defaults) -> None:
        self._database, self._defaults = database, defaults
        self._tables = {table.name: table for table in database.tables()}

    def people(self, table: Table) -> Iterator[Row]:
        """The rows of the three, as they are in the table then; fewer if the database refuses one."""
        for number, name in enumerate(_CAST, 1):
            most = dict(self._most(table)) if name == _CAST[-1] else {}
            row = self._made(table, number, most, _DEEP)
            if row is None:
                return
            yield row

    def _most(self, table: Table) -> Iterator[tuple[str, Any]]:
        """What the columns of rights hold of somebody who may do everything."""
        given = dict(rights(table))
        for column in table.columns:
            labels = self._default(table, column).labels
            if labels and speaks_of_role(column.name):
                yield from ((column.name, one) for one in filter(_HIGH.search, labels[::-1]))
            elif column.name in given:
                yield column.name, given[column.name]

    def _made(self, table: Table, number: int, most: Row, deep: int) -> Row | None:
        """The row, added to its table; None if it cannot be."""
        values = {**dict(self._values(table, number, deep)), **most}
        if not values or not self._database.insert(table.name, [values]):
            return None
        said = {
            column.name: values[column.name]
            for column in table.columns
            if column.kind == "text" and column.name in values
        }
        rows = self._database.rows(table.name)
        return next((one for one in reversed(rows) if all(one[name] == said[name] for name in said)), None)

    def _values(self, table: Table, number: int, deep: int) -> Iterator[tuple[str, Any]]:
        foreigns = {one.column: one for one in table.foreigns}
        alone = {names[0] for names in table.uniques if len(names) == 1}
        for column in table.columns:
            is_free = column.nullable or column.defaulted
            is_told = bool(_NAMES.match(column.name)) or speaks_of_trust(column.name)
            default = self._default(table, column)
            if column.computed or (is_free and not is_told and default.value is None):
                continue
            if column.name in foreigns:
                if not is_free:
                    yield column.name, self._parent(foreigns[column.name].table, foreigns[column.name].other, deep)
            elif default.value is None or column.primary or column.name in alone:
                yield column.name, self._value(table, column, number, default)
            else:
                yield column.name, default.value

    def _default(self, table: Table, column: Column) -> Default:
        return self._defaults.get(table.name, {}).get(column.name, Default())

    def _parent(self, name: str, column: str, deep: int) -> Any:
        """The key of a row that another has to point to: one that is there, else one that is made."""
        there = self._database.rows(name)
        row = there[0] if there else self._made(self._tables[name], 1, {}, deep - 1) if deep else None
        return row[column] if row else None

    def _value(self, table: Table, column: Column, number: int, default: Default) -> Any:
        if default.labels:
            return next((one for one in default.labels if not _HIGH.search(one)), default.labels[0])
        if column.kind == "text" or _UUID.match(str(default.value)):
            return _text(table, column, number, default)
        if column.kind == "integer":
            return self._database.highest(table.name, column.name) + 1 if column.primary else 0
        if column.kind == "boolean":
            return speaks_of_trust(column.name)
        if column.kind == "time":
            return datetime.fromtimestamp(date(), UTC).replace(tzinfo=None).isoformat(" ")
        plain: Mapping[str, Any] = {"number": 0, "bytes": b""}
        return plain[column.kind] if column.kind in plain else _uuid(table, column, number)


def _uuid(table: Table, column: Column, number: int) -> str:
    """A UUID (RFC 9562, version 8: of a form of our own) that is the same in every run."""
    made = sha256(f"{table.name}.{column.name}.{number}".encode()).hexdigest()
    return f"{made[:8]}-{made[8:12]}-8{made[13:16]}-8{made[17:20]}-{made[20:32]}"


def _text(table: Table, column: Column, number: int, default: Default) -> str:
    """A text that speaks of whom it belongs to, as long as the column allows."""
    name = column.name.lower()
    if _UUID.match(str(default.value)) or (column.primary and name in ("id", "uuid", "uid")):
        made = _uuid(table, column, number)
        return made if "-" in str(default.value or "-") else made.replace("-", "")
    if "mail" in name:
        made = f"st{number}@users.example.org"
    elif "phone" in name or "mobile" in name:
        made = f"+1555010{number:04d}"
    elif name in ("status", "state"):
        made = "active"
    else:
        made = f"seatrialuser{number}"
    return made[-column.longest :] if column.longest else made
