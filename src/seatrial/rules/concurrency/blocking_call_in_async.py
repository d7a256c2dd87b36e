"""A coroutine calls something that waits without giving way to others.

The event loop runs everything in one thread: while one request sleeps or waits for a synchronous library, every other request, timer and
health check of the process stands still.

Await an asynchronous library, or hand the call to a thread (`asyncio.to_thread`, `run_in_executor`); a handler that only does blocking
work can be a plain `def`, which frameworks run in threads themselves.

## Bad

```web.py
import time
import requests

async def price(name):
    time.sleep(1)  # finding: time.sleep
    return requests.get("https://prices.example/" + name, timeout=5).json()  # finding: requests.get
```

## Good

```web.py
import asyncio
import time

def slow():
    time.sleep(1)

async def price(name):
    await asyncio.sleep(1)
    return await asyncio.to_thread(slow)

async def prices(loop, names):
    futures = [loop.run_in_executor(None, slow) for _ in names]
    done, _ = await asyncio.wait(futures)
    return [one.result() for one in done]
```
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Severity, Step
from seatrial.program import Effect, Function, Program, written
from seatrial.program.occasions import Occasion
from seatrial.rules.contract import SLIGHT, Match, rule

_WAITS = frozenset({"done", "wait", "gather", "as_completed", "wait_for"})
_ASKS_SOMEBODY = frozenset({"builtins.input", "getpass.getpass"})
"""Who starts the program by hand is asked, and it has nothing else to do."""
_DATABASES = frozenset({"sqlalchemy", "django", "sqlmodel", "peewee", "sqlite3", "psycopg2", "pymysql"})
DECIDED = 5
"""From so many files on it is one decision to ask the database synchronously, which is mended once or not at all."""
_NEAR = re.compile(r"\.cache\.")
"""What answers from a memory near by, within a millisecond."""
NAP = 0.01
"""Seconds that nobody notices."""
_ENDS = frozenset({"startup", "shutdown"})
_ENSURES = re.compile(r"(?i)(?:maybe|ensure)_?(?:async|await|future|coroutine|deferred)")
"""Events at which nobody is served."""
_FOR_TESTS = re.compile(r"test_?client|testing|testutil", re.IGNORECASE)


@rule(severity=Severity.ERROR, cwe=(1322,), confirmed_by="load")
def check(program: Program) -> Iterator[Match]:
    """Blocking calls of coroutines, their own or of the plain functions that they call: one match a file and library.

    Who mends one coroutine of a file mends its neighbours, so they are told as steps.
    """
    families: dict[tuple[str, str], list[Match]] = {}
    for function in program.code:
        if function.facts.is_async and not _runs_at_start(function):
            for what, one in _blocking(program, function):
                families.setdefault((function.file.path, what.partition(".")[0]), []).append(one)
    for family in _decided(families):
        yield _gathered(sorted(family, key=lambda one: (-one.confidence, one.line)))


def _decided(families: dict[tuple[str, str], list[Match]]) -> Iterator[list[Match]]:
    """The families; those of a database in one, where so many files use it so that it was decided once for all."""
    for library in sorted({name for _, name in families}):
        each = [family for (_, name), family in sorted(families.items()) if name == library]
        once = library in _DATABASES and len(each) >= DECIDED
        yield from [[one for family in each for one in family]] if once else each


def _blocking(program: Program, function: Function) -> Iterator[tuple[str, Match]]:
    for call in function.calls:
        effect = program.effects.of_call(function, call, "block")
        if (
            effect
            and not effect.once
            and not (_is_no_wait(function, call) or _crosses_coroutine(effect) or _is_filled(function, effect))
            and not _is_nap(effect)
            and not _only_begins(program, function, call)
        ):
            yield (
                effect.what,
                Match(
                    message=f"{effect.what} blocks the event loop",
                    function=function,
                    line=function.values[call].line,
                    key=effect.what,
                    path=effect.path("waits here"),
                    confidence=_confidence(program, function, effect),
                    weight=2.0,
                ),
            )


_SHARING = frozenset({Occasion.REQUEST, Occasion.ADMIN})
"""Whoever asks, everybody waits."""


def _confidence(program: Program, function: Function, effect: Effect) -> float:
    """How likely others wait with it: requests share the loop that answers them, with tasks and administrators too."""
    likely = 0.92 - min(0.04 * effect.depth, 0.2)
    aside = effect.what in _ASKS_SOMEBODY or _NEAR.search(effect.what) or _FOR_TESTS.search(function.file.path)
    if aside or _is_alone(program, function) or _is_start(program, function):
        return SLIGHT
    occasions = program.occasions
    if not _SHARING.isdisjoint(occasions.of(function)):
        return likely
    if effect.what.partition(".")[0] in _DATABASES:
        return SLIGHT  # where nobody is seen to wait for others, a loop may well ask its database so
    if not program.endpoints:
        return likely
    return min(likely, 0.75) if occasions.recurs(function) else SLIGHT


def _is_alone(program: Program, function: Function) -> bool:
    """Nobody else is served by the loop: commands lead here, or the program has commands and answers no requests."""
    if program.occasions.is_by_hand(function):
        return True
    kinds = {endpoint.kind for endpoint in program.endpoints}
    return "command" in kinds and kinds.isdisjoint({"route", "websocket", "task"})


def _is_start(program: Program, function: Function) -> bool:
    """It is run before the first request or after the last: `@app.on_event("startup")`, or what the lifespan calls."""
    outer = function.parent
    steps = [outer.values[d] for d in function.facts.decorators] if outer else []
    given = [outer.values[a] for s in steps if type(s) is f.Call for a in s.args] if outer else []
    callers = [caller for caller, _ in program.calls.callers(function)]
    is_around = bool(callers) and all(map(_runs_at_start, callers))
    return is_around or any(type(v) is f.Const and v.value in _ENDS for v in given)


def _only_begins(program: Program, function: Function, call: int) -> bool:
    """A call of a generator runs nothing of it, and no loop goes over it here."""
    reached = program.target(function, call).functions
    is_lazy = bool(reached) and all(one.facts.is_generator for one in reached)
    return is_lazy and not any(region.subject == call for region in function.regions)


def _gathered(family: list[Match]) -> Match:
    """The likeliest of several matches, which tells of the others."""
    first, *others = family
    if not others or first.function is None:
        return first
    steps = tuple(Step(one.path[0].place, "waits too") for one in others)
    coroutines = len({one.function for one in family})
    more = f", and so do calls of {coroutines - 1} more coroutines here" if coroutines > 1 else ""
    also = dict.fromkeys(one.function for one in others if one.function and one.function is not first.function)
    return replace(first, message=first.message + more, path=first.path + steps, also=tuple(also))


def _is_no_wait(function: Function, call: int) -> bool:
    """It is awaited, so it gives way; it asks for a result that is there already; or it says that it will not wait."""
    return any(asks(function, call) for asks in (_is_awaited, _is_done, _says_no_wait, _is_small, _is_ensured))


def _is_nap(effect: Effect) -> bool:
    """It sleeps for a hundredth of a second at most, as every other piece of work takes: `sleep(0.001)`."""
    source = effect.source
    step = source.function.values[source.value]
    if type(step) is not f.Call or step.callee.rpartition(".")[2] != "sleep" or not step.args:
        return False
    given = source.function.values[source.function.origin(step.args[0])]
    return type(given) is f.Const and isinstance(given.value, float | int) and given.value <= NAP


def _is_ensured(function: Function, call: int) -> bool:
    """Its answer is awaited if it is a coroutine: which of several classes answers is chosen elsewhere."""
    users = (function.values[user] for user in function.users.get(call, ()))
    return any(type(user) is f.Call and _ENSURES.search(user.callee) for user in users)


def _says_no_wait(function: Function, call: int) -> bool:
    """`queue.get(block=False)`, `lock.acquire(blocking=False)`, `sleep(0)`."""
    step = function.values[call]
    if type(step) is not f.Call:
        return False
    last = step.callee.rpartition(".")[2]
    if any("NUMERIC" in written(function, value) for name, value in step.keywords if name == "flags"):
        return True  # an address, which nobody need be asked for
    told = [value for name, value in step.keywords if name in {"block", "blocking", "timeout"}]
    told += step.args[:1] if last in {"sleep", "acquire", "get"} else []
    given = (function.values[function.origin(value)] for value in told)
    return any(type(value) is f.Const and value.kind in {"bool", "int"} and not value.value for value in given)


def _is_small(function: Function, call: int) -> bool:
    """What takes long goes elsewhere: the same function is handed to a thread on the other way."""
    step = function.values[call]
    if type(step) is not f.Call or step.callee or step.receiver < 0:
        return False
    called = function.origin(step.receiver)
    awaited = (function.values[c] for c in function.calls if c != call and _is_awaited(function, c))
    return any(function.origin(a) == called for one in awaited if type(one) is f.Call for a in one.args)


def _is_filled(function: Function, effect: Effect) -> bool:
    """A queue that was waited for until it held something."""
    source = effect.source
    step = source.function.values[source.value]
    if type(step) is not f.Call or step.callee != "get":
        return False
    name = written(source.function, step.receiver)
    asked = (function.values[c] for c in function.calls if c < effect.value)
    return any(type(a) is f.Call and a.callee == "empty" and written(function, a.receiver) == name for a in asked)


def _is_done(function: Function, call: int) -> bool:
    """The result of what the body has asked `done()`, or has waited for."""
    step = function.values[call]
    if type(step) is not f.Call or step.callee != "result":
        return False
    asked = (function.values[c] for c in function.calls if c < call)
    return any(type(one) is f.Call and one.callee.rpartition(".")[2] in _WAITS for one in asked)


def _is_awaited(function: Function, call: int) -> bool:
    """Whoever awaits a call knows that it gives way; its type was guessed wrong."""
    return any(type(function.values[user]) is f.Await for user in function.users.get(call, ()))


def _runs_at_start(function: Function) -> bool:
    """A context manager around the application's life: nobody is served yet while it waits."""
    outer = function.parent
    return outer is not None and any(
        written(outer, d).endswith("asynccontextmanager") for d in function.facts.decorators
    )


def _crosses_coroutine(effect: Effect) -> bool:
    """The blocking call lies in another coroutine, where it is reported itself."""
    return any(link.function.facts.is_async for link in effect.chain[1:])
