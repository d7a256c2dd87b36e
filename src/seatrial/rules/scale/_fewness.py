"""Fewness: what tells that rows are few, since they belong to one row or to one person, or are set up by hand."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, written
from seatrial.program.chains import chain
from seatrial.program.texts import text_of
from seatrial.rules.scale._data import is_set_up
from seatrial.rules.scale._rounds import kept

FEW = 0.25
"""Less for what belongs to one row (`order.lines`), or points to one (`filter(order=order)`): seldom many."""
NARROWED = 0.15
"""Less for all that one person has, which is as much as that person likes; and for few rows that ask for much each."""
KEPT = 0.2
"""Less where the rows are of a table that only administrators fill: seldom thousands, but perhaps a catalogue."""
SET_UP = 0.25
"""Less where a table has a row for each thing that is set up, or each kind of thing, as its name says."""
MUCH = 3
"""From so many queries for each row on, some rows are enough to wait for."""

_NARROWS = frozenset({"filter", "filter_by", "where"})
_PARTS = _NARROWS | {"exclude", "having"}
_PERSON = re.compile(r"(?:^|_|\.)(?:user|owner|person|member|customer|author)s?(?:_id)?(?:__|_|\.|\(|$)")
"""What leads to a person: `order.owner`, `account__user`, `current_user.id`."""
_OF_ONE = re.compile(r"(?is)\bwhere\b.*\b\w+_id\s*=\s*[:%?$@{]")
_LOOKS = frozenset({"in", "gt", "gte", "lt", "lte", "range", "contains", "icontains", "isnull", "startswith", "date"})
"""Ends of Django's lookups that many values fit."""


def is_narrowed(program: Program, function: Function, query: int, table: str) -> bool:
    """The query has those rows of a table that point to one other row, or to one person: `filter(order=order)`.

    Of a table whose columns are not known, the names have to say so, or the statement: `where order_id = :order`.
    """
    held = kept(function, query)
    rows = function.values[held]
    texts = (text_of(function, value) for value in rows.args) if type(rows) is f.Call else ()
    if any(text and _OF_ONE.search(text) for text in texts):
        return True
    return any(_points(program, function, table, *equal) for equal in _equalled(function, held))


def fewer(function: Function, query: int, *, asked: int) -> float:
    """How much less a finding is worth about rows that are narrowed, of which each asks for `asked` queries.

    What one person has piles up; what one row has, or a person has in one state, stays few.
    """
    held = kept(function, query)
    equal = _equalled(function, held)
    piles_up = _conditions(function, held) == 1 and any(_is_person(function, *one) for one in equal)
    return NARROWED if piles_up or asked >= MUCH else FEW


def _points(program: Program, function: Function, table: str, name: str, value: int) -> bool:
    declared = program.schema.table(program.schema.named(table))
    relation = declared.relations.get(name.removesuffix("_id")) if declared else None
    if relation is not None:
        kind = relation.target.name if relation.target else ""
        return not relation.many and not is_set_up(kind)  # of one kind there may be as many as of all
    if name.endswith("_id") and _PERSON.search(name):
        return True  # the key of somebody who is kept elsewhere
    if "__" in name:
        return _PERSON.search(name) is not None and name.rpartition("__")[2] not in _LOOKS
    return not declared and written(function, value).startswith(name)


def _is_person(function: Function, name: str, value: int) -> bool:
    return _PERSON.search(name) is not None or _PERSON.search(written(function, value)) is not None


def _conditions(function: Function, query: int) -> int:
    """How many conditions the rows are chosen by."""
    steps = [step for _, step in chain(function, query) if step.callee.rpartition(".")[2].lstrip(":?") in _PARTS]
    return sum(len(step.args) + len(step.keywords) for step in steps)


def _equalled(function: Function, query: int) -> Iterator[tuple[str, int]]:
    """The columns that are to have one value, and the value: `filter(order=order)`, `where(Line.order == order)`."""
    for _, step in chain(function, query):
        if step.callee.rpartition(".")[2].lstrip(":?") not in _NARROWS:
            continue
        yield from step.keywords
        for given in step.args:
            condition = function.values[function.origin(given)]
            if type(condition) is f.Compare and condition.op == "==":
                column = function.values[function.origin(condition.left)]
                yield from ((name, condition.right) for name in _column(column))


def _column(step: f.AnyValue) -> Iterator[str]:
    if type(step) is f.Attr:
        yield step.name
    elif type(step) is f.Ref:
        yield step.path.rpartition(".")[2]
