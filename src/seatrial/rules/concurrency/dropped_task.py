"""A coroutine is called and never awaited, or a task is started and nobody keeps it.

Without `await`, nothing of the coroutine runs: the mail is not sent, the row is not written, and all that shows is a warning in a log. A task
that only the event loop knows is held by a weak reference: the garbage collector may take it in the middle of its work, and what it raises is
told to nobody. Both happen more often the longer a process lives.

Await the coroutine. Keep the task until it is done: in a `TaskGroup`, or in a set that it leaves by itself
(`tasks.add(task)`, `task.add_done_callback(tasks.discard)`); see the note under
[asyncio.create_task](https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task).

## Bad: never awaited

```shop/mails.py
import asyncio
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()

async def confirm(address):
    await asyncio.sleep(1)

class Outbox:
    async def flush(self):
        await confirm("all")

    async def stop(self):
        self.flush()  # finding: Outbox.flush is never awaited

@app.post("/orders")
async def place(address: str, session: AsyncSession):
    confirm(address)  # finding: confirm is never awaited
    session.commit()  # finding: commit is never awaited

def later(address):
    sent = confirm(address)  # finding: confirm is never awaited
```

## Bad: a task that nobody keeps

```shop/jobs.py
import asyncio

async def clean(queue):
    await queue.join()

async def start(queue):
    asyncio.create_task(clean(queue))  # finding: nobody keeps the task

async def named(queue):  # told with the other one of this file
    task = asyncio.create_task(clean(queue))
```

## Good

```shop/jobs.py
import asyncio
import functools
from typing import Protocol
from sqlalchemy.orm import Session

tasks = set()

async def clean():
    await asyncio.Event().wait()

async def numbers():
    yield 1

def background(function):
    @functools.wraps(function)
    def started(*args):
        return asyncio.run(function(*args))
    return started

@background
async def nightly():
    await clean()

class Worker:
    async def run(self):
        self.task = asyncio.create_task(clean())
        async with asyncio.TaskGroup() as group:
            group.create_task(clean())

async def start(session: Session):
    task = asyncio.create_task(clean())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    other = asyncio.create_task(clean())
    await asyncio.sleep(1)
    await asyncio.gather(clean(), clean())
    coroutine = clean()
    await coroutine
    session.commit()
    nightly()
    numbers()

class Cursor(Protocol):
    async def close(self) -> None: ...

def finish(cursor: Cursor):
    cursor.close()

def schedule(loop):
    return loop.create_task(clean())

lazy = lambda: clean()
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.occasions import Occasion
from seatrial.rules.contract import SLIGHT, Match, each_once, rule

_UNUSED = frozenset({Occasion.UNUSED})
_PASSING = frozenset({f.Phi, f.Store})
_PAUSES = frozenset({f.Await, f.Yield})
_WORK = frozenset({f.Call, f.Await, f.Return, f.Raise, f.Store, f.StoreAttr})
"""Without any of them, it is a declaration, which a plain function may fulfil."""
_PLAIN = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "final"})
"""Decorators under which a coroutine function stays one."""


@rule(severity=Severity.ERROR, confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Calls of coroutine functions whose result nobody looks at, and tasks that nobody keeps."""
    for function in program.code:
        if function.facts.is_async and _is_plain(function) and not function.facts.is_generator:
            yield from _unawaited(program, function)
    yield from each_once(_lost(program), lambda one: one.function and one.function.file.path)
    for function in program.code:
        if function.facts.is_async:
            yield from _library(program, function)


def _is_meant(function: Function, call: int) -> bool:
    """Another tool was told that nobody is to keep it."""
    line = function.values[call].line
    return any(c.line == line and "RUF006" in c.text for c in function.file.facts.comments)


def _is_held(program: Program, function: Function, call: int) -> bool:
    """It begins with a sleep, or waits for a future: the timer, or who keeps the future, holds it."""
    step = function.values[call]
    bodies = program.target(function, step.args[0]).functions if type(step) is f.Call and step.args else ()
    return bool(bodies) and all(map(_waits_first, bodies))


def _waits_first(body: Function) -> bool:
    first = next((body.values[at] for at in body.of(frozenset({f.Await}))), None)
    waited = body.values[body.origin(first.value)] if type(first) is f.Await else None
    if type(waited) is f.Call:
        return waited.callee.endswith("asyncio.sleep") and next((body.values[at] for at in body.calls), None) is waited
    return type(waited) in {f.Free, f.Param}


def _is_plain(function: Function) -> bool:
    outer = function.parent
    steps = [outer.values[d] for d in function.facts.decorators] if outer else []
    return all(type(s) is f.Ref and s.path.rpartition(".")[2].lstrip("!") in _PLAIN for s in steps)


def _lost(program: Program) -> Iterator[Match]:
    for function, call in program.index.calls("create_task", "ensure_future"):
        model = program.model(function, call)
        if model and model.kept and _is_lost(function, call):
            message = "nobody keeps the task that starts here: it may vanish before it is done"
            sure = 0.5 if _is_meant(function, call) or _is_held(program, function, call) else 0.75
            yield _match(function, call, message, sure)


def _unawaited(program: Program, coroutine: Function) -> Iterator[Match]:
    for caller, call in program.calls.callers(coroutine):
        reached = program.target(caller, call).functions
        if all(_is_plain(r) and r.facts.is_async for r in reached) and not _is_used(caller, call):
            does = any(True for _ in coroutine.of(_WORK))
            sure = SLIGHT if _is_left_over(program, caller) else 0.9
            message = f"{coroutine.symbol} is never awaited: nothing of it runs"
            yield _match(caller, call, message, sure if does else 0.5)


def _is_left_over(program: Program, caller: Function) -> bool:
    """Nobody calls it; or it is a command, which has not worked since the function that it calls became a coroutine."""
    if program.occasions.of(caller) == _UNUSED:
        return caller.name.startswith("_")
    return not caller.facts.is_async and program.occasions.is_by_hand(caller)


def _library(program: Program, function: Function) -> Iterator[Match]:
    """Coroutines of libraries; only in a coroutine, where the same name surely is not the blocking twin's."""
    for call in function.calls:
        if call not in function.users:
            target = program.target(function, call)
            if target.external and target.model and target.model.awaited and not _is_used(function, call):
                yield _match(function, call, f"{target.external.rpartition('.')[2]} is never awaited", 0.85)


def _is_used(function: Function, call: int) -> bool:
    """Anything looks at the result: as an operand, as what a `with` or loop is about, from an inner function."""
    if function.facts.kind != "function":
        return True  # a lambda gives its value back, a module may be a page of a notebook
    pending = [call]
    while pending:
        value = pending.pop()
        if any(region.subject == value for region in function.regions):
            return True
        for user in function.users.get(value, ()):
            step = function.values[user]
            if type(step) not in _PASSING or (type(step) is f.Store and _is_shared(function, step)):
                return True
            if type(step) is f.Phi:
                pending.append(user)
    return False


def _is_shared(function: Function, store: f.Store) -> bool:
    """The variable outlives the body, or an inner function reads it."""
    inner = (g for g in function.file.functions if g.parent is function)
    return store.outer or any(type(v) is f.Free and v.name == store.name for g in inner for v in g.values)


def _is_lost(function: Function, call: int) -> bool:
    """Nobody has the task once the body has ended, and the body does not wait for anything before."""
    if _is_used(function, call):
        return False
    named = any(type(function.values[u]) is f.Store for u in function.users.get(call, ()))
    return not named or not any(at > call for at in function.of(_PAUSES))


def _match(function: Function, call: int, message: str, confidence: float) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    return Match(
        message=message,
        function=function,
        line=step.line,
        key=step.callee.lstrip(":.!?"),
        confidence=confidence,
        weight=2.0,
    )
