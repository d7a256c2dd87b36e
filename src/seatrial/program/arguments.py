"""Arguments: which parameters receive a value that is passed in a call, and which value a parameter receives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model.facts import NONE
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.model.facts import Call
    from seatrial.program.parts import Function


def receiving(step: Call, reached: Function, value: int) -> Iterator[int]:
    """The positions of the parameters of a function that receive the value as an argument of the call."""
    is_method = reached.cls is not None and (step.receiver >= 0 or reached.name == "__init__" or _is_of_class(reached))
    for index, argument in enumerate(step.args, start=int(is_method)):
        if argument == value and index < len(reached.facts.params):
            yield index
    names = {parameter.name: index for index, parameter in enumerate(reached.facts.params)}
    for name, argument in step.keywords:
        if argument == value and name in names:
            yield names[name]


def _is_of_class(method: Function) -> bool:
    """A class method: its first parameter is the class, however it is called."""
    outer = method.parent
    return outer is not None and any(written(outer, d) == "classmethod" for d in method.facts.decorators)


def passed(step: Call, reached: Function, name: str) -> int:
    """The value that a call gives to the parameter of a name; NONE if it gives none."""
    given = next((value for key, value in step.keywords if key == name), NONE)
    shift = int(reached.cls is not None and step.receiver >= 0)
    names = [p.name for p in reached.facts.params][shift:]
    index = names.index(name) if name in names else len(step.args)
    return given if given >= 0 or index >= len(step.args) else step.args[index]
