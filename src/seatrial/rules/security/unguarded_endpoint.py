"""An endpoint writes, or hands out what its siblings protect, and nothing on the way asks who calls.

Every new router, view and viewset starts without a check, and nothing fails when it stays that way. The more endpoints there are, the less
anyone can say which of them a stranger may call; the one that was forgotten is found by scripts that try them all.

Put the check that its siblings use before it: the same dependency, decorator, mixin or permission class; best once, on the router. If
everyone may call it, say so there (`AllowAny`, `login_not_required`).

## Bad: a sibling has a check

```shop.py
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

router = APIRouter(prefix="/orders")


def current_user(token: str = "") -> str:
    if not token:
        raise HTTPException(status_code=401)
    return token


@router.post("")
def place(db: Session, user: str = Depends(current_user)) -> None:
    db.add(user)
    db.commit()


@router.delete("/{order_id}")
def cancel(order_id: int, db: Session) -> None:  # finding: DELETE /orders/{order_id}
    db.delete(order_id)
    db.commit()
```

## Good: the router checks for all

```shop.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session


def current_user(token: str = "") -> str:
    if not token:
        raise HTTPException(status_code=401)
    return token


router = APIRouter()
app = FastAPI()
app.include_router(router, dependencies=[Depends(current_user)])


@router.delete("/{order_id}")
def cancel(order_id: int, db: Session) -> None:
    db.delete(order_id)
    db.commit()
```

## Good: people who are not logged in must get in somewhere

```shop.py
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

router = APIRouter()


def current_user(token: str = "") -> str:
    if not token:
        raise HTTPException(status_code=401)
    return token


@router.post("/orders")
def place(db: Session, user: str = Depends(current_user)) -> None:
    db.add(user)


@router.post("/password-recovery/{email}")
def recover_password(email: str, db: Session) -> None:
    db.add(email)
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from seatrial.model.facts import Attr, StoreAttr
from seatrial.model.finding import Severity, Step
from seatrial.program import Class, Function, Program, Type
from seatrial.program.endpoints import Endpoint, Guard, is_public
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._presumed import FLAGS, uses

WRITES = ("db.write", "commit", "fs.write", "task.enqueue", "mail", "process")
READS = ("db.read",)
DEEDS = {
    "db.write": "writes", "commit": "changes", "fs.write": "writes files with", "task.enqueue": "starts a task with", "mail": "sends mail with",
    "process": "starts a process with", "db.read": "hands out",
    "presumes": "takes whoever calls for a known user",
}  # fmt: skip
PRESUMES = "presumes"
ATTRIBUTES = frozenset({Attr})
INPUT = frozenset({"POST", "FILES", "body", "data", "json", "form", "files", "method"})
"""Attributes of a request that hold what the caller sends, or that tell a form that is sent from one that is shown."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", ""})

PRESUMED = 0.78
"""Confidence when a handler needs a user, endpoints of the same file ask for one, and it does not."""
BESIDE = 0.85
"""Confidence when most endpoints of the same file have a check before their handlers."""
FEW = 0.72
"""The same when only some have."""
INSIDE = 0.75
"""The same when what most have is a step of their work, which may ask about something else."""
READING = 0.75
"""Confidence when it only reads, and it is the custom of the file to check those who read."""
ELSEWHERE = 0.65
"""Confidence when other endpoints of the program have one, or some of the file as a step of their work."""
ALTERS = 0.72
"""The same when it changes or removes the row that its path names, and the others ask before their handlers."""
SHARED = 0.65
"""Confidence at most when something is checked for the whole application, and the siblings have a check all the same."""
MORE = 0.72
"""The same when the siblings ask for a permission, which is more than to be known."""
DOUBTFUL = 0.5
"""Confidence when nothing is checked anywhere (it may be in a proxy), or what siblings check may be something else."""
MANY = 3
"""So many guarded endpoints make it the custom."""


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
    def changes(self) -> bool:
        """It takes requests that change something."""
        methods = set(self.endpoint.methods)
        return bool(methods - SAFE) or (not methods and self.deed is not None and self._takes_input)

    @property
    def _takes_input(self) -> bool:
        """The caller chooses what is changed; a page that keeps a row for each visitor takes nothing."""
        if any(mark in self.endpoint.path for mark in "<({"):
            return True
        steps = (entry.values[at] for entry in self.endpoint.entries for at in entry.of(ATTRIBUTES))
        return any(type(step) is Attr and step.name in INPUT for step in steps)

    @property
    def is_meant_for_all(self) -> bool:
        """It says so, or its name does."""
        return self.endpoint.is_open or is_public(self.endpoint, changes=self.changes)


class Peers:
    """All routes, by file."""

    def __init__(self, program: Program) -> None:
        self.program = program
        routes = [e for e in program.endpoints if e.kind in {"route", "websocket"}]
        self.all = [Peer(e, _deed(program, e, WRITES), _is_guarded(e)) for e in routes]
        self._changing = {p.subject for p in self.all if p.changes}
        self._by_file: dict[str, list[Peer]] = defaultdict(list)
        for peer in self.all:
            self._by_file[peer.subject.file.path].append(peer)

    def changes(self, peer: Peer) -> bool:
        """The endpoint, or another method of the same view, changes something."""
        return peer.subject in self._changing

    def in_file(self, peer: Peer) -> list[Peer]:
        """All endpoints of the same file."""
        return self._by_file[peer.subject.file.path]

    def beside(self, peer: Peer) -> list[Peer]:
        """The endpoints of the same file that change something, or do not, as this one."""
        changes = self.changes(peer)
        return [p for p in self._by_file[peer.subject.file.path] if self.changes(p) is changes]


@rule(severity=Severity.ERROR, cwe=(862, 306), category=("authz",))
def check(program: Program) -> Iterator[Match]:
    """Compares each endpoint with those beside it, and those with the rest of the program."""
    peers = Peers(program)
    told = set()
    for peer in peers.all:
        if peer.subject in told or peer.is_meant_for_all:
            continue
        unguarded = () if peer.guarded else (_changing if peers.changes(peer) else _reading,)
        matches = (judge(peers, peer) for judge in (*unguarded, _presuming))
        match = max(filter(None, matches), key=lambda m: m.confidence, default=None)
        if match:
            told.add(peer.subject)
            yield match


def _changing(peers: Peers, peer: Peer) -> Match | None:
    deed = peer.deed if peer.changes else None
    if deed is None:
        return None
    beside = peers.beside(peer)
    if any(g.authorises for g in peer.endpoint.guards):
        confidence = min(_shared(beside), _trust(beside, peer))
        return _match(peer, deed, _nearest(beside, peer), confidence) if _is_custom(beside) else None
    guarded = [p for p in beside if p.guarded]
    if guarded:
        return _match(peer, deed, _nearest(guarded, peer), _by_siblings(guarded, beside))
    others = [p for p in peers.all if p.changes and p.endpoint.framework == peer.endpoint.framework]
    if _is_custom(others):
        return _match(peer, deed, _nearest(others, peer), _by_others(others, peer, deed))
    if not any(p.endpoint.methods for p in others):  # messages, not requests: the framework knows who sends them
        return None
    return _match(peer, deed, None, DOUBTFUL)


def _reading(peers: Peers, peer: Peer) -> Match | None:
    """Reading is a fault only where it is the custom to check readers, too."""
    beside = peers.beside(peer)
    deed = _deed(peers.program, peer.endpoint, READS) if _is_custom(beside) else None
    if deed is None:
        return None
    trust = _trust(beside, peer)
    shared = any(g.authorises for g in peer.endpoint.guards)
    return _match(peer, deed, _nearest(beside, peer), min(_shared(beside), trust) if shared else trust)


def _presuming(peers: Peers, peer: Peer) -> Match | None:
    """The handler takes the caller for a known user, and nobody made sure that there is one."""
    if any(g.authorises and (g.declared or g.name not in FLAGS) for g in peer.endpoint.guards):
        return None
    asks = any(g.authorises for g in peer.endpoint.guards)
    use = next(uses(peer.endpoint, writes=peer.deed is not None and not asks), None)
    others = (p for p in peers.in_file(peer) if p.guarded and p.subject is not peer.subject)
    guarded = [p for p in others if any(map(_asks, p.endpoint.guards))]
    if use is None or not guarded:
        return None
    deed = Deed(PRESUMES, "", (use,))
    return _match(peer, deed, _nearest(guarded, peer), DOUBTFUL if peer.endpoint.is_partial else PRESUMED)


def _asks(guard: Guard) -> bool:
    """It turns strangers away: no flag that they lack on the way to something else, and no deed of a known user."""
    return (
        guard.authorises and not guard.shared and guard.name not in FLAGS and (guard.declared or guard.kind != "owner")
    )


def _by_siblings(guarded: Sequence[Peer], beside: Sequence[Peer]) -> float:
    """How sure it is that the check of these is missing where another of the same file has none."""
    is_common = len(guarded) * 2 >= len(beside)
    if any(g.authorises and g.declared and not g.shared for p in guarded for g in p.endpoint.guards):
        return BESIDE if is_common else FEW
    return INSIDE if is_common else ELSEWHERE


def _by_others(others: Iterable[Peer], peer: Peer, deed: Deed) -> float:
    """How sure it is that a check is missing that endpoints of other files have."""
    if peer.endpoint.is_partial:
        return DOUBTFUL
    declared = [p for p in others if any(g.authorises and g.declared and not g.shared for g in p.endpoint.guards)]
    names_row = any(mark in peer.endpoint.path for mark in "<({")
    alters = names_row and (deed.kind == "db.write" or bool(set(peer.endpoint.methods) & {"PUT", "PATCH", "DELETE"}))
    return ALTERS if alters and len(declared) >= MANY else ELSEWHERE


def _shared(beside: Iterable[Peer]) -> float:
    guards = (g for p in beside for g in p.endpoint.guards if g.declared and not g.shared)
    return MORE if any(g.kind == "permission" for g in guards) else SHARED


def _trust(beside: Iterable[Peer], peer: Peer) -> float:
    """How sure it is that the siblings' checks ask who calls: those before a handler do; steps of its work may not."""
    declared = [p for p in beside if any(g.authorises and g.declared and not g.shared for g in p.endpoint.guards)]
    return READING if len(declared) >= MANY and not peer.endpoint.is_partial else DOUBTFUL


def _is_custom(beside: Sequence[Peer]) -> bool:
    """Most of these have a check of their own."""
    guarded = len({p.subject for p in beside if p.guarded})
    bare = {p.subject for p in beside if not p.guarded and not p.is_meant_for_all}
    return guarded >= MANY and guarded >= 2 * len(bare)


def _is_guarded(endpoint: Endpoint) -> bool:
    return any(g.authorises and not g.shared for g in endpoint.guards)


def _nearest(beside: Iterable[Peer], peer: Peer) -> Peer:
    """The guarded sibling that compares best: of the same method, and written nearby."""
    line, methods = peer.subject.facts.line, set(peer.endpoint.methods)

    def distance(other: Peer) -> tuple[bool, int]:
        return not methods & set(other.endpoint.methods), abs(other.subject.facts.line - line)

    return min((p for p in beside if p.guarded), key=distance)


def _deed(program: Program, endpoint: Endpoint, kinds: Sequence[str]) -> Deed | None:
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


def _match(peer: Peer, deed: Deed, sibling: Peer | None, confidence: float) -> Match:
    endpoint, home = peer.endpoint, peer.endpoint.home
    beside = ""
    if sibling:
        asking = [g for g in sibling.endpoint.guards if g.authorises and not g.shared]
        guard = min(asking, key=lambda g: (not _asks(g), not g.declared))
        beside = f"; {sibling.endpoint.name} checks with {guard.name}"
    return Match(
        message=f"{endpoint.name} {deed.words} and nothing checks who calls{beside}",
        function=home,
        line=home.facts.line,
        key=f"{endpoint.name} {deed.kind}",
        path=(endpoint.where, home.head(f"{home.name} answers"), *deed.steps),
        confidence=min(confidence, DOUBTFUL) if endpoint.is_partial and not endpoint.path else confidence,
        weight=2.0 if deed.kind in WRITES else 1.0,
        also=deed.functions,
    )
