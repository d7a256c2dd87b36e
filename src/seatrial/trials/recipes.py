"""Requests as they are written down: who asks what with which values, without what is only known while it runs.

Ids of rows and proofs of who asks are filled in anew each time, so that a request can be made of another run.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from seatrial.sandbox import Call
from seatrial.trials import uploads
from seatrial.trials.actors import ANONYMOUS, Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.tables import is_id


class Recipe(msgspec.Struct, frozen=True):
    """A request to be made again."""

    operation: str
    """`PATCH /orders/{order_id}`."""
    by: str
    """`alice`, `bob`, `root` or `anonymous`."""
    values: Mapping[str, Any] = {}
    """By the names of its parameters; ids that are left out are those of the asker's own rows."""
    body: Any = None
    data: bytes = b""
    """The body as it is sent, where it is none that the operation understands."""


def recipe(bench: Bench, name: str, call: Call, exact: Collection[str] = ()) -> Recipe:
    """How to make the request again; ids are left open but those of the names `exact`."""
    given, body = parts(bench.operation(name), call)
    values = {key: value for key, value in given.items() if key in exact or not is_id(key)}
    if isinstance(body, Mapping):
        values |= {key: body[key] for key in exact if key in body and is_id(key)}
    return Recipe(name, _asker(bench, call).name, values, body, call.body if body is None else b"")


def recipes(bench: Bench, name: str, calls: Sequence[Call], exact: Collection[str] = ()) -> tuple[Recipe, ...]:
    """How to make the requests again; none if one is about a row in another state, whose key may be another then."""
    operation = bench.operation(name)
    if any(bench.filling.is_about_copy(operation, parts(operation, call)[0]) for call in calls):
        return ()
    return tuple(recipe(bench, name, call, exact) for call in calls)


def made(bench: Bench, one: Recipe) -> Call:
    """The request, by whoever asks it in this run."""
    actor = bench.actor(one.by)
    made = bench.filling.call(bench.operation(one.operation), actor, given=one.values, body=one.body)
    return msgspec.structs.replace(made, body=one.data) if one.data else made


def _asker(bench: Bench, call: Call) -> Actor:
    known = (bench.cast.alice, bench.cast.bob, bench.cast.root)
    return next((one for one in known if one.headers and one.headers.items() <= call.headers.items()), ANONYMOUS)


def parts(operation: Operation, call: Call) -> tuple[Mapping[str, Any], Any]:
    """The values in a request's path and query by name, and its body; None if it has none, or one that is no JSON."""
    return _values(operation, call), _body(operation, call)


def _values(operation: Operation, call: Call) -> Mapping[str, Any]:
    """What stands in the request's path and query."""
    path, _, query = call.path.partition("?")
    names = re.findall(r"{([^{}]+)}", operation.path)
    parts = re.split(r"{[^{}]+}", operation.path)
    found = re.fullmatch("([^/]*)".join(map(re.escape, parts)), path)
    placed = dict(zip(names, map(unquote, found.groups()), strict=True)) if found else {}
    return placed | dict(parse_qsl(query, keep_blank_values=True))


def _body(operation: Operation, call: Call) -> Any:
    if not call.body:
        return None
    if operation.files:
        return uploads.decoded(call.body, [name for name, said in operation.fields.items() if "items" in said])
    if operation.form:
        return dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))
    try:
        return json.loads(call.body)
    except (ValueError, RecursionError):
        return None
