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
from seatrial.program.endpoints import REFUSED, Endpoint, Guard, lexicon
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._by_strangers import is_sent_in
from seatrial.rules.security._misspelt import misspelt
from seatrial.rules.security._owned import owner
from seatrial.rules.security._peers import PRESUMES, READS, WRITES, Deed, Peer, Peers, worst
from seatrial.rules.security._presumed import FLAGS, uses
from seatrial.rules.security._rows import takes_proof
from seatrial.rules.security._unseen import Unseen

MISSPELT = 0.92
"""Confidence when a view says who may call, under a name that nothing reads."""
PRESUMED = 0.78
"""Confidence when a handler needs a user, endpoints of the same file ask for one, and it does not."""
BESIDE = 0.85
"""Confidence when most endpoints of the same file have a check before their handlers, and some write the same rows."""
FEW = 0.75
"""The same when only some have, or none of them writes the same rows in a program so small that all its means are seen."""
TOGETHER = 0.72
"""Confidence where several of one file stand open, and the program asks elsewhere, or the path says whom it is for."""
READING = 0.72
"""Confidence when it only reads a row by id that belongs to somebody, and is the one in a file that does not ask first."""
DOUBTFUL = 0.5
"""Confidence when nothing is checked anywhere (it may be in a proxy), or what siblings check may be something else."""
MANY = 3
"""So many guarded endpoints make it the custom."""
CUSTOM = 2
"""So many beside it are enough where it is the only one without."""
SMALL = 200
"""So many endpoints at most has a program of which one reader sees all."""


@rule(severity=Severity.ERROR, cwe=(862, 306), category=("authz",), confirmed_by="access")
def check(program: Program) -> Iterator[Match]:
    """Compares each endpoint with those beside it, and those with the rest of the program."""
    peers, unseen = Peers(program), Unseen(program)
    found: dict[Function, tuple[Peer, Match]] = {}
    for peer in peers.all:
        if peer.subject not in found and not peer.is_meant_for_all:
            match = _judged(peers, peer)
            if match:
                found[peer.subject] = peer, match
    open_in = Counter(peer.file for peer, _ in found.values() if peer.stands_open)
    slips = {peer.subject: match for peer in peers.all if (match := _misspelt(program, peer))}
    yield from slips.values()
    for peer, match in (one for one in found.values() if one[0].subject not in slips):
        is_one_of_many = peer.stands_open and open_in[peer.file] >= MANY and not unseen.looks(peer.endpoint)
        likely = max(match.confidence, TOGETHER) if is_one_of_many and _is_told(peers, peer) else match.confidence
        is_unclear = likely > SLIGHT and (is_sent_in(peer) or unseen.before(peer.endpoint))
        yield replace(match, confidence=min(likely, SLIGHT) if is_unclear else likely)


def _is_told(peers: Peers, peer: Peer) -> bool:
    """The program asks who calls in other places, or the path says that it is not for all."""
    framework = peer.endpoint.framework
    alike = (one for one in peers.all if one.changes and one.endpoint.framework == framework)
    asking = {one.subject for one in alike if _has_declared(one)}
    return len(asking) >= MANY or lexicon.speaks_of_admins(peer.endpoint.path)


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
        return _match(peer, deed, _nearest(beside, peer), _trust(beside, peer)) if _is_custom(beside) else None
    guarded = [p for p in beside if p.guarded]
    if guarded:
        alike = [p for p in guarded if peer.writes_rows and _is_alike(peers, p, peer)]
        confidence = _by_siblings(alike, beside, peer) if alike else _alone(peers, beside, peer)
        most = SLIGHT if peer.compares_caller else confidence
        return _match(peer, deed, _nearest(alike or guarded, peer), min(confidence, most))
    others = [p for p in peers.all if p.changes and p.endpoint.framework == peer.endpoint.framework]
    if _is_custom(others):
        return _match(peer, deed, _nearest(others, peer), DOUBTFUL if peer.endpoint.is_partial else SLIGHT)
    if not any(p.endpoint.methods for p in others):  # messages, not requests: the framework knows who sends them
        return None
    return _match(peer, deed, None, DOUBTFUL)


def _reading(peers: Peers, peer: Peer) -> Match | None:
    """Reading is a fault only where it is the custom to check readers, too; it may be open on purpose all the same."""
    beside = peers.beside(peer)
    deed = worst(peers.program, peer.endpoint, READS) if _is_custom(beside) else None
    if deed is None:
        return None
    is_kept = not peer.is_asked and len(_bare(beside)) == 1 and _is_someones(peers, beside, peer, deed)
    trust = _trust(beside, peer)
    return _match(peer, deed, _nearest(beside, peer), READING if is_kept and trust == SLIGHT else trust)


def _is_someones(peers: Peers, beside: Sequence[Peer], peer: Peer, deed: Deed) -> bool:
    """It hands out a row by id that says whose it is, and the others keep such rows from strangers."""
    program = peers.program
    cls = program.schema.named(deed.what)
    alike = (
        p for p in beside if p.guarded and (found := worst(program, p.endpoint, READS)) and found.what == deed.what
    )
    return peer.names_row and bool(owner(program, cls)) and any(alike)


def _misspelt(program: Program, peer: Peer) -> Match | None:
    """The view lists who may call, and a slip of the pen lets everybody in."""
    slip = None if peer.is_asked else misspelt(program, peer.endpoint)
    if slip is None:
        return None
    written, meant, step = slip
    cls = peer.subject
    return Match(
        message=f"{cls.name} lets everybody in: it says `{written}`, and `{meant}` is what is read",
        function=cls,
        line=cls.facts.line,
        key=f"{cls.name} {written}",
        path=(peer.endpoint.where, step),
        confidence=MISSPELT,
        weight=2.0,
    )


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


def _is_alike(peers: Peers, one: Peer, other: Peer) -> bool:
    """Both write rows of one table; where it is not known which, their paths begin with the same name."""
    here, there = peers.altered(one), peers.altered(other)
    if here and there:
        return not here.isdisjoint(there)
    return bool(one.resource) and one.resource == other.resource


def _by_siblings(alike: Sequence[Peer], beside: Sequence[Peer], peer: Peer) -> float:
    """How sure it is that the check of those that write the same rows is missing here.

    What they check as a step of their work may be something else.
    """
    is_common = sum(p.guarded for p in beside) * 2 >= len(beside)
    if any(map(_has_declared, alike)):
        return BESIDE if is_common and peer.endpoint.path else FEW
    return SLIGHT


def _alone(peers: Peers, beside: Sequence[Peer], peer: Peer) -> float:
    """How sure it is where no sibling writes the same rows.

    It is the only one of its file that has no check before it, or the program is so small that all its means are seen.
    """
    if not peer.writes_rows or takes_proof(peer.endpoint):
        return SLIGHT
    declared = [p for p in beside if _has_declared(p)]
    if len({p.subject for p in declared}) + 1 == len({p.subject for p in beside}) > CUSTOM:
        return BESIDE
    is_seen = len(peers.all) <= SMALL and not peer.endpoint.is_partial
    return FEW if len(declared) * 2 >= len(beside) and is_seen and peer.alters else SLIGHT


def _has_declared(peer: Peer) -> bool:
    """A check of its own stands before its handler."""
    return any(g.authorises and g.declared and not g.shared for g in peer.endpoint.guards)


def _trust(beside: Iterable[Peer], peer: Peer) -> float:
    """How sure it is that the siblings' checks ask who calls: those before a handler do; steps of its work may not."""
    declared = list(filter(_has_declared, beside))
    return SLIGHT if len(declared) >= MANY and not peer.endpoint.is_partial else DOUBTFUL


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
