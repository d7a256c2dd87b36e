"""Small helpers: text, money, dates, files and a cache."""

import re
import unicodedata
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from shop.errors import NotFound, ShopError


def slugify(value: str, max_length: int = 120) -> str:
    """Turn a title into a URL-safe slug.

    Args:
        value: The title to convert.
        max_length: The longest slug to return.

    Returns:
        Lower-case ASCII words joined by single dashes.
    """
    normalized = unicodedata.normalize("NFKD", value)
    ascii_text = normalized.encode("ascii", "ignore").decode("ascii")
    lowered = ascii_text.lower().strip()
    cleaned = re.sub(r"[^a-z0-9]+", "-", lowered)
    trimmed = cleaned.strip("-")
    if len(trimmed) > max_length:
        trimmed = trimmed[:max_length].rstrip("-")
    return trimmed or "item"


def excerpt(text: str, length: int = 80) -> str:
    """Shorten a text at a word boundary."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + "…"


TAX_PERCENT = 19


def percent_of(amount_cents: int, percent: int) -> int:
    """Return a percentage of an amount, rounded half up."""
    return (amount_cents * percent + 50) // 100


def to_cents(text: str) -> int:
    """Parse a decimal amount such as ``12.50`` into cents."""
    whole, _, fraction = text.strip().partition(".")
    return int(whole or "0") * 100 + int((fraction + "00")[:2])


def parse_date_range(start: str | None, end: str | None, default_days: int = 30) -> tuple[datetime, datetime]:
    """Parse an inclusive range of ISO dates into two instants.

    Raises:
        ShopError: If a date is malformed or the range is reversed.
    """
    today = datetime.now(UTC).date()
    try:
        end_day = date.fromisoformat(end) if end else today
        start_day = date.fromisoformat(start) if start else end_day - timedelta(days=default_days)
    except ValueError as error:
        raise ShopError("Dates must look like 2024-12-31") from error
    if start_day > end_day:
        raise ShopError("The range ends before it starts")
    lower = datetime.combine(start_day, time.min, tzinfo=UTC)
    upper = datetime.combine(end_day, time.max, tzinfo=UTC)
    return lower, upper


def read_bytes(path: Path) -> bytes:
    """Read a whole file, or raise NotFound."""
    if not path.is_file():
        raise NotFound(f"No such file: {path.name}")
    return path.read_bytes()


def safe_child(folder: Path, name: str) -> Path:
    """Return the path of a file that is certain to lie inside the folder."""
    root = folder.resolve()
    candidate = (root / name).resolve()
    if not candidate.is_relative_to(root):
        raise NotFound("No such file")
    return candidate


Value = TypeVar("Value")


class LRUCache(Generic[Value]):
    """Keeps the most recently used entries."""

    def __init__(self, max_entries: int = 512) -> None:
        self.max_entries = max_entries
        self._entries: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str) -> Value | None:
        """Return the entry, or None."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: str, value: Value) -> None:
        """Store an entry and drop the least recently used ones."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self.max_entries:
            self._entries.popitem(last=False)

    def discard(self, key: str) -> None:
        """Forget an entry."""
        self._entries.pop(key, None)
