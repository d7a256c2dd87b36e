"""Code that records and whys rest on: the symbol under an anchor, and what became of it."""

from functools import lru_cache
from hashlib import sha256

from seatrial.model.record import Anchor
from seatrial.model.symbols import FILE, Symbol


def anchored(anchor: Anchor, data: bytes | None) -> str:
    """What became of the code under an anchor: empty if nothing did, else in a few words."""
    found = symbol_of(anchor.path, anchor.symbol, data)
    if found is None:
        return "is gone"
    return "" if anchor.digest == found.digest else "has changed" if anchor.digest else "was never fingerprinted"


def symbol_of(path: str, name: str, data: bytes | None) -> Symbol | None:
    """The symbol of this name in a file; the file as a whole without a name; None if there is none."""
    if data is None:
        return None
    if not name:
        return whole(path, data)
    return next((one for one in _symbols(path, data) if one.name == name), None)


def whole(path: str, data: bytes) -> Symbol:
    """A file as one symbol. Its digest is of what its symbols do, so that formatting leaves it as it is."""
    found = _symbols(path, data)
    if len(found) == 1 and found[0].name == FILE:
        return found[0]
    parts = "".join(f"{one.name}\0{one.digest}\n" for one in sorted(found, key=lambda one: one.name))
    return Symbol(path, FILE, sha256(parts.encode()).hexdigest(), 1, max((one.end_line for one in found), default=1))


@lru_cache(maxsize=16)
def _symbols(path: str, data: bytes) -> tuple[Symbol, ...]:
    """As `fingerprints.symbols`: several records and whys often speak of one file."""
    from seatrial.decisions.fingerprints import symbols  # noqa: PLC0415 - `seatrial why` seldom needs it, and is quick

    return symbols(path, data)
