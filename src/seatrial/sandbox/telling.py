"""What a start that failed is told with: what the program printed, and what was not had as it asked for it."""

import re
from collections.abc import Sequence
from pathlib import Path

from seatrial.sandbox.made import Made
from seatrial.sandbox.mending import STAND_INS, installed
from seatrial.sandbox.process import Child

ALL = 1_000
"""Lines of what was printed that advice is drawn from."""
LINES = 12
_LOST = re.compile("cannot be had|not from its repository")
BY_NAME = "`--python PATH`, or `python` in `[app]` of `seatrial.toml`"


def said(child: Child, error: str) -> str:
    """What it printed last; of a program that ends of itself, what it said before."""
    before = child.last_lines(ALL).partition("Traceback (most recent call last)")[0].strip().splitlines()
    return "\n".join(before[-LINES:]) if error.startswith("SystemExit") and before else child.last_lines(LINES)


def absent_commands(commands: Sequence[str]) -> list[str]:
    """What to do where it runs programs that are not here."""
    named = ", ".join(f"`{one}`" for one in commands)
    return [f"It runs {named}, which this machine has not: install that, or say in `env` where it is."] if named else []


def without_it(module: str, python: Path) -> str:
    """What is said of a module that cannot be loaded here."""
    other = STAND_INS.get(module, "")
    if other and installed(python, [other]):
        return f"`{module}` cannot be loaded here: `{other}` stands in for it"
    return f"nothing that needs `{module}`, which cannot be loaded here, can be tried"


def lost(how: Made | None) -> list[str]:
    """What could not be installed as it is asked for, which may be the reason, and what to do then."""
    notes = [note for note in how.notes if _LOST.search(note)] if how else []
    return [*notes, f"If that is why: name an interpreter that has it as it is asked for, {BY_NAME}."] if notes else []
