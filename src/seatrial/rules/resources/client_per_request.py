"""A client or engine that keeps connections is made anew for every request, or for every element of a loop.

Each one opens connections of its own, with a handshake that takes longer than the work, and leaves them behind: under load the database refuses
new connections, and the ports of the machine run out.

Make one for the program, at start or on first use, and close it at the end; requests share it.

## Bad: for every request

```shop/web.py
import redis
from fastapi import Depends, FastAPI
from pymongo import MongoClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

app = FastAPI()

def get_session():
    engine = create_engine("postgresql://db/shop")  # finding: create_engine
    with Session(engine) as session:
        yield session

@app.get("/customers")
def customers(session: Session = Depends(get_session)):
    return session.get(int, 1)

@app.get("/pages")
def pages():
    return MongoClient("mongodb://db").shop.pages.count_documents({})  # finding: MongoClient

def connect():
    return redis.Redis(host="cache")  # finding: redis.Redis

@app.get("/hits")
def hits():
    return connect().get("hits")
```

## Good

```shop/web.py
import functools
import httpx
import redis
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

app = FastAPI()
engine = create_engine("postgresql://db/shop")
client = None

@functools.cache
def cache():
    return redis.Redis(host="cache")

def connect():
    return redis.Redis(host="cache")

shared = connect()

def get_session():
    with Session(engine) as session:
        yield session

def shared_client():
    global client
    if client is None:
        client = redis.Redis(host="cache")
    return client

@app.get("/orders")
def orders(session: Session = Depends(get_session)):
    return shared_client().get("a"), cache().get("b"), shared.get("c")

@app.get("/one")
async def one():
    async with httpx.AsyncClient() as once:
        return (await once.get("https://shop.example")).text
```
"""

from collections.abc import Iterator
from functools import cache

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.effects import remembered
from seatrial.program.ownership import aliases
from seatrial.rules.contract import HINTED, SLIGHT, Match, each_once, rule

NEAR = 1
"""How many calls away from the handler, or what it depends on, at most: further away somebody may keep it."""
DEPTH = 3
"""How many callers a client that is handed back is followed to."""
_ENDS = frozenset({"close", "aclose", "dispose", "disconnect", "terminate", "shutdown", "closeall"})
_KEPT = frozenset({f.StoreAttr, f.StoreItem})


@rule(severity=Severity.WARNING, category=("leak",), cwe=(400,), confirmed_by="leak", most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """Pools that are made where requests pass, and clients that are made in a loop; one match for those of one kind."""
    yield from each_once(_made(program), lambda one: one.message)


def _made(program: Program) -> Iterator[Match]:
    reached = cache(lambda: _of_requests(program))
    for function, call in program.index.calls(*_makers(program)):
        thing = _pool(program, function, call)
        if not thing or not function.is_callable or remembered(function, call):
            continue
        name = program.target(function, call).external
        if _is_made_again(program, function, call):
            yield _match(function, call, f"{name} is made anew for each element, with connections of its own", 0.75)
        elif _is_per_request(program, reached(), function, call):
            said = f"{name} is made anew for each request, with connections of its own"
            if program.models.closers(thing) or _is_ended(function, call):
                yield _match(function, call, said, 0.5)
            else:
                is_near = reached().get(function, 0) <= NEAR and not _is_given(function, call)
                sure = 0.76 if is_near and not _is_far(program, function, thing) else SLIGHT
                yield _match(function, call, said, sure)


def _makers(program: Program) -> list[str]:
    """What the calls are called that give a pool."""
    pools = [name for name, known in program.models.types.items() if known.pool]
    giving = program.models.last_names(lambda model: program.models.canonical(model.returns) in pools)
    return sorted({*giving, *(name.rpartition(".")[2] for name in pools)})


def _pool(program: Program, function: Function, call: int) -> str:
    """The type of pool that a call makes; empty if it makes none."""
    model = program.model(function, call)
    known = program.models.type(model.returns) if model and model.returns else None
    return model.returns if model and known and known.pool else ""


def _is_made_again(program: Program, function: Function, call: int) -> bool:
    """A loop makes it of the same arguments, and is done with it before the next turn."""
    loops = function.loops(call)
    step = function.values[call]
    assert type(step) is f.Call
    if not loops or loops[0].kind == "while" or program.occasions.is_by_hand(function) or _is_kept(function, call):
        return False
    given = [*step.args, *(value for _, value in step.keywords)]
    return all(value < loops[0].start or _is_fixed(function, value) for value in given)


def _is_given(function: Function, call: int) -> bool:
    """Whoever asks says where it leads to, and it may be another place each time."""
    step = function.values[call]
    assert type(step) is f.Call
    return bool(step.args) and type(function.values[function.origin(step.args[0])]) is f.Param


def _is_fixed(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    return type(step) in {f.Const, f.Ref, f.Param} or (type(step) is f.Attr and _is_fixed(function, step.base))


def _is_far(program: Program, function: Function, thing: str) -> bool:
    """What is made there asks a far service, for which everybody waits longer than for a handshake."""
    own = (model for name, model in program.models.functions.items() if name.startswith(f"{thing}."))
    bodies = (function, *(caller for caller, _ in program.calls.callers(function)))
    return any("http" in model.effects for model in own) or any(program.effects.of(body, "http") for body in bodies)


def _is_kept(function: Function, call: int) -> bool:
    """It is stored where it outlives the body, or handed on."""
    users = list(_users(function, call))
    return _is_stored(users) or any(type(u) is f.Return for u in users)


def _users(function: Function, call: int) -> Iterator[f.AnyValue]:
    """What is done with what a call makes, also where two branches make one each."""
    return (function.values[user] for alias in aliases(function, call) for user in function.users.get(alias, ()))


def _is_stored(users: list[f.AnyValue]) -> bool:
    return any(type(u) in _KEPT or (type(u) is f.Store and u.outer) for u in users)


def _of_requests(program: Program) -> dict[Function, int]:
    """All functions that a request runs, with how many calls they are away from its handler or a dependency of it."""
    ways = (e for e in program.endpoints if e.kind in {"route", "websocket"})
    waiting = [function for way in ways for function in (way.handler, *way.entries)]
    for function, call in program.index.calls("Depends"):
        step = function.values[call]
        assert type(step) is f.Call
        waiting += [g for value in step.args[:1] for g in program.calls.value(function, value).functions]
    found = dict.fromkeys(waiting, 0)
    for function in waiting:
        for next_one in program.calls.reached(function):
            if next_one not in found and not _is_cached(next_one):
                found[next_one] = found[function] + 1
                waiting.append(next_one)
    return found


def _is_per_request(
    program: Program, reached: dict[Function, int], function: Function, call: int, depth: int = 0
) -> bool:
    """Requests pass here each time: the body uses it itself, or hands it back to one that does."""
    if depth > DEPTH or _is_cached(function) or not function.is_callable or program.occasions.is_by_hand(function):
        return False
    users = list(_users(function, call))
    if _is_stored(users):
        return False
    if not any(type(u) is f.Return for u in users):
        return function in reached and function.name != "__init__"
    callers = [c for c in program.calls.callers(function) if not remembered(*c)]
    return any(_is_per_request(program, reached, caller, at, depth + 1) for caller, at in callers)


def _is_cached(function: Function) -> bool:
    outer = function.parent
    steps = [outer.values[d] for d in function.facts.decorators] if outer else []
    names = (s.path if type(s) is f.Ref else s.callee if type(s) is f.Call else "" for s in steps)
    return any("cache" in name.rpartition(".")[2] or "singleton" in name for name in names)


def _is_ended(function: Function, call: int) -> bool:
    """It is closed here, though it need not be."""
    made = aliases(function, call)
    if any(region.subject in made for region in function.regions):
        return True
    users = _users(function, call)
    return any(type(u) in {f.Call, f.Attr} and (u.callee if type(u) is f.Call else u.name) in _ENDS for u in users)  # type: ignore[union-attr] # one of the two


def _match(function: Function, call: int, message: str, confidence: float) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    return Match(
        message=message,
        function=function,
        line=step.line,
        key=step.callee.lstrip(":.!?"),
        path=(function.step(call, "makes one"),),
        confidence=confidence,
    )
