"""The nouns of serving: rows that a library shows one by one, and what each of them asks of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.model.finding import Step
    from seatrial.program.parts import Function
    from seatrial.program.queries import Query


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is asked of the database to show one row.

    `chain` leads from the row to the relation that would have to be loaded ahead; empty when nothing can be: a query of
    its own is run. `what` says it in a message. `path` leads to where it is read; `also` are the functions on that way.
    """

    chain: tuple[str, ...]
    what: str
    path: tuple[Step, ...]
    also: tuple[Function, ...] = ()

    def is_met(self, query: Query) -> bool:
        """The query has loaded it ahead."""
        return bool(self.chain) and query.loads(*self.chain)


@dataclass(frozen=True, slots=True)
class Serving:
    """Rows of `query` are shown, each by itself, without a loop in the program's text.

    `function` and `line` say where the query is given; `by` what shows each row: `OrderSerializer writes`.
    """

    function: Function
    line: int
    query: Query
    needs: tuple[Need, ...]
    by: str

    @property
    def unmet(self) -> tuple[Need, ...]:
        """What is asked for every row again, since the query does not bring it."""
        return tuple(need for need in self.needs if not need.is_met(self.query))
