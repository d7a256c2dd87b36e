"""Something is closed where an exception skips it.

Everything works until something fails, and then each failure leaves a file, connection or lock open: a server in trouble uses up its
descriptors as well, and a short disturbance becomes an outage.

Close it in `finally`, or use it in a `with` block; in a generator that makes a context manager, put the `yield` into a `try`, since what the
`with` block raises is raised at the `yield`.

## Bad: the body of the with block raises

```images.py
from contextlib import contextmanager

@contextmanager
def opened(image):
    image.file.open("rb")
    yield image.file
    image.file.close()  # finding: with block
```

## Bad: the handler goes on, with the file still open

```digests.py
import hashlib

def digest(upload):
    sha = hashlib.sha256()
    try:
        for chunk in upload.file.chunks(65536):
            sha.update(chunk)
        upload.file.close()  # finding: upload.file
        return sha.hexdigest()
    except OSError:
        return None
```

## Good

```images.py
from contextlib import contextmanager

@contextmanager
def opened(image):
    image.file.open("rb")
    try:
        yield image.file
    finally:
        image.file.close()

@contextmanager
def lifespan(app):
    client = app.connect()
    yield client
    client.close()

@contextmanager
def undone(session):
    try:
        yield session
    except Exception:
        session.close()
        raise
    session.close()
```
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.occasions import Occasion
from seatrial.program.ownership import clauses
from seatrial.rules.contract import SLIGHT, Match, gathered, rule

_CLOSERS = ("close", "aclose", "release", "disconnect", "unlock", "shutdown", "terminate", "rmtree", "cleanup")
_CLOSING = frozenset({*_CLOSERS, "stop", "__exit__", "__aexit__", "__del__"})
_POOLED = re.compile("pool|lock|mutex|semaphore|session|lease|slot")
YIELDED, ENDURES, FREED = 0.85, 0.75, 0.5
"""How surely it stays open: what only a local variable holds is freed when the function returns."""
_KEEPS = frozenset({f.StoreAttr, f.StoreItem, f.Collection, f.Closure})
_WAYS = frozenset({"if", "else", "case", "except"})
_YIELDS = frozenset({f.Yield})
_MAKERS = frozenset({"contextmanager", "asynccontextmanager"})


@rule(severity=Severity.WARNING, category=("leak",), cwe=(772, 460), confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Calls that close something after a `yield`, or after work in a `try`, where only success leads."""
    families: dict[tuple[Function, int], list[Match]] = {}
    for function, call in program.index.calls(*_CLOSERS):
        around = next((r.start for r in function.enclosing(call) if r.kind == "try"), f.NONE)
        for match in _skipped(function, call):
            families.setdefault((function, around), []).append(match)
    for family in families.values():
        found = gathered(family, last=True)
        seldom = found.function is not None and _is_seldom(program, found.function)
        yield replace(found, confidence=min(found.confidence, SLIGHT)) if seldom else found


def _is_seldom(program: Program, function: Function) -> bool:
    """Its process ends with it, or only operators ask for it."""
    occasions = program.occasions
    return occasions.is_alone(function) or (
        Occasion.ADMIN in occasions.of(function) and occasions.is_for_operators(function)
    )


def _skipped(function: Function, call: int) -> Iterator[Match]:
    yielded = _yielded(function, call)
    if yielded >= 0:
        yield _match(function, call, yielded, "the with block raises", FREED if _is_within(function, call) else YIELDED)
        return
    used = _used_before(function, call)
    if used >= 0:
        step = function.values[call]
        ends = type(step) is f.Call and step.callee in {"terminate", "shutdown"}  # what has ended cannot be ended
        sure = FREED if ends or _is_freed(function, call) or _is_cursor(function, call) else ENDURES
        yield _match(function, call, used, "this fails and the handler goes on", sure)


def _is_cursor(function: Function, call: int) -> bool:
    """It holds nothing that its connection does not hold: `connection.cursor()`."""
    step = function.values[call]
    made = function.values[function.origin(step.receiver)] if type(step) is f.Call and step.receiver >= 0 else None
    return type(made) is f.Call and made.callee.rpartition(".")[2] == "cursor"


def _is_within(function: Function, call: int) -> bool:
    """It removes what lies in a folder of somebody else, who sees to that: `rmtree(working / "parts")`."""
    step = function.values[call]
    if type(step) is not f.Call or step.callee.rpartition(".")[2] != "rmtree" or not step.args:
        return False
    path = function.values[function.origin(step.args[0])]
    above = function.values[function.origin(path.left)] if type(path) is f.Binary and path.op == "/" else None
    return type(above) in {f.Param, f.Free}


def _yielded(function: Function, call: int) -> int:
    """The `yield` of a context manager before the call that nothing guards, or NONE."""
    if not function.facts.is_generator or not _makes_context(function) or _is_guarded(function, call):
        return f.NONE
    if any(True for value in function.of(_YIELDS) if value > call):  # the with block runs after it: it makes ready
        return f.NONE
    for value in range(call - 1, -1, -1):
        if type(function.values[value]) is f.Yield and not _is_elsewhere(function, value, call):
            held = any(r.kind in {"try", "with"} for r in function.enclosing(value))
            return f.NONE if held else value
    return f.NONE


def _is_elsewhere(function: Function, yielded: int, call: int) -> bool:
    """The `yield` is of another way, which leaves before it comes to the call."""
    return any(r.exits and not r.start <= call < r.end for r in function.enclosing(yielded) if r.kind in _WAYS)


def _makes_context(function: Function) -> bool:
    """A context manager, but not one around the application's life: what it leaves open ends with the process."""
    outer = function.parent
    return (
        "lifespan" not in function.name
        and outer is not None
        and any(written(outer, d).rpartition(".")[2] in _MAKERS for d in function.facts.decorators)
    )


def _is_guarded(function: Function, call: int) -> bool:
    return any(region.kind in {"finally", "except"} for region in function.enclosing(call))


def _used_before(function: Function, call: int) -> int:
    """The first use, in the same `try`, of what the call closes and no handler does; NONE if there is none."""
    step = function.values[call]
    assert type(step) is f.Call
    name = written(function, step.receiver)
    region = next((r for r in function.enclosing(call) if r.kind in {"try", "finally", "except"}), None)
    if step.receiver < 0 or "." not in name or function.name in _CLOSING or region is None or region.kind != "try":
        return f.NONE
    handlers = clauses(function, region)
    if not any((h.kind == "except" and not h.exits) or _answers(function, h) for h in handlers):
        return f.NONE
    names = {name, *_made_from(function, step.receiver)}
    if any(_closes(function, other, names) and not region.start <= other < region.end for other in function.calls):
        return f.NONE
    return next((u for u in range(region.start, call) if _uses(function, u, name)), f.NONE)


def _is_freed(function: Function, call: int) -> bool:
    """Made here, held by a local alone, neither a lock nor from a pool, and every handler leaves at once."""
    step = function.values[call]
    assert type(step) is f.Call
    made = function.origin(step.receiver)
    maker = function.values[made]
    region = next((r for r in function.enclosing(call) if r.kind == "try"), None)
    if type(maker) is not f.Call or region is None or step.callee not in {"close", "aclose", "disconnect"}:
        return False
    kept = any(type(function.values[user]) in _KEEPS for user in function.users.get(made, ()))
    leaving = all(_answers(function, h) or h.exits for h in clauses(function, region) if h.kind == "except")
    return leaving and not kept and not _POOLED.search(written(function, made).lower())


def _answers(function: Function, handler: f.Region) -> bool:
    """The handler ends by returning, or going on to the next round: the failure is over."""
    last = function.values[handler.end - 1] if handler.end > handler.start else None
    return handler.kind == "except" and type(last) in {f.Return, f.Jump}


def _made_from(function: Function, value: int) -> Iterator[str]:
    """What a thing was made of, by whose end it ends too: the connection of a cursor."""
    maker = function.values[function.origin(value)]
    if type(maker) is f.Call and maker.receiver >= 0:
        yield written(function, maker.receiver)


def _closes(function: Function, call: int, names: set[str]) -> bool:
    step = function.values[call]
    assert type(step) is f.Call
    return step.callee in _CLOSING and written(function, step.receiver) in names


def _uses(function: Function, value: int, name: str) -> bool:
    step = function.values[value]
    return type(step) is f.Call and step.receiver >= 0 and written(function, step.receiver) == name


def _match(function: Function, call: int, before: int, failure: str, confidence: float) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    name = _named(function, step)
    return Match(
        message=f"{name}() is skipped when {failure}",
        function=function,
        line=step.line,
        key=f"{step.callee} {name}",
        path=(function.step(before, "what is raised here"), function.step(call, "skips this")),
        confidence=confidence,
    )


def _named(function: Function, step: f.Call) -> str:
    """The call in the source's words, with the variable's name if what it is called on has one."""
    if step.receiver < 0:
        return ".".join(step.callee.lstrip("!:?").split(".")[-2:])
    stores = (function.values[u] for u in function.users.get(function.origin(step.receiver), ()))
    name = next((s.name for s in stores if type(s) is f.Store), "") or written(function, step.receiver)
    return f"{name}.{step.callee}" if name else step.callee
