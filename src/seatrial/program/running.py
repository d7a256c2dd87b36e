"""Running: who starts a function. What a person starts at a command line runs alone, and its process ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.program.parts import Function
    from seatrial.program.program import Program


def is_command(program: Program, function: Function) -> bool:
    """True when only commands lead to the function, or upgrades, or nothing: its process serves nobody else."""
    return program.occasions.is_alone(function)


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
