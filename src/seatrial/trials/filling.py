"""Which values a request needs: ids of rows that are there, examples for the rest."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from zlib import crc32

from seatrial.sandbox import Answer, Application, Call, Database, Row, Table
from seatrial.trials import reshaping, uploads
from seatrial.trials.actors import Actor
from seatrial.trials.answers import missed, rows_of
from seatrial.trials.api import Api, Fill, Operation, call
from seatrial.trials.chances import Way, way
from seatrial.trials.observed import Observed
from seatrial.trials.owners import belongs, holder
from seatrial.trials.respected import patiently
from seatrial.trials.stocked import stocked
from seatrial.trials.tables import ID, apart, column_of, is_form, is_id, segment, spoken_of
from seatrial.trials.varying import Varied

_IDS = re.compile(r"(id|Id|ID|pk|uuid|slug)s$")
_LONG, _FAILED = 6.0, 500
"""Seconds after which a failure is one of waiting, and the least status of a failure."""
_ROWS = 4
"""Rows that a request may be about, one after another, until it is accepted."""
_LEAST_AND_FULL: tuple[Fill, Fill] = ("least", "full")
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
        self._turns: dict[tuple[str, str], int] = {}
        """Which row the requests of an operation are about, by its name and the actor's; 0: the newest."""
        self._guesses = False
        """Whether the last body holds ids of which only the column is known."""
        self.stage = ""
        """The trial that asks: its values are its own, whatever ran before it, so that it can be repeated alone."""
        self.ways: dict[str, Way] = {}
        """What operations did when they were first accepted, most of them as the first rows were made."""
        self.did: dict[str, Sequence[str]] = {}
        self.took: dict[str, float] = {}
        """The statements of that, and the seconds."""
        self.waits: dict[str, float] = {}
        """Operations that failed after a long wait, with its seconds: not asked in other forms."""
        self.copies: dict[str, set[Any]] = {}
        """Keys of rows that were made in other states, by table: what the program made itself comes before them."""
        self.varied: Sequence[Varied] = ()
        self._shapes: dict[str, reshaping.Shape] = {}
        """In which shape operations take their bodies, where not in the usual one."""

    def call(
        self,
        operation: Operation,
        actor: Actor,
        fill: Fill = "usual",
        given: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Call:
        """A request of the operation as the actor, each with values of its own.

        `given` are values by name; `body` is the body, if it is known but for the ids in it. Ids that its page leaves
        open are sent so, unless the request is to be the least or the fullest.
        """
        number = self._number(operation)
        ending = next(iter(self._api.endings(operation)), "")
        given = {
            name: uploads.ended(one, ending) if name in operation.files else one for name, one in (given or {}).items()
        }
        known = self._placed(operation, actor)
        values: dict[str, Any] = {}
        for one in operation.parameters:
            if one.where == "path" or one.required or one.name in given:
                found = self._given(one.name) if one.where == "header" else known.get(one.name)
                values[one.name] = self._api.example(one.schema, one.name, number) if found is None else found
        if body is None and operation.body:
            body = self._made_up(operation, actor, number, fill)
            body = uploads.named(body, operation.files, ending)
        left = pointing(operation) if fill == "usual" and isinstance(body, Mapping) else ()
        opened = {name: "" for name in left if body.get(name) == ""}
        body = self._with_ids(body, actor, self._turns.get((operation.name, actor.name), 0))
        if shape := self._shapes.get(operation.name):
            body = reshaping.shaped(body, shape, partial(self._choices, operation, actor))
        if isinstance(body, Mapping):
            body = {**body, **opened, **{name: value for name, value in given.items() if name in operation.fields}}
        return call(operation, {**values, **given}, body, actor.headers)

    def _made_up(self, operation: Operation, actor: Actor, number: int, fill: Fill = "usual") -> Any:
        """A body of the operation, with rows where its schema says of which table."""
        body = reshaping.ended(self._api.example(operation.body, "", number, fill))
        body = reshaping.told_apart(body, number) if self._shapes.get(operation.name) == reshaping.TEXT else body
        body = stocked(body) if fill == "usual" and "{" not in operation.path else body
        for name in body if isinstance(body, Mapping) else ():
            if _told(operation, name) and (rows := self._choices(operation, actor, name)):
                body = {**body, name: [rows[-1]] if isinstance(body[name], list) else rows[-1]}
        return body

    def accepted(self, operation: Operation, actor: Actor) -> Call | None:
        """A request that the program answers with 2xx, made once to find it; None if it accepts none of ours."""
        return next((call for call, answer in self._tries(operation, actor) if answer.ok), None)

    def ask(self, operation: Operation, actor: Actor) -> Answer:
        """The answer to a request of the operation as the actor; the first refusal if every form of it is refused."""
        answers = [answer for _, answer in self._tries(operation, actor)]
        return answers[-1] if answers[-1].ok else answers[0]

    def richest(self, operation: Operation, actor: Actor) -> Call | None:
        """As `accepted`, about the row whose answer holds most: one that has children, if there is such a row."""
        first = self.accepted(operation, actor)
        if first is None or not operation.places:
            return first
        best, most = self._turns.get((operation.name, actor.name), 0), -1
        for turn in range(_ROWS):
            self._turns[operation.name, actor.name] = turn
            answer = self._application.call(self.call(operation, actor), watched=False)
            if answer.ok and (found := rows_of(answer.json())) > most:
                best, most = turn, found
        self._turns[operation.name, actor.name] = best
        return self.call(operation, actor)

    def vary(self, made: Sequence[Varied]) -> None:
        """Takes up copies of rows in other states."""
        self.varied, self.copies = made, {}
        for one in made:
            self.copies.setdefault(one.table, set()).add(one.key)

    def is_about_copy(self, operation: Operation, values: Mapping[str, Any]) -> bool:
        """Whether the row that the operation's path names last is a copy, as these are its values by name."""
        name, meant = self._last(operation)
        keys = self.copies.get(meant[0].name, ()) if meant and meant[1] == meant[0].key else ()
        return name in values and str(values[name]) in set(map(str, keys))

    @property
    def states(self) -> int:
        """How many copies the table with most of them has."""
        return max(map(len, self.copies.values()), default=0)

    def named(self) -> Collection[str]:
        """The tables of whose rows a path of some operation names one."""
        places = ((operation, name) for operation in self._api.operations for name in operation.places)
        return {meant[0].name for one, name in places if (meant := self._meant(name, segment(one.path, name)))}

    def in_states(self, operation: Operation) -> Iterator[tuple[str, Varied]]:
        """Rows in states that somebody sets as such, each with the name by which the operation's path means it."""
        name, meant = self._last(operation)
        for one in self.varied:
            if meant and one.is_set and one.table == meant[0].name and meant[1] == meant[0].key:
                yield name, one

    def others(self, name: str, segment: str, actor: Actor) -> Sequence[Any]:
        """Values of all rows that the actor may mean by a name, the newest last; none if it speaks of no table."""
        meant = self._meant(name, segment)
        if meant is None:
            return ()
        table, column = meant
        rows = _own(table, self._source.rows(table.name), actor)
        return [row[column] for row in sorted(rows, key=lambda row: not self._is_copy(table, row))]

    def _is_copy(self, table: Table, row: Row) -> bool:
        return bool(table.key) and row[table.key] in self.copies.get(table.name, ())

    def owner_of(self, operation: Operation, actor: Actor) -> str | None:
        """The table of the actor's own row that the operation's path names last; None if that is no row of theirs."""
        _, meant = self._last(operation)
        if meant is None:
            return None
        table, _ = meant
        is_owned = any(belongs(table, row, actor) for row in self._source.rows(table.name))
        return table.name if is_owned else None

    def row_of(self, operation: Operation, values: Mapping[str, Any]) -> tuple[Table, Row] | None:
        """The row that the operation's path names last with these values by name, and its table."""
        name, meant = self._last(operation)
        rows = self._source.rows(meant[0].name) if meant and name in values else ()
        row = next((one for one in rows if meant and str(one[meant[1]]) == str(values[name])), None)
        return (meant[0], row) if meant and row is not None else None

    def holder_of(self, operation: Operation, values: Mapping[str, Any], actor: Actor) -> str:
        """The table on whose row, the actor's, the row hangs that the path names last with these values by name."""
        found = self.row_of(operation, values)
        return holder(*found, self._all(), self._source.rows, actor) if found else ""

    def is_about(self, operation: Operation, table: str) -> bool:
        """Whether the operation's path names a row of the table last."""
        _, meant = self._last(operation)
        return meant is not None and meant[0].name == table

    def is_there(self, operation: Operation, actor: Actor) -> bool:
        """Whether there is a row that the operation's path can name last."""
        names = operation.places
        return bool(names) and bool(self.others(names[-1], segment(operation.path, names[-1]), actor))

    def _last(self, operation: Operation) -> tuple[str, tuple[Table, str] | None]:
        """The name that the operation's path names last, and the table and column that it speaks of."""
        name = next(reversed(operation.places), "")
        return name, self._meant(name, segment(operation.path, name)) if name else None

    def _meant(self, name: str, segment: str) -> tuple[Table, str] | None:
        """The table and the column that a name speaks of: `order_id`, `id` below `/orders`, `book_title`."""
        stem = (ID.match(name) or {"stem": ""})["stem"]
        first, _, rest = name.partition("_")
        for word in dict.fromkeys((stem, segment, stem.rpartition("_")[2], first if rest else "")):
            if (table := spoken_of(word, self._all())) and (column := column_of(table, name)):
                return table, column
        return self._told_apart_by(name) if segment else None

    def _told_apart_by(self, column: str) -> tuple[Table, str] | None:
        """The only table whose rows a column of this name tells apart: `username` below `/profiles`."""
        found = [table for table in self._all() if column in apart(table)]
        return (found[0], column) if len(found) == 1 and not ID.match(column) else None

    def _placed(self, operation: Operation, actor: Actor) -> Mapping[str, Any]:
        """Values for the places of the path: the last first, and those before it as its row points to them."""
        found: dict[str, Any] = {}
        below: tuple[Table, Row] | None = None
        turn = self._turns.get((operation.name, actor.name), 0)
        for name in reversed(operation.places):
            if meant := self._meant(name, segment(operation.path, name)):
                table, column = meant
                rows = self._pointed(table, below) or self._in_turn(table, actor)[turn if below is None else 0 :]
                if rows:
                    below, found[name] = (table, rows[0]), rows[0][column]
        return found

    def _in_turn(self, table: Table, actor: Actor) -> Sequence[Row]:
        """All rows of a table: the actor's own first, the newest first; a few, and then those in other states."""
        rows = self._source.rows(table.name)
        own = _own(table, rows, actor)
        known = set(map(id, own))
        turned = [*reversed(own), *(row for row in reversed(rows) if id(row) not in known)]
        copies = [row for row in turned if self._is_copy(table, row)]
        left = [row for row in turned if not self._is_copy(table, row)] if copies else turned
        return [*left[:_ROWS], *copies] if copies else left

    def _pointed(self, table: Table, below: tuple[Table, Row] | None) -> Sequence[Row]:
        """The row of the table that a row of another points to, if it does."""
        inner, row = below or (table, {})
        wanted = {
            foreign.other: row[foreign.column] for foreign in inner.foreigns if foreign.table == table.name and row
        }
        return [one for one in self._source.rows(table.name) if any(one[k] == v for k, v in wanted.items())][:1]

    def _number(self, operation: Operation) -> int:
        """A number that no other request has, as far as that can be without knowing of the others."""
        name = f"{self.stage} {operation.name}"
        self._counts[name] += 1
        return _FIRST + crc32(name.encode()) % _ROOM + self._counts[name]

    def _tries(self, operation: Operation, actor: Actor) -> Iterator[tuple[Call, Answer]]:
        """Forms of the request, each made, up to the first that is accepted."""
        fills: tuple[Fill, ...] = ("usual", "least", "full") if operation.body else ("usual",)
        kept = self._turns.get((operation.name, actor.name), 0)
        others = [turn for turn in range(self._rows(operation, actor)) if turn != kept]
        self._guesses = False
        names: set[str] = set()
        for turn, fill in (*((kept, fill) for fill in fills), *((turn, "usual") for turn in others)):
            if turn != kept and not (operation.places or self._guesses):
                break
            self._turns[operation.name, actor.name] = turn
            call = self.call(operation, actor, fill)
            yield call, (answer := self._asked(operation, actor, call))
            if answer.ok or answer.is_denied or operation.name in self.waits:
                return
            names.update(missed(answer.json()))
        self._turns[operation.name, actor.name] = kept
        if lacking := names & operation.fields.keys():
            call = self.call(operation, actor, body=self._least(operation, lacking))
            yield call, self._asked(operation, actor, call)
        for ending in self._api.endings(operation)[1:]:
            self._api.uploads[operation.name] = ending
            call = self.call(operation, actor)
            yield call, (answer := self._asked(operation, actor, call))
            if answer.ok:
                return
        self._api.uploads.pop(operation.name, None)
        yield from self._in_shapes(operation, actor)

    def _in_shapes(self, operation: Operation, actor: Actor) -> Iterator[tuple[Call, Answer]]:
        """The request in other shapes: with days to come, and with two rows where two are meant."""
        self._shapes.pop(operation.name, None)
        choices = partial(self._choices, operation, actor)
        body = self._with_ids(self._made_up(operation, actor, 0), actor, 0) if operation.body else None
        for shape in reshaping.shapes(body, choices, guessed=operation.guessed):
            self._shapes[operation.name] = shape
            call = self.call(operation, actor)
            yield call, (answer := self._asked(operation, actor, call))
            if answer.ok:
                return
        self._shapes.pop(operation.name, None)

    def _choices(self, operation: Operation, actor: Actor, name: str) -> Sequence[Any]:
        """All values of a field that names a row."""
        table = _told(operation, name)
        return self.others("id", table, actor) if table else self.others(name, "", actor) if is_id(name) else ()

    def _rows(self, operation: Operation, actor: Actor) -> int:
        """How many rows the request may be about."""
        _, meant = self._last(operation)
        is_varied = meant is not None and meant[0].name in self.copies
        return max(_ROWS, len(self._in_turn(meant[0], actor))) if meant and is_varied else _ROWS

    def _least(self, operation: Operation, names: Collection[str]) -> Mapping[str, Any]:
        """The least body, and these fields: what is optional may exclude one another, and a refusal says what lacks."""
        number = self._number(operation)
        least, full = (self._api.example(operation.body, "", number, fill) for fill in _LEAST_AND_FULL)
        return {**least, **{name: full[name] for name in names if name in full}}

    def _asked(self, operation: Operation, actor: Actor, call: Call) -> Answer:
        """The answer; what it did is noted."""
        ask = self._application.call if self.stage else partial(patiently, self._application)
        answer = ask(call, watched=not self.stage or operation.name not in self.did)
        if answer.seconds > _LONG and (not answer.status or answer.status >= _FAILED):
            self.waits[operation.name] = answer.seconds
        if answer.ok and self._source is self.observed:
            self.observed.note(operation, actor, answer)
        if answer.ok and answer.seen:
            self.took.setdefault(operation.name, answer.seconds)
            self.ways[operation.name] = way(answer.seen)
            self.did[operation.name] = [one.sql for one in answer.seen.statements]
        return answer

    def _given(self, header: str) -> str | None:
        """The setting that a header repeats: `API_KEY` for `x-api-key`."""
        name = header.upper().replace("-", "_")
        return next((value for key, value in self._settings.items() if name in {key, f"X_{key}"}), None)

    def _with_ids(self, value: Any, actor: Actor, turn: int, within: str = "") -> Any:
        """The body with the ids of rows that are there. `within` is the name of what holds the value."""
        if isinstance(value, list):
            return [self._with_ids(one, actor, turn, within) for one in value]
        if not isinstance(value, Mapping):
            return value
        filled = {}
        for key, inner in value.items():
            known = self._known(key, "", actor) if ID.match(key) and not isinstance(inner, list | Mapping) else None
            if known is None and ID.match(key) and isinstance(inner, str):
                known = self._guessed(key, within, turn)
            elif known is None and type(inner) is int and (table := spoken_of(key, self._all())):
                known = self._known("id", table.name, actor)
            filled[key] = self._with_ids(inner, actor, turn, key) if known is None else known
            if _IDS.search(key) and isinstance(inner, list) and inner and not isinstance(inner[0], list | Mapping):
                known = self._known(key[:-1], "", actor)
                filled[key] = inner if known is None else [known]
        return filled

    def _guessed(self, name: str, within: str, turn: int) -> Any:
        """A value of the column that a name ends with (`product_public_id`), of one table with such rows after another.

        What the name is within comes first (`items`), then what points to nothing else.
        """
        self._guesses = True
        columns = [(table, one) for table in self._all() for one in apart(table) if name.endswith(f"_{one}")]
        ranked = sorted(columns, key=lambda one: (-len(one[1]), not is_form(within, one[0].name), len(one[0].foreigns)))
        made = [(one, self._made(table)) for table, one in ranked]
        values = [rows[-1][one] for one, rows in made if rows]
        return values[turn % len(values)] if values else None

    def _made(self, table: Table) -> Sequence[Row]:
        """The rows that the program made."""
        return [row for row in self._source.rows(table.name) if not self._is_copy(table, row)]

    def _known(self, name: str, segment: str, actor: Actor) -> Any:
        """The value of a row of the table that a name speaks of: one of the actor's own if there is one."""
        return next(reversed(self.others(name, segment, actor)), None)

    def _all(self) -> Sequence[Table]:
        if self._tables is None or self._source is self.observed:
            self._tables = self._source.tables()
        return self._tables


def pointing(operation: Operation) -> Collection[str]:
    """Ids that the operation's page leaves open, for what its script puts there: an answer names a comment."""
    fields = operation.fields.items() if operation.form else ()
    return [name for name, said in fields if is_id(name) and said.get("maxLength") == 0]


def _told(operation: Operation, name: str) -> str:
    """The table that a field names a row of, as its schema says; empty if it does not."""
    said = operation.fields.get(name, {})
    return str(said.get("items", said).get("x-table", ""))


def _own(table: Table, rows: Sequence[Row], actor: Actor) -> Sequence[Row]:
    """The rows that belong to the actor; all if none does. Of users all, the actor last."""
    if table.name == actor.table:
        return sorted(rows, key=lambda row: bool(row[table.key] == actor.key))
    return [row for row in rows if belongs(table, row, actor)] or rows
