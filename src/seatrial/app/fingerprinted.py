"""The symbols of many files, worked out once for each content."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from seatrial import __version__
from seatrial.app import cache
from seatrial.decisions.fingerprints import symbols
from seatrial.model.symbols import FORMAT, Symbol

_MADE_BY = f"{FORMAT} {__version__} {sys.version_info[:2]} ".encode()
_Symbols = tuple[Symbol, ...]


def fingerprinted(files: Mapping[str, bytes]) -> dict[str, _Symbols]:
    """The symbols of each file, by path, as `symbols` gives them."""
    keys = {path: _key(path, data) for path, data in files.items()}
    with closing(cache.users_own()) as store:
        known = store.get(list(set(keys.values())))
        found = {path: _decoded(path, known[key]) for path, key in keys.items() if key in known}
        fresh = {path: symbols(path, data) for path, data in files.items() if path not in found}
        store.put({keys[path]: msgspec.msgpack.encode(_without_path(made)) for path, made in fresh.items()})
    return {path: found[path] if path in found else fresh[path] for path in files}


def _key(path: str, data: bytes) -> bytes:
    suffix = path[path.rfind(".") :] if "." in path else ""
    return sha256(b"symbols " + _MADE_BY + suffix.encode("utf-8", "surrogateescape") + b"\0" + data).digest()


def _without_path(made: Iterable[Symbol]) -> list[Symbol]:
    return [replace(one, path="") for one in made]


def _decoded(path: str, data: bytes) -> _Symbols:
    return tuple(replace(one, path=path) for one in msgspec.msgpack.decode(data, type=list[Symbol]))
