"""Peers: endpoints as they are compared with those beside them, by what they do and whether anything asks who calls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from seatrial.model.facts import Attr, Compare, StoreAttr, operands
from seatrial.model.finding import Step
from seatrial.program import Class, Function, Program, Type
from seatrial.program.endpoints import Endpoint, is_public
from seatrial.rules.security._callers import is_caller
from seatrial.rules.security._let_in import is_first_start, is_opened
from seatrial.rules.security._rows import PROOFS, takes_proof
from seatrial.rules.security._settings import for_own_machine

WRITES = ("db.write", "commit", "fs.write", "task.enqueue", "mail", "process")
READS = ("db.read",)
DEEDS = {
    "db.write": "writes", "commit": "changes", "fs.write": "writes files with", "task.enqueue": "starts a task with", "mail": "sends mail with",
    "process": "starts a process with", "db.read": "hands out",
    "presumes": "takes whoever calls for a known user",
}  # fmt: skip
PRESUMES = "presumes"
ATTRIBUTES = frozenset({Attr})
COMPARING = frozenset({Compare})
INPUT = frozenset({"POST", "FILES", "body", "data", "json", "form", "files", "method"})
"""Attributes of a request that hold what the caller sends, or that tell a form that is sent from one that is shown."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", ""})


@dataclass(frozen=True, slots=True)
class Deed:
    """The worst that an endpoint does: a kind of effect, what it concerns, and the way there."""

    kind: str
    what: str
    steps: tuple[Step, ...]
    functions: tuple[Function, ...] = ()

    @property
    def words(self) -> str:
        """In a sentence: `writes Order`."""
        if self.kind == PRESUMES:
            return DEEDS[PRESUMES]
        return f"{DEEDS[self.kind]} {self.what.rpartition('.')[2] or 'rows'}"


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint as it is compared with others: what it changes, and whether anything of its own asks who calls."""

    endpoint: Endpoint
    deed: Deed | None
    guarded: bool

    @property
    def subject(self) -> Function:
        """All methods of a view class are one subject."""
        return self.endpoint.cls.body if self.endpoint.cls else self.endpoint.handler

    @property
    def file(self) -> str:
        """Where it lies."""
        return self.subject.file.path

    @property
    def resource(self) -> str:
        """The path as far as it names no row: `/orders` of `/orders/{order_id}/address`."""
        return re.split(r"/?[<({]", self.endpoint.path, maxsplit=1)[0].rstrip("/")

    @property
    def alters(self) -> bool:
        """It changes or removes a row that is there."""
        is_there = self.names_row or bool({"PUT", "PATCH", "DELETE"} & set(self.endpoint.methods))
        return is_there and self.changes and self.writes_rows

    @property
    def writes_rows(self) -> bool:
        """What it changes lies in the database."""
        return self.deed is not None and self.deed.kind in {"db.write", "commit"}

    @property
    def names_row(self) -> bool:
        """Its path has a part for the caller to choose."""
        return any(mark in self.endpoint.path for mark in "<({")

    @property
    def is_asked(self) -> bool:
        """Something asks who calls, be it what is asked of all."""
        return any(guard.authorises for guard in self.endpoint.guards)

    @property
    def compares_caller(self) -> bool:
        """Its own code asks whether somebody is the one who calls: `if username == request.user.username`."""
        for entry in self.endpoint.entries:
            steps = (entry.values[at] for at in entry.of(COMPARING))
            if any(is_caller(entry, side) for step in steps if type(step) is Compare for side in operands(step)):
                return True
        return False

    @property
    def stands_open(self) -> bool:
        """It is known how it is mounted, and that nothing on the way to what it changes asks who calls."""
        is_known = bool(self.endpoint.path) and not self.endpoint.is_partial and not for_own_machine(self.subject)
        return self.changes and self.deed is not None and is_known and not (self.is_asked or self.compares_caller)

    def may_be_asked(self, deed: Deed) -> bool:
        """What is not seen may ask: where views are mounted at run time, or a library answers that nobody knows.

        And nobody asks on one's own machine.
        """
        is_unseen = self.endpoint.is_partial and (not self.endpoint.path or not deed.steps)
        return is_unseen or for_own_machine(self.endpoint.home)

    @property
    def changes(self) -> bool:
        """It takes requests that change something."""
        methods = set(self.endpoint.methods)
        return bool(methods - SAFE) or (not methods and self.deed is not None and self._takes_input)

    @property
    def _takes_input(self) -> bool:
        """The caller chooses what is changed; a page that keeps a row for each visitor takes nothing."""
        if self.names_row:
            return True
        steps = (entry.values[at] for entry in self.endpoint.entries for at in entry.of(ATTRIBUTES))
        return any(type(step) is Attr and step.name in INPUT for step in steps)

    @property
    def is_meant_for_all(self) -> bool:
        """It says so, or its name does, or a setting that it reads; or its path has a part that nobody can guess."""
        endpoint = self.endpoint
        is_said = endpoint.is_open or is_public(endpoint, changes=self.changes)
        return is_said or takes_proof(endpoint, PROOFS) or any(map(is_opened, endpoint.entries))


class Peers:
    """All routes, by file."""

    def __init__(self, program: Program) -> None:
        self.program = program
        routes = [e for e in program.endpoints if e.kind in {"route", "websocket"}]
        self.all = [
            Peer(e, worst(program, e, WRITES), _is_guarded(e)) for e in routes if not is_first_start(program, e)
        ]
        self._altered: dict[int, frozenset[str]] = {}
        self._changing = {p.subject for p in self.all if p.changes}
        self._by_file: dict[str, list[Peer]] = defaultdict(list)
        for peer in self.all:
            self._by_file[peer.file].append(peer)

    def changes(self, peer: Peer) -> bool:
        """The endpoint, or another method of the same view, changes something."""
        return peer.subject in self._changing

    def in_file(self, peer: Peer) -> list[Peer]:
        """All endpoints of the same file."""
        return self._by_file[peer.file]

    def altered(self, peer: Peer) -> frozenset[str]:
        """The names of the tables whose rows an endpoint writes, as far as it is known which they are."""
        key = id(peer.endpoint)
        if key not in self._altered:
            self._altered[key] = _altered(self.program, peer)
        return self._altered[key]

    def beside(self, peer: Peer) -> list[Peer]:
        """The endpoints of the same file that change something, or do not, as this one."""
        changes = self.changes(peer)
        return [p for p in self._by_file[peer.file] if self.changes(p) is changes]


def _is_guarded(endpoint: Endpoint) -> bool:
    return any(g.authorises and not g.shared for g in endpoint.guards)


def worst(program: Program, endpoint: Endpoint, kinds: Sequence[str]) -> Deed | None:
    """The first of these kinds of effect that an endpoint has, where it is nearest; None if it has none."""
    for kind in kinds:
        for entry in (*endpoint.entries, *endpoint.later):
            effects = program.effects.of(entry, kind).values()
            best = min(effects, key=lambda e: e.depth, default=None)
            if best:
                via = tuple(link.function for link in best.chain)
                what = _changed(program, best.source.function) if kind == "commit" else best.what
                return Deed(kind, what or _model(program, endpoint.cls), best.path(f"{DEEDS[kind]} here"), via)
        for name in endpoint.serves:
            model = program.models.function(name)
            if model and kind in model.effects:
                return Deed(kind, _model(program, endpoint.cls), ())
    return None


def _altered(program: Program, peer: Peer) -> frozenset[str]:
    entries = (*peer.endpoint.entries, *peer.endpoint.later)
    rows = {effect.what for entry in entries for effect in program.effects.of(entry, "db.write").values()}
    commits = (effect for entry in entries for effect in program.effects.of(entry, "commit").values())
    rows |= {_changed(program, body) for one in commits for body in (one.function, one.source.function)}
    if peer.deed is not None and peer.endpoint.serves:
        rows.add(peer.deed.what)
    return frozenset(name.rpartition(".")[2] for name in rows if name)


def _model(program: Program, view: Class | None) -> str:
    """The rows that a view class is about, by its `model` or `queryset`; empty if it does not say."""
    of_class = Type(view.dotted, cls=view) if view else None
    found = (program.types.attribute(of_class, name) for name in ("model", "queryset")) if of_class else ()
    types = [type_.element or type_ for type_ in found if type_]
    return next((type_.name for type_ in types if program.types.has_kind(type_, "model")), "")


def _changed(program: Program, function: Function) -> str:
    """The row whose attribute a function sets before it commits; empty if that happens elsewhere."""
    for step in function.values:
        if isinstance(step, StoreAttr):
            row = program.type_of(function, step.base)
            if row and program.types.has_kind(row, "model"):
                return row.name
    return ""
