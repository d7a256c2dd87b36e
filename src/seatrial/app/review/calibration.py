"""A calibration round: five items at half prevalence, each with feedback at once.

A burst of frequent targets with feedback improved what screeners found in the next stretch of rare ones (Wolfe et al.
2013). The code is the reviewer's own; the defects live in this round's memory alone.
"""

from collections.abc import Mapping, Sequence
from random import Random

import msgspec

from seatrial.app.review.mutants import Mutant, applied, mutants
from seatrial.app.review.packs import Unit
from seatrial.app.review.vigilance import PASSED, ROUND

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


def begin(units: Sequence[Unit], texts: Mapping[str, str], chance: Random) -> Round:
    """A round of five functions of the code under review, fewer if it has not so many that can be judged alone."""
    found = [one for unit in units if (one := _lines(unit, texts)) and mutants(one[1])]
    chosen = chance.sample(found, min(ROUND, len(found)))
    return Round(tuple(_item(path, text, chance) for path, text in chosen))


def _lines(unit: Unit, texts: Mapping[str, str]) -> tuple[str, str] | None:
    """A function's path and text, taken out of what surrounds it."""
    symbol = unit.symbol
    rows = texts[symbol.path].split("\n")[symbol.line - 1 : symbol.end_line]
    if symbol.name.startswith("<") or not _SHORTEST <= len(rows) <= _LONGEST:
        return None
    indent = len(rows[0]) - len(rows[0].lstrip())
    return symbol.path, "\n".join(row[indent:] if not row[:indent].strip() else row for row in rows)


def _item(path: str, text: str, chance: Random) -> Item:
    lines = text.split("\n")
    if chance.random() >= 0.5:
        return Item(path, tuple(lines))
    mutant = chance.choice(mutants(text))
    return Item(path, tuple(line for line, _ in applied(lines, [mutant])), mutant.line, mutant)


def _is_right(item: Item, answer: Answer) -> bool:
    if item.mutant is None:
        return answer.is_sound
    return not answer.is_sound and abs(answer.line - item.at) <= 1 + max(len(item.mutant.after) - 1, 0)
