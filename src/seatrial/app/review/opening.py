"""Opens the room: finds the tree that a path lies in, reads it, and finds out who sits there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec

from seatrial.app import signing
from seatrial.app.belonging import tree_of
from seatrial.app.progress import Progress
from seatrial.app.review import pace, people
from seatrial.app.review.material import Material, Wanted, gather
from seatrial.app.review.room import Room
from seatrial.app.review.signature import Signature
from seatrial.app.review.store import Store


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
    root, below = tree_of(path)
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
