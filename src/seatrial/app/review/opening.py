"""Opens the room: finds the tree that a path lies in, reads it, and finds out who sits there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec

from seatrial.app import signing
from seatrial.app.progress import Progress
from seatrial.app.review import pace, people
from seatrial.app.review.material import Material, Wanted, gather
from seatrial.app.review.room import Room
from seatrial.app.review.signature import Signature
from seatrial.app.review.store import Store
from seatrial.app.settings import OWN_FILE
from seatrial.errors import SourceError
from seatrial.model.text import printable

_MARKS = (OWN_FILE, ".seatrial", ".git")


class Opened(NamedTuple):
    """The room, the tree's name, how its person signs (None: not at all), and how to read the tree anew."""

    room: Room
    name: str
    signature: Signature | None
    renew: Callable[[], Material]


def is_person_here() -> bool:
    """Whether somebody can be: a terminal, and nothing that says that an agent runs this."""
    around = signing.surroundings()
    return not signing.refusal(around, None)


def open_room(path: Path, changed_since: str, key: Path | None, progress: Progress | None = None) -> Opened:
    """The room for what lies at a path, a file or folder of a tree.

    Raises:
        SourceError: there is no such path or revision.
        ConfigError: settings, keys or the person's own store cannot be used.
        DecisionError: records cannot be read.
    """
    root, below = _tree_of(path)
    wanted = Wanted(root=root, below=below, changed_since=changed_since)
    material = gather(wanted, progress)
    where = signing.Session(token_hex(8))
    signature = people.signature(root, key, Path.home() / ".ssh", where)
    room = Room(material, Store(root), people.name(signature))
    return Opened(room, root.resolve().name, signature, partial(gather, wanted))


def queue(room: Room) -> str:
    """The queue as JSON, for programs."""
    rows = [
        {
            "id": pack.id,
            "units": [unit.name for unit in pack.units],
            "lines": pack.size,
            "seconds": pace.floor(pack.size, len(pack.units)),
            "risk": pack.risk,
            "part": pack.part.number if pack.part else 0,
            "parts": pack.part.count if pack.part else 0,
            "lens": pack.lens,
        }
        for pack in room.packs
    ]
    return msgspec.json.format(msgspec.json.encode(rows)).decode()


def _tree_of(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The tree that a path belongs to, and the path in it; all of the tree if it is the tree itself."""
    if not path.exists():
        raise SourceError(f"{printable(str(path))} does not exist. Give a file or folder to review.")
    resolved = path.resolve()
    above = [resolved, *resolved.parents] if resolved.is_dir() else list(resolved.parents)
    root = next((folder for folder in above if any((folder / mark).exists() for mark in _MARKS)), above[0])
    below = "" if root == resolved else resolved.relative_to(root).as_posix()
    return root, (below,) if below else ()
