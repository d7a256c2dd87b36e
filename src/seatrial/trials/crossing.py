"""Two requests of one operation that name the same two rows, in opposite order."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seatrial.sandbox import Call
from seatrial.trials.actors import Actor
from seatrial.trials.api import Fill, Operation
from seatrial.trials.filling import Filling

_FILLS: tuple[Fill, ...] = ("usual", "full")


def crossed(filling: Filling, operation: Operation, actor: Actor) -> Iterator[tuple[Call, Call]]:
    """Such pairs: a list in its order and reversed, or two fields with their values changed over."""
    for fill in _FILLS if operation.body and not operation.form else ():
        call = filling.call(operation, actor, fill)
        body = json.loads(call.body)
        for one, other in _Crossing(filling, actor).of(body):
            yield _with(call, one), _with(call, other)


def _with(call: Call, body: Any) -> Call:
    return msgspec.structs.replace(call, body=json.dumps(body).encode())


class _Crossing:
    """Bodies with two rows in either order."""

    def __init__(self, filling: Filling, actor: Actor) -> None:
        self._filling, self._actor = filling, actor

    def of(self, body: Any) -> Iterator[tuple[Any, Any]]:
        if not isinstance(body, Mapping):
            return
        yield from self._fields(body)
        for key, inner in body.items():
            pairs = self._list(key, inner[0]) if isinstance(inner, list) and inner else self.of(inner)
            for one, other in pairs:
                yield {**body, key: one}, {**body, key: other}

    def _list(self, key: str, element: Any) -> Iterator[tuple[Any, Any]]:
        """Two elements, each with a row of its own."""
        names = element if isinstance(element, Mapping) else (key.removesuffix("s"),)
        for name in names:
            if rows := self._two(name):
                both = [{**element, name: row} if isinstance(element, Mapping) else row for row in rows]
                yield both, both[::-1]
                return

    def _fields(self, body: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
        """Two fields of one object that name rows of the same table."""
        known = [(name, rows) for name, value in body.items() if _is_plain(value) and (rows := self._two(name))]
        for number, (name, rows) in enumerate(known):
            for other, same in known[number + 1 :]:
                if rows == same:
                    yield {**body, name: rows[0], other: rows[1]}, {**body, name: rows[1], other: rows[0]}

    def _two(self, name: str) -> tuple[Any, Any] | None:
        rows = self._filling.others(name, "", self._actor)
        return (rows[-2], rows[-1]) if len(rows) > 1 else None


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list | Mapping)
