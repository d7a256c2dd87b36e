"""References to lines: as a reviewer writes them, as they are numbered in a view, and as they are in the tree."""

import re
from collections.abc import Mapping, Sequence
from posixpath import basename

from msgspec.structs import replace

from seatrial.app.questions import Question
from seatrial.app.review.planting import View
from seatrial.app.review.session import Line
from seatrial.app.review.steps import ReviewError

_ONE = re.compile(r"(?:(?P<path>[^\s,:]+):)?L?(?P<first>\d+)(?:-L?(?P<last>\d+))?\Z")
_IN_TEXT = re.compile(r"(?P<path>[\w./-]+\.\w+):(?P<line>\d+)")
_LONGEST = 20
"""Lines of a range that count as named one by one."""


def lines(text: str, paths: Sequence[str]) -> tuple[Line, ...]:
    """The lines that a reviewer names: `12`, `12-15`, `orders.py:12`, separated by commas or spaces.

    A number alone is of the pack's only file, or of the file named before it. Raises `ReviewError`.
    """
    found: list[Line] = []
    path = paths[0] if len(paths) == 1 else ""
    for word in re.split(r"[,\s]+", text.strip()):
        if not word:
            continue
        match = _ONE.match(word)
        if not match:
            raise ReviewError(f"`{word}` is no line: write 12, 12-15 or {basename(paths[0])}:12")
        path = _path(match["path"], paths) if match["path"] else path
        if not path:
            raise ReviewError(f"`{word}` could be of several files: write {basename(paths[0])}:{match['first']}")
        first, last = int(match["first"]), int(match["last"] or match["first"])
        found += [Line(path, number) for number in range(first, min(last, first + _LONGEST) + 1)]
    return tuple(dict.fromkeys(found))


def shown(question: Question, views: Mapping[str, View]) -> Question:
    """The question with the line number under which its place stands in the view."""
    view = views.get(question.path)
    if view is None:
        return question
    number, name = view.shown(question.line), basename(question.path)
    text = re.sub(rf"\b{re.escape(name)}:{question.line}\b", f"{name}:{number}", question.text)
    return replace(question, line=number, text=text)


def real(text: str, views: Mapping[str, View]) -> str:
    """A reviewer's words with each `orders.py:12` turned from the view's number into the tree's."""

    def turned(match: re.Match[str]) -> str:
        view = next((view for path, view in views.items() if path.endswith(match["path"])), None)
        return f"{match['path']}:{view.real(int(match['line']))}" if view else match[0]

    return _IN_TEXT.sub(turned, text)


def _path(named: str, paths: Sequence[str]) -> str:
    fitting = [path for path in paths if path == named or path.endswith(f"/{named}")]
    if len(fitting) != 1:
        raise ReviewError(f"`{named}` is {'no file' if not fitting else 'several files'} of this pack")
    return fitting[0]
