"""Unescaped output: the names that a template puts out as they are, `{{ text|safe }}` or with escaping switched off.

https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#safe, https://jinja.palletsprojects.com/en/stable/templates/#working-with-manual-escaping
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\{%-?\+?\s*(?P<tag>.*?)\s*-?%\}|\{\{-?\s*(?P<shown>.*?)\s*-?\}\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+)*)\s*(.*)\Z", re.DOTALL)
_FILTER = re.compile(r"\|\s*(\w+)")
_OFF = re.compile(r"autoescape\s+(?:off|false)")
_LETS_THROUGH = frozenset(
    {
        "safe", "safeseq", "upper", "lower", "title", "capfirst", "default", "default_if_none", "d", "join",
        "truncatechars", "truncatewords", "trim", "first", "last", "string", "stringformat", "wordwrap", "ljust",
        "rjust", "center", "cut", "add", "markdown",
    }
)  # fmt: skip
"""Filters whose result holds what they were given, as it was; others make a number or a date of it, or clean it."""


class Output(NamedTuple):
    """A name that is put out unescaped, dotted as it is written, and its line."""

    name: str
    line: int


def unescaped(text: str) -> Iterator[Output]:
    """What a template puts out unescaped."""
    if "safe" not in text and "autoescape" not in text:
        return
    line, at, off = 1, 0, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        tag = token["tag"] or ""
        off += bool(_OFF.match(tag)) - (tag == "endautoescape" and off > 0)
        found = _NAME.match(token["shown"] or "")
        if found and _is_raw(found[2], is_off=off > 0):
            yield Output(found[1], line)


def _is_raw(rest: str, *, is_off: bool) -> bool:
    """Filters after the name: all of them let text through, and the last word is `safe`, or nothing would escape."""
    filters = _FILTER.findall(rest)
    if "(" in rest.partition("|")[0] or not all(name in _LETS_THROUGH for name in filters):
        return False
    return is_off or not {"safe", "safeseq"}.isdisjoint(filters)
