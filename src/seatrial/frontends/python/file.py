"""The file that is being lowered: what all its bodies share."""

from collections.abc import Callable
from typing import Any, TypeAlias

from seatrial.model.facts import ClassFacts, Damage, FunctionFacts, ImportFacts

Mark: TypeAlias = tuple[int, int, int, int, int]


def lines_of(source: bytes) -> list[int]:
    """The 1-based line of each byte of the source, and of its end."""
    lines: list[int] = []
    for number, line in enumerate(source.split(b"\n"), 1):
        lines += [number] * (len(line) + 1)
    return lines


class File:
    """What the bodies of one file share.

    `queue` holds the bodies that wait for the end of those that enclose them; `unknown`, the names that were not bound
    when they were read; `deep`, the ids of statements that are nested too deep; `globals`, the names that functions
    declare.
    """

    __slots__ = (
        "classes",
        "damage",
        "deep",
        "functions",
        "globals",
        "imports",
        "line_of",
        "names",
        "queue",
        "source",
        "unknown",
    )

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.line_of = lines_of(source)
        self.names: dict[bytes, str] = {}
        self.functions: list[FunctionFacts | None] = []
        self.classes: list[ClassFacts | None] = []
        self.imports: list[ImportFacts] = []
        self.damage: list[Damage] = []
        self.queue: list[Callable[[], None]] = []
        self.deep: frozenset[int] = frozenset()
        self.globals: frozenset[str] = frozenset()
        self.unknown: set[str] = set()

    def reserve(self) -> int:
        """A place among the functions; its index."""
        self.functions.append(None)
        return len(self.functions) - 1

    def intern(self, raw: bytes) -> str:
        """The text of some bytes of the source."""
        text = self.names[raw] = raw.decode("utf-8", "replace")
        return text

    def mark(self) -> Mark:
        """How much there is by now, for `forget`."""
        return len(self.functions), len(self.classes), len(self.imports), len(self.damage), len(self.queue)

    def forget(self, mark: Mark) -> None:
        """Drop what was added since the mark."""
        grown: tuple[list[Any], ...] = (self.functions, self.classes, self.imports, self.damage, self.queue)
        for items, length in zip(grown, mark, strict=True):
            del items[length:]
