"""Which tree a path belongs to: the one whose people, settings and decisions count for it."""

from collections.abc import Iterator
from pathlib import Path

from seatrial.app import git
from seatrial.app.settings import OWN_FILE
from seatrial.decisions.signoffs import roles
from seatrial.errors import SourceError
from seatrial.model.text import printable

_MARKS = (OWN_FILE, ".seatrial", ".git")


def tree_of(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The tree that a file or folder belongs to, and the path in it; nothing in it if it is the tree itself.

    It is the nearest folder that asks for sign-offs, else the nearest with settings or a repository, else the file's
    own. Raises `SourceError` if nothing is there.
    """
    if not path.exists():
        raise SourceError(f"{printable(str(path))} does not exist. Give a file or folder.")
    resolved = path.resolve()
    above = list(_up(resolved if resolved.is_dir() else resolved.parent))
    asking = (folder for folder in above if (folder / roles.NAME).is_file())
    marked = (folder for folder in above if any((folder / mark).exists() for mark in _MARKS))
    root = next(asking, next(marked, above[0]))
    below = "" if root == resolved else resolved.relative_to(root).as_posix()
    return root, (below,) if below else ()


def asking_above(root: Path, commit: str = "") -> Path | None:
    """The nearest folder above `root`, in its repository, that asks for sign-offs; on disk, or in a commit.

    Raises `GitError`.
    """
    for depth in range(git.prefix(root).count("/")):
        folder = root.resolve().parents[depth]
        name = "../" * (depth + 1) + roles.NAME
        if git.file_at(root, commit, name) is not None if commit else (folder / roles.NAME).exists():
            return folder
    return None


def _up(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the top of its repository; all of them if it lies in none."""
    above = [folder, *folder.parents]
    top = next((depth for depth, one in enumerate(above) if (one / ".git").exists()), len(above) - 1)
    yield from above[: top + 1]
