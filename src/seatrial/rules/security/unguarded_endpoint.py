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

## Bad: a view without the mixin that its siblings have

```blog/views.py
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import View

from blog.models import Post


class Publish(LoginRequiredMixin, View):
    def post(self, request, pk):
        Post.objects.create(pk=pk)


class Remove(View):
    def post(self, request, pk):  # finding
        Post.objects.filter(pk=pk).delete()
```

```blog/models.py
from django.db import models


class Post(models.Model):
    title = models.CharField(max_length=80)
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

from seatrial.model.facts import StoreAttr
from seatrial.model.finding import Severity, Step
from seatrial.program import Function, Program
from seatrial.program.endpoints import Endpoint, is_public
from seatrial.rules.contract import Match, rule

WRITES = ("db.write", "commit", "fs.write", "task.enqueue", "mail", "process")
READS = ("db.read", "fs.read")
DEEDS = {
    "db.write": "writes", "commit": "changes", "fs.write": "writes files with", "task.enqueue": "starts a task with", "mail": "sends mail with",
    "process": "starts a process with", "db.read": "hands out", "fs.read": "reads files with",
}  # fmt: skip
SAFE = frozenset({"GET", "HEAD", "OPTIONS", ""})

BESIDE = 0.85
"""Confidence when endpoints of the same file have a check."""
ELSEWHERE = 0.7
"""Confidence when other endpoints of the program have one."""
NOWHERE = 0.5
"""Confidence when none has: the check may stand before the program, in a proxy."""
SHARED = 0.6
"""Confidence when something is checked for the whole application, and the siblings still check more."""
READING = 0.15
"""Taken off when it only reads."""
MANY = 3
"""So many guarded siblings make a rule of which a reader is the exception."""


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
        return f"{DEEDS[self.kind]} {self.what.rpartition('.')[2] or 'the database'}"


@rule(severity=Severity.ERROR, cwe=(862, 306), category=("authz",))
def check(program: Program) -> Iterator[Match]:
    """Compares each endpoint with those beside it, and those with the rest of the program."""
    routes = [e for e in program.endpoints if e.kind in {"route", "websocket"}]
    beside: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in routes:
        beside[endpoint.handler.file.path].append(endpoint)
    told = set()
    for endpoint in routes:
        if endpoint.is_open or is_public(endpoint) or any(g.authorises and not g.shared for g in endpoint.guards):
            continue
        match = _judge(program, endpoint, beside[endpoint.handler.file.path], routes)
        subject = endpoint.cls or endpoint.handler
        if match and subject not in told:
            told.add(subject)
            yield match


def _judge(
    program: Program, endpoint: Endpoint, beside: Sequence[Endpoint], routes: Sequence[Endpoint]
) -> Match | None:
    guarded = [e for e in beside if _is_guarded(e)]
    shared = any(g.authorises for g in endpoint.guards)
    deed = _deed(program, endpoint, WRITES)
    if deed is None or set(endpoint.methods) <= SAFE:
        readers = [e for e in guarded if set(e.methods) & SAFE]
        deed = deed or _deed(program, endpoint, READS)
        if deed is None or len(readers) < MANY or len(guarded) < MANY * _count(beside, guarded=False):
            return None
        return _match(endpoint, deed, guarded[0], (SHARED if shared else BESIDE) - READING)
    if shared:
        is_rule = len(guarded) >= MANY and len(guarded) >= MANY * _count(beside, guarded=False)
        return _match(endpoint, deed, guarded[0], SHARED) if is_rule else None
    if guarded:
        return _match(endpoint, deed, _nearest(guarded, endpoint), BESIDE)
    others = [e for e in routes if _is_guarded(e) and e.framework == endpoint.framework]
    if others:
        return _match(endpoint, deed, others[0], ELSEWHERE if len(others) >= MANY else NOWHERE)
    return _match(endpoint, deed, None, NOWHERE)


def _count(endpoints: Iterable[Endpoint], *, guarded: bool) -> int:
    return sum(_is_guarded(e) is guarded for e in endpoints)


def _is_guarded(endpoint: Endpoint) -> bool:
    return any(g.authorises and not g.shared for g in endpoint.guards)


def _nearest(guarded: Sequence[Endpoint], endpoint: Endpoint) -> Endpoint:
    """The sibling that compares best: of the same method, and written nearby."""
    line = endpoint.handler.facts.line
    return min(guarded, key=lambda e: (not set(e.methods) & set(endpoint.methods), abs(e.handler.facts.line - line)))


def _deed(program: Program, endpoint: Endpoint, kinds: Sequence[str]) -> Deed | None:
    for kind in kinds:
        for entry in endpoint.entries:
            effects = program.effects.of(entry, kind).values()
            best = min(effects, key=lambda e: e.depth, default=None)
            if best:
                via = [best.function]
                step = best.via
                while step is not None:
                    via.append(step.function)
                    step = step.via
                what = _changed(program, best.source.function) if kind == "commit" else best.what
                return Deed(kind, what, best.path(f"{DEEDS[kind]} here"), tuple(via))
        for name in endpoint.serves:
            model = program.models.function(name)
            if model and kind in model.effects:
                return Deed(kind, endpoint.cls.name if endpoint.cls else name, ())
    return None


def _changed(program: Program, function: Function) -> str:
    """The row whose attribute a function sets before it commits; empty if that happens elsewhere."""
    for step in function.values:
        if isinstance(step, StoreAttr):
            row = program.type_of(function, step.base)
            if row and program.types.has_kind(row, "model"):
                return row.name
    return ""


def _match(endpoint: Endpoint, deed: Deed, sibling: Endpoint | None, confidence: float) -> Match:
    handler = endpoint.handler
    beside = ""
    if sibling:
        guard = next(g for g in sibling.guards if g.authorises and not g.shared)
        beside = f"; {sibling.name} checks with {guard.name}"
    return Match(
        message=f"{endpoint.name} {deed.words} and nothing checks who calls{beside}",
        function=handler,
        line=handler.facts.line,
        key=f"{endpoint.name} {deed.kind}",
        path=(endpoint.where, handler.head(f"{handler.name} answers"), *deed.steps),
        confidence=confidence,
        weight=2.0 if deed.kind in WRITES else 1.0,
        also=deed.functions,
    )
