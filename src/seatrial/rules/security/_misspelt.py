"""Misspelt checks: a view lists who may call under a name that nothing reads, as `permission_class` for `permission_classes`."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Step
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import Endpoint, lexicon
from seatrial.program.manifests.doubt import distance

_NEAR = 2
"""So many letters at most are wrong."""
_STORES = frozenset({f.Store})


def misspelt(program: Program, endpoint: Endpoint) -> tuple[str, str, Step] | None:
    """What the endpoint's view class writes, what it means, and where; None where it lists its checks under their name."""
    for cls in program.types.mro(endpoint.cls) if endpoint.cls else ():
        found = next(_slips(program, cls, _meant(program, endpoint.cls)), None)
        if found:
            return found
    return None


def _meant(program: Program, cls: Class | None) -> list[str]:
    """The attributes by which views of this kind say who may call."""
    outers = program.types.outer_bases(cls) if cls else ()
    return [name for outer in outers for name in program.models.guards(outer)]


def _slips(program: Program, cls: Class, meant: list[str]) -> Iterator[tuple[str, str, Step]]:
    body = cls.body
    for at in body.of(_STORES):
        step = body.values[at]
        if type(step) is not f.Store or step.name in meant or not _lists_checks(body, step.value):
            continue
        for name in meant:
            if distance(step.name, name) <= _NEAR and not program.mentions.in_code(step.name, cls.file):
                yield step.name, name, body.step(at, f"nothing reads `{step.name}`")


def _lists_checks(body: Function, value: int) -> bool:
    given = body.values[body.origin(value)] if value >= 0 else None
    listed = given.items if type(given) is f.Collection else (value,)
    steps = [body.values[body.origin(item)] for item in listed if item >= 0]
    return any(type(one) is f.Ref and lexicon.speaks_of_guard(one.path.rpartition(".")[2]) for one in steps)
