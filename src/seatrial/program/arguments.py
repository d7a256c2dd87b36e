"""Arguments: which parameters receive a value that is passed in a call, and which value a parameter receives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model.facts import NONE, Call, Param, Phi
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function

OWN = -2
"""Stands for what a method is called on, where the path of the call names it."""


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


def made_from(call: Call, reached: Function, returned: int) -> int:
    """What a call gives for the result to be made of: rows that are narrowed, or with more of them loaded; or NONE."""
    pending, seen = [reached.origin(returned)], set[int]()
    while pending:
        value = pending.pop()
        step = reached.values[value]
        if type(step) is Param:
            is_own = value == 0 and reached.cls is not None
            return (call.receiver if call.receiver >= 0 else OWN) if is_own else passed(call, reached, step.name)
        before = step.options if type(step) is Phi else (step.receiver,) if type(step) is Call else ()
        seen.add(value)
        pending.extend(origin for at in before if at >= 0 and (origin := reached.origin(at)) not in seen)
    return NONE
