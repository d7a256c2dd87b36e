"""Regular expressions from records: such that no line of code makes them run without end.

Python's engine backtracks, so what may repeat within a repetition (`(a+)+`) takes time that doubles with each
character. Such expressions are refused, and those with many open repetitions, each of which is a factor.
Source: CWE-1333.
"""

import re

LONGEST = 300
"""Characters of an expression."""
LINE = 400
"""Characters of a line that are looked at."""
_REPEATS = 3
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
