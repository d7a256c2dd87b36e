"""Values that an operation's own schema forbids, and that are stored all the same.

Told only where that is sure: afterwards the value stands, as it was sent, in a column of the same name, and neither
did before nor does after the usual request. What becomes a value that is allowed (`"1"` as 1, a text cut to its
length, a default) is no fault; neither is null for what may be left out, which some frameworks allow without saying so.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.api import Api, Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.odd import shown

_OTHER = "seatrialother"
_NUMBERS = ("integer", "number")


class Forbidden(NamedTuple):
    """A value for a property, and the word of the schema that forbids it."""

    name: str
    value: Any
    why: str


def claims(bench: Bench) -> Iterator[Claim]:
    """Every operation that stores what it forbids."""
    for operation in bench.operations if bench.database is not None else ():
        promises = operation.writes and not operation.proves and not operation.guessed
        found = list(_stored(bench, operation)) if promises else []
        if found:
            one, *others = found
            names = dict.fromkeys(f"`{other.name}`" for other in others)
            more = f"; so it does with {', '.join(names)}" if others else ""
            value = f"{shown(one.value)} as `{one.name}`"
            yield Claim(
                trial="edge",
                outcome=Outcome.PROVEN,
                rules=("invalid-accepted",),
                operation=operation.name,
                lines=(),
                reason=f"it accepts and stores {value}, against its schema ({one.why}){more}",
                details=tuple(f"`{other.name}`: {shown(other.value)}, against {other.why}" for other in found),
            )


def forbidden(api: Api, operation: Operation) -> Iterator[Forbidden]:
    """Values that the schema forbids for the properties at the top of the body."""
    required = operation.body.get("required", ())
    for name, said in operation.fields.items():
        schema = api.resolve(said)
        if schema.get("readOnly") or schema.get("type") is None:
            continue
        for value, why in _beyond(schema):
            yield Forbidden(name, value, why)
        if name in required and not _may_be_null(said, schema):
            yield Forbidden(name, None, f"type: {schema['type']}")


def _beyond(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Values of the type, or none that could be taken for one, that a word of the schema rules out."""
    kind = schema["type"]
    if kind == "string" and "enum" in schema:
        yield _OTHER, "enum"
    elif kind == "string" and not {"pattern", "format"} & schema.keys():
        if isinstance(most := schema.get("maxLength"), int):
            yield "a" * (most + 1), f"maxLength: {most}"
        if schema.get("minLength") == 1:
            yield "", "minLength: 1"
    elif kind in _NUMBERS:
        for word, step in (("minimum", -1), ("maximum", 1)):
            if isinstance(bound := schema.get(word), int | float):
                yield bound + step, f"{word}: {bound:g}"
        yield _OTHER, f"type: {kind}"


def _may_be_null(said: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    choices = [one.get("type") for key in ("anyOf", "oneOf") for one in said.get(key, ())]
    return bool(schema.get("nullable") or said.get("nullable")) or "null" in (*choices, *schema["type"])


def _stored(bench: Bench, operation: Operation) -> Iterator[Forbidden]:
    """What is forbidden and stored, by the first who is let in."""
    bench.restore()
    accepted = (bench.filling.accepted(operation, actor) for actor in bench.askers)
    plain = next((call for call in accepted if call is not None), None)
    body = Answer(0, {}, plain.body, 0.0).json() if plain is not None and not operation.form else None
    if plain is None or not isinstance(body, Mapping):
        return
    _, usual = bench.changes(plain)
    for one in forbidden(bench.api, operation):
        call = msgspec.structs.replace(plain, body=json.dumps({**body, one.name: one.value}).encode())
        if _is_accepted(bench, call):
            _, changes = bench.changes(call)
            if _holds(changes, one) and not _holds(usual, one):
                yield one


def _is_accepted(bench: Bench, call: Call) -> bool:
    bench.restore()
    return bench.application.call(call, watched=False).ok


def _holds(changes: Sequence[str], one: Forbidden) -> bool:
    """Whether a row that came has the value in a column of this name, and none that went had."""
    came, gone = ([text for text in changes if text.startswith(sign)] for sign in "+-")
    return any(_has(text, one) for text in came) and not any(_has(text, one) for text in gone)


def _has(text: str, one: Forbidden) -> bool:
    """Whether the row has the value in a column of this name."""
    parts = (part.partition("=") for part in text.partition(": ")[2].split("; "))
    return any(_bare(column) == _bare(one.name) and _is_value(held, one.value) for column, _, held in parts)


def _bare(name: str) -> str:
    """A name without its style: `dueDate` as `due_date`."""
    return re.sub(r"\W|_", "", name).lower()


def _is_value(held: str, value: Any) -> bool:
    if isinstance(value, str | None):
        return held == str(value)
    try:
        return float(held) == float(value)
    except ValueError:
        return False
