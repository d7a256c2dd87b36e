"""Customs: endpoints that find a row by id and ask nothing, where those of the same folder ask about theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seatrial.model import facts as f
from seatrial.model.finding import Step
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import Endpoint
from seatrial.program.endpoints.nouns import ASKED
from seatrial.rules.security._owned import asks_for_login
from seatrial.rules.security._rows import Lookup, Rows, is_tied, takes_proof

WRITES = ("db.write", "commit", "fs.write")
"""The effects of an endpoint that changes rows."""
CUSTOM = 3
"""So many views of a folder that ask about their rows make it the custom."""
_RAISES = frozenset({f.Raise, f.Assert})
_ENDS = _RAISES | {f.Return}


@dataclass(frozen=True, slots=True)
class View:
    """An endpoint: the rows that it finds by id, and the questions about rows on its way. `step`: one of these.

    The rows are looked for only where the view `may_be_silent` about them.
    """

    endpoint: Endpoint
    found: tuple[Lookup, ...]
    asked: frozenset[Class | None]
    step: Step | None
    hands_on: bool
    """Who calls is compared with something, or given to code that may."""

    @property
    def subject(self) -> Function:
        """All methods of a view class are one subject."""
        return self.endpoint.cls.body if self.endpoint.cls else self.endpoint.handler

    @property
    def name(self) -> str:
        """How a reader calls it."""
        return self.subject.name

    @property
    def folder(self) -> str:
        """Where it lies."""
        return self.subject.file.path.rpartition("/")[0]

    @property
    def before(self) -> frozenset[str]:
        """The names of the checks that stand before it."""
        return frozenset(guard.name for guard in self.endpoint.guards if guard.declared and guard.authorises)

    @property
    def is_for_all(self) -> bool:
        """What stands before it lets in whoever is logged in."""
        return all(asks_for_login(g) for g in self.endpoint.guards if g.declared and g.authorises)

    @property
    def is_silent(self) -> bool:
        """It finds a row and turns nobody away because of it, by any step of its work."""
        return bool(self.found) and self.may_be_silent

    @property
    def may_be_silent(self) -> bool:
        """It is, if it finds a row."""
        asks = any(guard.authorises and not guard.declared for guard in self.endpoint.guards)
        is_meant = self.endpoint.is_open or self.endpoint.is_for_admins or takes_proof(self.endpoint)
        return not (self.asked or asks or is_meant or self.hands_on)


@dataclass(frozen=True, slots=True)
class Break:
    """A view that breaks the custom, what it finds, and one that keeps it."""

    view: View
    lookup: Lookup
    sibling: View
    is_alike: bool
    """It is the custom among views that let in the same people, whoever is logged in."""
    changes: bool
    """The view changes something."""


def breaks(program: Program, rows: Rows) -> Iterator[Break]:
    """Each view that asks nothing about the row that it finds, in a folder where most ask."""
    folders: dict[str, dict[Function, View]] = defaultdict(dict)
    for endpoint in program.endpoints:
        if endpoint.kind == "route" and endpoint.entries:
            view = _view(rows, endpoint)
            known = folders[view.folder].setdefault(view.subject, view)
            if view.asked or view.hands_on or (view.is_silent and not (known.asked or known.hands_on)):
                folders[view.folder][view.subject] = view  # one method that asks may do so for all
    for views in folders.values():
        yield from _compared(rows, list(views.values()))


def _compared(rows: Rows, views: list[View]) -> Iterator[Break]:
    silent = [(view, lookup) for view in views for lookup in view.found[:1] if view.is_silent]
    for view, lookup in silent:
        asking = [other for other in views if other.step and _compares(view, other, lookup)]
        alike = [other for other, found in silent if found.cls is lookup.cls]
        if len(asking) >= max(CUSTOM, len(alike)):
            line = view.subject.facts.line
            same = sum(view.before == other.before for other in asking) >= CUSTOM
            changes = _changes(rows, view)
            is_alike = same and view.is_for_all and (changes or not any(_shows_all(rows, o, lookup) for o in asking))
            yield Break(view, lookup, min(asking, key=lambda other: _distance(view, other, line)), is_alike, changes)


def _changes(rows: Rows, view: View) -> bool:
    return any(rows.program.effects.of(view.endpoint.handler, kind) for kind in WRITES)


def _shows_all(rows: Rows, view: View, lookup: Lookup) -> bool:
    """The view finds such a row and shows it to whoever calls: what it asks decides only what else stands on the page."""
    if lookup.cls is None or _changes(rows, view) or not all(_goes_on(rows, body) for body in view.endpoint.entries):
        return False
    own = (guard for guard in view.endpoint.guards if guard.authorises and not guard.declared)
    is_own = all(guard.kind == ASKED or any(_lies_in(guard.step, e) for e in view.endpoint.entries) for guard in own)
    return is_own and any(found.cls is lookup.cls for found in rows.lookups(view.endpoint))


def _goes_on(rows: Rows, body: Function) -> bool:
    """It has one end, and leaves it to no code that it calls to turn anybody away."""
    if not body.is_callable or len(list(body.of(_ENDS))) > 1:  # the methods of a view class that its library calls
        return False
    for call in body.calls:
        is_left = not body.users.get(call) and rows.asks(body, call)
        if is_left or any(True for reached in rows.program.target(body, call).functions for _ in reached.of(_RAISES)):
            return False
    return True


def _lies_in(step: Step, body: Function) -> bool:
    return step.place.path == body.file.path and body.facts.line <= step.place.line <= body.facts.end_line


def _compares(view: View, other: View, lookup: Lookup) -> bool:
    """The other asks about such a row though it lets in no more people: who admits staff alone has asked already."""
    return (lookup.cls is None or lookup.cls in other.asked) and view.before <= other.before


def _distance(view: View, other: View, line: int) -> tuple[bool, int]:
    return other.subject.file is not view.subject.file, abs(other.subject.facts.line - line)


def _view(rows: Rows, endpoint: Endpoint) -> View:
    bodies = rows.bodies(endpoint)
    asking = [body for body in bodies if rows.asked(body)]
    asked = frozenset(cls for body in asking for cls in rows.asked(body))
    callers = endpoint.callers
    people = tuple(name for name in callers if name != "request")
    step = asking[0].head(f"{asking[0].name} asks about the row") if asking else None
    hands_on = any(rows.compares_caller(body, people) for body in endpoint.entries)
    view = View(endpoint, (), asked, step, hands_on)
    if not view.may_be_silent:
        return view
    found = tuple(one for one in rows.lookups(endpoint) if not is_tied(one.function, one.call, callers))
    return replace(view, found=found)
