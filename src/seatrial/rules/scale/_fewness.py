"""Fewness: what tells that rows are few, since they belong to one row or to one person, or are set up by hand."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Loop, Program, written
from seatrial.program.chains import chain
from seatrial.program.schema import Table
from seatrial.program.texts import text_of
from seatrial.rules.scale._data import is_set_up
from seatrial.rules.scale._endings import leads_to_failure
from seatrial.rules.scale._rounds import are_different, is_of_one, kept

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
_KEYS = frozenset({"id", "pk", "uuid", "slug"})
_RUNS = frozenset({"scalars", "execute", "exec"})
_PARTS = _NARROWS | {"exclude", "having"}
_PERSON = re.compile(r"(?:^|_|\.)(?:user|owner|person|member|customer|author)s?(?:_id)?(?:__|_|\.|\(|$)")
"""What leads to a person: `order.owner`, `account__user`, `current_user.id`."""
_OF_ONE = re.compile(r"(?is)\bwhere\b.*\b\w+_id\s*=\s*[:%?$@{]")
_LOOKS = frozenset({"in", "gt", "gte", "lt", "lte", "range", "contains", "icontains", "isnull", "startswith", "date"})
"""Ends of Django's lookups that many values fit."""


def few(program: Program, loop: Loop, asked: int) -> float:
    """How much less a finding is worth since the rows, of which each asks for `asked` queries, are likely few."""
    function, subject = loop.function, loop.facts.subject
    query = program.queries.query(function, subject)
    if leads_to_failure(loop) or are_different(function, subject):
        return FEW
    if is_narrowed(program, function, subject, query.table if query else ""):
        return fewer(function, subject, asked=asked) if program.occasions.answers(function) else FEW
    if is_of_one(program, loop):
        return NARROWED if program.arrivals.is_for_each(function) else FEW  # each row of a list has some
    if query is None:
        return 0.0
    unhurried = query.table in program.set_up_tables and not program.occasions.is_asked(function)
    return SET_UP if unhurried or is_set_up(query.table) else KEPT if query.table in program.kept_tables else 0.0


def is_narrowed(program: Program, function: Function, query: int, table: str) -> bool:
    """The query has those rows of a table that point to one other row, or to one person: `filter(order=order)`.

    Of a table whose columns are not known, the names have to say so, or the statement: `where order_id = :order`. A
    method of the table may say it: `Line.objects.for_order(order)`.
    """
    held = kept(function, query)
    if any(_narrows_itself(program, reached, table) for reached in _methods(program, function, held)):
        return True
    rows = function.values[held]
    texts = (text_of(function, value) for value in rows.args) if type(rows) is f.Call else ()
    if any(text and _OF_ONE.search(text) for text in texts):
        return True
    return any(_points(program, function, table, *equal) for equal in _equalled(function, held))


def _methods(program: Program, function: Function, query: int) -> Iterator[Function]:
    """The program's own methods by which a query is built."""
    for call, step in chain(function, query):
        if step.receiver >= 0 or "." in step.callee:
            yield from (one for one in program.target(function, call).functions if one.cls is not None)


def _narrows_itself(program: Program, method: Function, table: str) -> bool:
    """It gives those rows that point to what it is given: `self.filter(order=order)`."""
    return any(
        type(method.values[method.origin(value)]) is f.Param and _points(program, method, table, name, value)
        for back in method.returns
        for name, value in _equalled(method, back)
    )


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
    if declared and "__" in name and _points_by_link(program, declared, name):
        return True
    if declared and "__" in name and _is_key_of_one(program, declared, name):
        return True
    if declared and (column := declared.columns.get(name)) and column.references:
        return not is_set_up(_titled(column.references))
    if name.endswith("_id") and _PERSON.search(name):
        return True  # the key of somebody who is kept elsewhere
    if "__" in name:
        return _PERSON.search(name) is not None and name.rpartition("__")[2] not in _LOOKS
    return not declared and written(function, value).startswith(name)


def _points_by_link(program: Program, table: Table, name: str) -> bool:
    """Rows of another table tie it to one row, as its own would: `place_on_order__order_id=pk`."""
    first, _, rest = name.partition("__")
    link = program.schema.relation(table.cls, first)
    linking = program.schema.table(link.target.cls) if link and link.target and link.target.cls else None
    own = linking.relations.get(rest.removesuffix("_id")) if linking else None
    if link is None or own is None or not (link.many and link.reverse):
        return False
    return not own.many and not own.reverse and not is_set_up(own.target.name if own.target else "")


def _is_key_of_one(program: Program, table: Table, name: str) -> bool:
    """It compares what tells one row from all others, of those that a foreign key points to: `order__slug`."""
    first, _, last = name.partition("__")
    relation = table.relations.get(first)
    target = relation.target if relation and not relation.many else None
    pointed = program.schema.table(target.cls) if target and target.cls else None
    if target is None or is_set_up(target.name) or last in _LOOKS:
        return False
    return last in _KEYS or (pointed is not None and pointed.is_unique(frozenset({last})))


def _titled(reference: str) -> str:
    """The table that a foreign key names, as its class would be called: `order_types.id` is of an `OrderType`."""
    table = reference.rpartition(".")[0] or reference
    return "".join(word[:1].upper() + word[1:] for word in table.rpartition(".")[2].removesuffix("s").split("_"))


def _is_person(function: Function, name: str, value: int) -> bool:
    return _PERSON.search(name) is not None or _PERSON.search(written(function, value)) is not None


def _built(function: Function, query: int) -> Iterator[tuple[int, f.Call]]:
    """The calls by which a query is built, also where a session is given it: `session.scalars(select(Line).where(…))`."""
    for call, step in chain(function, query):
        yield call, step
        if step.callee in _RUNS and step.args:
            yield from chain(function, step.args[0])


def _conditions(function: Function, query: int) -> int:
    """How many conditions the rows are chosen by."""
    steps = [step for _, step in _built(function, query) if step.callee.rpartition(".")[2].lstrip(":?") in _PARTS]
    return sum(len(step.args) + len(step.keywords) for step in steps)


def _equalled(function: Function, query: int) -> Iterator[tuple[str, int]]:
    """The columns that are to have one value, and the value: `filter(order=order)`, `where(Line.order == order)`."""
    for _, step in _built(function, query):
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
