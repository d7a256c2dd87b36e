"""Shared state: what functions put into a variable of their module."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint import containers
from seatrial.program.taint.nouns import Edge, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.program.names import Variable
    from seatrial.program.parts import File, Function
    from seatrial.program.program import Program
    from seatrial.program.taint.nouns import Key

Uses = dict[str, list[tuple["Function", int]]]


class Shared:
    """Finds the writes to variables of modules. A file is read once, when one of its variables is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._uses: dict[int, Mapping[str, list[tuple[Function, int]]]] = {}

    def writes(self, variable: Variable, pick: tuple[Key, ...]) -> Iterator[Edge]:
        """What the functions of the variable's own file put into it, or write to it, under the key picked."""
        if variable.function is not variable.function.file.body:
            return
        for function, use in self._of(variable.function.file).get(variable.name, ()):
            step = function.values[use]
            if type(step) is f.Store:
                yield Edge(Spot(function, step.value, (), pick), use)
            elif type(step) is f.Call:
                model = self._program.model(function, use)
                for value in model.fills.select(step) if model and model.fills else ():
                    yield Edge(Spot(function, value, (), pick[1:]), use)
            else:
                yield from containers.filled(self._program, Spot(function, use, (), pick))

    def _of(self, file: File) -> Mapping[str, list[tuple[Function, int]]]:
        known = self._uses.get(id(file))
        if known is None:
            known = self._uses[id(file)] = _uses(file)
        return known


def _uses(file: File) -> Mapping[str, list[tuple[Function, int]]]:
    """Name → where functions use it: reads, calls of its methods, and `global` writes."""
    found: Uses = defaultdict(list)
    for function in file.functions[1:]:
        for i, step in enumerate(function.values):
            if type(step) is f.Ref and step.path[0] == ":":
                found[step.path[1:]].append((function, i))
            elif type(step) is f.Call and step.callee[:1] == ":" and "." in step.callee:
                found[step.callee[1:].rpartition(".")[0]].append((function, i))
            elif type(step) is f.Store and step.outer and step.value >= 0:
                found[step.name].append((function, i))
    return found
