"""Running: what a person starts at a command line, by its place and by what is written around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.program.parts import File, Function

_COMMAND_FOLDERS = frozenset({"commands", "scripts", "bin", "tools", "cli", "benchmarks"})
_COMMAND_FILES = ("/cli.py", "seed.py", "random_data.py")


def is_command_file(file: File) -> bool:
    """True for what lies where commands and scripts do."""
    return not _COMMAND_FOLDERS.isdisjoint(file.folder.split("/")) or file.path.endswith(_COMMAND_FILES)


def by_hand(function: Function) -> bool:
    """True for commands, scripts and migrations that somebody starts, by their place: they may take their time."""
    return is_command_file(function.file) or "migrations" in function.file.folder.split("/")


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
