"""Environment variables that the program reads, as its source tells."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from seatrial.sandbox.texts import texts

_READ = re.compile(
    r"(?:environ(?:\.get)?\s*[\[(]|getenv\(|\benv(?:\.str)?\(|config\()\s*[\"'](?P<name>[A-Z][A-Z0-9_]{2,})[\"']"
)
_FIELD = re.compile(r"^[ \t]+(?P<name>[A-Za-z][A-Za-z0-9_]*)\s*:\s*(?:str|SecretStr)\b", re.MULTILINE)
"""A field of a settings class, which such classes fill from the environment."""
_SECRET = re.compile(r"SECRET|SALT|SIGNING|(?<!PUBLIC_)KEY$|PASSWORD|TOKEN$")
_OTHERS = frozenset({"tests", "test", "docs", "site-packages", "node_modules"})
DUMMY = "seatrial-dummy-of-sufficient-length-0123456789"


def secrets(root: Path) -> Mapping[str, str]:
    """A dummy for every secret that the program at `root` reads from its environment.

    A program often makes one up when there is none: each worker then has its own, and none accepts another's tokens.
    """
    return {name: DUMMY for name in _names(root) if _SECRET.search(name)}


def _names(root: Path) -> Iterator[str]:
    for _, text in texts(root, (".py",), _OTHERS):
        yield from _READ.findall(text)
        if "BaseSettings" in text:
            yield from (name.upper() for name in _FIELD.findall(text))
