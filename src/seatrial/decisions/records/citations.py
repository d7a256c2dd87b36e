"""Where somebody names a record and goes on: comments in the code, trailers of commits.

# seatrial: decided D-20261122-no-redis because we run Redis for sessions now

Decision: D-20261122-no-redis because we run Redis for sessions now
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from seatrial.model.decided import Citation

_ID = r"(?P<id>D-\d{8}-[a-z0-9-]*[a-z0-9])"
_COMMENT = re.compile(
    rf"(?:#|//|/\*|<!--|--)\s*seatrial:\s*decided\s+{_ID}(?:\s+because\s+(?P<because>[^\n]*\S))?", re.IGNORECASE
)
_TRAILER = re.compile(rf"^Decision:\s*{_ID}(?:\s+because\s+(?P<because>.*\S))?\s*$", re.IGNORECASE | re.MULTILINE)

_COMMENTS = ("#", "//", "/*", "*", "<!--", "--")


def in_files(files: Mapping[str, str]) -> Iterator[Citation]:
    """The comments that cite a record. One that gives no reason has an empty `because`."""
    for path, text in files.items():
        if "decided" in text:
            lines = text.splitlines()
            for number, line in enumerate(lines, 1):
                for found in _COMMENT.finditer(line):
                    because = (found["because"] or "").removesuffix("*/").removesuffix("-->").strip()
                    own = bool(line[: found.start()].strip())
                    yield Citation(found["id"], because, path, number, "", number if own else _next(lines, number))


def _next(lines: Sequence[str], number: int) -> int:
    """The first line of code after a line."""
    after = enumerate(lines[number:], number + 1)
    return next((at for at, line in after if (code := line.strip()) and not code.startswith(_COMMENTS)), number)


def in_messages(messages: Iterable[tuple[str, str]]) -> Iterator[Citation]:
    """The trailers that cite a record, of commits as pairs of object id and message."""
    for commit, message in messages:
        for found in _TRAILER.finditer(message):
            yield Citation(found["id"], found["because"] or "", commit=commit)
