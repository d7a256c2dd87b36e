"""The file that is being lowered: what all its bodies share."""

from typing import TYPE_CHECKING

from seatrial.model.facts import ClassFacts, Damage, FunctionFacts, ImportFacts

if TYPE_CHECKING:
    from collections.abc import Callable


def lines_of(source: bytes) -> list[int]:
    """The 1-based line of each byte of the source, and of its end."""
    lines: list[int] = []
    for number, line in enumerate(source.split(b"\n"), 1):
        lines += [number] * (len(line) + 1)
    return lines


class File:
    """What the bodies of one file share. `queue` holds the bodies that wait for the end of those that enclose them."""

    __slots__ = (
        "classes", "damage", "deep", "first_line", "functions", "globals", "imports", "line_of", "names", "queue", "source",
    )  # fmt: skip

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.line_of = lines_of(source)
        self.first_line = 1
        self.names: dict[bytes, str] = {}
        self.functions: list[FunctionFacts | None] = []
        self.classes: list[ClassFacts | None] = []
        self.imports: list[ImportFacts] = []
        self.damage: list[Damage] = []
        self.queue: list[Callable[[], None]] = []
        self.deep: frozenset[int] = frozenset()
        self.globals: frozenset[str] = frozenset()

    def reserve(self) -> int:
        """A place among the functions; its index."""
        self.functions.append(None)
        return len(self.functions) - 1

    def intern(self, raw: bytes) -> str:
        """The text of some bytes of the source."""
        text = self.names[raw] = raw.decode("utf-8", "replace")
        return text
