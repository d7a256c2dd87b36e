"""Canaries: which mutants a reviewer meets, and the view that shows them. They live in this view and nowhere else.

A `Planted` stands in the reviewer's private session. The tree is never written; digests, questions, exports and
sign-offs are made from the real lines, and `tells` is the last barrier before something leaves the machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from random import Random

import msgspec

from seatrial.app.review.mutants import Mutant, applied, bites, mutants

EACH = 200
"""Lines for which one canary is planted."""
MOST = 2
"""Canaries in a session."""
_SHORTEST = 12
"""Letters of a line below which it proves nothing that they stand somewhere."""


class Planted(msgspec.Struct, frozen=True, order=True):
    """A mutant in the view of a file."""

    path: str
    mutant: Mutant


class Span(msgspec.Struct, frozen=True, order=True):
    """Lines of a file under review, 1-based and inclusive."""

    path: str
    line: int
    end_line: int


def plant(spans: Iterable[Span], texts: Mapping[str, str], lines: int, chance: Random) -> tuple[Planted, ...]:
    """The canaries of one session: none in about half of them, else one for each 200 lines, at most two."""
    if chance.random() >= 0.5:
        return ()
    sites = [Planted(span.path, mutant) for span in spans for mutant in _sites(texts[span.path], span)]
    chosen: list[Planted] = []
    for _ in range(min(MOST, max(1, lines // EACH))):
        sites = [site for site in sites if not any(_touch(site, other) for other in chosen)]
        while sites:
            one = _one(sites, chance)
            sites.remove(one)
            if bites(texts[one.path], one.mutant):
                chosen.append(one)
                break
    return tuple(sorted(chosen))


def _one(sites: Sequence[Planted], chance: Random) -> Planted:
    """One of them, each class of defect as often as another."""
    slip = chance.choice(sorted({site.mutant.slip for site in sites}))
    return chance.choice([site for site in sites if site.mutant.slip is slip])


def _sites(text: str, span: Span) -> tuple[Mutant, ...]:
    return mutants(text, span.line, span.end_line)


def _touch(one: Planted, other: Planted) -> bool:
    apart = one.mutant.end_line + 3 < other.mutant.line or other.mutant.end_line + 3 < one.mutant.line
    return one.path == other.path and not apart


class View:
    """A file as the reviewer sees it: its lines with the canaries, numbered without a break."""

    def __init__(self, path: str, text: str, planted: Iterable[Planted] = ()) -> None:
        self.path = path
        self._real = text.split("\n")
        self._mutants = [one.mutant for one in planted if one.path == path]

    @cached_property
    def _shown(self) -> list[tuple[str, int]]:
        return applied(self._real, self._mutants) if self._mutants else [(s, n) for n, s in enumerate(self._real, 1)]

    @property
    def lines(self) -> list[str]:
        """The lines as they are shown; the first has number 1."""
        return [line for line, _ in self._shown]

    def real(self, number: int) -> int:
        """The line of the tree that a shown line stands for; the last one's for what lies beyond the end."""
        return self._shown[min(max(number, 1), len(self._shown)) - 1][1]

    def shown(self, line: int) -> int:
        """The number under which a line of the tree is shown, or the next line, if it is not."""
        return next((number for number, (_, real) in enumerate(self._shown, 1) if real >= line), len(self._shown))

    def hides(self, line: int) -> bool:
        """Whether the line of the tree is shown otherwise than it is, or not at all."""
        return any(mutant.line <= line <= mutant.end_line for mutant in self._mutants)

    def catches(self, number: int, planted: Planted) -> bool:
        """Whether a remark at a shown line speaks of this canary: on it, or next to it."""
        mutant = planted.mutant
        first = self.shown(mutant.line)
        return planted.path == self.path and first - 1 <= number <= first + max(len(mutant.after), 1)


def tells(text: str, planted: Sequence[Planted], texts: Mapping[str, str]) -> bool:
    """Whether a text holds a line that only a canary can have put there."""
    flat = " ".join(text.split())
    return any(
        len(line) >= _SHORTEST and line in flat and line not in " ".join(texts[one.path].split())
        for one in planted
        for line in (" ".join(shown.split()) for shown in one.mutant.after)
    )
