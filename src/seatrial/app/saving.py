"""Writes each proven failure as a test for pytest: it fails while the fault is there, and passes when it is mended."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from seatrial.app.starting import Start
from seatrial.errors import ConfigError
from seatrial.model.evidence import Outcome
from seatrial.model.text import printable
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import Recipe

_HEAD = '''"""{told}

Saved by `seatrial trial` with seed {seed}, from which users and rows follow. It fails while the fault is there.
Needs pytest and seatrial here; the program runs in its own environment, in a copy, with a database of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.replay import Program, started

ROOT = {root}


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    with started({arguments}) as running:
        yield running


def test_{name}(program: Program) -> None:
{body}'''
_STALE = "is no longer accepted: save this test anew"
_WIDTH, _LONG = 110, 60


def save(folder: Path, root: Path, claims: Iterable[Claim], seed: int, start: Start) -> Sequence[Path]:
    """Writes a file for each claim that proves something; gives back their paths, those there before replaced.

    Raises `ConfigError` if one cannot be written.
    """
    written: dict[Path, None] = {}
    for claim in claims:
        if claim.outcome is Outcome.PROVEN:
            name = _name(claim)
            path = folder / f"test_{name}.py"
            number = 1
            while path in written:
                number += 1
                path = folder / f"test_{name}_{number}.py"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(_text(claim, name, _root(folder, root), seed, start))
            except OSError as error:
                raise ConfigError(f"{printable(str(path))} cannot be written: {error.strerror}") from error
            written[path] = None
    return list(written)


def _name(claim: Claim) -> str:
    words = re.findall(r"[a-z0-9]+", f"{claim.rules[0]} {claim.operation}".lower())
    return "_".join(words)[:80]


def _root(folder: Path, root: Path) -> str:
    """The tree as the test finds it, wherever both of them lie by then."""
    inner, top = folder.resolve(), root.resolve()
    if inner.is_relative_to(top):
        return f"Path(__file__).resolve().parents[{len(inner.relative_to(top).parts)}]"
    return f"Path(__file__).resolve().parent / {_literal(os.path.relpath(top, inner))}"


def _text(claim: Claim, name: str, root: str, seed: int, start: Start) -> str:
    told = printable(f"{claim.operation}: {claim.reason}").replace("\\", "\\\\").replace('"""', "'''")
    told = fill(told, _WIDTH, break_long_words=False, break_on_hyphens=False)
    arguments = ["ROOT", f"seed={seed}"]
    arguments += [
        f"{key}={_literal(value)}" for key, value in (("target", start.target), ("python", start.python)) if value
    ]
    body = "".join(f"    {line}\n" if line else "\n" for line in _body(claim))
    return _HEAD.format(told=told, seed=seed, root=root, arguments=", ".join(arguments), name=name, body=body)


def _body(claim: Claim) -> Iterator[str]:
    """The lines of the test. What cannot be said in requests alone is asked of the trial itself."""
    kinds = {"access": _refused, "edge": _answered, "inject": _held_back, "race": _as_in_turn}
    if claim.asked and claim.trial in kinds:
        yield from kinds[claim.trial](claim)
        return
    operations = "".join(f", {_literal(name)}" for name in filter(None, (claim.operation, *claim.beside)))
    yield f"assert program.proven({_literal(claim.trial)}, {_literal(claim.rules[0])}{operations}) == []"


def _refused(claim: Claim) -> Iterator[str]:
    own, other = claim.asked
    yield from _request("request", own)
    yield "own = program.ask(request)"
    yield f'assert own.ok, "the request itself {_STALE}"'
    yield f"theirs, changes = program.changes(program.by({_literal(other.by)}, request))"
    wrong = "changes" if own.operation.partition(" ")[0] != "GET" else "theirs.body == own.body"
    yield f"assert not (theirs.ok and {wrong}), changes"


def _answered(claim: Claim) -> Iterator[str]:
    yield from _request("request", claim.asked[0])
    yield "answer = program.ask(request)"
    yield "assert 0 < answer.status < 500, answer.seen and answer.seen.error"


def _held_back(claim: Claim) -> Iterator[str]:
    yield from _request("request", claim.asked[0])
    yield "assert program.came_out(program.ask(request)) == []"


def _as_in_turn(claim: Claim) -> Iterator[str]:
    first, *others = claim.asked
    yield from _request("request", first)
    yield f'assert program.ask(request).ok, "the request itself {_STALE}"'
    if not others:
        yield "assert program.lost_at_once(request) == []"
    elif others == [first]:
        yield "assert program.lost_between(request, request) == []"
    else:
        yield from _request("other", others[0])
        yield "assert program.lost_between(request, other) == []"


def _request(name: str, one: Recipe) -> Iterator[str]:
    yield f"{name} = program.request("
    yield f"    {_literal(one.operation)},"
    yield f"    by={_literal(one.by)},"
    for key, value in (("values", dict(one.values)), ("body", one.body), ("data", one.data)):
        if value or (key == "body" and value is not None):
            yield f"    {key}={_literal(value)},"
    yield ")"


def _literal(value: Any) -> str:
    """The value as Python writes it, with double quotes: what formatters want."""
    if isinstance(value, str) and len(value) > _LONG and len(set(value)) == 1:
        return f"{_literal(value[0])} * {len(value)}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=not value.isprintable())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)
