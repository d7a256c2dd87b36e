"""What every database of a trial can do, whichever server holds it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

OURS = "seatrial"
"""The name by which a server knows our own connections from those of the program."""
Row: TypeAlias = Mapping[str, Any]
"""A row by the names of its columns."""


class Column(msgspec.Struct, frozen=True):
    """A column. `kind` is one of `integer number text boolean time bytes other`."""

    name: str
    kind: str
    nullable: bool
    primary: bool
    defaulted: bool
    """The database fills it in when it is left out."""
    computed: bool = False
    """The database works it out, and takes no value for it."""
    longest: int = 0
    """Characters that a text may have; 0: any number."""


class Foreign(msgspec.Struct, frozen=True):
    """A foreign key of one column."""

    column: str
    table: str
    other: str
    """The column that it points to."""


class Table(msgspec.Struct, frozen=True):
    """A table as the database describes it."""

    name: str
    columns: tuple[Column, ...]
    foreigns: tuple[Foreign, ...]
    uniques: tuple[tuple[str, ...], ...]
    """Sets of columns that no two rows share, the primary key not among them."""

    @property
    def key(self) -> str:
        """The column that is the whole primary key; empty if there is none or it has several."""
        primary = [column.name for column in self.columns if column.primary]
        return primary[0] if len(primary) == 1 else ""


class Numbered(msgspec.Struct, frozen=True):
    """Values that count on from row to row: `first`, `first + 1`, … over and over after `cycle` of them (0: never).

    `kind` is `integer`; `text` for one with `before` and `after` around the number; `uuid` for one that ends in it.
    """

    kind: str
    first: int
    before: str = ""
    after: str = ""
    cycle: int = 0

    def value(self, number: int) -> Any:
        """The value of the row of this number, counted from 0."""
        n = self.first + (number % self.cycle if self.cycle else number)
        return n if self.kind == "integer" else f"{self.before}{f'{n:08x}' if self.kind == 'uuid' else n}{self.after}"


class Store(Protocol):
    """Where the program keeps things beside its database: they are saved and put back with it."""

    def save(self) -> None:
        """Keeps what it holds now, for `restore`."""
        ...

    def restore(self) -> None:
        """Puts back what was saved, while the program runs."""
        ...


class Database(Protocol):
    """A database that belongs to a trial alone."""

    kind: str
    """`sqlite` or `postgresql`."""
    beside: Store | None
    """What is saved and put back with it."""
    before_restore: Callable[[], None]
    """What to do first: what it leaves in the database is taken back at once."""
    version: int
    """How often it was saved: what is saved now is another than with a lower number."""

    def tables(self) -> Sequence[Table]:
        """Its tables, those of migration tools left out, in order of name."""
        ...

    def named(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By table and column, the only texts that a column may hold, where the schema names them."""
        ...

    def rows(self, table: str) -> Sequence[Row]:
        """All rows of a table."""
        ...

    def count(self, table: str) -> int:
        """How many rows a table has."""
        ...

    def insert(self, table: str, rows: Sequence[Row]) -> bool:
        """Adds rows, all with the same columns; false if the database refuses one of them, and then none is added."""
        ...

    def highest(self, table: str, column: str) -> int:
        """The largest number in a column; 0 if there is none."""
        ...

    def clone(self, table: Table, where: Row, numbered: Mapping[str, Numbered], count: int) -> int:
        """Adds `count` copies of the row that is `where`, which differ in the numbered columns; how many fitted in."""
        ...

    def update(self, table: str, values: Row, where: Row) -> int:
        """Changes the rows that are `where`; gives back how many: none where the schema refuses the values."""
        ...

    def delete(self, table: str, where: Row) -> None:
        """Takes away the rows that are `where`."""
        ...

    def save(self) -> None:
        """Keeps what it holds now, for `restore`."""
        ...

    def restore(self) -> None:
        """Puts back what was saved, while the program runs."""
        ...

    def changed(self) -> Collection[str]:
        """The tables that may hold something else than what was saved: all others hold just that."""
        ...
