"""Where what belongs to a user lies, by the customs of the system."""

import os
import sys
from pathlib import Path
from typing import NamedTuple


class Custom(NamedTuple):
    """A kind of folder: the variable that names ours, and what each system calls the one that holds it."""

    own: str
    mac: tuple[str, ...]
    windows: str
    """Below `%LOCALAPPDATA%\\seatrial`."""
    xdg: str
    unix: tuple[str, ...]


CACHE = Custom("SEATRIAL_CACHE_DIR", ("Library", "Caches"), "cache", "XDG_CACHE_HOME", (".cache",))
STATE = Custom("SEATRIAL_STATE_DIR", ("Library", "Application Support"), "state", "XDG_STATE_HOME", (".local", "state"))


def folder(custom: Custom) -> Path:
    """The folder of ours, which may not be there yet. Raises `RuntimeError` for a user without a home."""
    if own := os.environ.get(custom.own):
        return Path(own)
    if sys.platform == "darwin":
        return Path.home().joinpath(*custom.mac, "seatrial")
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "seatrial" / custom.windows
    base = os.environ.get(custom.xdg, "")
    return (Path(base) if Path(base).is_absolute() else Path.home().joinpath(*custom.unix)) / "seatrial"
