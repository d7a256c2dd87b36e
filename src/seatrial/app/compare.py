"""What a change brings: what is there now and was not before, whatever was moved or renamed meanwhile."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from seatrial.model.decision import Suppression
from seatrial.model.finding import Finding
from seatrial.model.source import Gap

T = TypeVar("T")

_ALIKE: Sequence[Callable[[Finding], Hashable]] = (
    lambda f: (f.rule, f.place.path, f.symbol, f.message, f.digest),
    lambda f: (f.rule, f.place.path, f.symbol, f.message),
    lambda f: (f.rule, f.symbol, f.digest),
    lambda f: f.fingerprint,
    lambda f: (f.rule, f.symbol, f.message),
)
"""Ways in which a finding can be the same as an earlier one, the surest first: untouched, edited around, moved to
another file, renumbered, moved and edited."""


def brought_in(now: Sequence[Finding], before: Iterable[Finding]) -> list[Finding]:
    """The findings that have no earlier counterpart. Each earlier one accounts for one, the most alike."""
    left, earlier = list(now), list(before)
    for alike in _ALIKE:
        left, earlier = _unmatched(left, earlier, alike), _unmatched(earlier, left, alike)
    return left


def gaps_brought_in(now: Sequence[Gap], before: Iterable[Gap]) -> list[Gap]:
    """The gaps that were not there before, wherever in the file they were."""
    return _unmatched(now, before, lambda gap: (gap.path, gap.stage, gap.reason))


def comments_brought_in(now: Sequence[Suppression], before: Iterable[Suppression]) -> list[Suppression]:
    """The suppressions that were not there before, in whatever file and line they were."""
    return _unmatched(now, before, lambda comment: (comment.rules, comment.reason, comment.problem))


def _unmatched(some: Sequence[T], others: Iterable[T], alike: Callable[[T], Hashable]) -> list[T]:
    there = Counter(map(alike, others))
    left = []
    for one in some:
        if there[alike(one)] > 0:
            there[alike(one)] -= 1
        else:
            left.append(one)
    return left
