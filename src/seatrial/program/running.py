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
    callers = program.calls.callers(function)
    return bool(callers) and depth < DEPTH and all(_starts(program, c, call, depth) for c, call in callers)


def _starts(program: Program, caller: Function, call: int, depth: int) -> bool:
    """The call stands where a file is run as a script, or in a command."""
    of_script = any(region.start <= call < region.end for region in scripts(caller))
    return of_script or is_command(program, caller, depth + 1)


def scripts(body: Function) -> list[f.Region]:
    """What of a module's body runs only if the file is started as a script: `if __name__ == "__main__"`."""
    if body.facts.kind != "module":
        return []
    return [region for region in body.regions if region.kind == "if" and _asks_for_script(body, region.subject)]


def _asks_for_script(body: Function, condition: int) -> bool:
    asked = body.values[condition] if condition >= 0 else None
    if type(asked) is not f.Compare or asked.op != "==":
        return False
    sides = (body.values[asked.left], body.values[asked.right])
    texts = {s.value if type(s) is f.Const else s.path if type(s) is f.Ref else "" for s in sides}
    return texts == {"!__name__", "__main__"}


def _owner(program: Program, function: Function) -> Type | None:
    return program.types.instance(function.cls) if function.cls else None


def _is_registered(function: Function) -> bool:
    """It is decorated as a command: `@click.command()`, `@app.command("name")`."""
    outer = function.parent
    steps = (outer.values[d] for d in function.facts.decorators) if outer else ()
    names = (s.callee if type(s) is f.Call else s.path if type(s) is f.Ref else "" for s in steps)
    return any(name.rpartition(".")[2] == "command" for name in names)
