"""What single commits did to the files below a folder, as git tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seatrial.app.git import stream


@dataclass(frozen=True, slots=True)
class Changeset:
    """A commit that is no merge: when it was made (seconds since 1970), by whom, its subject, and what it touched.

    Paths are bytes below the folder; `renamed` maps a path to the one that it had before, for files moved unchanged.
    """

    commit: str
    time: int
    author: str
    subject: str
    paths: tuple[bytes, ...]
    renamed: tuple[tuple[bytes, bytes], ...] = ()


def changesets(folder: Path, since: int) -> list[Changeset]:
    """What changed below the folder since a time, the newest first; merges tell nothing that their parts do not.

    Raises `GitError`.
    """
    commits = b"".join(stream(folder, "rev-list", "--no-merges", f"--max-age={since}", "HEAD"))
    shown = ("--stdin", "--root", "--relative", "-r", "-z", "-M100%", "-l1000", "--name-status", "--no-ext-diff")
    told = stream(folder, "diff-tree", *shown, "--format=%x00%H%x00%ct%x00<%an>%x00<%s>", stdin=commits)
    return list(_read(b"".join(told)))


def _read(told: bytes) -> Iterator[Changeset]:
    """Reads `changesets`' stream: an empty field begins a commit, and no path, status or bracketed text is empty."""
    fields = iter(told.split(b"\0")[1:])
    for commit, time, author, subject in zip(fields, fields, fields, fields, strict=False):
        paths, renamed = [], []
        for status in iter(lambda: next(fields, b"").strip(), b""):
            path = next(fields)
            if status[:1] in b"RC":
                former, path = path, next(fields)
                renamed += [(path, former)] if status[:1] == b"R" else []
            paths.append(path)
        who, what = (text[1:-1].decode("utf-8", "replace") for text in (author, subject))
        yield Changeset(commit.decode(), int(time), who, what, tuple(paths), tuple(renamed))
