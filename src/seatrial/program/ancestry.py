"""What a value is made of, within one body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seatrial.program.parts import Function


def made_of(function: Function, *values: int, through: Collection[type] = ()) -> Iterator[int]:
    """The values and all that they are made of, each once.

    Of values of other kinds than `through`, if there are such, it is not told what they are made of.
    """
    pending, seen = list(values), set[int]()
    while pending:
        value = pending.pop()
        if value >= 0 and value not in seen:
            seen.add(value)
            yield value
            step = function.values[value]
            if not through or type(step) in through:
                pending.extend(f.operands(step))
