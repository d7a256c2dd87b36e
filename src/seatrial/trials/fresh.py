"""What is made once more at the end: rows that nothing hangs on yet.

Much may be done once for a row: a review of a book, a like, an entry for a day. What the first rows had done with them
would be refused in every trial.
"""

from collections.abc import Iterator, Mapping, Sequence

from seatrial.sandbox import Table
from seatrial.trials.api import Operation
from seatrial.trials.statements import adds, tables

_DEEPEST = 3


def fresh(
    operations: Sequence[Operation], did: Mapping[str, Sequence[str]], known: Sequence[Table]
) -> Iterator[Operation]:
    """Of operations that make things those whose things others hang on: what hangs on nothing first, and then again.

    Again but for what hangs on others most: that took up the first. `did` holds the statements of each.
    """
    levels: dict[int, list[Operation]] = {}
    depths = _depths(known)
    for one in operations:
        made = {name for sql in did.get(one.name, ()) if adds(sql) for name in tables(sql)} & depths.keys()
        if made and not one.proves:
            levels.setdefault(min(_DEEPEST, *(depths[name] for name in made)), []).append(one)
    for count in range(len(levels), 0, -1):
        for level in sorted(levels)[:count]:
            yield from levels[level]


def _depths(known: Sequence[Table]) -> Mapping[str, int]:
    """Of tables that others point to, on how many others their rows hang, one on another."""
    above = {one.name.lower(): {f.table.lower() for f in one.foreigns if f.table != one.name} for one in known}
    depths = dict.fromkeys(set().union(*above.values()) if above else (), 0)
    for _ in range(_DEEPEST):
        for name in depths:
            depths[name] = max((depths.get(one, 0) + 1 for one in above.get(name, ()) if one in depths), default=0)
    return depths
