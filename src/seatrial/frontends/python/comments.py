"""What comments say to tools and readers."""

import re

from tree_sitter import Node

from seatrial.frontends.python.grammar import COMMENT
from seatrial.model.facts import Comment

_TELLING = re.compile(
    rb"seatrial:|pylint: *disable=[^\n]*(?:unreachable|R1732|consider-using-with|missing-timeout)|"
    rb"\b(?:TODO|FIXME|XXX|HACK)\b|\b(?i:placeholder|not (?:yet )?implemented|in a real|todo:|fixme:)"
)
_SPOKEN = re.compile(
    rb"(?:#|\"\"\"|''')[^\n]*?(?:"
    rb"\bnoqa: ?[^\n]*\b(?:B006|B019|BLE001|F841|RUF006|S\d{3}|SIM115)\b|\bnosec\b"
    rb"|\bnosemgrep\b|\bNOSONAR\b|\b(?:lgtm|codeql) ?\["
    rb"|(?i:(?:\b(?:not|without|no|never)|n't) (?:an? |any )?(?:rais|fail|crash|error|exception|throw|warn))"
    rb"|(?i:\brace conditions?\b|\bat the same time\b|\bconcurrent|\bsimultaneous)"
    rb")"
)
"""A comment that tells another tool that something is meant, or speaks of two at once; and one, or a docstring, that
says that nothing is raised.
"""
_QUOTES = (b'"""', b"'''")
_GENERATED = re.compile(
    rb"(?i)\b(?:auto-?)?generated (?:by|from|using|with|on)\b|\bdo not (?:edit|modify)\b|@generated\b"
)
_HANDLED = re.compile(
    rb"\bexcept\b[^\n#]*:[ \t]*(?:#[ \t]*(?:noqa|nosec|pragma|pylint|type)\b[^\n]*)?"
    rb"(?:\r?\n[ \t]*(?:(?:pass|continue|return\b[^\n#]*)[ \t]*)?)?(#)"
)
"""A comment at the head of a handler: it says why an error is handled so."""
_HEAD_LINES = 20


def comments(source: bytes, root: Node, line_of: list[int]) -> tuple[Comment, ...]:
    """The comments that speak of unfinished work, to seatrial, or of why an error is handled as it is.

    And docstrings whose first line says that nothing is raised.
    """
    found: dict[int, Comment] = {}
    places = [match.start() for match in _TELLING.finditer(source)]
    places += [match.start(1) for match in _HANDLED.finditer(source)]
    places += [match.start() for match in _SPOKEN.finditer(source)]
    for place in sorted(places):
        node = root.descendant_for_byte_range(place, place + 1)
        is_comment = node is not None and node.kind_id == COMMENT
        if node is not None and node.start_byte not in found and (is_comment or source[place : place + 3] in _QUOTES):
            start = node.start_byte
            end = node.end_byte if is_comment else source.find(b"\n", start)
            text = source[start:end].decode("utf-8", "replace").rstrip()
            own_line = not source[source.rfind(b"\n", 0, start) + 1 : start].strip()
            found[start] = Comment(line_of[start], text, own_line)
    return tuple(found.values())


def is_generated(source: bytes) -> bool:
    """Whether a comment at the head of the file, before anything else, says that a program wrote it."""
    for line in source[:4096].split(b"\n", _HEAD_LINES)[:_HEAD_LINES]:
        text = line.strip(b" \t\r\f\xef\xbb\xbf")
        if text and not text.startswith(b"#"):
            return False
        if _GENERATED.search(text):
            return True
    return False
