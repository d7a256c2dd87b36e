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

## Bad: behind a function

```store.py
import subprocess

def convert(path):
    return subprocess.run(["convert", path], check=True, timeout=60)
```

```web.py
from store import convert

async def upload(path):
    return convert(path)  # finding: subprocess.run
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
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program, written
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.ERROR, cwe=(1322,), confirmed_by="load")
def check(program: Program) -> Iterator[Match]:
    """Blocking calls of coroutines, their own or of the plain functions that they call."""
    for function in program.code:
        if not function.facts.is_async or _runs_at_start(function):
            continue
        for call in function.calls:
            effect = program.effects.of_call(function, call, "block")
            if effect and not effect.once and not _is_awaited(function, call) and not _crosses_coroutine(effect):
                yield Match(
                    message=f"{effect.what} blocks the event loop",
                    function=function,
                    line=function.values[call].line,
                    key=effect.what,
                    path=effect.path("waits here"),
                    confidence=0.92 - min(0.04 * effect.depth, 0.2),
                    weight=2.0,
                )


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
