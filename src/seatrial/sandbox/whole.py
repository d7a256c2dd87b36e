"""Keeps starts at the same time out of each other's way: what one of them makes is there only whole."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Waits until nobody else holds the folder, which need not be there yet; what a killed process held is free."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def written(file: Path, data: bytes) -> None:
    """Writes a file at once: others read it at any time."""
    beside = file.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(file)


@contextmanager
def made_beside(folder: Path) -> Iterator[Path]:
    """An empty folder beside, to be filled while `folder` is held: that leads to it once the context ended well.

    It leads there and is not moved, for what is installed in an environment holds the path of it. What a killed
    process left is removed; a child of that which is still at work does no harm to what is made now.
    """
    for left in folder.parent.glob(f"{folder.name}.*/"):
        shutil.rmtree(left, ignore_errors=True)
    beside = Path(mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        yield beside
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    leading = beside.with_name(f"{folder.name}.leading")
    leading.unlink(missing_ok=True)
    leading.symlink_to(beside.name)
    leading.replace(folder)
