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
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.endpoints import REFUSED, Endpoint, Guard
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._owned import owner
from seatrial.rules.security._peers import PRESUMES, READS, WRITES, Deed, Peer, Peers, asks_out_of_sight, worst
from seatrial.rules.security._presumed import FLAGS, uses

PRESUMED = 0.78
"""Confidence when a handler needs a user, endpoints of the same file ask for one, and it does not."""
BESIDE = 0.85
"""Confidence when most endpoints of the same file have a check before their handlers."""
FEW = 0.72
"""The same when only some have."""
INSIDE = 0.75
"""The same when what most have is a step of their work, and says that it asks who calls."""
READING = 0.72
"""Confidence when it only reads, and is the one in a file whose custom is to check those who read.

What it reads belongs to somebody, or the others ask for a permission: that anyone is logged in may be asked for other ends.
"""
ELSEWHERE = SLIGHT
"""Confidence when other endpoints of the program have one, or some of the file as a step of their work."""
ALTERS = 0.72
"""The same when it changes or removes the row that its path names, and the others ask before their handlers."""
SHARED = SLIGHT
"""Confidence at most when something is checked for the whole application, and the siblings have a check all the same."""
MORE = 0.72
"""The same when the siblings ask for a permission, which is more than to be known."""
TOGETHER = 0.72
"""Confidence at least where several of one file stand open: in programs that check at all, one is forgotten, not all."""
DOUBTFUL = 0.5
"""Confidence when nothing is checked anywhere (it may be in a proxy), or what siblings check may be something else."""
MANY = 3
"""So many guarded endpoints make it the custom."""


@rule(severity=Severity.ERROR, cwe=(862, 306), category=("authz",))
def check(program: Program) -> Iterator[Match]:
    """Compares each endpoint with those beside it, and those with the rest of the program."""
    peers = Peers(program)
    found: dict[Function, tuple[Peer, Match]] = {}
    for peer in peers.all:
        if peer.subject not in found and not peer.is_meant_for_all:
            match = _judged(peers, peer)
            if match:
                found[peer.subject] = peer, match
    open_in = Counter(peer.file for peer, _ in found.values() if peer.stands_open)
    most = SHARED if found and asks_out_of_sight(program) else 1.0
    for peer, match in found.values():
        is_one_of_many = peer.stands_open and open_in[peer.file] >= MANY
        likely = max(match.confidence, TOGETHER) if is_one_of_many else match.confidence
        yield replace(match, confidence=min(likely, most))


def _judged(peers: Peers, peer: Peer) -> Match | None:
    unguarded = () if peer.guarded else (_changing if peers.changes(peer) else _reading,)
    matches = (judge(peers, peer) for judge in (*unguarded, _presuming))
    return max(filter(None, matches), key=lambda m: m.confidence, default=None)


def _changing(peers: Peers, peer: Peer) -> Match | None:
    deed = peer.deed if peer.changes else None
    if deed is None:
        return None
    beside = peers.beside(peer)
    if peer.is_asked:
        confidence = min(_shared(beside, peer), _trust(beside, peer))
        return _match(peer, deed, _nearest(beside, peer), confidence) if _is_custom(beside) else None
    guarded = [p for p in beside if p.guarded]
    if guarded:
        return _match(peer, deed, _nearest(guarded, peer), _by_siblings(guarded, beside, peer))
    others = [p for p in peers.all if p.changes and p.endpoint.framework == peer.endpoint.framework]
    if _is_custom(others):
        return _match(peer, deed, _nearest(others, peer), _by_others(others, peer, deed))
    if not any(p.endpoint.methods for p in others):  # messages, not requests: the framework knows who sends them
        return None
    return _match(peer, deed, None, DOUBTFUL)


def _reading(peers: Peers, peer: Peer) -> Match | None:
    """Reading is a fault only where it is the custom to check readers, too."""
    beside = peers.beside(peer)
    deed = worst(peers.program, peer.endpoint, READS) if _is_custom(beside) else None
    if deed is None:
        return None
    is_kept = _ask_permission(beside) or _is_someones(peers.program, deed)
    is_one = not peer.is_asked and len(_bare(beside)) == 1  # several may be open on purpose
    most = READING if is_one and is_kept else SHARED
    return _match(peer, deed, _nearest(beside, peer), min(most, _trust(beside, peer)))


def _is_someones(program: Program, deed: Deed) -> bool:
    """What it is about are people, or rows that say whose they are."""
    cls = program.schema.named(deed.what)
    return bool(owner(program, cls)) or (cls is not None and cls is program.types.user().cls)


def _presuming(peers: Peers, peer: Peer) -> Match | None:
    """The handler takes the caller for a known user, and nobody made sure that there is one."""
    if any(g.authorises and (g.declared or g.name not in FLAGS) for g in peer.endpoint.guards):
        return None
    use = next(uses(peer.endpoint, writes=peer.deed is not None and not peer.is_asked), None)
    others = (p for p in peers.in_file(peer) if p.guarded and p.subject is not peer.subject)
    guarded = [p for p in others if any(map(_asks, p.endpoint.guards))]
    if use is None or not guarded:
        return None
    deed = Deed(PRESUMES, "", (use,))
    return _match(peer, deed, _nearest(guarded, peer), DOUBTFUL if peer.endpoint.is_partial else PRESUMED)


def _asks(guard: Guard) -> bool:
    """It turns strangers away: no flag that they lack on the way to something else, and no deed of a known user."""
    is_step = guard.kind in {"owner", REFUSED} and not guard.declared
    return guard.authorises and not guard.shared and guard.name not in FLAGS and not is_step


def _by_siblings(guarded: Sequence[Peer], beside: Sequence[Peer], peer: Peer) -> float:
    """How sure it is that the check of these is missing where another of the same file has none."""
    is_common = len(guarded) * 2 >= len(beside)
    if any(_has_declared(p) for p in guarded):
        return BESIDE if is_common and peer.endpoint.path else FEW
    asks = any(map(_asks, (g for p in guarded for g in p.endpoint.guards)))
    return INSIDE if is_common and asks else ELSEWHERE


def _has_declared(peer: Peer) -> bool:
    """A check of its own stands before its handler."""
    return any(g.authorises and g.declared and not g.shared for g in peer.endpoint.guards)


def _by_others(others: Iterable[Peer], peer: Peer, deed: Deed) -> float:
    """How sure it is that a check is missing that endpoints of other files have."""
    if peer.endpoint.is_partial:
        return DOUBTFUL
    declared = list(filter(_has_declared, others))
    names_row = any(mark in peer.endpoint.path for mark in "<({")
    alters = names_row and (deed.kind == "db.write" or bool(set(peer.endpoint.methods) & {"PUT", "PATCH", "DELETE"}))
    return ALTERS if alters and len(declared) >= MANY else ELSEWHERE


def _shared(beside: Iterable[Peer], peer: Peer) -> float:
    has_permission = any(g.kind == "permission" for g in peer.endpoint.guards)
    return MORE if _ask_permission(beside) and not has_permission else SHARED


def _ask_permission(beside: Iterable[Peer]) -> bool:
    """Some of these ask for a permission before their handlers, which is more than to be known."""
    guards = (g for p in beside for g in p.endpoint.guards if g.declared and not g.shared)
    return any(g.kind == "permission" for g in guards)


def _trust(beside: Iterable[Peer], peer: Peer) -> float:
    """How sure it is that the siblings' checks ask who calls: those before a handler do; steps of its work may not."""
    declared = list(filter(_has_declared, beside))
    return READING if len(declared) >= MANY and not peer.endpoint.is_partial else DOUBTFUL


def _is_custom(beside: Sequence[Peer]) -> bool:
    """Most of these have a check of their own."""
    guarded = len({p.subject for p in beside if p.guarded})
    return guarded >= MANY and guarded >= 2 * len(_bare(beside))


def _bare(beside: Iterable[Peer]) -> set[Function]:
    return {p.subject for p in beside if not p.guarded and not p.is_meant_for_all}


def _nearest(beside: Iterable[Peer], peer: Peer) -> Peer:
    """The guarded sibling that compares best: of the same method, and written nearby."""
    line, methods = peer.subject.facts.line, set(peer.endpoint.methods)

    def distance(other: Peer) -> tuple[bool, int]:
        return not methods & set(other.endpoint.methods), abs(other.subject.facts.line - line)

    return min((p for p in beside if p.guarded), key=distance)


def _asked_of(endpoint: Endpoint, deed: Deed) -> str:
    """What is known of its caller, in words."""
    names = [guard.name for guard in endpoint.guards if guard.authorises and deed.kind != PRESUMES]
    return f"only {names[0]} is asked of who calls" if names else "nothing checks who calls"


def _match(peer: Peer, deed: Deed, sibling: Peer | None, confidence: float) -> Match:
    endpoint, home = peer.endpoint, peer.endpoint.home
    beside = ""
    if sibling:
        asking = [g for g in sibling.endpoint.guards if g.authorises and not g.shared]
        guard = min(asking, key=lambda g: (not _asks(g), not g.declared))
        beside = f"; {sibling.endpoint.name} checks with {guard.name}"
    return Match(
        message=f"{endpoint.name} {deed.words} and {_asked_of(endpoint, deed)}{beside}",
        function=home,
        line=home.facts.line,
        key=f"{endpoint.name} {deed.kind}",
        path=(endpoint.where, home.head(f"{home.name} answers"), *deed.steps),
        confidence=min(confidence, DOUBTFUL) if peer.may_be_asked(deed) else confidence,
        weight=2.0 if deed.kind in WRITES else 1.0,
        also=deed.functions,
    )
