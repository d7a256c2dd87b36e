"""Meant: lines of which a comment tells another scanner of security that they are meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.model.facts import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function

_MEANT = re.compile(r"\bnosec\b|\bnoqa: ?[^#]*\bS\d{3}\b|\bnosemgrep\b|\bNOSONAR\b|\b(?:lgtm|codeql) ?\[")


def is_meant(function: Function, lines: range) -> bool:
    """Such a comment stands on one of the lines, or where a call begins that is given something of them."""
    said = {one.line for one in function.file.facts.comments if _MEANT.search(one.text)}
    return bool(said) and not said.isdisjoint({*lines, *_begun(function, lines)})


def _begun(function: Function, lines: range) -> Iterator[int]:
    """The lines of the calls that take a value of these lines as it is."""
    for value, step in enumerate(function.values):
        if step.line in lines:
            users = (function.values[user] for user in function.users.get(value, ()))
            yield from (user.line for user in users if type(user) is Call)
