"""Origins: the functions that a query comes through before its rows are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.serving.nouns import Serving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.model.finding import Step
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.serving.nouns import Need, Rows

DEPTH = 6
"""How many steps a query is followed back."""


def served(program: Program, rows: Rows, needs: Iterable[Need], by: str) -> Iterator[Serving]:
    """The serving of these rows, each need told once; none if there is no need at all."""
    different: dict[str, Need] = {}
    for need in needs:
        different.setdefault(need.what, need)
    if different:
        before = dict(origins(program, rows.function, rows.value))
        yield Serving(rows, tuple(different.values()), by, tuple(before.items()))


def origins(program: Program, function: Function, value: int, depth: int = 0) -> Iterator[tuple[Function, Step]]:
    """Each function that the query in `value` was returned by, with the step where it does so, nearest first."""
    value = function.origin(value) if value >= 0 else value
    step = function.values[value] if value >= 0 else None
    if depth > DEPTH:
        return
    if type(step) is f.Phi:
        for option in step.options:
            if option < value:
                yield from origins(program, function, option, depth + 1)
    elif type(step) is f.Call:
        reached = program.target(function, value).functions
        if not reached:
            before = step.receiver if step.receiver >= 0 else next(iter(step.args), -1)
            yield from origins(program, function, before, depth + 1)
        for source in reached[:1]:
            for returned in source.returns:
                if program.queries.query(source, returned):
                    yield source, source.step(returned, f"{source.symbol} gives the rows")
                    yield from origins(program, source, returned, depth + 1)
