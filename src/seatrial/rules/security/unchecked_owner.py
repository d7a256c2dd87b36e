"""An endpoint finds a row by an id from the request and never asks whose it is.

Whoever is logged in can put another number into the URL and read or change what belongs to somebody else (insecure direct object
reference, broken object-level authorisation). Tests pass, since they use their own rows; and every endpoint that is copied without the check opens one more door.

Ask what the siblings ask, right after the row is found: compare its owner with the caller, or look for it among the caller's rows only.

## Bad: the sibling asks

```shop/api.py
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from shop.models import Order

router = APIRouter(prefix="/orders")


def current_user(token: str = "") -> int:
    if not token:
        raise HTTPException(status_code=401)
    return int(token)


User = Annotated[int, Depends(current_user)]


def find(db: Session, order_id: int) -> Order:
    return db.get(Order, order_id)


def ensure_owner(order: Order, user: int) -> None:
    if order.user_id != user:
        raise HTTPException(status_code=403)


@router.get("/{order_id}")
def show(order_id: int, user: User, db: Session) -> Order:
    order = find(db, order_id)
    ensure_owner(order, user)
    return order


@router.delete("/{order_id}")
def cancel(order_id: int, user: User, db: Session) -> None:
    order = find(db, order_id)
    ensure_owner(order, user)
    db.delete(order)
    db.commit()


@router.patch("/{order_id}/address")
def change_address(order_id: int, address: str, user: User, db: Session) -> None:  # finding: Order
    order = find(db, order_id)
    order.address = address
    db.commit()
```

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    address: Mapped[str]
```

## Good: only administrators may

```shop/api.py
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from shop.models import Order

router = APIRouter(prefix="/orders")


def current_user(token: str = "") -> int:
    if not token:
        raise HTTPException(status_code=401)
    return int(token)


def require_admin(user: int = Depends(current_user)) -> int:
    if user != 1:
        raise HTTPException(status_code=403)
    return user


User = Annotated[int, Depends(current_user)]


def ensure_owner(order: Order, user: int) -> None:
    if order.user_id != user:
        raise HTTPException(status_code=403)


@router.get("/{order_id}")
def show(order_id: int, user: User, db: Session) -> Order:
    order = db.get(Order, order_id)
    ensure_owner(order, user)
    return order


@router.delete("/{order_id}")
def cancel(order_id: int, user: User, db: Session) -> None:
    order = db.get(Order, order_id)
    ensure_owner(order, user)
    db.delete(order)


@router.post("/{order_id}/refund", dependencies=[Depends(require_admin)])
def refund(order_id: int, db: Session) -> None:
    db.delete(db.get(Order, order_id))
```

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
```
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from seatrial.model import facts as f
from seatrial.model.finding import Severity, Step
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import Endpoint, Guard
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._callers import is_caller
from seatrial.rules.security._customs import WRITES, breaks
from seatrial.rules.security._owned import Use, is_shown, owned
from seatrial.rules.security._rows import PROOFS, Lookup, Rows, is_asked_ahead, takes_row
from seatrial.rules.security._unseen import Unseen

CUSTOM = 2
"""So many siblings that ask make it the custom."""
CHANGES = 0.8
READS = 0.6
"""Confidence for an endpoint that changes the row, and for one that only shows it."""

SHOWS = 0.72
"""Confidence when it is the custom of the folder to ask, and the view only shows the row."""
USES: Mapping[Use, float] = {"changes": 0.8, "uses the secret of": 0.75, "hands out": 0.6, "reads": 0.4}
"""Confidence for a row with an owner, by what is done with it for anyone who is logged in."""
ALONE = SLIGHT
"""Confidence at most when nothing else in the program tells such rows apart by their owner, or does so for others."""
AHEAD = 0.4
"""Confidence at most when a middleware asks about rows before the view runs, for views that a table of its own names."""

_MAKING = frozenset({"create", "get_or_create", "update_or_create"})
"""Calls that write who calls into a row of their own, and ask nothing of another."""

_PLACEHOLDER = re.compile(r"[{<](?:[^}>:]*:)?(\w+)[^}>]*[}>]|\(\?P<(\w+)>")


@dataclass(frozen=True, slots=True)
class Finder:
    """An endpoint that finds rows of a class by an id from its path. `calls`: where, in the handler's body."""

    endpoint: Endpoint
    found: Mapping[Class, int]
    asks: Mapping[Class, Guard]
    """The classes of whose rows the handler asks, by steps of its own work."""
    before: frozenset[str]
    """The names of the checks that stand before the handler."""

    @property
    def is_silent(self) -> bool:
        """No step of its work refuses anybody."""
        return all(guard.declared for guard in self.endpoint.guards)

    @property
    def line(self) -> int:
        """Where the handler begins."""
        return self.endpoint.home.facts.line


@rule(severity=Severity.ERROR, cwe=(639, 862), category=("authz",), confirmed_by="access")
def check(program: Program) -> Iterator[Match]:
    """Compares each endpoint with its siblings, and the rows that have an owner with who calls; tells each place once."""
    rows, unseen = Rows(program), Unseen(program)
    most = AHEAD if is_asked_ahead(program) else 1.0
    told = set()
    for endpoint, match in (*_siblings(program), *_customs(program, rows), *_owned(program, rows)):
        if (match.function, match.line) not in told:
            told.add((match.function, match.line))
            is_likely = match.confidence > SLIGHT
            is_unclear = is_likely and (unseen.around(endpoint) or any(map(takes_row, unseen.own(endpoint))))
            yield replace(match, confidence=min(match.confidence, SLIGHT if is_unclear else most))


Told: TypeAlias = tuple[Endpoint, Match]


def _customs(program: Program, rows: Rows) -> Iterator[Told]:
    for found in breaks(program, rows):
        endpoint, home, sibling = found.view.endpoint, found.view.subject, found.sibling
        kind = found.lookup.cls.name if found.lookup.cls else "a row"
        alike = CHANGES if found.changes else SHOWS if is_shown(program, found.lookup) else ALONE
        match = Match(
            message=f"{endpoint.name} finds {kind} by id and never asks whether the caller may; {sibling.name} does",
            function=home,
            line=home.facts.line,
            key=f"{home.name} {kind}",
            path=(endpoint.where, _found(found.lookup), *((sibling.step,) if sibling.step else ())),
            confidence=alike if found.is_alike else ALONE,
            weight=2.0 if found.changes else 1.0,
        )
        yield endpoint, match


def _owned(program: Program, rows: Rows) -> Iterator[Told]:
    for found in owned(program, rows):
        endpoint, home = found.endpoint, found.endpoint.home
        kind = found.lookup.cls.name if found.lookup.cls else "a row"
        match = Match(
            message=f"{endpoint.name} {found.use} {kind} by id, whosever it is: {kind}.{found.owner} is not asked",
            function=home,
            line=home.facts.line,
            key=f"{endpoint.name} {kind} {found.owner}",
            path=(endpoint.where, _found(found.lookup)),
            confidence=USES[found.use]
            if found.is_custom or found.use == "uses the secret of"
            else min(ALONE, USES[found.use]),
            weight=2.0 if found.use == "changes" else 1.0,
        )
        yield endpoint, match


def _found(lookup: Lookup) -> Step:
    return lookup.function.step(lookup.call, "a row is found by an id from the request")


def _siblings(program: Program) -> Iterator[Told]:
    """Compares each endpoint with those of the same file that find rows of the same class."""
    beside: dict[tuple[str, Class], list[Finder]] = defaultdict(list)
    for endpoint in program.endpoints:
        finder = _finder(program, endpoint)
        for cls in finder.found if finder else ():
            assert finder is not None
            beside[finder.endpoint.home.file.path, cls].append(finder)
    for (_, cls), finders in beside.items():
        yield from _compared(program, cls, finders)


def _compared(program: Program, cls: Class, finders: Sequence[Finder]) -> Iterator[Told]:
    asking = [one for one in finders if cls in one.asks]
    silent = [one for one in finders if one.is_silent and not _hands_on_caller(program, one.endpoint)]
    for one in silent:
        alike = [other for other in asking if one.before and one.before <= other.before]
        if len(alike) >= CUSTOM and len(silent) <= len(alike):
            yield one.endpoint, _match(program, cls, one, min(alike, key=lambda other: abs(other.line - one.line)))


def _hands_on_caller(program: Program, endpoint: Endpoint) -> bool:
    """Who calls is compared, or given to code that may compare it; what libraries make of a request does not count."""
    handler = endpoint.handler
    for at, step in enumerate(handler.values):
        sides = f.operands(step) if isinstance(step, f.Call | f.Compare) else ()
        if not any(is_caller(handler, i, endpoint.callers) for i in sides):
            continue
        if isinstance(step, f.Compare) or not program.target(handler, at).external:
            return True
    return False


def _match(program: Program, cls: Class, one: Finder, sibling: Finder) -> Match:
    endpoint, home = one.endpoint, one.endpoint.home
    guard, other = sibling.asks[cls], sibling.endpoint.name
    changes = any(program.effects.of(endpoint.handler, kind) for kind in WRITES)
    row = endpoint.handler.step(one.found[cls], f"a row of {cls.name} is found by an id from the request")
    return Match(
        message=f"{endpoint.name} finds {cls.name} by id and never asks whose it is; {other} asks {guard.name}",
        function=home,
        line=home.facts.line,
        key=f"{endpoint.name} {cls.name}",
        path=(endpoint.where, home.head(f"{home.name} answers"), row, guard.step),
        confidence=CHANGES if changes else READS,
        weight=2.0 if changes else 1.0,
    )


def _finder(program: Program, endpoint: Endpoint) -> Finder | None:
    ids = {name for names in _PLACEHOLDER.findall(endpoint.path) for name in names if name}
    if endpoint.kind != "route" or not ids or ids & PROOFS or endpoint.is_open or not endpoint.handler.is_callable:
        return None
    if endpoint.is_for_admins:
        return None
    handler = endpoint.handler
    found = {}
    for call in handler.calls:
        cls = _row(program, handler, call)
        if cls and cls not in found and _takes_id(handler, call, ids):
            found[cls] = call
    asks = {cls: guard for cls in found for guard in endpoint.guards if _is_about(program, handler, guard, cls)}
    before = frozenset(g.name for g in endpoint.guards if g.declared and g.authorises)
    return Finder(endpoint, found, asks, before) if found else None


def _row(program: Program, handler: Function, call: int) -> Class | None:
    """The model class of the row that a call gives; None if it gives none, or makes it."""
    if program.target(handler, call).made:
        return None
    found = program.type_of(handler, call)
    is_row = found and found.cls and not found.meta and program.types.has_kind(found, "model")
    return found.cls if found and is_row else None


def _takes_id(handler: Function, call: int, ids: set[str], depth: int = 0) -> bool:
    step = handler.values[call]
    inputs = (*step.args, *(value for _, value in step.keywords)) if isinstance(step, f.Call) else ()
    for value in inputs:
        given = handler.values[handler.origin(value)]
        if isinstance(given, f.Param) and given.name in ids:
            return True
        if depth == 0 and isinstance(given, f.Call) and _takes_id(handler, handler.origin(value), ids, 1):
            return True
    return False


def _is_about(program: Program, handler: Function, guard: Guard, cls: Class) -> bool:
    """The check is a step of the handler's work, and speaks of a row of the class."""
    if guard.declared or not guard.authorises or guard.step.place.path != handler.file.path or guard.name in _MAKING:
        return False
    line = guard.step.place.line
    here = (i for at, step in enumerate(handler.values) if step.line == line for i in (at, *f.operands(step)))
    types = (program.type_of(handler, i) for i in here)
    return any(found and found.cls is cls for found in types)
