"""What a value is made of, within one body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from seatrial.program.parts import Function


def made_of(function: Function, *values: int, through: Collection[type] = (), start: int = f.NONE) -> Iterator[int]:
    """The values and all that they are made of, each once.

    Of values of other kinds than `through`, if there are such, it is not told what they are made of. With `start`, the
    first value of a loop, nothing is told from before it, nor from a later round.
    """
    pending, seen = list(values), set[int]()
    while pending:
        value = pending.pop()
        if value >= max(start, 0) and value not in seen:
            seen.add(value)
            yield value
            step = function.values[value]
            if not through or type(step) in through:
                pending.extend(o for o in f.operands(step) if start < 0 or o < value)


def computed_from(
    function: Function,
    value: int,
    follows: Callable[[f.AnyValue], bool],
    computes: Callable[[f.AnyValue], bool],
) -> Iterator[tuple[int, bool]]:
    """The values that a value is made of, each with whether something was computed on the way to it.

    `follows`: of which values it is asked what they are made of; `computes`: which of them compute (a sum).
    """
    pending, seen = [(value, False)], set[tuple[int, bool]]()
    while pending:
        current, computed = pending.pop()
        if current < 0 or (current, computed) in seen:
            continue
        seen.add((current, computed))
        yield current, computed
        step = function.values[current]
        if follows(step):
            pending.extend((operand, computed or computes(step)) for operand in f.operands(step))
