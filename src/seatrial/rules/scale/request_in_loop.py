"""Another service is called over the network once for each element of a collection.

Each call waits for a far machine: a list of a thousand takes minutes, a slow answer stalls everything behind it, and the other
service sees a flood that looks like an attack.

Ask for many at once if the service offers it; else send the calls together with a limit (`asyncio.gather` behind a semaphore, a thread
pool), or hand them to background jobs; always with a timeout.

## Bad

```prices.py
import requests

def prices(products):
    found = {}
    for product in products:
        found[product] = requests.get(f"https://prices.example/{product}", timeout=5).json()  # finding
    return found
```

## Bad: through a helper

```client.py
import httpx

def fetch(name):
    return httpx.get("https://prices.example/" + name, timeout=5)
```

```prices.py
from client import fetch

def prices(products):
    return [fetch(p) for p in products]  # finding: products
```

## Good

```prices.py
import asyncio
import httpx
import requests

def prices(products):
    return requests.get("https://prices.example/", params={"names": products}, timeout=5).json()

def first(mirrors):
    for mirror in mirrors:
        answer = requests.get(mirror, timeout=5)
        if answer.ok:
            return answer
    return None

async def together(client: httpx.AsyncClient, products):
    return await asyncio.gather(*[client.get(f"https://prices.example/{p}") for p in products])

def pages(url):
    while url:
        page = requests.get(url, timeout=5).json()
        url = page["next"]
```

## Good: each element is another service's address

```shop/hooks.py
import requests

def tell(addresses, change):
    for address in addresses:
        requests.post(address, json=change, timeout=5)
```

## Good: each element knows whom it tells

```shop/hooks.py
import requests

class Hook:
    def __init__(self, address: str):
        self.address = address

    def send(self, change):
        requests.post(self.address, json=change, timeout=5)

class Shop:
    hooks: list[Hook]

    def changed(self, change):
        for hook in self.hooks:
            hook.send(change)
```

## Good: all of it is moved from one service to another, once

```shop/importers/tickets.py
import requests

def import_tickets(board, tickets):
    for ticket in tickets:
        board.add(requests.get(f"https://tickets.example/{ticket}", timeout=5).json())
```

## Good: in a background job

```shop/tasks.py
import requests
from celery import shared_task
from shop.models import Order

@shared_task
def tell(text):
    for order in Order.objects.filter(pk__gt=3):
        requests.put(order.address, data=text, timeout=5)
```

```shop/models.py
from django.db import models

class Order(models.Model):
    address = models.URLField()
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Loop, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.scale._awaits import confidence, could_run_together, ends_early, is_asynchronous, is_awaited

ELSEWHERE = 0.2
"""How much less likely a finding is acted on where every request goes to another service, or the requests are the work."""
_TRANSFERS = re.compile(
    r"(?i)import(s|er|ers|ing|_)|export|migrat|mirror|crawl|scrap|harvest|backup|seed|sync_all|\bfix_"
)
"""Names of what moves everything from one service to another: one thing after the other, once."""


@rule(severity=Severity.WARNING, category=("nplus1",), cwe=(1050,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Calls over HTTP in loops, in the body itself or behind functions."""
    for function in program.index.with_loops():
        for call in () if program.effects.has_none(function, "http") else function.calls:
            loop = program.loops.around(function, call) if function.region_of[call] >= 0 else None
            if loop and not ends_early(loop):
                yield from _match(program, function, call, loop)


def _match(program: Program, function: Function, call: int, loop: Loop) -> Iterator[Match]:
    effect = program.effects.of_call(function, call, "http")
    if effect is None or effect.once or _is_another(program, loop, call):
        return
    yield Match(
        message=f"{effect.what} is called for each element of {loop.over}",
        function=function,
        line=function.values[call].line,
        key=f"{effect.what} in {loop.over}",
        path=(
            loop.step(),
            *effect.path("sends a request"),
        ),
        confidence=confidence(program, loop, effect)
        - (ELSEWHERE if _is_elsewhere(program, loop, call, effect) or _TRANSFERS.search(_place(function)) else 0.0),
        weight=2.0,
    )


def _place(function: Function) -> str:
    return f"{function.file.path} {function.symbol}"


def _is_elsewhere(program: Program, loop: Loop, call: int, effect: Effect) -> bool:
    """The element is the address: each request goes to somebody else, whom nobody can ask for many at once.

    Or the element is a program's own object that knows its address: `webhook.send(change)`.
    """
    step = loop.function.values[call]
    if type(step) is not f.Call:
        return False
    if effect.depth == 0:
        return bool(step.args) and type(loop.function.values[loop.function.origin(step.args[0])]) is f.Element
    owned = step.receiver >= 0 and loop.function.origin(step.receiver) == loop.element
    return owned and any(reached.cls is not None for reached in program.target(loop.function, call).functions)


def _is_another(program: Program, loop: Loop, call: int) -> bool:
    """An asynchronous call that is only made here, and awaited with the others; or that could be (`chatty-await`)."""
    if not is_asynchronous(program, loop.function, call):
        return False
    return not is_awaited(loop.function, call) or could_run_together(program, loop, call)
