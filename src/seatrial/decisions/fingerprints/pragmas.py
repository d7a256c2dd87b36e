"""What code tells tools beside what it does: comments that silence checks, the shebang, the encoding."""

import re
from collections.abc import Iterator

from seatrial.decisions.fingerprints.hidden import hidden

_PRAGMA = re.compile(
    rb"\b(noqa|nosec|nosonar|nosemgrep|lgtm|codeql|pragma:\s*no\s*\w+|type:\s*ignore|seatrial:\s*allow"
    rb"|(?:pylint|pyright|mypy|ruff|flake8|bandit|ty)(?=:))([^#;]*)",
    re.IGNORECASE,
)
_QUICK = re.compile(rb"#.*?(?:no|:|lgtm|codeql)", re.IGNORECASE)
_CODE = re.compile(rb"[A-Za-z]+\d+\w*")
_BRACKETS = re.compile(rb"\s*\[([^\]]*)\]")
_WORDS = re.compile(rb"[\w.=-]+(?:\s*[,=]\s*[\w.-]+)*")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_USUAL = frozenset({b"utf-8", b"utf8", b"utf-8-sig", b"us-ascii", b"ascii"})


def pragmas(text: bytes) -> dict[int, list[bytes]]:
    """The pragmas of a Python file by line (1-based), in one spelling, with hidden characters among them.

    A string that holds what looks like one counts too: that costs a look and hides nothing.
    """
    found: dict[int, list[bytes]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if b"#" in line and (told := list(_told(line))):
            found[number] = told
    for one in hidden(text):
        found.setdefault(one.line, []).append(b"hidden " + one.name.encode())
    for number, line in enumerate(text.splitlines()[:2], 1):
        found.setdefault(number, []).extend(_preamble(number, line))
    return {number: told for number, told in found.items() if told}


def _told(line: bytes) -> Iterator[bytes]:
    start = _QUICK.search(line)
    for match in _PRAGMA.finditer(line, start.start()) if start else ():
        name = b"".join(match[1].lower().split())
        yield b" ".join((name, *sorted(set(_codes(name, match[2])))))


def _codes(name: bytes, rest: bytes) -> Iterator[bytes]:
    """The checks that a pragma names. Reasons in prose are not among them."""
    if brackets := _BRACKETS.match(rest):
        yield from (one.strip() for one in brackets[1].split(b","))
    elif name in {b"noqa", b"nosec", b"ruff", b"flake8"}:
        yield from (b"noqa",) * (b"noqa" in rest.lower())
        yield from (one.upper() for one in _CODE.findall(rest))
    elif words := _WORDS.match(rest.lstrip(b": \t")):
        yield b"".join(words[0].split())


def _preamble(number: int, line: bytes) -> Iterator[bytes]:
    if number == 1 and line.startswith(b"#!"):
        yield line.strip()
    if (cookie := _COOKIE.match(line)) and (name := cookie[1].lower().replace(b"_", b"-")) not in _USUAL:
        yield b"coding " + name
