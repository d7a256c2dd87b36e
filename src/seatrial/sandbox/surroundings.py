"""All that the program is started with."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from seatrial.sandbox.candidates import Candidates
from seatrial.sandbox.variables import Variables


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What is settled before the first start; a start that fails changes it."""

    python: Path
    is_ours: bool = False
    """The interpreter is that of seatrial itself: nothing tells what the program needs."""
    root: Path
    """The copy of its tree."""
    home: Path
    """The folder of the copy that it runs in."""
    out: Path
    """Where it tells of itself."""
    found: Candidates
    read: Variables
    dummies: Mapping[str, str]
    """Values that were made up: one that it refuses may be followed by another."""
    env: Mapping[str, str]
    """What is set for it whatever happens."""
    fallbacks: Sequence[Mapping[str, str]] = ()
    """What to set when it does not start as it is, one after another."""
    hollow: tuple[str, ...] = ()
    """Modules that cannot be had, and are made so that it can at least be loaded."""
    absent: tuple[str, ...] = ()
    """Commands that it runs and that are not here: nothing is run in their place."""
    outside: tuple[tuple[str, str], ...] = ()
    """Folders of the machine that it takes for its own, and where they are led to."""
    later: bool = False
    """Whether its annotations are left for later, as Python 3.14 does."""
    day: str = ""
    """When it was changed last, as `2021-06-30`; empty: not known."""
    own: tuple[int, ...]
    """Ports that it may reach in any case."""
    services: Mapping[int, int]
    """Usual ports of services, and those that it is led to instead; 0: none."""
