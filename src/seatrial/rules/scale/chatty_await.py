"""Requests that do not need one another are awaited one after the other.

Each waits for the one before though nothing in it is used: a hundred requests of a tenth of a second are ten seconds for the caller,
where together they would be one or two.

Start them together and wait once, with a limit: `asyncio.gather` behind an `asyncio.Semaphore`, or a `TaskGroup`.

## Bad

```prices.py
import aiohttp
import httpx

async def prices(client: httpx.AsyncClient, products):
    found = {}
    for product in products:
        answer = await client.get(f"https://prices.example/{product}")  # finding: httpx.AsyncClient.get is awaited anew
        found[product] = answer.json()
    return found

async def listed(client: httpx.AsyncClient, products):
    return [await client.get(f"https://prices.example/{product}") for product in products]  # finding: each element of products

async def bodies(urls):
    async with aiohttp.ClientSession() as session:
        found = []
        for url in urls:
            async with session.get(url) as answer:  # finding: each element of urls
                found.append(await answer.text())
        return found
```

## Bad: through a helper

```client.py
import httpx

async def fetch(client: httpx.AsyncClient, name):
    answer = await client.get("https://prices.example/" + name)
    answer.raise_for_status()
    return answer.json()
```

```prices.py
from client import fetch

async def prices(client, products):
    found = []
    for product in products:
        found.append(await fetch(client, product))  # finding: products
    return found
```

## Bad: two that have nothing to do with each other

```page.py
import httpx

async def page(client: httpx.AsyncClient):
    news = await client.get("https://news.example/")
    weather = await client.get("https://weather.example/")  # finding: waits for the request before it
    return news.text + weather.text
```

## Good

```prices.py
import asyncio
import httpx
from sqlalchemy.ext.asyncio import AsyncSession

async def together(client: httpx.AsyncClient, products):
    return await asyncio.gather(*[client.get(f"https://prices.example/{p}") for p in products])

async def in_group(client: httpx.AsyncClient, products):
    async with asyncio.TaskGroup() as group:
        for product in products:
            group.create_task(client.get(f"https://prices.example/{product}"))

async def later(client: httpx.AsyncClient, products):
    waiting = []
    for product in products:
        waiting.append(client.get(f"https://prices.example/{product}"))
    return await asyncio.gather(*waiting)

async def pages(client: httpx.AsyncClient, names):
    token = ""
    for name in names:
        answer = await client.get("https://prices.example/", params={"token": token})
        token = answer.json()["next"]

async def stream(client: httpx.AsyncClient, names):
    for name in names:
        yield await client.get("https://prices.example/" + name)

async def slowly(client: httpx.AsyncClient, names):
    for name in names:
        await client.get("https://prices.example/" + name)
        await asyncio.sleep(1)

async def few(client: httpx.AsyncClient):
    return [await client.get("https://prices.example/" + name) for name in ("a", "b")]

async def first(client: httpx.AsyncClient, mirrors):
    for mirror in mirrors:
        answer = await client.get(mirror)
        if answer.is_success:
            return answer

async def rows(session: AsyncSession, statements):
    for statement in statements:
        await session.execute(statement)
```

```page.py
import httpx

async def user(client: httpx.AsyncClient):
    token = await client.get("https://login.example/")
    return await client.get("https://user.example/", headers={"token": token.text})

async def checked(client: httpx.AsyncClient):
    first = await client.get("https://login.example/")
    first.raise_for_status()
    return await client.get("https://user.example/")

async def written(client: httpx.AsyncClient):
    await client.post("https://orders.example/", json={})
    await client.post("https://orders.example/close", json={})

async def either(client: httpx.AsyncClient, name):
    if name:
        return await client.get("https://login.example/")
    return await client.get("https://user.example/")
```
"""

from collections.abc import Iterator
from itertools import pairwise

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import Match, rule
from seatrial.rules.scale._awaits import confidence, could_run_together, ends_early, is_awaited

_READS = frozenset({"get", "head", "options"})


@rule(severity=Severity.WARNING, category=("nplus1",), cwe=(1050,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Awaited requests in loops, and one after the other in the same block."""
    for function in program.index.with_loops():
        if function.facts.is_async and not function.facts.is_generator:
            yield from _in_loops(program, function)
    by_function: dict[Function, list[Effect]] = {}
    for effect in program.effects.sources("http"):
        if effect.function.facts.is_async and is_awaited(effect.function, effect.value):
            by_function.setdefault(effect.function, []).append(effect)
    for effects in by_function.values():
        yield from _in_line(program, effects)


def _in_loops(program: Program, function: Function) -> Iterator[Match]:
    for call in function.calls:
        loop = program.loops.around(function, call) if function.region_of[call] >= 0 else None
        if loop is None or not is_awaited(function, call) or ends_early(loop):
            continue
        effect = program.effects.of_call(function, call, "http")
        if effect and not effect.once and could_run_together(program, loop, call):
            yield Match(
                message=f"{effect.what} is awaited anew for each element of {loop.over}",
                function=function,
                line=function.values[call].line,
                key=f"{effect.what} in {loop.over}",
                path=(loop.step(), *effect.path("sends a request")),
                confidence=confidence(program, loop, effect),
                weight=2.0,
            )


def _in_line(program: Program, effects: list[Effect]) -> Iterator[Match]:
    """Two reads in one block, the second of which uses nothing of the first."""
    for before, after in pairwise(effects):
        function = after.function
        if function.region_of[before.value] != function.region_of[after.value] or not _both_read(before, after):
            continue
        if _is_plain(function, before.value, after.value) and before.value not in made_of(
            function, after.value, start=before.value
        ):
            yield Match(
                message=f"{after.what} waits for the request before it, and uses nothing of it",
                function=function,
                line=function.values[after.value].line,
                key=f"{after.what} after {before.what}",
                path=(
                    function.step(before.value, "waits for an answer"),
                    function.step(after.value, "sends a request that could have been under way"),
                ),
                confidence=0.72 if program.is_served(function) or not program.endpoints else 0.6,
            )


def _both_read(before: Effect, after: Effect) -> bool:
    return {before.what.rpartition(".")[2], after.what.rpartition(".")[2]} <= _READS


def _is_plain(function: Function, start: int, end: int) -> bool:
    """Nothing between the two looks at the first: no branch, and no `raise_for_status()`."""
    steps = (function.values[value] for value in range(start + 1, end))
    looks = any(type(step) is f.Call and step.callee == "raise_for_status" for step in steps)
    return not looks and not any(start < region.start <= end for region in function.regions)
