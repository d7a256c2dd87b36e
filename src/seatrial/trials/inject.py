"""Small harmless values at every text that an operation takes: where do they come out?

The probe sees the statement, the command and the file name that come of a value. One that arrives as it was sent, with
what means something there, is proof: no second look at answers or times is needed.
"""

import posixpath
import shlex
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import Recipe

MARK = "seatrialzq"
"""As in `sandbox.inside.recording`."""
_QUOTE = f"{MARK}'x"
_COMMAND = f"{MARK};{MARK}2"
_ABOVE = f"../{MARK}"


class Arrived(msgspec.Struct, frozen=True):
    """A value that came out as it was sent. `kind` is `statement`, `command` or `file`."""

    operation: str
    name: str
    kind: str
    text: str
    line: str
    asked: tuple[Recipe, ...] = ()


class _Kind(NamedTuple):
    rules: tuple[str, ...]
    what: str


_KINDS = {
    "statement": _Kind(("sql-injection",), "becomes part of the statement's text"),
    "command": _Kind(("command-injection",), "becomes part of the command that a shell reads"),
    "file": _Kind(("path-traversal",), "leads out of the folder"),
}


def claims(bench: Bench) -> Iterator[Claim]:
    """Where values come out unescaped."""
    for one in run(bench):
        kind = _KINDS[one.kind]
        yield Claim(
            trial="inject",
            outcome=Outcome.PROVEN,
            rules=kind.rules,
            operation=one.operation,
            lines=(one.line,) if one.line else (),
            reason=f"`{one.name}` of {one.operation} {kind.what}",
            details=(one.text,),
            asked=one.asked,
        )


def run(bench: Bench) -> Iterator[Arrived]:
    """Every text that every operation takes, with each value, as whoever is let in."""
    for operation in bench.operations:
        if not bench.has_time("injection into", operation.name):
            continue
        for name in _texts(bench, operation):
            seen: set[str] = set()
            for actor in bench.askers:
                for one in _tried(bench, operation, name, actor):
                    if one.kind not in seen:
                        seen.add(one.kind)
                        yield one


def _texts(bench: Bench, operation: Operation) -> Sequence[str]:
    """The names of what the operation takes as text."""
    outside = [p.name for p in operation.parameters if p.where in ("path", "query") and _is_text(p.schema)]
    return [*outside, *(name for name, said in operation.fields.items() if _is_text(bench.api.resolve(said)))]


def _is_text(schema: object) -> bool:
    return not isinstance(schema, dict) or (schema.get("type", "string") == "string" and "enum" not in schema)


def _tried(bench: Bench, operation: Operation, name: str, actor: Actor) -> Iterator[Arrived]:
    """A plain value first: what it does not come out of, as it was sent, no other does."""
    plain = _asked(bench, operation, name, actor, MARK)
    for kind, value in (("statement", _QUOTE), ("command", _COMMAND)):
        if not _is_written(plain, kind):
            continue
        answer = _asked(bench, operation, name, actor, value)
        for text, line in came_out(kind, answer):
            asked = Recipe(operation.name, actor.name, {name: value})
            yield Arrived(operation.name, name, kind, text, line, (asked,))
    for path, line in _outside(bench, operation, name, actor, plain):
        yield Arrived(operation.name, name, "file", path, line)


def _is_written(plain: Answer, kind: str) -> bool:
    """Whether a plain value stands in the text of what came of it."""
    seen = plain.seen
    if seen is None:
        return False
    if kind == "statement":
        return any(MARK in one.sql for one in seen.statements)
    return any(MARK in event.text for event in seen.events if event.kind == kind)


def _outside(bench: Bench, operation: Operation, name: str, actor: Actor, answer: Answer) -> Iterator[tuple[str, str]]:
    """Files that are opened one folder above that of a plain name. What is only looked for is put there first.

    `answer` is that to the plain name.
    """
    plain = {posixpath.dirname(path) for path, _ in _files(answer, "look", "file")}
    if not plain:
        return
    above = _asked(bench, operation, name, actor, _ABOVE)
    if not _is_above(plain, _files(above, "look", "file")):
        return
    if not _is_above(plain, _files(above, "file")):
        placed = [bench.application.place(path) for path, _ in _files(above, "look")]
        above = _asked(bench, operation, name, actor, _ABOVE) if any(placed) else above
    yield from _is_above(plain, _files(above, "file"))


def _is_above(plain: Collection[str], files: Iterator[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    folders = {posixpath.dirname(posixpath.normpath(folder)) for folder in plain}
    return [(path, line) for path, line in files if posixpath.dirname(posixpath.normpath(path)) in folders]


def _asked(bench: Bench, operation: Operation, name: str, actor: Actor, value: str) -> Answer:
    if bench.database is not None and operation.writes:
        bench.database.restore()
    return bench.application.call(bench.filling.call(operation, actor, given={name: value}))


def came_out(kind: str, answer: Answer) -> Iterator[tuple[str, str]]:
    """Where a value of ours came as it was sent, each with its line; `kind` is `statement` or `command`."""
    if answer.seen is None:
        return
    if kind == "statement":
        yield from ((one.sql, one.line) for one in answer.seen.statements if _QUOTE in one.sql)
    elif kind == "command":
        commands = (event for event in answer.seen.events if event.kind == "command")
        yield from ((event.text, event.line) for event in commands if _breaks_out(event.text))


def _breaks_out(command: str) -> bool:
    """Whether a shell takes what stands behind the semicolon for a command of its own."""
    with suppress(ValueError):  # quotes that do not close: not as it was meant, and no proof
        words = list(shlex.shlex(command, posix=True, punctuation_chars=";"))
        return any(words[n : n + 2] == [";", f"{MARK}2"] for n in range(len(words)))
    return False


def _files(answer: Answer, *kinds: str) -> Iterator[tuple[str, str]]:
    events = answer.seen.events if answer.seen else ()
    yield from ((event.text, event.line) for event in events if event.kind in kinds)
