"""Which values a request needs: ids of rows that are there, examples for the rest."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from seatrial.sandbox import Answer, Application, Call, Database, Row, Table
from seatrial.trials.actors import Actor
from seatrial.trials.api import Api, Fill, Operation, call
from seatrial.trials.observed import Observed
from seatrial.trials.owners import belongs

_DENIED = (401, 403)
_ID = re.compile(r"^(?P<stem>\w*?)_?(id|Id|ID|pk|uuid|slug)$")
_VERSION = re.compile(r"v\d+(\.\d+)*$")
_THING = re.compile(r"(^|_)(name|title|sku|price)$")
_STOCK = re.compile(r"stock|quantity|qty|inventory|available|balance|capacity|seats")
_PLENTY = 1_000
_FIRST, _ROOM = 1_000, 8_000
"""Numbers of four digits: texts that hold them are short."""


class Filling:
    """Fills operations with values that make sense in this database."""

    def __init__(self, application: Application, api: Api, settings: Mapping[str, str]) -> None:
        """`settings` are values that the program was given: a header may have to repeat one."""
        self._application, self._api, self._settings = application, api, settings
        self.observed = Observed()
        """What stands for the database where there is none that we can read."""
        self._source: Database | Observed = application.database or self.observed
        self._tables: Sequence[Table] | None = None
        self._counts: Counter[str] = Counter()
        self.stage = ""
        """The trial that asks: its values are its own, whatever ran before it, so that it can be repeated alone."""

    def call(
        self,
        operation: Operation,
        actor: Actor,
        fill: Fill = "usual",
        given: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Call:
        """A request of the operation as the actor, each with values of its own.

        `given` are values by name; `body` is the body, if it is known but for the ids in it.
        """
        number = self._number(operation)
        given = given or {}
        before = re.split(r"/", operation.path)
        values: dict[str, Any] = {}
        for one in operation.parameters:
            if one.where == "path" or one.required or one.name in given:
                found = self._given(one.name) if one.where == "header" else None
                if one.where == "path":
                    found = self._known(one.name, _segment(before, one.name), actor)
                values[one.name] = self._api.example(one.schema, one.name, number) if found is None else found
        if body is None and operation.body:
            body = self._api.example(operation.body, "", number, fill)
            body = _stocked(body) if fill == "usual" and "{" not in operation.path else body
        body = self._with_ids(body, actor)
        if isinstance(body, Mapping):
            body = {**body, **{name: value for name, value in given.items() if name in operation.fields}}
        return call(operation, {**values, **given}, body, actor.headers)

    def accepted(self, operation: Operation, actor: Actor) -> Call | None:
        """A request that the program answers with 2xx, made once to find it; None if it accepts none of ours."""
        return next((call for call, answer in self._tries(operation, actor) if answer.ok), None)

    def ask(self, operation: Operation, actor: Actor) -> Answer:
        """The answer to a request of the operation as the actor; the first refusal if every form of it is refused."""
        answers = [answer for _, answer in self._tries(operation, actor)]
        return answers[-1] if answers[-1].ok else answers[0]

    def others(self, name: str, segment: str, actor: Actor) -> Sequence[Any]:
        """Values of all rows that the actor may mean by a name, the newest last; none if it speaks of no table."""
        meant = self._meant(name, segment)
        if meant is None:
            return ()
        table, column = meant
        return [row[column] for row in _own(table, self._source.rows(table.name), actor)]

    def owner_of(self, operation: Operation, actor: Actor) -> str | None:
        """The table of the actor's own row that the operation's path names last; None if that is no row of theirs."""
        names = [one.name for one in operation.parameters if one.where == "path"]
        meant = self._meant(names[-1], _segment(operation.path.split("/"), names[-1])) if names else None
        if meant is None:
            return None
        table, _ = meant
        is_owned = any(belongs(table, row, actor) for row in self._source.rows(table.name))
        return table.name if is_owned else None

    def is_there(self, operation: Operation, actor: Actor) -> bool:
        """Whether there is a row that the operation's path can name last."""
        names = [one.name for one in operation.parameters if one.where == "path"]
        return bool(names) and bool(self.others(names[-1], _segment(operation.path.split("/"), names[-1]), actor))

    def _meant(self, name: str, segment: str) -> tuple[Table, str] | None:
        """The table and the column that a name speaks of: `order_id`, `id` below `/orders`, `book_title`."""
        stem = (_ID.match(name) or {"stem": ""})["stem"]
        first, _, rest = name.partition("_")
        for word in dict.fromkeys((stem, segment, stem.rpartition("_")[2], first if rest else "")):
            if (table := self._table(word)) and (column := _column(table, name)):
                return table, column
        return None

    def _number(self, operation: Operation) -> int:
        """A number that no other request has, as far as that can be without knowing of the others."""
        name = f"{self.stage} {operation.name}"
        self._counts[name] += 1
        return _FIRST + crc32(name.encode()) % _ROOM + self._counts[name]

    def _tries(self, operation: Operation, actor: Actor) -> Iterator[tuple[Call, Answer]]:
        """Forms of the request, each made, up to the first that is accepted."""
        fills: tuple[Fill, ...] = ("usual", "least", "full") if operation.body else ("usual",)
        for fill in fills:
            call = self.call(operation, actor, fill)
            answer = self._application.call(call, watched=False)
            if answer.ok and self._source is self.observed:
                self.observed.note(operation, actor, answer)
            yield call, answer
            if answer.ok or answer.status in _DENIED:
                return

    def _given(self, header: str) -> str | None:
        """The setting that a header repeats: `API_KEY` for `x-api-key`."""
        name = header.upper().replace("-", "_")
        return next((value for key, value in self._settings.items() if name in {key, f"X_{key}"}), None)

    def _with_ids(self, value: Any, actor: Actor) -> Any:
        """The body with the ids of rows that are there."""
        if isinstance(value, list):
            return [self._with_ids(one, actor) for one in value]
        if not isinstance(value, Mapping):
            return value
        filled = {}
        for key, inner in value.items():
            known = self._known(key, "", actor) if _ID.match(key) and not isinstance(inner, list | Mapping) else None
            filled[key] = self._with_ids(inner, actor) if known is None else known
        return filled

    def _known(self, name: str, segment: str, actor: Actor) -> Any:
        """The value of a row of the table that a name speaks of: one of the actor's own if there is one."""
        return next(reversed(self.others(name, segment, actor)), None)

    def _table(self, word: str) -> Table | None:
        if self._tables is None or self._source is self.observed:
            self._tables = self._source.tables()
        wanted = _singular(word)
        named = [table for table in self._tables if wanted and _singular(table.name) == wanted]
        ended = [table for table in self._tables if wanted and _singular(table.name).endswith("_" + wanted)]
        return next(iter((*named, *ended)), None)


def _stocked(body: Any) -> Any:
    """The body that describes a new thing, with plenty of it: one is used up by the first who takes it."""
    if not isinstance(body, Mapping) or any(map(_ID.match, body)):
        return body
    if not any(map(_THING.search, body)):
        return {key: _stocked(value) for key, value in body.items()}
    return {
        key: _PLENTY if value == 1 and value is not True and _STOCK.search(key.lower()) else value
        for key, value in body.items()
    }


def is_id(name: str) -> bool:
    """Whether a name speaks of a row by its key."""
    return _ID.match(name) is not None


def _segment(parts: Sequence[str], name: str) -> str:
    """The part of the path before the place of this name: `orders` of `/orders/{id}`."""
    place = next((number for number, part in enumerate(parts) if "{" + name + "}" in part), 0)
    return next((part for part in reversed(parts[:place]) if part and "{" not in part and not _VERSION.match(part)), "")


def _column(table: Table, name: str) -> str:
    names = [column.name for column in table.columns]
    if name in names and not any(foreign.column == name for foreign in table.foreigns):
        return name
    rest = name.partition("_")[2]
    return table.key if _ID.match(name) else rest if rest in names else ""


def _own(table: Table, rows: Sequence[Row], actor: Actor) -> Sequence[Row]:
    """The rows that belong to the actor; all if none does. Of users all, the actor last."""
    if table.name == actor.table:
        return sorted(rows, key=lambda row: bool(row[table.key] == actor.key))
    return [row for row in rows if belongs(table, row, actor)] or rows


def _singular(word: str) -> str:
    word = word.lower().replace("-", "_")
    for end, instead in (("ies", "y"), ("sses", "ss"), ("ses", "se"), ("s", "")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + instead
    return word
