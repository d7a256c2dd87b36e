"""What every database of a trial can do, whichever server holds it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

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


class Database(Protocol):
    """A database that belongs to a trial alone."""

    kind: str
    """`sqlite` or `postgresql`."""

    def tables(self) -> Sequence[Table]:
        """Its tables, those of migration tools left out, in order of name."""
        ...

    def rows(self, table: str) -> Sequence[Row]:
        """All rows of a table."""
        ...

    def count(self, table: str) -> int:
        """How many rows a table has."""
        ...

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Adds rows, all with the same columns."""
        ...

    def update(self, table: str, values: Row, where: Row) -> int:
        """Changes the rows that are `where`; gives back how many."""
        ...

    def save(self) -> None:
        """Keeps what it holds now, for `restore`."""
        ...

    def restore(self) -> None:
        """Puts back what was saved, while the program runs."""
        ...
