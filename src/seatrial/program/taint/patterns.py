"""Patterns: what a regular expression or a format leaves of an attack, found by trying attacks on it."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_letters, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.libraries.form import Danger

ATTACKS: Mapping[Danger, tuple[str, ...]] = {
    "sql": ("a' OR 1=1", "a;b", "1 OR 1", 'a"b', "a)b", "a,(b)", "1--"),
    "command": ("a;b", "a|b", "$(a)", "`a`", "a&b", "a\nb", "a b", "a>b"),
    "path": ("../a", "/a", "a/../b", "..\\a"),
    "html": ("<a>", 'a"b', "a'b", "&a"),
    "redirect": ("//a.b", "http://a.b", "\\\\a"),
    "url": ("http://a", "//a", "@a", "a:1"),
    "header": ("a\nb", "a\r\nb"),
    "log": ("a\nb", "a\r\nb"),
    "ldap": ("*", "a)(b", "(a"),
    "xpath": ("a'b", 'a"b'),
    "code": ("a()", "a.b", "a;b", "__a"),
    "xml": ("<!DOCTYPE a>", "<a>", "&a;"),
    "template": ("{{a}}", "{% a %}"),
}  # fmt: skip
"""Short texts that a sink of each danger must not be given (OWASP cheat sheets); too short to exhaust a matcher."""

_PLAIN = frozenset(ascii_letters + digits + "-_")
"""Characters of which no attack can be made."""

_NUMERIC = frozenset("diouxXeEfFgGc")
_PLACE = re.compile(r"%(?:\((\w+)\))?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?([a-zA-Z%])")
_FIELD = re.compile(r"\{\d+(?:\[(\w+)\])?[^{}]*\}")
_ANCHORED = ("\\Z", "\\z", "$")


@lru_cache(maxsize=1024)
def refuses(pattern: str, danger: Danger, method: str) -> bool:
    """True when a pattern (Python syntax), applied by `fullmatch`, `match` or `search`, matches none of the attacks."""
    attacks = ATTACKS.get(danger, ())
    compiled = _compiled(pattern)
    if compiled is None or not attacks:
        return False
    if method == "fullmatch":
        return not any(compiled.fullmatch(attack) for attack in attacks)
    anchored = pattern.endswith(_ANCHORED) and (method == "match" or pattern.startswith(("^", "\\A")))
    return anchored and not any(compiled.search(attack) for attack in attacks)


@lru_cache(maxsize=1024)
def finds(pattern: str, danger: Danger) -> bool:
    """True when searching for the pattern finds something in every attack: what it does not find it in is harmless."""
    attacks = ATTACKS.get(danger, ())
    compiled = _compiled(pattern)
    return compiled is not None and bool(attacks) and all(compiled.search(attack) for attack in attacks)


@lru_cache(maxsize=1024)
def removes(pattern: str, replacement: str, danger: Danger) -> bool:
    """True when replacing what the pattern matches changes every attack, and leaves nothing to be replaced again."""
    attacks = ATTACKS.get(danger, ())
    compiled = _compiled(pattern)
    if compiled is None or not attacks or "\\" in replacement:
        return False
    left = [(attack, compiled.sub(replacement, attack)) for attack in attacks]
    if set(replacement) <= _PLAIN and all(set(one) <= _PLAIN for _, one in left):
        return True
    return all(one not in attacks and not compiled.search(one) for _, one in left)


def text_places(text: str) -> tuple[bool, dict[str, bool], list[bool]] | None:
    """What a `%` format does with its values: (any takes text, by name, by position); None when it has no places."""
    found = [(m[1], m[2] not in _NUMERIC) for m in _PLACE.finditer(text) if m[2] != "%"]
    if not found:
        return None
    return any(t for _, t in found), {n: t for n, t in found if n}, [t for n, t in found if not n]


def format_keys(text: str, index: int) -> tuple[str, ...]:
    """The keys under which a format reads its argument at a position, if it reads nothing else of it: `{0[name]}`."""
    places = [m[1] for m in _FIELD.finditer(text) if m[0].startswith("{" + str(index))]
    return tuple(places) if all(places) else ()


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
