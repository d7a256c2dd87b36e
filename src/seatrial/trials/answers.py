"""What an answer holds."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from seatrial.sandbox import Answer

_MISSED = re.compile(r"\brequired\b|\bmissing\b|may not be (?:null|blank|empty)|must be (?:set|given)", re.IGNORECASE)

_ALERT = re.compile(
    r"""<(\w+)[^>]*\b(?:class|role)=["'][^"']*(?:alert|error|invalid|danger|flash|message)[^"']*["'][^>]*>(.*?)</\1>""",
    re.IGNORECASE | re.DOTALL,
)
"""What a page says of what was sent, as most frameworks of style sheets mark it."""
_UNSEEN = re.compile(r"<(head|script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_LONGEST = 200


def shown(answer: Answer) -> str:
    """What an answer says, short enough for a message: of a page what it says of what was sent, else its text."""
    if not answer.page:
        return answer.body[:_LONGEST].decode(errors="replace")
    alerts = [text for found in _ALERT.finditer(answer.page) if (text := _text(found[2]))]
    return " ".join(dict.fromkeys(alerts) if alerts else [_text(answer.page)])[:_LONGEST]


def _text(page: str) -> str:
    """What a reader of the page sees, on one line."""
    return " ".join(unescape(_UNSEEN.sub(" ", page)).split())


def outer_rows(value: Any) -> int:
    """As `rows_of`, of the outermost list: a page of parents, however many children each has."""
    if isinstance(value, Mapping):
        return max((outer_rows(one) for one in value.values() if isinstance(one, list | Mapping)), default=1)
    return len(value) if isinstance(value, list) else 1


def rows_of(value: Any) -> int:
    """How many rows an answer holds: the length of its longest list, however deep; 1 if it holds none."""
    if isinstance(value, list):
        return max(len(value), *(rows_of(one) for one in value[:1])) if value else 0
    if isinstance(value, Mapping):
        return max((rows_of(one) for one in value.values() if isinstance(one, list | Mapping)), default=1)
    return 1


def missed(value: Any) -> Iterator[str]:
    """The fields that a refusal says are missing: as keys of what is said, or as the end of a `loc` (pydantic)."""
    for inner in value if isinstance(value, list) else ():
        yield from missed(inner)
    if not isinstance(value, Mapping):
        return
    place = value.get("loc")
    if isinstance(place, list) and place and _says_so(value.get("msg")):
        yield str(place[-1])
        return
    for name, said in value.items():
        if any(map(_says_so, said if isinstance(said, list) else [said])):
            yield name
        else:
            yield from missed(said)


def _says_so(text: Any) -> bool:
    return isinstance(text, str) and _MISSED.search(text) is not None
