"""The lines of a file of requirements, as pip reads them."""

import re
from collections.abc import Iterator
from pathlib import Path

_WHERE = re.compile(r"(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b")
_TOOL = re.compile(r"(?:pip|setuptools|wheel|uv|poetry)(?![\w.-])", re.IGNORECASE)
HASH = re.compile(r"\s--hash[= ]\S+")
"""What a line says of the content of a package."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_TAKEN_IN = re.compile(r"(?:-r|--requirement)[= ]?\s*(\S+)")


def says_nothing(lock: Path) -> bool:
    """Whether it holds options and tools alone, with which others are installed."""
    return all(_WHERE.match(line) or _TOOL.match(line) for line in lines(lock))


def without_options(path: Path) -> list[str]:
    """The requirements of a file alone, if it holds options that say where they come from; files it names too."""
    own = list(lines(path))
    if not any(_WHERE.match(line) or "--hash" in line for line in own):
        return []
    return [line for line in (HASH.sub("", line).strip() for line in own) if line and not line.startswith("-")]


def lines(path: Path) -> Iterator[str]:
    """The logical lines of a requirements file, and of those that it takes in."""
    try:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    except (OSError, ValueError):
        return
    for line in (_COMMENT.sub("", line).strip() for line in text.splitlines()):
        taken_in = _TAKEN_IN.match(line)
        if taken_in and (path.parent / taken_in[1]) != path:
            yield from lines(path.parent / taken_in[1])
        elif line:
            yield line
