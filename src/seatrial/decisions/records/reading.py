"""Reads the records in a folder."""

import os
import stat
from pathlib import Path

from seatrial.decisions.records.parse import parse
from seatrial.errors import DecisionError
from seatrial.model.record import Record
from seatrial.model.text import printable

LARGEST = 1_000_000
"""Bytes of a record. People do not read longer ones."""
_INDEX = frozenset({"readme.md", "index.md", "template.md", "adr-template.md"})


def is_record(name: str) -> bool:
    """Whether a file of this name in the folder of decisions is a record."""
    return name.endswith(".md") and name.lower() not in _INDEX and not name.startswith((".", "_"))


def read(root: Path, folder: str) -> tuple[Record, ...]:
    """The records that lie in a folder below `root`, by name; none if there is no such folder.

    Raises:
        DecisionError: a record of ours cannot be understood, or cannot be read.
    """
    found = []
    place = within(root, folder)
    try:
        names = sorted(entry.name for entry in os.scandir(place) if is_record(entry.name))
        for name in names:
            path = f"{folder}/{name}"
            found.append(parse(path, _bytes(place / name, path)))
    except (FileNotFoundError, NotADirectoryError):
        return tuple(found)
    except OSError as error:
        raise DecisionError(f"{printable(folder)} cannot be read: {error.strerror}. Make it readable.") from error
    return tuple(found)


def within(root: Path, folder: str) -> Path:
    """The folder, which no link may lead out of the tree. Raises `DecisionError`."""
    place = root / folder
    if not place.resolve().is_relative_to(root.resolve()):
        raise DecisionError(f"{printable(folder)} leads out of {printable(str(root))}: records lie in the tree.")
    return place


def _bytes(file: Path, path: str) -> bytes:
    status = file.lstat()
    # The repository is a stranger's: a link would be followed to anywhere, a pipe waited for.
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        raise DecisionError(f"{printable(path)} is no plain file of at most {LARGEST:,} bytes. Move it elsewhere.")
    return file.read_bytes()
