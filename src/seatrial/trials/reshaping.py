"""What a body says together: an end after its beginning, days to come, two rows where two are meant, texts of numbers.

An end is always later. The rest is tried where a program refuses what is made up: of many fields a day gone by is as
good, and of two that name a row both may mean the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from seatrial.sandbox import date as clock

FIRST = date(2026, 1, 2)
"""The day that is made up where any is as good."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=$|[T ]\d\d:\d\d)")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?Z?\Z")
_END = re.compile(
    r"(^|_)(ends?|ended|ending|until|till|to|out|checkout|returns?|finish(es|ed)?|clos(es?|ed|ing)|expir(y|es|ed|ation)"
    r"|due|deadline|arriv(es|al)|dropoff|stop)(_|$)"
)
_ANY = (0, 1)
"""Numbers that are made up where any is as good."""
_AHEAD = 30
"""Days from today on."""


class Shape(NamedTuple):
    """What is held against something else."""

    ahead: bool = False
    """Days are to come."""
    apart: bool = False
    """Fields that name rows of one table name two."""
    text: bool = False
    """Numbers are texts."""


TEXT = Shape(text=True)
SHAPES = (Shape(ahead=True), Shape(apart=True), Shape(ahead=True, apart=True), TEXT)
Choices = Callable[[str], Sequence[Any]]
"""All values that a field may have which names a row; none for other fields."""


def ended(body: Any) -> Any:
    """The body with what ends after what begins: a day later, or an hour."""
    if isinstance(body, list):
        return [ended(one) for one in body]
    if not isinstance(body, Mapping):
        return body
    begins = {value for name, value in body.items() if isinstance(value, str) and not _is_end(name)}
    return {
        name: _later(value) if _is_end(name) and _is_in(value, begins) else ended(value) for name, value in body.items()
    }


def shapes(body: Any, choices: Choices, *, guessed: bool = False) -> Iterator[Shape]:
    """The shapes in which the body would be another; where its kinds are guessed, a number may be meant as a text."""
    has = Shape(_ahead(body) != body, _apart(body, choices) != body, guessed and _text(body) != body)
    for one in SHAPES:
        if all(there for wanted, there in zip(one, has, strict=True) if wanted):
            yield one


def shaped(body: Any, shape: Shape, choices: Choices) -> Any:
    """The body in the shape."""
    body = _ahead(body) if shape.ahead else body
    body = _text(body) if shape.text else body
    return _apart(body, choices) if shape.apart else body


def _is_end(name: str) -> bool:
    return _END.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) is not None


def _is_in(value: Any, begins: set[str]) -> bool:
    return isinstance(value, str) and value in begins and bool(_DAY.match(value) or _TIME.match(value))


def _later(text: str) -> str:
    if found := _DAY.match(text):
        return f"{date.fromisoformat(found[0]) + timedelta(days=1)}{text[found.end() :]}"
    return f"{(int(text[:2]) + 1) % 24:02}{text[2:]}"


def _ahead(body: Any) -> Any:
    if isinstance(body, list):
        return [_ahead(one) for one in body]
    if isinstance(body, Mapping):
        return {name: _ahead(value) for name, value in body.items()}
    found = _DAY.match(body) if isinstance(body, str) else None
    if found is None:
        return body
    today = datetime.fromtimestamp(clock(), UTC).date()
    moved = date.fromisoformat(found[0]) - FIRST + today + timedelta(days=_AHEAD)
    return f"{moved}{body[found.end() :]}"


def told_apart(body: Any, number: int) -> Any:
    """The body with that number wherever any would do: as a text it may be the name by which a thing is known."""
    if isinstance(body, list):
        return [told_apart(one, number) for one in body]
    if isinstance(body, Mapping):
        return {name: told_apart(value, number) for name, value in body.items()}
    return number if type(body) is int and body in _ANY else body


def _text(body: Any) -> Any:
    if isinstance(body, list):
        return [_text(one) for one in body]
    if isinstance(body, Mapping):
        return {name: _text(value) for name, value in body.items()}
    return str(body) if type(body) in (int, float) else body


def _apart(body: Any, choices: Choices) -> Any:
    if not isinstance(body, Mapping):
        return body
    used: dict[tuple[Any, ...], list[Any]] = {}
    made = {}
    for name, value in body.items():
        rows = tuple(choices(name)) if isinstance(value, int | str) else ()
        taken = used.setdefault(rows, [])
        made[name] = next((one for one in reversed(rows) if one not in taken), value) if value in taken else value
        if made[name] in rows:
            taken.append(made[name])
    return made
