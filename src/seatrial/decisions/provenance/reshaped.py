"""Looks through commits that only reshaped code (`.git-blame-ignore-revs`): whose lines theirs are made of."""

import re
from collections.abc import Iterator

from seatrial.decisions.provenance.patches import Hunk

_WORD = re.compile(rb"\w+")
_REACH = 8
"""Lines, up and down, among which the source of a reshaped line is looked for."""


def sources(hunk: Hunk) -> Iterator[tuple[int, int]]:
    """For each line that came, by its number in the file after, the line before that has most words of it.

    A line without words goes with the one above it. Where nothing went, nothing is told: such lines are the commit's.
    """
    if not hunk.gone:
        return
    before = [set(_WORD.findall(line)) for line in hunk.gone]
    last = 0
    for number, line in enumerate(hunk.come):
        words = set(_WORD.findall(line))
        middle = number * len(before) // len(hunk.come)
        near = range(max(0, middle - _REACH), min(len(before), middle + _REACH + 1))
        if words:
            last = max(near, key=lambda at: (len(words & before[at]), -abs(at - middle)))
        yield hunk.new + number, hunk.old + last
