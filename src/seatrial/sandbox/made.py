"""How an environment of ours was made: kept in it, for every start after the first."""

from pathlib import Path

import msgspec

from seatrial.sandbox.whole import written

MADE = "made.json"
"""The file that is there when an environment is whole."""


class Made(msgspec.Struct):
    """How an environment of ours was made, kept beside it."""

    notes: tuple[str, ...] = ()
    """Where it is not what the program asks for, each a sentence."""
    mends: tuple[str, ...] = ()
    """What was installed differently later."""
    instead: str = ""
    """The Python, as `3.9`, of the environment that is used instead: the program cannot do with a newer one."""
    bare: bool = False
    """Nothing is installed in it: what is listed was for an older Python, and the one that is used instead has it."""
    day: str = ""
    """What was there on this day is in it, or in the one that is used instead; empty: what there is today."""
    refused: bool = False
    """What was there in its time cannot be had."""
    lost: tuple[str, ...] = ()
    """What it asks for that cannot be had at all, as requirements."""
    doubtful: tuple[str, ...] = ()
    """What was taken from the index instead of from a repository, which may be something else of that name."""


def made(python: Path) -> Made | None:
    """How the environment of an interpreter was made; None if it is not one of ours."""
    file = python.parents[1] / MADE
    return msgspec.json.decode(file.read_bytes(), type=Made) if file.is_file() else None


def keep(python: Path, how: Made) -> None:
    """Writes down how it was made."""
    written(python.parents[1] / MADE, msgspec.json.encode(how))
