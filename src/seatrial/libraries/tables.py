"""Tables: what the data files beside this module hold, parsed now or by an earlier process.

Parsing their TOML takes twenty times as long as reading what came of it, which is why `app` keeps that between audits.
"""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

_FOLDER = Path(__file__).parent


class Tables:
    """The files by their names, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: dict[str, msgspec.Raw] = {}
        self.is_fresh = False
        """Some file was parsed since they were recalled or encoded."""

    def read(self, name: str) -> dict[str, Any]:
        """What a TOML file of this folder holds; each time a new copy."""
        known = self._known.get(name)
        if known is not None:
            found: dict[str, Any] = msgspec.msgpack.decode(known)
            return found
        found = tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
        self._known[name] = msgspec.Raw(msgspec.msgpack.encode(found))
        self.is_fresh = True
        return found

    def recall(self, data: bytes) -> None:
        """Takes what `encoded` gave, in a process that had the same files."""
        self._known = msgspec.msgpack.decode(data, type=dict[str, msgspec.Raw]) | self._known

    def encoded(self) -> bytes:
        """All that is known, as MessagePack."""
        self.is_fresh = False
        return msgspec.msgpack.encode(self._known)


TABLES = Tables()
