"""Running: who starts a function. What a person starts at a command line runs alone, and its process ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.type import Type

DEPTH = 3
"""How many callers are followed."""


def is_command(program: Program, function: Function, depth: int = 0) -> bool:
    """True when only commands lead to the function: it is one, or all of its callers are.

    What loops until it is stopped is no command, but a service that somebody happens to start by hand.
    """
    if any(region.kind == "while" for region in function.regions):
        return False
    if _is_registered(function) or program.types.has_kind(_owner(program, function), "command"):
        return True
    callers = [caller for caller, _ in program.calls.callers(function)]
    return bool(callers) and depth < DEPTH and all(is_command(program, c, depth + 1) for c in callers)


def _owner(program: Program, function: Function) -> Type | None:
    return program.types.instance(function.cls) if function.cls else None


def _is_registered(function: Function) -> bool:
    """It is decorated as a command: `@click.command()`, `@app.command("name")`."""
    outer = function.parent
    steps = (outer.values[d] for d in function.facts.decorators) if outer else ()
    names = (s.callee if type(s) is f.Call else s.path if type(s) is f.Ref else "" for s in steps)
    return any(name.rpartition(".")[2] == "command" for name in names)
