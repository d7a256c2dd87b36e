"""Built updates: `update(Stock).values(left=…)`, `Stock.objects.filter(…).update(left=…)`, for `lost-update`.

Their value was worked out in Python from a row that was read before.
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Type, written
from seatrial.program.ancestry import computed_from, made_of
from seatrial.rules.concurrency._at_once import lost_sum
from seatrial.rules.concurrency._stale_saves import is_protected
from seatrial.rules.contract import Match

_ARITHMETIC = frozenset({"+", "-", "*", "/", "//"})
_NUMBERS = frozenset({"!int", "!float", "!round", "!max", "!min", "!abs", "decimal.Decimal"})


def built_updates(program: Program) -> Iterator[Match]:
    """The statements that set a column to a sum that Python did with the same column, as a row held it."""
    for function, call in program.index.calls("values", "update", "aupdate"):
        step = function.values[call]
        for name, value in step.keywords if type(step) is f.Call else ():
            read = _read(program, function, name, value)
            if read is None:
                continue
            at, row = read
            safe = _compares(function, call, name) or is_protected(program, function, call, row)
            if _is_of(program, function, call, row) and not safe:
                yield lost_sum(program, function, at, call, f"{row.name.rpartition('.')[2]}.{name}")


def _read(program: Program, function: Function, column: str, value: int) -> tuple[int, Type] | None:
    """Where the column is read of a row that the new value is computed from, and the row's class."""
    for current, computed in computed_from(function, value, lambda step: _leads_on(function, step), _computes):
        step = function.values[current]
        if computed and type(step) is f.Attr and step.name == column:
            row = program.type_of(function, step.base)
            if row is not None and not row.meta and program.schema.table(row.cls) is not None:
                return current, row
    return None


def _leads_on(function: Function, step: f.AnyValue) -> bool:
    if type(step) is f.Binary and any(_is_column(function, at) for at in made_of(function, step.left, step.right)):
        return False  # the database does the sum: `F("left") + order.left`
    return type(step) in {f.Binary, f.Unary, f.Phi, f.Conditional} or (type(step) is f.Call and step.callee in _NUMBERS)


def _is_column(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Call and step.callee.rpartition(".")[2] == "F"


def _computes(step: f.AnyValue) -> bool:
    return type(step) is f.Binary and step.op in _ARITHMETIC


def _is_of(program: Program, function: Function, call: int, row: Type) -> bool:
    """The statement is about the table of the row."""
    receiver = program.target(function, call).receiver
    return receiver is not None and receiver.element is not None and receiver.element.cls is row.cls


def _compares(function: Function, call: int, column: str) -> bool:
    """The statement asks whether the column still holds what was read: who comes second changes nothing."""
    step = function.values[call]
    assert type(step) is f.Call
    parts = [function.values[one] for one in made_of(function, step.receiver)] if step.receiver >= 0 else []
    named = (name for part in parts if type(part) is f.Call for name, _ in part.keywords)
    left = (written(function, part.left) for part in parts if type(part) is f.Compare and part.op == "==")
    return column in {*named, *(text.rpartition(".")[2] for text in left)} or "version" in "".join(left)
