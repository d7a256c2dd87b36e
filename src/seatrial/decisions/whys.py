"""Small whys: one sentence about a symbol, too small for a decision record; stale as soon as the symbol changes.

Each is a TOML file of its own, `.seatrial/why/<path of the code>/<16 hex digits>.toml`, so that two branches never
touch the same one and those of one file are found without reading the rest.
"""

import json
import stat
import tomllib
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from seatrial.decisions.records.reading import within
from seatrial.errors import DecisionError
from seatrial.model.record import Why
from seatrial.model.text import printable

FOLDER = ".seatrial/why"
_LARGEST = 20_000
"""Bytes of one file."""
_LONGEST = 500
"""Characters of the sentence: what is longer is a decision."""


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    digest: str
    because: str
    symbol: str = ""
    who: str = ""
    written: date | None = None


def read(root: Path, path: str) -> tuple[Why, ...]:
    """The whys about one file of the tree, sorted; not yet held against its symbols.

    Raises:
        DecisionError: one cannot be understood; names the file.
    """
    return tuple(sorted(_in_folder(root, path, recursive=False)))


def read_all(root: Path) -> tuple[Why, ...]:
    """Every why of the tree, sorted. Raises as `read`."""
    return tuple(sorted(_in_folder(root, "", recursive=True)))


def write(root: Path, why: Why) -> Path:
    """Writes a why beside those that are there and gives back its file. Writes over nothing but its own like.

    Raises:
        DecisionError: the sentence is empty or too long for a small why, or the file cannot be written.
    """
    because = " ".join(why.because.split())
    if not because or len(because) > _LONGEST:
        raise DecisionError(
            f"A why is a sentence of at most {_LONGEST} characters, this one has {len(because)}: "
            "write a decision record with `seatrial decide new`."
        )
    fields = {"symbol": why.symbol, "digest": why.digest, "because": because, "who": why.who}
    text = "".join(f"{name} = {_quoted(value)}\n" for name, value in fields.items() if value)
    text += f"written = {why.written}\n" if why.written else ""
    file = within(root, FOLDER) / why.path / f"{sha256(text.encode()).hexdigest()[:16]}.toml"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DecisionError(f"{printable(str(file))} cannot be written: {error.strerror}.") from error
    return file


def _quoted(text: str) -> str:
    """A basic string of TOML: that of JSON, for text that prints."""
    return json.dumps(printable(text), ensure_ascii=False)


def _in_folder(root: Path, path: str, *, recursive: bool) -> Iterator[Why]:
    top = within(root, FOLDER)
    folder = top / path
    if not folder.is_dir():
        return
    for file in sorted(folder.rglob("*.toml") if recursive else folder.glob("*.toml")):
        yield _why(file, file.parent.relative_to(top).as_posix())


def _why(file: Path, path: str) -> Why:
    name = printable(f"{FOLDER}/{path}/{file.name}")
    try:
        status = file.lstat()
        # The repository is a stranger's: a link would be followed to anywhere, a pipe waited for.
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise DecisionError(f"{name} is no plain file of at most {_LARGEST:,} bytes. Remove it.")
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _Written)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise DecisionError(f"{name} is damaged: {printable(str(error))}. Restore or remove it.") from error
    except OSError as error:
        raise DecisionError(f"{name} cannot be read: {error.strerror}. Make it readable.") from error
    return Why(path, found.symbol, found.digest, found.because, found.who, found.written)
