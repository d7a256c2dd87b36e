"""Regular expressions from records: such that no line of code makes them run without end.

Python's engine backtracks, so what may repeat within a repetition (`(a+)+`) takes time that doubles with each
character. Such expressions are refused, and those with many open repetitions, each of which is a factor.
Source: CWE-1333.
"""

import re
from time import process_time

from seatrial.errors import DecisionError

LONGEST = 300
"""Characters of an expression."""
LINE = 400
"""Characters of a line that are looked at together; longer lines are looked at in pieces that overlap by half."""
_REPEATS = 2
_PATIENCE = 20.0
"""Seconds of the processor that one expression may take in all."""
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\((?:\?(?P<kind>:|=|!|<=|<!|P<\w+>|.))?)|(?P<close>\))"
    r"|(?P<many>[*+]|\{\d*,\d*\}|\{\d+\})[?+]?|(?P<or>\|)|.",
    re.DOTALL,
)
_GROUPS = frozenset({None, ":", "=", "!", "<=", "<!"})


def problem(pattern: str) -> str:
    """Why the expression cannot be used and what to do; empty if it can."""
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters: match less"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    return _slow(pattern)


class Searcher:
    """Looks for an expression in line after line."""

    def __init__(self, pattern: str, patience: float = _PATIENCE) -> None:
        self._pattern = pattern
        self._patience = patience
        self._search = re.compile(pattern).search
        self._spent = 0.0

    def finds(self, line: str) -> bool:
        """Whether it is in the line. Raises `DecisionError` when all its lines together took too long."""
        began = process_time()
        pieces = [line[at : at + LINE] for at in range(0, max(len(line) - LINE // 2, 1), LINE // 2)]
        found = any(map(self._search, pieces))
        self._spent += process_time() - began
        if self._spent > self._patience:
            raise DecisionError(
                f"The pattern {self._pattern!r} of a decision record takes too long: repeat less in it."
            )
        return found


def _slow(pattern: str) -> str:
    open_groups: list[bool] = []
    repeats, inner = 0, False
    closed = False
    for token in _TOKEN.finditer(pattern):
        if re.match(r"\\[1-9]|\(\?P=|\(\?\(", token[0]) or (token["open"] and not _is_known(token["kind"])):
            return f"uses `{token[0]}`: back references, conditions and flags are not understood here"
        if token["open"]:
            open_groups.append(inner)
            inner = False
        elif token["close"]:
            closed, inner = inner, (open_groups.pop() if open_groups else False) or inner
            continue
        elif token["or"]:
            inner = inner or bool(open_groups)
        elif token["many"]:
            if closed:
                return f"repeats a group that repeats or chooses itself (`){token[0]}`): one repetition is enough"
            inner = True
            repeats += 1
        closed = False
    return f"has more than {_REPEATS} repetitions: match less" if repeats > _REPEATS else ""


def _is_known(kind: str | None) -> bool:
    return kind in _GROUPS or (kind or "").startswith("P<")
