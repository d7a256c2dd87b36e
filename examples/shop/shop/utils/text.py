"""Text helpers."""

import re
import unicodedata


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
