"""The text of a file that says how to start a program, in whatever form it was saved.

PowerShell saves what a command prints as UTF-16, and editors of Windows put a mark in front.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

_MARKS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


def decoded(path: Path) -> str:
    """The text of the file: UTF-8 unless it says otherwise by a mark, or by every second byte. Raises `OSError`."""
    said = path.read_bytes()
    if form := next((name for mark, name in _MARKS if said.startswith(mark)), ""):
        return said.decode(form, errors="replace")
    if said[1:2] == b"\0":
        return said.decode("utf-16-le", errors="replace")
    return said.decode(errors="replace")


def is_plain(path: Path) -> bool:
    """Whether it is UTF-8 without a mark, as every installer reads it."""
    said = path.read_bytes()
    try:
        return not said.startswith(BOM_UTF8) and b"\0" not in said and bool(said.decode() or True)
    except ValueError:
        return False
