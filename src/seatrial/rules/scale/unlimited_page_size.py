"""The caller says how many rows to read, and nothing limits it.

Whoever asks for a million rows gets them: one request then costs the database, the memory and the network what a thousand should, and
anybody may send it again.

Set a largest value (`Query(le=100)`, `min(limit, 100)`, `max_limit`). Where the table is long, let callers go on from the last key that
they saw (`WHERE id > last ORDER BY id LIMIT n`), since an `OFFSET` counts through all that it skips.

## Bad: FastAPI and SQLAlchemy

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

def place(session):
    session.add(Order())
```

```shop/store.py
from sqlalchemy import select
from sqlalchemy.orm import Session
from shop.models import Order

def page(session: Session, skip: int, limit: int):
    return session.scalars(select(Order).offset(skip).limit(limit)).all()  # finding: as many rows of Order as the caller asks for
```

```shop/api.py
from fastapi import Depends, FastAPI, Query
from sqlalchemy.orm import Session
from shop.models import Order
from shop.store import page

app = FastAPI()

def session() -> Session:
    return Session()

@app.get("/orders")
def orders(skip: int = 0, limit: int = 100, db: Session = Depends(session)):
    return page(db, skip, limit)

@app.get("/all")
def older(skip: int = 0, limit: int = Query(100, ge=1), db: Session = Depends(session)):
    return db.query(Order).offset(skip).limit(limit).all()  # finding: Order
```

## Good

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

def place(session):
    session.add(Order())
```

```shop/api.py
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from sqlalchemy.orm import Session
from shop.models import Order

app = FastAPI()
SIZE = 100

def session() -> Session:
    return Session()

@app.get("/orders")
def orders(after: int = 0, limit: int = Query(100, le=500), db: Session = Depends(session)):
    return db.query(Order).filter(Order.id > after).order_by(Order.id).limit(limit).all()

@app.get("/annotated")
def annotated(limit: Annotated[int, Query(le=500)] = 100, db: Session = Depends(session)):
    return db.query(Order).limit(limit).all()

@app.get("/least")
def least(limit: int = 100, db: Session = Depends(session)):
    return db.query(Order).limit(min(limit, SIZE)).all()

@app.get("/fixed")
def fixed(page: int = 1, db: Session = Depends(session)):
    return db.query(Order).offset((page - 1) * SIZE).limit(SIZE).all()
```

```shop/job.py
from sqlalchemy.orm import Session
from shop.models import Order

def newest(db: Session, limit: int):
    return db.query(Order).limit(limit).all()

def ten(db: Session):
    return newest(db, 10)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity, Step
from seatrial.program import Function, Program
from seatrial.program.ancestry import made_of
from seatrial.program.arguments import passed
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._data import is_chosen_outside

DEPTH = 8
"""How many steps back a number is followed."""
CALLERS = 6
"""How many callers of a function are asked."""
_LARGEST = frozenset({"le", "lt", "max_value"})
_ORDERS = frozenset({"<", "<=", ">", ">="})
_INDEXES = frozenset({f.Index})


@rule(severity=Severity.WARNING, cwe=(770,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Limits of queries, as calls or slices, that come from the request as they are."""
    numbers, found = _Numbers(program), dict[tuple[Function, str], Match]()
    for function, call in program.index.calls("limit"):
        step, model = function.values[call], program.model(function, call)
        if type(step) is f.Call and step.args and model is not None and model.query == "bound":
            for match in _match(program, numbers, function, call, step.args[0]):
                found.setdefault((function, match.key), match)
    for function, at, end in _slices(program):
        for match in _match(program, numbers, function, at, end):
            found.setdefault((function, match.key), match)
    yield from found.values()


def _slices(program: Program) -> Iterator[tuple[Function, int, int]]:
    """Slices in handlers of requests, with the value that says where they end."""
    for function in dict.fromkeys(e.handler for e in program.endpoints if e.kind == "route"):
        for at in function.of(_INDEXES):
            step = function.values[at]
            key = function.values[step.key] if type(step) is f.Index else None
            if type(key) is f.Collection and key.kind == "slice" and len(key.items) > 1 and key.items[1] >= 0:
                yield function, at, key.items[1]


def _match(program: Program, numbers: "_Numbers", function: Function, at: int, limit: int) -> Iterator[Match]:
    origin = numbers.origin(function, limit)
    query = program.queries.query(function, at) if origin else None
    if origin is None or query is None or not query.table:
        return
    name = query.table.rpartition(".")[2]
    grows = any(effect.what == query.table for effect in program.effects.sources("db.write"))
    yield Match(
        message=f"as many rows of {name} as the caller asks for are read",
        function=function,
        line=function.values[at].line,
        key=query.table,
        path=(origin, function.step(at, "reads as many rows")),
        confidence=0.6 if not grows else SLIGHT if _is_read_whole(program, function, at, query.table) else 0.75,
    )


def _is_read_whole(program: Program, function: Function, at: int, table: str) -> bool:
    """Who says no number gets them all, in the other branch: the number is there to ask for less."""
    around = next((r for r in function.enclosing(at) if r.kind in {"if", "else"}), None)
    beside = [
        r for r in function.regions if around and r.parent == around.parent and r.kind in {"if", "else"} and r != around
    ]
    queries = (program.queries.query(function, v) for r in beside for v in function.calls if r.start <= v < r.end)
    return any(query is not None and query.table == table and not query.bounded for query in queries)


class _Numbers:
    """Follows numbers back to the request."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._handlers = {e.handler for e in program.endpoints if e.kind == "route"}

    def origin(self, function: Function, value: int, depth: int = 0) -> Step | None:
        """Where the caller chooses the number; None if it is not chosen by one, or limited on the way."""
        if value < 0 or depth > DEPTH:
            return None
        value = function.origin(value)
        step = function.values[value]
        if _is_compared(function, value):
            return None
        if type(step) is f.Param:
            return self._of_parameter(function, value, step, depth)
        if is_chosen_outside(self._program, function, value):
            return function.step(value, "the caller chooses how many")
        return next((found for v in _made_of(step) if (found := self.origin(function, v, depth + 1))), None)

    def _of_parameter(self, function: Function, value: int, step: f.Param, depth: int) -> Step | None:
        if function in self._handlers:
            return None if _has_largest(function, value) else function.head(f"the caller chooses {step.name}")
        for caller, call in self._program.calls.callers(function)[:CALLERS]:
            made = caller.values[call]
            given = passed(made, function, step.name) if type(made) is f.Call else f.NONE
            found = self.origin(caller, given, depth + 1)
            if found:
                return found
        return None


def _made_of(step: f.AnyValue) -> tuple[int, ...]:
    """The numbers that a number grows with: `int(text)`, `start + size`, `size or 10`."""
    if type(step) is f.Call and step.receiver < 0:
        return step.args[:1] if step.callee == "!int" else ()
    if type(step) is f.Call:
        return (step.receiver,) if step.callee in {"get", "pop"} else ()
    if type(step) is f.Binary:
        return (step.left, step.right) if step.op in {"+", "*", "or"} else ()
    return (step.base,) if type(step) is f.Index else ()


def _is_compared(function: Function, value: int) -> bool:
    """`if limit > 100`: somebody has thought of a largest value."""
    pending, seen = [value], {value}
    while pending:
        for user in function.users.get(pending.pop(), ()):
            step = function.values[user]
            if type(step) is f.Compare and step.op in _ORDERS:
                return True
            if type(step) is f.Phi and user not in seen:
                seen.add(user)
                pending.append(user)
    return False


def _has_largest(function: Function, parameter: int) -> bool:
    """`Query(le=100)` as default or annotation; any other type than a number limits it in its own way."""
    facts, outer = function.facts.params[parameter], function.parent
    if outer is None or facts.annotation < 0:
        return True
    words = set[str]()
    for value in made_of(outer, facts.annotation, facts.default):
        step = outer.values[value]
        words.update(name for name, _ in step.keywords) if type(step) is f.Call else None
        words.update([step.path] if type(step) is f.Ref else [])
    return "!int" not in words or not words.isdisjoint(_LARGEST)
