"""Conditions: whether code only runs on a developer's machine, as settings such as `DEBUG` decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.endpoints import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function


def is_local(body: Function, at: int) -> bool:
    """A value is only reached where a setting says that this is not the real machine."""
    return any(_says_local(body, condition, outcome=outcome) for condition, outcome in body.guards(at))


def _says_local(body: Function, condition: int, *, outcome: bool) -> bool:
    step = body.values[body.origin(condition)] if condition >= 0 else None
    match step:
        case f.Unary(op="not"):
            return _says_local(body, step.value, outcome=not outcome)
        case f.Binary(op="and" | "or"):
            sides = (_says_local(body, side, outcome=outcome) for side in (step.left, step.right))
            return any(sides) if (step.op == "and") is outcome else all(sides)
        case f.Compare():
            return _compares_local(body, step, outcome=outcome)
        case f.Ref() | f.Attr():
            return outcome and lexicon.is_local(_last(step))
        case _:
            return False


def _compares_local(body: Function, step: f.Compare, *, outcome: bool) -> bool:
    """`ENVIRONMENT == "local"`, `ENVIRONMENT != "production"`, `ENVIRONMENT in ("dev", "test")`."""
    named = [body.values[body.origin(side)] for side in (step.left, step.right)]
    if not any(isinstance(side, f.Ref | f.Attr) and lexicon.is_local(_last(side)) for side in named):
        return False
    is_one = (step.op in {"==", "in", "is"}) is outcome
    is_real = any("prod" in text.lower() for text in _texts(body, step))
    return is_one is not is_real


def _texts(body: Function, step: f.AnyValue) -> Iterator[str]:
    for operand in f.operands(step):
        held = body.values[body.origin(operand)]
        if isinstance(held, f.Const):
            yield str(held.value)
        elif isinstance(held, f.Collection):
            yield from _texts(body, held)


def _last(step: f.Ref | f.Attr) -> str:
    return step.name if isinstance(step, f.Attr) else step.path.rpartition(".")[2]
