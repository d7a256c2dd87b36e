"""Odd values: one at a time, in the place of each value that a request holds, by the type that is expected there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from seatrial.sandbox import Call
from seatrial.trials import uploads
from seatrial.trials.api import Api, Operation, call
from seatrial.trials.recipes import parts

_ABSENT = object()
_LONG = "a" * 5_000
_ANY: Sequence[Any] = (None, "", "x", [], {})
_TEXTS: Sequence[Any] = (
    "",
    " ",
    _LONG,
    "\u0000",
    "é漢😀",
    "'\"%_\\",
    "-1",
    "null",
    "0" * 400,
    None,
    7,
    [7],
    {"a": 7},
)
"""What is no text is nothing that is taken for none: a program often looks for that first."""
_NUMBERS: Sequence[Any] = (
    0,
    -1,
    2**31 - 1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    0.1,
    1e308,
    True,
)
_OF_TYPE: Mapping[str, Sequence[Any]] = {
    "string": _TEXTS,
    "integer": (*_NUMBERS, *_ANY),
    "number": (*_NUMBERS, *_ANY),
    "boolean": (*_ANY, 2, "true"),
    "array": (*_ANY, [None], [[]], [{}], 0),
    "object": (*_ANY, [{}], 0),
}
_OF_FORMAT: Mapping[str, Sequence[Any]] = {
    "date": ("0000-00-00", "2026-02-30", "9999-12-31", "0001-01-01"),
    "date-time": ("0000-00-00T00:00:00Z", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"),
    "time": ("24:00:00", "23:59:60"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "0" * 31),
    "email": ("@", "a@", f"{_LONG}@example.org"),
    "uri": ("//", "http://[", "javascript:0"),
}
_BODIES = (b"", b"{", b"[]", b"null", b"0", b'"x"', b"\xff\xfe")
"""Whole bodies that are none. What only a framework's own parser stumbles over is not sent: no program mends that."""
_IN_PATHS = (
    "x",
    "-1",
    "0",
    str(2**31),
    str(2**63),
    "9" * 400,
    "\u0000",
    "é漢😀",
    "'\"%_\\",
    "..",
    _LONG,
    "null",
    "nan",
)


class Case(NamedTuple):
    """A request with one odd value. `name` says where it stands, `items.0.quantity`; the value as text."""

    name: str
    value: str
    call: Call


def cases(api: Api, operation: Operation, plain: Call) -> Iterator[Case]:
    """Every odd request that differs from a plain one in one value."""
    values, body = parts(operation, plain)
    for one in operation.parameters:
        if one.where in ("path", "query"):
            for odd in _outside(one.schema) if one.where == "query" else _within_path(one.schema):
                changed = call(operation, {**values, one.name: odd}, body, plain.headers)
                yield Case(one.name, shown(odd), changed)
    if body is not None:
        yield from _bodies(api, operation, plain, body)


def shown(value: Any) -> str:
    """A value as a report shows it: cut short, with its length."""
    if value is _ABSENT:
        return "left out"
    text = repr(value)
    return text if len(text) < 40 else f"{text[:20]}… ({len(str(value))} characters)"


def _outside(schema: Mapping[str, Any]) -> Iterator[str]:
    """What can stand in a query: texts alone."""
    for value in _expected(schema):
        if not isinstance(value, list | dict) and value is not None:
            yield str(value)


def _within_path(schema: Mapping[str, Any]) -> Sequence[str]:
    """What can stand in a path: what is of the form that is expected there first, since it comes furthest."""
    return (*_OF_FORMAT.get(schema.get("format", ""), ()), *_IN_PATHS)


def _bodies(api: Api, operation: Operation, plain: Call, body: Any) -> Iterator[Case]:
    for path, said in _places(api, operation.body, body, ()):
        schema = said if operation.form else _as_it_is(said, reduce(lambda value, part: value[part], path, body))
        is_named = bool(path) and isinstance(path[-1], str)
        for value in chain(_expected(schema), [_ABSENT] if is_named else []):
            sent = uploads.ended(value, next(iter(api.endings(operation)))) if path[0] in operation.files else value
            yield _case(operation, plain, ".".join(map(str, path)), value, _with(body, path, sent))
    if not operation.form:
        for data in _BODIES:
            yield Case("the body", shown(data), msgspec.structs.replace(plain, body=data))


def _case(operation: Operation, plain: Call, name: str, value: Any, body: Any) -> Case:
    data = call(operation, {}, body, {}).body
    return Case(name, shown(value), msgspec.structs.replace(plain, body=data))


def _places(
    api: Api, schema: Mapping[str, Any], value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Every place in a body but its top, with the schema of what is expected there."""
    schema = api.resolve(schema)
    if path:
        yield path, schema if "type" in schema else {**schema, "type": _type(value)}
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _places(api, schema.get("properties", {}).get(key, {}), inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from _places(api, schema.get("items", {}), value[0], (*path, 0))


def _as_it_is(schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """The schema; of a text, where a number was only guessed."""
    is_text = isinstance(value, str) and schema["type"] in ("integer", "number")
    return {**schema, "type": "string"} if is_text else schema


def _type(value: Any) -> str:
    known = ((bool, "boolean"), (int, "integer"), (float, "number"), (list, "array"), (Mapping, "object"))
    return next((name for kind, name in known if isinstance(value, kind)), "string")


def _expected(schema: Mapping[str, Any]) -> Sequence[Any]:
    kind = schema.get("type", "string")
    kind = next((one for one in kind if one != "null"), "string") if isinstance(kind, list) else kind
    return (*_OF_FORMAT.get(schema.get("format", ""), ()), *_OF_TYPE.get(kind, _TEXTS))


def _with(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the body with another value at the place; without it, if that is what is odd."""
    copy = json.loads(json.dumps(body))
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    if value is _ABSENT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy
