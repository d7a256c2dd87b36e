"""Make trees to measure on: copies without tests, trees of a given size, one edited file."""

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TEST = re.compile(r"(^|/)(tests?|testing|fixtures)/|(^|/)(test_[^/]*|[^/]*_test|conftest|tests)\.py$")


@dataclass(frozen=True)
class Source:
    """A Python file of a tree: its path from the root and its lines."""

    path: str
    lines: int


def sources(tree: Path) -> list[Source]:
    """The Python files of a tree that are not tests, in order of path."""
    paths = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*.py") if path.is_file())
    return [Source(path, _lines(tree / path)) for path in paths if not TEST.search(path)]


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def without_tests(tree: Path, out: Path) -> int:
    """Copy the tree's Python files that are not tests; returns the lines."""
    return _copy(tree, sources(tree), out)


def of_size(trees: Sequence[Path], lines: int, out: Path) -> int:
    """About `lines` lines, from one tree after the other, each in a folder of its own; returns the lines.

    Real trees only: copies of one would be worked on once, since equal content is read once, and be each other's twins.
    """
    done = 0
    for tree in trees:
        done += _copy(tree, _up_to(sources(tree), lines - done), out / tree.name)
    return done


def _up_to(files: list[Source], lines: int) -> Iterator[Source]:
    """Files in order of path, so that packages stay whole, until there are enough lines."""
    total = 0
    for file in files:
        if total >= lines:
            return
        total += file.lines
        yield file


def _copy(tree: Path, files: Iterable[Source], out: Path) -> int:
    total = 0
    for file in files:
        target = out / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / file.path, target)
        total += file.lines
    return total


def edit_one(tree: Path) -> Path:
    """Add a function to the file of median size, as a person would between two audits; returns the file."""
    files = sorted(sources(tree), key=lambda file: (file.lines, file.path))
    edited = tree / files[len(files) // 2].path
    with edited.open("a") as file:
        file.write("\n\ndef added_between_two_audits(values):\n    return [value for value in values if value]\n")
    return edited


def fresh(folder: Path) -> Path:
    """An empty folder at this place."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
