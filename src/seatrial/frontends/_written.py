"""What a text of any language writes down as a secret: names with what they hold, addresses, private keys, known forms.

Nothing is judged here: a rule does that. What can only be code (a call, an attribute) is passed over, and of every
text only the places are looked at where a word stands that secrets are called by, which costs next to nothing.
"""

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from seatrial.model.written import Written, WrittenKind

_CALLED = (b"pass", b"pwd", b"secret", b"token", b"key", b"credential", b"auth", b"verifier")
"""What the names of secrets hold; in lower case."""

_BEFORE = re.compile(rb"[\w.-]{0,40}\Z")
_NAME = re.compile(rb"[\w.-]+")
_AFTER = re.compile(
    rb"[\w-]{0,24}\\?[\"'`]?\]?[ \t]{0,8}(?:=>|:=|={1,3}|!=|[:>(,])[ \t]{0,8}(?:(?i:basic|bearer|token|oauth)[ \t]+)?"
    rb"(?:[rbuf]{0,2}\\?(?P<quote>[\"'`])(?:(?i:basic|bearer|token|oauth)[ \t]+)?"
    rb"(?P<quoted>[^\s\"'`\\]{4,2048})\\?(?P=quote)"
    rb"|(?P<bare>[^\s\"'`<>&;,(){}\[\]\\|]{4,2048})(?=$|[\s\"'`<&;,}\]\\]))",
    re.MULTILINE,
)
"""What follows a name and is held by it. What is not quoted must end where no code goes on."""

_BARE_TEXT = re.compile(rb"(?=.*[A-Za-z])(?=.*\d)|.*[a-z][A-Z].*[a-z][A-Z]|\d{6,}\Z")
"""Words that are not quoted are words; a secret has digits too, or capitals here and there."""

_SETTING = re.compile(rb"[ \t]*(?:- |export )?[\w.-]+[ \t]?[:=][ \t]*\S{1,2048}[ \t]*(?:#.*)?$", re.MULTILINE)
"""A line that holds a name and a value and nothing else: there any word may be a value."""

_ADDRESS = re.compile(rb"://[^\s/:@\"'`<>{}$*\\]*:(?P<value>[^\s/@\"'`<>{}$*\\]{3,128})@[^\s\"'`@/:{}<>$%]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,20}\Z")
_BLOCK = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:\\[nr]|[\s\"'+,()#/*\\])*(?=(?P<value>[A-Za-z0-9+/=]{32}))"
)

_FORMS = tuple(
    (prefix, re.compile(rb"(?<![A-Za-z0-9])" + form))
    for prefix, form in (
        (b"AKIA", rb"AKIA[0-9A-Z]{16}(?![A-Za-z0-9])"),
        (b"gh", rb"gh[pousr]_[A-Za-z0-9]{36,}(?!\w)"),
        (b"github_pat_", rb"github_pat_\w{50,}"),
        (b"glpat-", rb"glpat-[\w-]{20,}"),
        (b"sk_live_", rb"sk_live_[0-9A-Za-z]{20,}"),
        (b"sk-", rb"sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}"),
        (b"xox", rb"xox[abprs]-[0-9]{6,}-[0-9A-Za-z-]{16,}"),
        (b"SG.", rb"SG\.[\w-]{20,}\.[\w-]{30,}"),
        (b"npm_", rb"npm_[A-Za-z0-9]{36}(?!\w)"),
        (b"AccountKey=", rb"AccountKey=[A-Za-z0-9+/=]{40,}"),
        (b"hooks.slack.com/s", rb"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}"),
        (b"pypi-AgEI", rb"pypi-AgEI[\w-]{50,}"),
    )
)
"""Keys that say by their form who gave them out, each with how it begins."""

_TOO_MANY = 2_000
"""Places in one text after which the rest is data, and not something that a person wrote."""


class Found(NamedTuple):
    """A secret that may be, from `start` to `end` in the bytes of the text: the name with what it holds."""

    start: int
    end: int
    fact: Written


def written(source: bytes) -> list[Found]:
    """All that may be a secret, in order of place."""
    return sorted((*_named(source), *_formed(source)), key=itemgetter(0, 1))


def _named(source: bytes) -> Iterator[Found]:
    """Names that mean secrets with what they hold, addresses with a password and private keys."""
    lower = source.lower()
    lines = _Lines(source)
    taken: set[int] = set()
    for stem in _CALLED:
        for at in _places(lower, stem):
            found = _AFTER.match(source, at)
            if found and found.end() not in taken and (holds := _holding(source, at, found, lines)):
                taken.add(found.end())
                yield holds
    yield from _addresses(source, lines)
    for at in _places(lower, b"-----begin "):
        if block := _BLOCK.match(source, at):
            yield _found(at, block.end("value"), "block", b"", block["value"], lines)


def _formed(source: bytes) -> Iterator[Found]:
    """Keys that say by their form who gave them out."""
    lines = _Lines(source)
    for prefix, form in _FORMS:
        for at in _places(source, prefix):
            if key := form.match(source, at):
                yield _found(at, key.end(), "form", b"", key[0], lines)


class _Lines:
    """Line numbers of places; quick when they are asked for in order."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._at, self._line = 0, 1

    def of(self, place: int) -> int:
        if place < self._at:
            self._at, self._line = 0, 1
        self._line += self._source.count(b"\n", self._at, place)
        self._at = place
        return self._line


def _places(text: bytes, stem: bytes) -> Iterator[int]:
    at = text.find(stem)
    for _ in range(_TOO_MANY):
        if at < 0:
            return
        yield at
        at = text.find(stem, at + len(stem))


def _holding(source: bytes, at: int, found: re.Match[bytes], lines: _Lines) -> Found | None:
    value = found["quoted"] or found["bare"]
    before = _BEFORE.search(source, max(0, at - 40), at)
    start = before.start() if before else at
    start += source[start - 1 : start] == b"\\" and start < at  # the letter of an escape: \nTOKEN
    line = source.rfind(b"\n", max(0, start - 40), start) + 1 or max(0, start - 40)
    if not (found["quoted"] or _BARE_TEXT.match(value) or _SETTING.match(source, line)):
        return None
    name = _NAME.match(source, start)
    return _found(start, found.end(), "name", name[0] if name else b"", value, lines)


def _addresses(source: bytes, lines: _Lines) -> Iterator[Found]:
    for at in _places(source, b"://"):
        if address := _ADDRESS.match(source, at):
            scheme = _SCHEME.search(source, max(0, at - 21), at)
            start = scheme.start() if scheme else at
            yield _found(start, address.end(), "address", source[start : address.end()], address["value"], lines)


def _found(start: int, end: int, kind: WrittenKind, name: bytes, value: bytes, lines: _Lines) -> Found:
    fact = Written(lines.of(start), kind, name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))
    return Found(start, end, fact)
