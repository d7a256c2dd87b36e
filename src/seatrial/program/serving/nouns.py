"""The nouns of serving: rows that a library shows one by one, and what each of them asks of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from seatrial.model.finding import Step
    from seatrial.program.parts import Function
    from seatrial.program.queries import Query


class Need(msgspec.Struct, frozen=True):
    """Something that is asked of the database to show one row.

    `chain` leads from the row to the relation that would have to be loaded ahead; empty when nothing can be: a query of
    its own is run. `single`: it is asked of the one row that a foreign key points to.

    `what` says it in a message. `path` leads to where it is read; `also` are the functions on that way.
    """

    chain: tuple[str, ...]
    what: str
    path: tuple[Step, ...]
    also: tuple[Function, ...] = ()
    single: bool = False

    def is_met(self, query: Query) -> bool:
        """The query has loaded it ahead; or has made few objects for many rows, each of which asks once."""
        shared = self.single and len(self.chain) > len(("many", "one")) and query.shares(*self.chain[:-1])
        return bool(self.chain) and (shared or query.loads(*self.chain))


class Rows(msgspec.Struct, frozen=True):
    """A query where it is given to what shows its rows, at `line` of `function`; `value` holds it (-1: none does)."""

    function: Function
    line: int
    value: int
    query: Query


class Serving(msgspec.Struct, frozen=True):
    """Rows that are shown, each by itself, without a loop in the program's text; `by` says what does: `OrderOut reads`.

    `origins` are the functions that the query was returned by before, with where they do so.
    """

    rows: Rows
    needs: tuple[Need, ...]
    by: str
    origins: tuple[tuple[Function, Step], ...] = ()

    @property
    def function(self) -> Function:
        """The body where the query is given."""
        return self.rows.function

    @property
    def line(self) -> int:
        """The line where the query is given."""
        return self.rows.line

    @property
    def query(self) -> Query:
        """The query whose rows are shown."""
        return self.rows.query

    @property
    def cause(self) -> tuple[object, ...]:
        """Equal for rows that one change would mend: those that one body, or one class, gives to the same reader."""
        return self.function.cls if self.rows.value < 0 else self.function, self.by

    @property
    def unmet(self) -> tuple[Need, ...]:
        """What is asked for every row again, since the query does not bring it."""
        return tuple(need for need in self.needs if not need.is_met(self.query))
