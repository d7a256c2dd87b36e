"""Which operations may be overtaken, by what they did when the first rows were made: who writes what was read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from seatrial.sandbox import Seen
from seatrial.trials.statements import bare, is_read, is_write, locked, tables

_SLOW = 8.0
"""So many times as long; less may be chance."""
_FEW = 4
"""Operations of which it cannot be told what most of them do."""
LIKELY, UNKNOWN, UNLIKELY = range(3)
Way: TypeAlias = tuple[tuple[str, str], ...]
"""What a request does: of each statement its first word, and the function of the program that made it."""


def way(seen: Seen) -> Way:
    """What it does that was seen so."""
    return tuple((one.sql.lstrip()[:6].lower(), one.line.rpartition(" ")[2]) for one in seen.statements)


def slow(name: str, took: Mapping[str, float]) -> bool:
    """Whether an operation takes far longer than a quick one, as far as that is known: it hashes a password, say."""
    return len(took) >= _FEW and took.get(name, 0.0) > _SLOW * sorted(took.values())[len(took) // 4]


def chances(did: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
    """How likely each operation is overtaken, by its statements.

    What most operations read, as who asks, is not what one of them goes by. A row that is locked as it is read stays.
    """
    often = Counter(text for statements in did.values() for text in set(map(bare, statements)))
    shared = {text for text, count in often.items() if len(did) >= _FEW and 2 * count > len(did)}
    return {name: LIKELY if _writes_what_it_read(texts, shared) else UNLIKELY for name, texts in did.items()}


def _writes_what_it_read(statements: Sequence[str], shared: set[str]) -> bool:
    read: set[str] = set()
    for sql in statements:
        if is_write(sql) and read & tables(sql):
            return True
        if is_read(sql) and not locked(sql) and bare(sql) not in shared:
            read |= tables(sql)
    return False
