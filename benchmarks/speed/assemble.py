"""Make trees to measure on: copies without tests, trees of a given size, one edited file."""

import itertools
import re
import shutil
from collections.abc import Iterable
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
    return _copy(tree, sources(tree), out, {})


def of_size(tree: Path, lines: int, out: Path) -> int:
    """About `lines` lines: packages of the tree, then copies of it under renamed top packages; returns the lines."""
    files = sources(tree)
    done = 0
    for number in itertools.count(1):
        part = list(_up_to(files, lines - done))
        renames = {} if number == 1 else {top: f"{top}_{number}" for top in _top_packages(files)}
        done += _copy(tree, part, out, renames)
        if len(part) < len(files) or done >= lines:
            return done
    raise AssertionError("itertools.count ends")


def _up_to(files: list[Source], lines: int) -> Iterable[Source]:
    """Files in order of path, so that packages stay whole, until there are enough lines."""
    total = 0
    for file in files:
        if total >= lines:
            return
        total += file.lines
        yield file


def _top_packages(files: list[Source]) -> set[str]:
    return {file.path.split("/")[0].removesuffix(".py") for file in files}


def _copy(tree: Path, files: Iterable[Source], out: Path, renames: dict[str, str]) -> int:
    total = 0
    for file in files:
        top, _, rest = file.path.partition("/")
        stem = top.removesuffix(".py")
        name = renames.get(stem, stem) + top[len(stem) :]
        target = out / name / rest if rest else out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_renamed((tree / file.path).read_bytes(), renames))
        total += file.lines
    return total


def _renamed(text: bytes, renames: dict[str, str]) -> bytes:
    """The text with its absolute imports of the renamed packages following them."""
    if not renames:
        return text
    names = "|".join(map(re.escape, sorted(renames)))
    pattern = re.compile(rf"^(\s*(?:from|import)\s+)({names})\b", re.MULTILINE)
    return pattern.sub(lambda found: found[1] + renames[found[2]], text.decode("latin-1")).encode("latin-1")


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
