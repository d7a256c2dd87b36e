"""What the lines of a file of requirements mean that pip cannot read: what was typed, or what was printed, in it."""

import re
import shlex

from packaging.utils import NormalizedName, canonicalize_name

_TYPED = re.compile(r"(?:sudo\s+)?(?:python[\d.]*\s+-m\s+|uv\s+)?pip[\d.]*\s+install\s+(?P<what>.+)$")
_OF_THE_SYSTEM = re.compile(
    r"(?:sudo|apt|apt-get|brew|conda|mamba|yum|dnf|apk|choco|npm|yarn|python[\d.]*|pip[\d.]*|git|cd|source|export)\s+\S"
)
_PRINTED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s+(?P<version>\d[\w.+!-]*)(?:\s+\S*)?$")
"""A row of `pip list`."""
_HEAD = re.compile(r"Package\s+Version\b|-+(?:\s+-+)+$")
_EXPORTED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)=(?P<version>\d[\w.]*)(?:=\w+)?$")
"""A line of `conda list --export`."""


def required(requirement: str) -> NormalizedName:
    """The distribution that a requirement asks for, whatever version, extras or marker follow."""
    return canonicalize_name(re.split(r"[\[<>=!~;@ ]", requirement)[0])


def meant(line: str) -> list[str]:
    """The requirements of a line, mostly the line itself; none where it is a command for the system, or a heading."""
    if typed := _TYPED.match(line):
        return [word for word in _words(typed["what"]) if not word.startswith("-")]
    if _HEAD.match(line) or _OF_THE_SYSTEM.match(line):
        return []
    said = _PRINTED.match(line) or _EXPORTED.match(line)
    return [f"{said['name']}=={said['version']}" if said else line]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
