"""Which operations make the first rows, and in which order."""

import re
from collections.abc import Iterable, Sequence

from seatrial.trials.api import Operation

_LEAVES = re.compile(r"(log|sign)[-_]?out", re.IGNORECASE)
"""Who logs out is nobody afterwards, and what they would have made is not made."""
_TAKES = re.compile(r"delete|remove|destroy|cancel|clear", re.IGNORECASE)


def making(operations: Iterable[Operation]) -> Sequence[Operation]:
    """Those that may make rows: what makes things before what is done with them, what takes them away at the end."""
    found = (one for one in operations if one.method == "POST" and not _LEAVES.search(one.path))
    return sorted(found, key=lambda one: (_TAKES.search(one.path) is not None, len(one.places), one.path))
