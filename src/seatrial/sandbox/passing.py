"""Folders that are gone afterwards: those of a process that was killed are removed when the next one is made."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "seatrial-"
_HELD = "held"
"""A file in each: who uses the folder holds it, and the kernel lets go of it with the last process that does."""
_YOUNG = 60.0
"""Seconds in which a folder may be there that is not yet held."""


@contextmanager
def passing(kind: str = "") -> Iterator[Path]:
    """A new folder of a kind, for as long as the context lasts."""
    _sweep()
    made = TemporaryDirectory(prefix=_PREFIX + kind, ignore_cleanup_errors=True)
    with made as name, (Path(name) / _HELD).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Path(name)


def _sweep() -> None:
    """Removes the folders of this user that nobody holds any more."""
    for file in Path(gettempdir()).glob(f"{_PREFIX}*/{_HELD}"):
        with contextlib.suppress(OSError):  # it goes at this moment, is held, or is not ours to remove
            if _is_left(file):
                shutil.rmtree(file.parent, ignore_errors=True)


def _is_left(file: Path) -> bool:
    """Whether nobody holds it. Raises `OSError` if somebody does."""
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW)) as opened:
        said = os.fstat(opened.fileno())
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return said.st_uid == os.geteuid() and said.st_mtime < time.time() - _YOUNG
