"""Files that are no code and may still hold secrets: which are read, and how their bytes become text."""

import re

from seatrial.model.source import LeftOut

SIZE_LIMIT = 1_000_000
"""Bytes. Nobody writes a longer document or settings by hand; what is larger is data."""

_NOT_BY_HAND = re.compile(
    r"(?:^|/)(?:package-lock|npm-shrinkwrap|composer\.lock|Pipfile\.lock)[^/]*\Z|(?:[-.]lock|\.min|\.bundle|\.chunk)\.\w+\Z|\.map\Z"
    r"|(?:^|/)\.seatrial/(?:exemptions\.toml\Z|baseline\.json\Z|signoffs/)"
)
"""Locks and bundles: digests and other people's code. And what we write ourselves of digests."""

_SETTINGS = re.compile(r"\.(?:env|ya?ml|ini|cfg|conf|config|toml|properties|tfvars)\Z")


def is_by_hand(path: str) -> bool:
    """Whether a person may have written a file of this name."""
    return not _NOT_BY_HAND.search(path)


def is_settings(path: str) -> bool:
    """Whether a file of this name is settings: not to have read one of them is a gap."""
    return bool(_SETTINGS.search(path))


def plain(data: bytes) -> str | None:
    """The text of a file in whatever encoding, with a mark where a byte makes no character; None for binary data."""
    return None if b"\0" in data else data.decode("utf-8", "replace")


def left_out(path: str) -> LeftOut:
    """How it is told that a text was too large."""
    return LeftOut(path, f"data: larger than {SIZE_LIMIT / 1e6:g} MB, which no one wrote by hand", 1)
