"""Environment variables that the program reads, as its source tells."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox.texts import texts

_READ = re.compile(
    r"(?:environ(?:\.get)?\s*[\[(]|getenv\(|\benv(?:\.str)?\(|config\()\s*[\"'](?P<name>[A-Z][A-Z0-9_]{2,})[\"']"
)
_FIELD = re.compile(r"^[ \t]+(?P<name>[A-Za-z][A-Za-z0-9_]*)\s*:\s*(?:str|SecretStr)\b", re.MULTILINE)
"""A field of a settings class, which such classes fill from the environment."""
_SECRET = re.compile(r"SECRET|SALT|SIGNING|(?<!PUBLIC_)KEY$|PASSWORD|TOKEN$")
_OTHERS = frozenset({"tests", "test", "docs", "site-packages", "node_modules"})
_PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w+)[\"']|[\"']env_prefix[\"']\s*:\s*[\"'](\w+)[\"']")
DUMMY = "seatrial-dummy-of-sufficient-length-0123456789"


class Variables(NamedTuple):
    """What the program reads from its environment."""

    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    """What its classes of settings put before the names of their fields."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """A dummy for every secret.

        A program often makes one up when there is none: each worker then has its own, and none accepts another's
        tokens.
        """
        return {name: DUMMY for name in self.names if _SECRET.search(name)}


def variables(root: Path) -> Variables:
    """The variables that the program at `root` reads."""
    names: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    for _, text in texts(root, (".py",), _OTHERS):
        names.update(dict.fromkeys(_READ.findall(text)))
        prefixes.update(dict.fromkeys(one or other for one, other in _PREFIX.findall(text)))
        if "BaseSettings" in text:
            names.update(dict.fromkeys(name.upper() for name in _FIELD.findall(text)))
    return Variables(tuple(names), tuple(prefixes))
