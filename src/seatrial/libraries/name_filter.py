"""A compact, dated list of names that can only be asked whether it holds one: a Bloom filter.

Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970; positions by double hashing as in Kirsch and
Mitzenmacher, "Less hashing, same performance", 2006. With 15 bits a name and 10 hashes, one name in 1,300 that was
never put in is taken for a known one; no name that was put in is ever missing.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from packaging.utils import canonicalize_name

from seatrial.model.outside import NameList

BITS = 15
"""Bits for each name."""
HASHES = 10
_MAGIC = b"seatrial names 1"
_FILE = Path(__file__).with_name("known_names.bin")


@dataclass(frozen=True, slots=True)
class NameFilter:
    """Names of distributions (normal form) that an index listed on `date` (ISO 8601)."""

    date: str
    count: int
    bits: bytes

    def __contains__(self, name: object) -> bool:
        """Whether the name is listed; wrongly so for one in 1,300 that is not."""
        return isinstance(name, str) and all(
            self.bits[at >> 3] >> (at & 7) & 1 for at in _positions(name, len(self.bits) * 8)
        )

    def __len__(self) -> int:
        return self.count

    def dump(self) -> bytes:
        """The filter as a file: one line of text, then the bits."""
        return b"%s %s %d\n%s" % (_MAGIC, self.date.encode(), self.count, self.bits)


def build(names: Collection[str], date: str) -> NameFilter:
    """The filter of these names (normal form)."""
    bits = bytearray(max(8, (len(names) * BITS + 7) // 8))
    for name in names:
        for at in _positions(name, len(bits) * 8):
            bits[at >> 3] |= 1 << (at & 7)
    return NameFilter(date, len(names), bytes(bits))


def load(data: bytes) -> NameFilter:
    """The filter that `dump` made bytes of. Raises `ValueError` for anything else."""
    head, _, bits = data.partition(b"\n")
    if not head.startswith(_MAGIC) or not bits:
        raise ValueError("not a filter of names")
    date, count = head.removeprefix(_MAGIC).split()
    return NameFilter(date.decode("ascii", "replace"), int(count), bits)


def read(data: bytes) -> NameList:
    """All names of an index: from a filter, or from text with one name a line and the date in a comment.

    Raises `ValueError` for text that is not UTF-8 or has no date (`# 2026-11-22` in its first line).
    """
    if data.startswith(_MAGIC):
        found = load(data)
        return NameList(found, found.date, found.count, blake2b(data).digest())
    first, *lines = data.decode("utf-8").splitlines() or [""]
    date = first.removeprefix("#").strip()
    if not first.startswith("#") or not date:
        raise ValueError("the first line must be a comment with the date of the list")
    names = frozenset(canonicalize_name(line.strip()) for line in lines if line.strip() and not line.startswith("#"))
    return NameList(names, date, len(names), blake2b(data).digest())


@cache
def shipped() -> NameList | None:
    """The list of a whole package index that `tools/known_names.py` has put beside this file; None without one."""
    return read(_FILE.read_bytes()) if _FILE.is_file() else None


def _positions(name: str, size: int) -> Iterator[int]:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1
    return ((first + turn * step) % size for turn in range(HASHES))
