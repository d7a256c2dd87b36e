"""What the rules about foreign text share: a flow as a match, and one finding for what enters at one place."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Step
from seatrial.program import Flow, Function
from seatrial.rules.contract import HINTED, TOLD, Match

NEAR = 3
"""Through so many bodies a program of layers hands on what it is asked for: its view, its service, its storage."""
ASKED_ABOUT = frozenset({"path", "url", "html", "xpath", "unpack", "redirect"})
"""Dangers that mature programs meet on the way, each by means of its own."""

_OF_ROWS = frozenset({"save", "delete", "refresh_from_db", "get_absolute_url"})
_WHO = {
    "remote": "chosen by whoever sends the request",
    "local": "chosen by the user",
    "parameter": "not checked here",
    "unknown": "not checked here",
}


def match(flow: Flow, confidence: float, reaches: str) -> Match:
    """The finding at the sink. `reaches` says what the value does there: `becomes part of the SQL text`."""
    sink = flow.sink
    name = flow.origin.name
    step = sink.function.values[sink.call]
    return Match(
        message=f"{name}, {_WHO[flow.origin.kind]}, {reaches}",
        function=sink.function,
        line=step.line,
        end_line=sink.function.place(sink.call).end_line,
        key=f"{name} in {sink.what.rpartition('.')[2]}",
        path=flow.path,
        confidence=round(min(confidence, _most(flow)), 2),
        weight=3.0 if flow.origin.kind == "remote" else 1.0,
        also=tuple(f for f in flow.functions if f is not sink.function),
    )


def _most(flow: Flow) -> float:
    """How sure one can be at most: what one body reads and uses is seen whole; on a way through others much is asked."""
    bodies = len(flow.functions)
    is_far = bodies > NEAR and flow.sink.danger in ASKED_ABOUT
    return 1.0 if bodies == 1 else HINTED if is_far else TOLD


def has_default(flow: Flow) -> bool:
    """It begins in a parameter that is a literal where nothing is given: who wrote the call chose it."""
    function, outer = flow.spots[0].function, flow.spots[0].function.parent
    given = (p.default for p in function.facts.params if p.name == flow.origin.what and p.default >= 0)
    found = [outer.values[outer.origin(default)] for default in given] if outer is not None else []
    return flow.origin.kind == "parameter" and any(type(one) is f.Const and one.value for one in found)


def is_row(flow: Flow) -> bool:
    """It is an object with attributes and methods of its own, which says itself where it is shown: `redirect(order)`."""
    for spot in flow.spots:
        values = spot.function.values
        at = spot.function.origin(spot.value) if spot.value >= 0 else -1
        for step in (values[user] for user in spot.function.users.get(at, ())):
            if type(step) is f.StoreAttr and spot.function.origin(step.base) == at:
                return True
            if type(step) is f.Call and step.receiver == at and step.callee in _OF_ROWS:
                return True
    return False


def by_source(found: Iterable[tuple[Flow, Match]]) -> Iterator[Match]:
    """One match for what enters in one body: the likeliest and shortest way, which tells of the other sinks."""
    families: dict[tuple[Function, str], list[Match]] = {}
    for flow, one in found:
        families.setdefault((flow.spots[0].function, flow.origin.name), []).append(one)
    for family in families.values():
        first = min(family, key=lambda m: (-m.confidence, len(m.path), m.path[-1].place))
        others = {m.path[-1].place: m for m in family if m.path[-1].place != first.path[-1].place}
        more = tuple(Step(place, f"also {m.path[-1].message}") for place, m in sorted(others.items()))
        also = dict.fromkeys(f for m in family for f in (*m.also, m.function) if f and f is not first.function)
        yield replace(first, path=first.path + more, also=tuple(also))
