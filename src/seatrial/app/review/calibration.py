"""A calibration round: five items at half prevalence, each with feedback at once.

A burst of frequent targets with feedback improved what screeners found in the next stretch of rare ones (Wolfe et al.
2013). The code is the reviewer's own; the defects live in this round's memory alone.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from textwrap import dedent

import msgspec

from seatrial.app.discovery import Entry, Wanted, discover
from seatrial.app.reading import decode, read
from seatrial.app.review.mutants import Mutant, applied, bites, mutants
from seatrial.app.review.vigilance import PASSED, ROUND
from seatrial.decisions.fingerprints import symbols
from seatrial.model.source import Gap
from seatrial.model.symbols import Symbol

_SHORTEST, _LONGEST = 8, 60
"""Lines of a function that can be judged by itself."""


class Item(msgspec.Struct, frozen=True):
    """Some lines to judge. `at` is the line (1-based, in these lines) of the defect; 0 if there is none."""

    path: str
    lines: tuple[str, ...]
    at: int = 0
    mutant: Mutant | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the reviewer says: it is sound, or there is a defect at this line."""

    is_sound: bool
    line: int = 0


class Round(msgspec.Struct, frozen=True):
    """A round and the answers so far."""

    items: tuple[Item, ...]
    answers: tuple[Answer, ...] = ()

    @property
    def item(self) -> Item | None:
        """The item that waits for an answer; None when the round is over."""
        return None if self.is_over else self.items[len(self.answers)]

    @property
    def is_over(self) -> bool:
        """Whether all items were answered."""
        return len(self.answers) >= len(self.items)

    @property
    def rightly(self) -> int:
        """How many answers were right."""
        return sum(_is_right(item, answer) for item, answer in zip(self.items, self.answers, strict=False))

    @property
    def passed(self) -> bool:
        """Whether it is over and enough answers were right."""
        return self.is_over and len(self.items) == ROUND and self.rightly >= PASSED

    @property
    def feedback(self) -> str:
        """What was true of the item that was answered last; empty before the first."""
        if not self.answers:
            return ""
        item, answer = self.items[len(self.answers) - 1], self.answers[-1]
        verdict = "Right" if _is_right(item, answer) else "Not right"
        if item.mutant is None:
            return f"{verdict}: nothing was planted there."
        before = " ".join(line.strip() for line in item.mutant.before)
        return f"{verdict}: {item.mutant.slip.value} at line {item.at}. It was: {before}"


def begin(root: Path, exclude: Sequence[str], chance: Random) -> Round:
    """A round of five functions of the tree; fewer if it has not so many that can be judged by themselves."""
    entries = discover(root, Wanted(lambda path: path.endswith(".py"), exclude)).entries
    found: list[tuple[str, str]] = []
    for entry in chance.sample(entries, len(entries)):
        found += _functions(root, entry, chance)
        if len(found) >= ROUND:
            break
    return Round(tuple(_item(path, text, chance) for path, text in found[:ROUND]))


def _functions(root: Path, entry: Entry, chance: Random) -> list[tuple[str, str]]:
    """At most two functions of a file, as path and text, taken out of what surrounds them."""
    data = read(root, entry)
    text = decode(entry.path, data) if isinstance(data, bytes) else data
    if isinstance(text, Gap) or isinstance(data, Gap):
        return []
    rows = text.split("\n")
    cut = [dedent("\n".join(rows[one.line - 1 : one.end_line])) for one in symbols(entry.path, data) if _is_fit(one)]
    fit = [one for one in cut if any(bites(one, mutant) for mutant in mutants(one))]
    return [(entry.path, one) for one in chance.sample(fit, min(2, len(fit)))]


def _is_fit(symbol: Symbol) -> bool:
    return not symbol.name.startswith("<") and _SHORTEST <= symbol.end_line - symbol.line + 1 <= _LONGEST


def _item(path: str, text: str, chance: Random) -> Item:
    lines = text.split("\n")
    if chance.random() >= 0.5:
        return Item(path, tuple(lines))
    mutant = chance.choice([one for one in mutants(text) if bites(text, one)])
    return Item(path, tuple(line for line, _ in applied(lines, [mutant])), mutant.line, mutant)


def _is_right(item: Item, answer: Answer) -> bool:
    if item.mutant is None:
        return answer.is_sound
    return not answer.is_sound and abs(answer.line - item.at) <= 1 + max(len(item.mutant.after) - 1, 0)
