"""Turns the bytes of a file into text, or says why that cannot be."""

import codecs
import re
from pathlib import Path

from seatrial.app.discovery import Entry
from seatrial.model.source import SIZE_LIMIT, Gap, Stage

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?\r?$")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(root: Path, entry: Entry) -> bytes | Gap:
    """The bytes of a file; a `Gap` if it is too large (then it is not opened) or cannot be read."""
    if gap := too_large(entry):
        return gap
    try:
        with open(f"{root}/{entry.real}", "rb") as file:  # noqa: PTH123 - for thousands of files, Path costs more than reading
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        return Gap(entry.path, 0, Stage.READING, f"cannot be read: {error.strerror}")
    return too_large(entry._replace(size=len(data))) or data


def too_large(entry: Entry) -> Gap | None:
    """The gap for a file that is too large to be source that a person wrote; None for others."""
    if entry.size <= SIZE_LIMIT:
        return None
    size = f"{entry.size / 1e6:.1f} MB; the limit is {SIZE_LIMIT / 1e6:g} MB"
    return Gap(entry.path, 0, Stage.READING, f"too large to read: {size}")


def decode(path: str, data: bytes) -> str | Gap:
    """The text of a file by its byte order mark or coding comment (PEP 263), else UTF-8; a `Gap` if it is no text."""
    if data.startswith(_WIDE_MARKS):
        return Gap(path, 0, Stage.READING, "written in UTF-16, which no Python reads")
    if b"\0" in data:
        return Gap(path, 0, Stage.READING, "binary: it holds NUL bytes")
    encoding = declared_encoding(data)
    try:
        text = data.decode(encoding)
        text.isascii() or text.encode()  # a codec may make half a surrogate pair, which is no text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Gap(path, line, Stage.READING, f"not {encoding}: byte 0x{data[error.start]:02x} makes no character")
    except (LookupError, ValueError):
        return Gap(path, 0, Stage.READING, "its coding comment names no encoding of text that can be read")
    return text


def declared_encoding(data: bytes) -> str:
    """The encoding that the first two lines declare (PEP 263), `utf-8-sig` after a byte order mark, else `utf-8`."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for line in data[:400].split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            return cookie[1].decode("ascii")
        if not _BLANK.match(line):
            break
    return "utf-8"
