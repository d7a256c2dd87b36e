"""The search: from each sink back to where its values come from, the most certain way first."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from seatrial.model import facts as f
from seatrial.program.taint.backwards import Backwards
from seatrial.program.taint.checks import Checks
from seatrial.program.taint.doubts import Doubts
from seatrial.program.taint.entries import Entries
from seatrial.program.taint.handing import Handing
from seatrial.program.taint.harmless import is_read
from seatrial.program.taint.nouns import Edge, Flow, Found, Kind, Origin, Sinking, Site, Spot
from seatrial.program.taint.sinks import sinks
from seatrial.program.taint.ways import is_dead, is_reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.libraries.form import Danger
    from seatrial.model.finding import Step
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

BUDGET = 2_000
"""How many values are looked at for one sink; chains that long say nothing that a reader could follow."""

DOUBT = 3
"""Ways that are more doubtful than this are not followed."""

RANK: Mapping[Kind, float] = {"remote": 0, "local": 1, "parameter": 2, "unknown": 2.5}
"""Which origin is told when a sink has several: the worst, where a doubtful step weighs more than one rank."""

STEP = 1.2

FORMAL = frozenset({"path", "sql"})
"""Dangers where the form of the text alone may say that it is a fault, so that values of unknown origin count too."""

_UNKNOWN = frozenset({f.Param, f.Ref, f.Free, f.Attr, f.Element, f.Enter, f.Caught})
"""Kinds of value that come from somewhere else."""

_READS = frozenset({"fs.read", "network", "http", "db.read", "db.execute", "cache.read"})
"""Effects of calls that give what others made."""

_ADDRESSES = frozenset({"path", "url", "redirect"})
"""Dangers of texts that say where something is: an uploaded file is none."""


class Trail(NamedTuple):
    """A way from a spot to the sink."""

    edge: Edge
    onward: Trail | None
    doubt: int
    anchor: int
    """The last place in the spot's body that the value passes: the sink, a call or a return. Checks before it count."""

    @property
    def spot(self) -> Spot:
        """Where the way has come to."""
        return self.edge.spot

    @property
    def note(self) -> str:
        """What a reader is told of the step from here."""
        return self.edge.note


class Taint:
    """Answers which values from outside reach a sink. One search for each sink, remembered for each danger."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._entries = Entries(program)
        self._handing = Handing(program)
        self._searches: dict[Danger, _Search] = {}
        self._flows: dict[Danger, tuple[Flow, ...]] = {}

    def flows(self, danger: Danger) -> tuple[Flow, ...]:
        """The worst flow into each sink of a danger that the library models name."""
        if danger not in self._flows:
            found = (self.into(sink) for sink in sinks(self._program, danger))
            self._flows[danger] = tuple(flow for flow in found if flow)
        return self._flows[danger]

    def into(self, sink: Sinking) -> Flow | None:
        """The worst flow into one sink, or None: nothing from outside reaches it."""
        return self._search(sink.danger).flow(sink)

    def is_open(self, sink: Sinking) -> bool:
        """True unless all that reaches a sink is the program's own, or checked on its way: literals, numbers."""
        return self._search(sink.danger).is_open(sink)

    def is_fixed(self, function: Function, value: int, danger: Danger) -> bool:
        """True when a value is made of the program's own literals alone, on every way that leads to it."""
        return self._search(danger).is_fixed(Spot(function, value))

    def _search(self, danger: Danger) -> _Search:
        if danger not in self._searches:
            self._searches[danger] = _Search(self._program, danger, self._entries, self._handing)
        return self._searches[danger]


class _Search:
    def __init__(self, program: Program, danger: Danger, entries: Entries, handing: Handing) -> None:
        self._program = program
        self._danger = danger
        self._backwards = Backwards(program, danger, entries, handing)
        self._checks = Checks(program, danger, self._backwards.harmless)
        self._doubts = Doubts(program, self._checks)
        self._clean: set[Spot] = set()
        self._cut = False
        """A way was not followed because of what one call gives; for others it may be open."""

    def flow(self, sink: Sinking) -> Flow | None:
        start = Edge(Spot(sink.function, sink.value, (), sink.pick), sink.call)
        if is_dead(sink.function, sink.call) or not self._is_open(start, sink.call):
            return None
        best: tuple[float, Trail, Origin, int] | None = None
        self._cut = False
        seen: set[Spot] = set()
        for trail, origin in self._origins(sink, start, seen):
            doubt = trail.doubt + self._is_asked(trail)
            rank = RANK[origin.kind] + doubt * STEP
            if best is None or rank < best[0]:
                best = rank, trail, origin, doubt
            if best[0] <= trail.doubt * STEP:
                break
        if best is None and len(seen) < BUDGET and not self._cut:
            self._clean |= seen
        return self._flow(sink, *best[1:]) if best else None

    def is_open(self, sink: Sinking) -> bool:
        """True when some way back from a sink comes to what is known neither to be fixed nor to be checked."""
        start = Edge(Spot(sink.function, sink.value, (), sink.pick), sink.call)
        waiting, seen = [start], {start.spot}
        while waiting and len(seen) < BUDGET:
            edge = waiting.pop()
            if not self._is_open(edge, edge.user):
                continue
            found = list(self._backwards.into(edge.spot))
            if any(isinstance(one, Origin) for one in found) or self._ends(edge.spot, found):
                return True
            onward = [one for one in found if isinstance(one, Edge) and one.spot not in seen]
            seen.update(one.spot for one in onward)
            waiting += onward
        return bool(waiting)

    def _ends(self, spot: Spot, found: list[Found]) -> bool:
        """Nothing flows in here, of which nobody knows what it holds: what is read, or given."""
        step = spot.function.values[spot.value] if spot.value >= 0 else None
        if found or step is None or self._backwards.harmless.value(spot.function, spot.value):
            return False
        if type(step) is not f.Call:
            return type(step) in _UNKNOWN
        model = self._program.target(spot.function, spot.value).model
        return model is not None and bool(set(model.effects) & _READS)

    def _is_asked(self, trail: Trail) -> bool:
        """Somewhere on the way the value was asked about, by means whose worth is not known."""
        current: Trail | None = trail
        while current is not None:
            edge = current.edge
            at = max(edge.user, current.anchor)
            if edge.spot.value >= 0 and self._doubts.arise(edge.spot.function, edge.spot.value, at, edge.given):
                return True
            current = current.onward
        return False

    def _flow(self, sink: Sinking, trail: Trail, origin: Origin, doubt: int) -> Flow:
        spots: list[Spot] = []
        current: Trail | None = trail
        while current is not None:
            spots.append(current.spot)
            current = current.onward
        is_linked = spots[0].function.file in self._program.imports.linked
        return Flow(sink, origin, tuple(spots), tuple(_steps(sink, trail, origin)), doubt, is_linked)

    def is_fixed(self, start: Spot) -> bool:
        """True when every way back from a spot ends at a literal."""
        waiting, seen = [start], {start}
        while waiting and len(seen) < BUDGET:
            spot = waiting.pop()
            found = list(self._backwards.into(spot))
            edges = [one.spot for one in found if isinstance(one, Edge)]
            if len(edges) < len(found) or not (edges or type(spot.function.values[spot.value]) is f.Const):
                return False
            waiting += [one for one in edges if one not in seen]
            seen.update(edges)
        return not waiting

    def _origins(self, sink: Sinking, start: Edge, seen: set[Spot]) -> Iterator[tuple[Trail, Origin]]:
        order = count()
        waiting = [(0, next(order), Trail(start, None, 0, sink.call))]
        while waiting and len(seen) < BUDGET:
            doubt, _, trail = heappop(waiting)
            if trail.spot in seen or trail.spot in self._clean:
                continue
            seen.add(trail.spot)
            for found in self._backwards.into(trail.spot):
                if isinstance(found, Origin):
                    if self._counts(found):
                        yield trail, found
                elif not self._is_reached(found, trail):
                    self._cut = True
                elif doubt + found.doubt <= DOUBT:
                    anchor = trail.anchor if _is_inside(found, trail.spot) else found.user
                    if self._is_open(found, anchor):
                        onward = Trail(found, trail, doubt + found.doubt, anchor)
                        heappush(waiting, (onward.doubt, next(order), onward))

    def _is_reached(self, edge: Edge, trail: Trail) -> bool:
        """Where the way leaves a function by a parameter or enters one by its result, the call must lead there."""
        here, there = trail.spot, edge.spot
        if _is_inside(edge, here):
            return True
        if type(here.function.values[here.value]) is f.Param:
            site = Site(there.function, edge.user)
            return is_reached(self._program, here.function, trail.anchor, site, _taken(trail))
        if there.context and there.context[-1] == Site(here.function, here.value):
            return is_reached(self._program, there.function, edge.user, there.context[-1])
        return True

    def _counts(self, origin: Origin) -> bool:
        if origin.kind == "unknown" and self._danger not in FORMAL:
            return False
        return self._danger not in _ADDRESSES or not _is_content(origin)

    def _is_open(self, edge: Edge, anchor: int) -> bool:
        spot = edge.spot
        if spot.value < 0 or (self._danger == "path" and is_read(spot.function, spot.value)):
            return False
        if anchor != edge.user and self._checks.hold(spot.function, spot.value, anchor, ()):
            return False
        return not self._checks.hold(spot.function, spot.value, edge.user, edge.given)


def _taken(trail: Trail) -> Iterator[tuple[int, bool]]:
    """The tests that decided for the way inside the body where it has come to (`x if checked else y`)."""
    current: Trail | None = trail
    while current is not None and (current.spot.function, current.spot.context) == (
        trail.spot.function,
        trail.spot.context,
    ):
        yield from ((one.value, one.holds) for one in current.edge.given if one.holds is not None)
        current = current.onward


def _is_inside(edge: Edge, spot: Spot) -> bool:
    return edge.spot.function is spot.function and edge.spot.context == spot.context


def _is_content(origin: Origin) -> bool:
    """Uploaded files are content; only their names can be paths."""
    return origin.what.rpartition(".")[2] in {"files", "FILES"} and not {"filename", "name"} & set(origin.pick)


def _steps(sink: Sinking, trail: Trail, origin: Origin) -> Iterator[Step]:
    first = trail.spot
    yield first.function.step(first.value, _ENTERS[origin.kind].format(origin.name))
    current: Trail | None = trail
    shown = (first.function, first.function.values[first.value].line)
    while current is not None and current.onward is not None:
        here = current.onward.spot
        place = (here.function, here.function.values[here.value].line)
        if current.note and place != shown:
            yield _step(current)
            shown = place
        current = current.onward
    yield sink.function.step(sink.call, f"reaches {sink.what.rpartition('.')[2]}")


def _step(trail: Trail) -> Step:
    """Arguments and results are shown at the call; text where it is put together."""
    onward = trail.onward
    if trail.note.startswith("passed") or onward is None:
        return trail.spot.function.step(trail.spot.value, trail.note)
    return onward.spot.function.step(onward.spot.value, trail.note)


_ENTERS: Mapping[Kind, str] = {
    "remote": "{} comes from the request",
    "local": "{} comes from the user",
    "parameter": "{} is what a caller gives",
    "unknown": "{} may hold any text",
}
