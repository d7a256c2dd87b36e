"""Chains: the calls that a value is built by, one on the other: `Order.objects.filter(…).order_by(…)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.ancestry import made_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.program.parts import Function

_MEMBERSHIP = frozenset({"in_", "is_", "any_"})


def chain(function: Function, value: int) -> Iterator[tuple[int, f.Call]]:
    """The calls of a chain with their ids, last first, across variables; of several values, the latest is followed."""
    seen: set[int] = set()
    while value >= 0 and value not in seen:
        seen.add(value)
        step = function.values[value]
        if type(step) is f.Call:
            yield value, step
            value = step.receiver
        elif type(step) is f.Phi:
            value = step.options[-1]
        elif type(step) is f.Attr:
            value = step.base
        elif type(step) is f.Await:
            value = step.value
        else:
            return


def compared(function: Function, chained: int) -> dict[str, int]:
    """The columns that the filters of a query compare, with the value that each is compared to.

    Django's `filter(status="new", size__gt=1)` and SQLAlchemy's `where(Job.status == "new", Job.size.in_(sizes))`.
    """
    found: dict[str, int] = {}
    for _, step in chain(function, chained):
        if _last(step.callee) not in {"filter", "where", "filter_by", "get", "exclude"}:
            continue
        for name, value in step.keywords:
            found.setdefault(name.partition("__")[0], value)
        for argument in step.args:
            found.update(dict(_conditions(function, argument)))
    return found


def is_grouped(names: Sequence[str]) -> bool:
    """The calls of a chain, last first, ask for a row for each group: `values("status").annotate(Count("id"))`."""
    grouped = [at for at, name in enumerate(names) if name in {"values", "values_list"}]
    return "annotate" in names and bool(grouped) and names.index("annotate") < grouped[-1]


def _conditions(function: Function, argument: int) -> Iterator[tuple[str, int]]:
    for current in made_of(function, argument):
        step = function.values[current]
        if type(step) is f.Compare:
            yield from _column(function, step.left, step.right)
        elif type(step) is f.Call and _last(step.callee) in _MEMBERSHIP and step.args:
            if step.receiver >= 0:
                yield from _column(function, step.receiver, step.args[0])
            else:
                yield _last(step.callee.rpartition(".")[0]), step.args[0]
        elif type(step) is f.Call:
            yield from ((name.partition("__")[0], value) for name, value in step.keywords)  # Q(status="new")


def _column(function: Function, value: int, other: int) -> Iterator[tuple[str, int]]:
    step = function.values[value]
    if type(step) is f.Attr:
        yield step.name, other
    elif type(step) is f.Ref and "." in step.path:
        yield step.path.rpartition(".")[2], other


def _last(callee: str) -> str:
    return callee.rpartition(".")[2].lstrip("!:?")
