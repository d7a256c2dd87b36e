"""Which functions a trial may run beside each other: those that a finding takes for one and that have no effects."""

from collections.abc import Iterable, Iterator

from seatrial.model.finding import Finding
from seatrial.model.pair import Pair, Side
from seatrial.program import Function, Program

_HARMLESS = frozenset({"grow", "shrink", "log"})
_MOST = 60
"""Functions that are looked at for one; what reaches more is taken for one that has effects."""


def pairs(program: Program, findings: Iterable[Finding]) -> Iterator[Pair]:
    """The pairs of the findings that the trial `twin` may confirm."""
    told = [finding for finding in findings if finding.confirmed_by == "twin" and len(finding.path) > 1]
    if not told:
        return
    heads = {(fn.file.path, fn.facts.line): fn for fn in program.code if _is_plain(fn)}
    for finding in told:
        left, right = (heads.get((step.place.path, step.place.line)) for step in finding.path[:2])
        if left and right and all(_is_pure(program, side) for side in (left, right)):
            yield Pair(finding.rule, _side(left), _side(right))


def _side(function: Function) -> Side:
    return Side(function.file.path, function.facts.line, function.name)


def _is_plain(function: Function) -> bool:
    """Whether it can be called as it stands: no method, nothing awaited, nothing registered by a decorator."""
    facts = function.facts
    return facts.kind == "function" and facts.parent == 0 and not (facts.is_async or facts.decorators)


def _is_pure(program: Program, function: Function) -> bool:
    """Whether neither it nor what it calls does anything to the world."""
    seen: set[Function] = set()
    waiting = [function]
    while waiting and len(seen) < _MOST:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if any(effect.kind not in _HARMLESS for effect in program.effects.local(one)):
            return False
        waiting += [reached for call in one.calls for reached in program.target(one, call).functions]
    return not waiting
