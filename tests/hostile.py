"""Reports in which every text is an attack."""

from collections.abc import Iterator
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import msgspec

from sample import sample
from seatrial.model.verdict import Report

ATTACK = (
    "\x1b]0;x\x07\x9b2J\u202e\u2028\r\n::error::x\r::stop-commands::x <script>alert(1)</script><img src=x onerror=y>"
    "\"' onload=z `]</summary></details>](javascript:x) ![x](http://e.vil/x) <http://e.vil> www.e.vil @team #1 {{7*7}} "
    "{% x %} %0A::error::y --> ]]> `\udc80"
)
OURS = ("severity", "quality", "fingerprint", "digest", "date")


def hostile(attack: str = ATTACK) -> Report:
    """The sample with the attack at the end of every text in it that is not seatrial's own."""
    report: Report = _attacked(sample(), attack)
    return report


def _attacked(value: Any, attack: str) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value + attack if value else value
    if isinstance(value, tuple):
        return tuple(_attacked(part, attack) for part in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return type(value)(**{n: v if n in OURS else _attacked(v, attack) for n, v in fields.items()})
    return value


class Tags(HTMLParser):
    """The elements of a page, in order, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def names(self) -> list[str]:
        """The elements without code spans, which prose may hold."""
        return [tag for tag, _ in self.found if tag != "code"]

    def attributes(self) -> Iterator[tuple[str, str]]:
        for _, attributes in self.found:
            yield from ((name, value or "") for name, value in attributes.items())
