"""Spent flags: a row that may be used once is asked whether it has been, and then marked, for `double-claim`."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Type
from seatrial.rules.concurrency._stale_saves import is_protected
from seatrial.rules.contract import Match

_STORES = frozenset({f.StoreAttr})
_ONCE = re.compile(
    r"(?i)(^|_)(used|redeemed|consumed|claimed|spent|paid|charged|refunded|booked|reserved|taken|withdrawn)(_at|_on)?$"
)
"""Columns that say that something may be done once, and has been."""


def spent_flags(program: Program) -> Iterator[Match]:
    """`if coupon.used: …`, then `coupon.used = True`, with nothing that locks the row."""
    for function, at in program.index.stores(*_names(program)):
        step = function.values[at]
        if type(step) is not f.StoreAttr or not _marks(function, step.value):
            continue
        if not program.occasions.recurs(function):
            continue
        row = program.type_of(function, step.base)
        if row is None or not program.types.has_kind(row, "model") or is_protected(program, function, at, row):
            continue
        asked = _asked(function, at, step)
        if asked >= 0 and _does_more(program, function, asked, row):
            yield _match(function, asked, at, f"{row.name.rpartition('.')[2]}.{step.name}")


def _marks(function: Function, value: int) -> bool:
    """`True`, or the time at which it was done: a number is a count."""
    step = function.values[function.origin(value)] if value >= 0 else None
    return (type(step) is f.Const and step.value is True) or (type(step) is f.Call and step.callee.endswith("now"))


def _names(program: Program) -> list[str]:
    """The columns of the schema that are of this kind."""
    columns = {name for table in program.schema.tables.values() for name in table.columns}
    return sorted(name for name in columns if _ONCE.search(name))


def _asked(function: Function, at: int, store: f.StoreAttr) -> int:
    """The reading of the same column of the same row that decides whether it is marked, or NONE."""
    row = function.origin(store.base)
    for condition, _ in function.guards(at):
        pending = [condition]
        while pending:
            value = function.origin(pending.pop())
            step = function.values[value]
            if type(step) is f.Attr and step.name == store.name and function.origin(step.base) == row:
                return value
            if type(step) in {f.Unary, f.Binary, f.Compare}:
                pending.extend(f.operands(step))
    return f.NONE


def _does_more(program: Program, function: Function, asked: int, row: Type) -> bool:
    """Something else is written, sent or paid because of it: done twice, it does harm."""
    for call in function.calls:
        for kind in ("db.write", "http", "mail", "task.enqueue") if call > asked else ():
            effect = program.effects.of_call(function, call, kind)
            if effect is not None and effect.what != row.name:
                return True
    return False


def _match(function: Function, asked: int, at: int, column: str) -> Match:
    return Match(
        message=f"{column} is asked for and then set, without a lock: two at once both go on",
        function=function,
        line=function.values[at].line,
        key=f"once {column}",
        path=(function.step(asked, "asks whether it has been done"), function.step(at, "says that it is done")),
        confidence=0.75,
        weight=2.0,
    )
