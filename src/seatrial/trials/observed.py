"""What is known of a program's rows from its answers alone, where its database cannot be read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seatrial.sandbox import Answer, Column, Row, Table
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.owners import names_owner

OWNER = "owner"
_USERS = "users"
_KEYS = ("id", "_id", "uuid", "key", "slug", "number")


class Observed:
    """Things that were made through the program, as tables: each with a key, and with the name of who owns it.

    Who makes a thing owns it if the program shows an owner with it; else it may be everybody's.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._keys: dict[str, str] = {}

    def know(self, *actors: Actor) -> None:
        """Takes up what the program told of each user when they registered."""
        for actor in actors:
            if row := thing_in(actor.shown, _USERS):
                self._keys.setdefault(_USERS, _key(row, _USERS))
                self._rows.setdefault(_USERS, []).append({**row, OWNER: actor.name})

    def note(self, operation: Operation, actor: Actor, answer: Answer) -> None:
        """Takes up what an operation that makes something answers."""
        thing = made_by(operation)
        if thing and (row := thing_in(answer.json(), thing)):
            self._keys.setdefault(thing, _key(row, thing))
            self._rows.setdefault(thing, []).append({**row, OWNER: actor.name if any(map(names_owner, row)) else None})

    def tables(self) -> Sequence[Table]:
        """Each kind of thing that was made."""
        return [self._table(name) for name in self._rows]

    def rows(self, table: str) -> Sequence[Row]:
        """All of a kind, in the order in which they were made."""
        names = list(dict.fromkeys(name for row in self._rows[table] for name in row))
        return [{name: row.get(name) for name in names} for row in self._rows[table]]

    def last(self, thing: str) -> Row:
        """What was made last of a kind, as it was shown; empty if nothing was."""
        found = self._rows.get(thing, [{}])[-1]
        return {name: value for name, value in found.items() if name != OWNER}

    def _table(self, name: str) -> Table:
        columns = tuple(
            Column(name=column, kind=_kind(value), nullable=True, primary=column == self._keys[name], defaulted=False)
            for column, value in self.rows(name)[-1].items()
        )
        return Table(name, columns, (), ())


def made_by(operation: Operation) -> str:
    """What a request to the operation makes: `items` of `/carts/{id}/items`; empty if it makes nothing."""
    last = operation.path.rstrip("/").rpartition("/")[2]
    return last if operation.method == "POST" and "{" not in last and not operation.proves else ""


def thing_in(value: Any, thing: str) -> Mapping[str, Any] | None:
    """The thing that an answer describes: at its top, or one level below; None if it describes none."""
    found = [value, *value.values()] if isinstance(value, Mapping) else []
    return next((dict(_plain(one)) for one in found if isinstance(one, Mapping) and _key(one, thing)), None)


def _plain(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, inner) for key, inner in value.items() if not isinstance(inner, list | Mapping))


def _key(row: Mapping[str, Any], thing: str) -> str:
    stem = thing.rstrip("s")
    return next((name for name in (*_KEYS, f"{stem}_id", f"{stem}Id") if row.get(name) is not None), "")


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "text"}
    return kinds.get(type(value), "other")
