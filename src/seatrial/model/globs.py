"""Path patterns as people know them from `.gitignore`."""

import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=64)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """A test whether a path (relative, with `/`) is meant by any of the patterns.

    `*` and `?` stay within a name, `**` spans folders. A pattern without a slash means a file or folder of that name
    anywhere; one with a slash is anchored at the root. Naming a folder means everything in it.
    """
    expression = re.compile("|".join(f"(?:{_expression(pattern)})" for pattern in patterns) or r"(?!)")
    return lambda path: expression.match(path) is not None


def _expression(pattern: str) -> str:
    anchored = "/" in pattern.rstrip("/")
    parts = [_part(part) for part in re.split(r"(\*\*/?|[*?])", pattern.strip("/")) if part]
    return ("" if anchored else "(?:.*/)?") + "".join(parts) + r"(?:/.*)?\Z"


def _part(part: str) -> str:
    return {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part) or re.escape(part)
