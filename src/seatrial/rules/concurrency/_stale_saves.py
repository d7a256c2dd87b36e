"""Stale saves: rows of which one column is raised in the database and all others are written back as they were read."""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Type, written
from seatrial.program.ancestry import made_of
from seatrial.rules.concurrency._at_once import meets_itself
from seatrial.rules.contract import SLIGHT, Match

_STORES = frozenset({f.StoreAttr})
_ADDED = frozenset({f.Binary, f.Phi, f.Conditional})


def stale_saves(program: Program, function: Function) -> Iterator[Match]:
    """The saves of a row that others write at the same time: its author lets the database do one sum, and decides the rest here."""
    for value in function.of(_STORES):
        step = function.values[value]
        if type(step) is not f.StoreAttr or not _is_summed(program, function, step.value):
            continue
        row = program.type_of(function, step.base)
        save = _saved(function, function.origin(step.base), value)
        if row is None or save < 0 or not program.types.has_kind(row, "model"):
            continue
        decided = _decided(function, function.origin(step.base), save, step.name)
        if decided >= 0 and not is_protected(program, function, save, row):
            yield _match(program, function, save, decided, f"{row.name.rpartition('.')[2]}.{step.name}")


def is_protected(program: Program, function: Function, value: int, row: Type) -> bool:
    """Rows of the table are locked here, or in every function that calls this one."""
    if program.locks.is_locked(function, value, row.name):
        return True
    callers = program.calls.callers(function)
    return bool(callers) and all(program.locks.is_locked(caller, call, row.name) for caller, call in callers)


def _is_summed(program: Program, function: Function, value: int) -> bool:
    """`F("count") + 1`."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if type(step) is not f.Binary:
        return False
    found = program.type_of(function, step.left)
    return found is not None and found.name == "django.db.models.F"


def _saved(function: Function, row: int, after: int) -> int:
    """The next `save()` of the row that writes every column, or NONE."""
    for call in function.calls:
        step = function.values[call]
        assert type(step) is f.Call
        if call > after and step.callee == "save" and step.receiver >= 0 and function.origin(step.receiver) == row:
            return f.NONE if any(name == "update_fields" for name, _ in step.keywords) else call
    return f.NONE


def _decided(function: Function, row: int, save: int, summed: str) -> int:
    """A column written before the save because of what the row held in it or another column, or NONE."""
    for value in range(save):
        step = function.values[value]
        if type(step) is not f.StoreAttr or function.origin(step.base) != row or step.name == summed:
            continue
        conditions = [condition for condition, _ in function.guards(value)]
        if any(_reads(function, c, row) for c in conditions):
            return value
    return f.NONE


def _reads(function: Function, value: int, row: int) -> bool:
    steps = (function.values[i] for i in (value, *f.operands(function.values[value])))
    return any(type(s) is f.Attr and function.origin(s.base) == row for s in steps)


def _match(program: Program, function: Function, save: int, decided: int, summed: str) -> Match:
    step = function.values[decided]
    assert type(step) is f.StoreAttr
    table, _, column = summed.partition(".")
    return Match(
        message=f"{table}.{step.name} is decided by what was read and saved without a lock, though others raise {column}",
        function=function,
        line=function.values[save].line,
        key=f"{table}.{step.name} saved",
        path=(
            function.step(decided, f"writes {step.name} because of what {written(function, step.base)} held"),
            function.step(save, "writes every column as it was read, over what others wrote since"),
        ),
        confidence=0.75 if meets_itself(program, function) else SLIGHT,
        weight=2.0,
    )


def is_text(program: Program, function: Function, step: f.StoreAttr) -> bool:
    """A text that is added to, here or beside: no count is wrong when one of two remarks is lost."""
    beside = (s for s in map(function.values.__getitem__, function.of(_STORES)) if type(s) is f.StoreAttr)
    sums = [s.value for s in beside if s.name == step.name and s.value >= 0]
    parts = made_of(function, *sums, through=_ADDED)
    added = (side for part in parts if type(v := function.values[part]) is f.Binary for side in (v.left, v.right))
    return any(_is_str(program, function, function.origin(side)) for side in added)


def _is_str(program: Program, function: Function, value: int) -> bool:
    step, found = function.values[value], program.type_of(function, value)
    is_literal = type(step) is f.Template or (type(step) is f.Const and step.kind == "str")
    return is_literal or (found is not None and not found.meta and found.name == "builtins.str")


def is_switched(function: Function, value: int, step: f.StoreAttr) -> bool:
    """It counts how often a state of the row changes, which it looks at before and sets: of two at once, one is enough."""
    base = function.origin(step.base)
    asked = set()
    for condition, _ in function.guards(value):
        inner = function.values[function.origin(condition)]
        inner = function.values[function.origin(inner.value)] if type(inner) is f.Unary else inner
        if type(inner) is f.Attr and function.origin(inner.base) == base:
            asked.add(inner.name)
    stores = (s for s in map(function.values.__getitem__, function.of(_STORES)) if type(s) is f.StoreAttr)
    return any(s.name in asked and function.origin(s.base) == base and s is not step for s in stores)
