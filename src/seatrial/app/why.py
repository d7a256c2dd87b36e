"""Why the code at a place is as it is: the decisions that speak of it, and the small whys. Reads only what it must."""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from seatrial.app.decide import records
from seatrial.app.settings import OWN_FILE
from seatrial.decisions import whys
from seatrial.decisions.records.anchors import anchored, symbol_of, whole
from seatrial.errors import SourceError
from seatrial.model.globs import matcher
from seatrial.model.record import Record, Status, Why
from seatrial.model.source import SIZE_LIMIT
from seatrial.model.text import printable

_MARKS = (OWN_FILE, ".seatrial", "docs/decisions")


class Answer(msgspec.Struct, frozen=True):
    """What is known of a place. `doubts` says by a record's id why it may no longer hold."""

    path: str
    symbol: str
    records: tuple[Record, ...]
    whys: tuple[Why, ...]
    doubts: dict[str, str]


def why(root: Path, place: str) -> Answer:
    """The records and whys for `path` or `path:symbol`; records in force first. Audits nothing.

    Raises:
        SourceError: there is no such place.
        DecisionError: a record or a why cannot be understood.
        ConfigError: the settings cannot be read.
    """
    path, symbol = _place(root, place)
    data = _bytes(root, path)
    if not (root / path).exists():
        raise SourceError(f"there is no {printable(path)} in {printable(str(root))}; name it from there.")
    if symbol and not _is_there(symbol, data):
        raise SourceError(f"there is no {printable(symbol)} in {printable(path)}; write it as `Class.method`.")
    found = sorted((one for one in records(root) if speaks(one, path, symbol)), key=_order)
    doubts = {one.id: what for one in found if (what := _doubt(one, root))}
    told = [_checked(one, data) for one in _whys(root, path, data) if not symbol or _around(one.symbol, symbol)]
    return Answer(path, symbol, tuple(found), tuple(told), doubts)


def locate(here: Path, place: str) -> tuple[Path, str]:
    """The folder whose records count for a place that is named from `here`, and the place from there.

    It is the nearest one above with settings, records or whys, within the repository; else the repository, or `here`.
    """
    top = (here / _place_apart(here, place)[0]).absolute()
    above = [here, *here.parents]
    end = next((n for n, folder in enumerate(above) if (folder / ".git").exists()), 0)
    root = next((folder for folder in above[: end + 1] if any((folder / mark).exists() for mark in _MARKS)), above[end])
    path = os.path.relpath(top, root).replace(os.sep, "/")
    symbol = _place_apart(here, place)[1]
    return root, f"{path}:{symbol}" if symbol else path


def add(root: Path, place: str, because: str, who: str = "") -> Path:
    """Writes down why the code at `path` or `path:symbol` is as it is, and gives back the file. Raises as `why`."""
    path, name = _place(root, place)
    data = _bytes(root, path)
    symbol = symbol_of(path, name, data)
    if symbol is None:
        raise SourceError(
            f"there is no {printable(name or path)} to say something about; write it as `path:Class.method`."
        )
    today = datetime.now(UTC).date()
    return whys.write(root, Why(path, name, symbol.digest, because, who, today))


def stale(root: Path) -> tuple[Why, ...]:
    """Every why of the tree; those whose symbol has changed or is gone are marked. Raises as `why`."""
    return tuple(_checked(one, _bytes(root, one.path)) for one in whys.read_all(root))


def speaks(record: Record, path: str, symbol: str) -> bool:
    """Whether a record is about a file, or about one symbol in it."""
    if record.scope.paths and matcher(record.scope.paths)(path):
        return True
    places = [(anchor.path, anchor.symbol) for anchor in record.anchors]
    places += [(name.rpartition(":")[0], name.rpartition(":")[2]) for name in record.scope.symbols]
    return any(
        (not where or where == path) and (not symbol or _around(name, symbol))
        for where, name in places
        if where or symbol
    )


def _place(root: Path, place: str) -> tuple[str, str]:
    """The path from the root, with `/`, and the symbol; a colon may also stand in the path itself."""
    given, symbol = _place_apart(root, place)
    path = os.path.normpath(given).replace(os.sep, "/")
    if path.startswith(("/", "..")):
        raise SourceError(f"{printable(given)} lies outside of {printable(str(root))}; name it from there.")
    return ("" if path == "." else path), symbol


def _place_apart(root: Path, place: str) -> tuple[str, str]:
    given, colon, symbol = place.rpartition(":")
    return (given, symbol) if colon and not (root / place).exists() else (place, "")


def _bytes(root: Path, path: str) -> bytes | None:
    file = root / path
    if not file.is_file() or file.stat().st_size > SIZE_LIMIT:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"{printable(path)} cannot be read: {error.strerror}. Make it readable.") from error


def _around(name: str, symbol: str) -> bool:
    """Whether what is said of `name` (empty: the whole file) is of interest at `symbol`."""
    return not name or name == symbol or symbol.startswith(f"{name}.") or name.startswith(f"{symbol}.")


def _order(record: Record) -> tuple[bool, bool, str]:
    return (record.status is not Status.ACCEPTED, bool(record.superseded_by), record.id)


def _doubt(record: Record, root: Path) -> str:
    """The first reason for which an accepted record may no longer hold, as far as its anchors and its day tell."""
    if record.status is not Status.ACCEPTED:
        return ""
    for anchor in record.anchors:
        if what := anchored(anchor, _bytes(root, anchor.path)):
            return f"{anchor.path}{':' * bool(anchor.symbol)}{anchor.symbol} {what}"
    return f"should have been looked at by {record.review_by}" if _past(record.review_by) else ""


def _past(day: date | None) -> bool:
    return day is not None and day < datetime.now(UTC).date()


def _whys(root: Path, path: str, data: bytes | None) -> tuple[Why, ...]:
    """The whys of the file; if it has none, those of code that has moved here unchanged."""
    if (found := whys.read(root, path)) or data is None:
        return found
    moved = [one for one in whys.read_all(root) if not (root / one.path).exists()]
    if not moved:
        return ()
    from seatrial.decisions.fingerprints import symbols  # noqa: PLC0415 - few places need it

    here = {one.digest: one.name for one in symbols(path, data)} | {whole(path, data).digest: ""}
    return tuple(
        msgspec.structs.replace(one, path=path, symbol=here[one.digest]) for one in moved if one.digest in here
    )


def _is_there(symbol: str, data: bytes | None) -> bool:
    """Whether the file may define the symbol: by its last name, since fingerprints of a long file take their time."""
    name = symbol.rpartition(".")[2].partition("@")[0]
    defines = rf"\b(?:def|class)\s+{re.escape(name)}\b".encode()
    return symbol.startswith("<") or (data is not None and re.search(defines, data) is not None)


def _checked(one: Why, data: bytes | None) -> Why:
    symbol = symbol_of(one.path, one.symbol, data)
    return msgspec.structs.replace(one, stale=symbol is None or symbol.digest != one.digest)
