"""A value is read from the cache, changed in Python and written back, or a look at the cache stands in for a lock.

All processes share the cache. Of two requests at once both read 9 and both write 10: the limit lets through more than it should, the counter
counts too little, and both hold the "lock".

Let the cache do it in one step: `incr`, `cache.add(key, …)`, `set(key, …, nx=True)`, `INCR` with an expiry; or a script.

## Bad

```shop/views.py
import redis
from django.core.cache import cache
from django.http import HttpResponse

client = redis.Redis()

def limited(request):
    key = "tries:" + request.META["REMOTE_ADDR"]
    tries = cache.get(key, 0)
    if tries >= 10:
        return HttpResponse(status=429)
    cache.set(key, tries + 1, 60)  # finding: read from the cache
    return HttpResponse("ok")

def hits(request):
    count = client.get("hits")
    client.set("hits", int(count or 0) + 1)  # finding: read from the cache
    return HttpResponse("ok")

def once(request):
    if not cache.get("running"):
        cache.set("running", True, 60)  # finding: stands in for a lock
        work(request)
    return HttpResponse("ok")

def once_more(request):
    if client.exists("running"):
        return HttpResponse(status=409)
    client.set("running", 1)  # finding: stands in for a lock
    work(request)

def work(request):
    print(request)
```

## Good

```shop/views.py
import redis
from django.core.cache import cache
from django.http import HttpResponse

client = redis.Redis()

def limited(request):
    key = "tries:" + request.META["REMOTE_ADDR"]
    cache.add(key, 0, 60)
    if cache.incr(key) > 10:
        return HttpResponse(status=429)
    return HttpResponse("ok")

def remembered(request):
    rows = cache.get("rows")
    if rows is None:
        rows = load(request)
        cache.set("rows", rows, 60)
    return rows

def flag(request):
    if not cache.get("warned"):
        cache.set("warned", True, 60)

def once(request):
    if cache.add("running", True, 60):
        work(request)
    return HttpResponse("ok")

def locked(request):
    with client.lock("names"):
        count = client.get("hits")
        client.set("hits", int(count or 0) + 1)

def copied(request):
    rows = cache.get("rows")
    cache.set("copy", rows)

def stamped(request):
    if not cache.get("started"):
        cache.set("started", request.GET["time"])
    return cache.get("started")

def work(request):
    print(request)

def load(request):
    return [request]

def seen(request):  # what one loses, the next brings
    names = cache.get("names", [])
    names.append(request.GET["name"])
    cache.set("names", names)
```
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program, written
from seatrial.program.ancestry import computed_from
from seatrial.rules.contract import SLIGHT, Match, rule

_CHANGES = frozenset({"append", "add", "update", "extend", "remove", "discard", "pop", "insert"})
_SUMS = frozenset({"+", "-", "*", "|"})
_PUTS = frozenset({"set", "setex"})
"""Calls that put a whole value under a key; others do their sum in the cache itself."""
_SAYS_SO = re.compile(r"(?i)(?<![bcf])lock|running|busy|mutex|in_?progress|claim|working|semaphore")
"""Keys of what only one may do."""


@rule(severity=Severity.WARNING, category=("race",), cwe=(362,))
def check(program: Program) -> Iterator[Match]:
    """Values that are put under a key after a look at what is under it, without a lock."""
    reads: dict[Function, list[Effect]] = defaultdict(list)
    for effect in program.effects.sources("cache.read"):
        reads[effect.function].append(effect)
    for write in program.effects.sources("cache.write"):
        function = write.function
        stored = _stored(function, write.value)
        if stored < 0 or _is_locked(program, function, write.value) or program.occasions.is_by_hand(function):
            continue
        for read in reads.get(function, ()):
            if read.value < write.value and _key(function, read.value) == _key(function, write.value) != "":
                yield from _judged(function, read.value, write.value, stored)


def _is_locked(program: Program, function: Function, value: int) -> bool:
    if any(not t.rows and t.value < value < t.until for t in program.locks.taken(function)):
        return True
    return any(r.kind == "with" and "lock" in written(function, r.subject).lower() for r in function.enclosing(value))


def _stored(function: Function, call: int) -> int:
    """The value that a call puts under a key; NONE for a call that does something else, or only if nothing is there."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee.rpartition(".")[2] not in _PUTS or any(name in {"nx", "version"} for name, _ in step.keywords):
        return f.NONE
    position = 2 if step.callee.endswith("setex") else 1
    return step.args[position] if len(step.args) > position else f.NONE


def _key(function: Function, call: int) -> str:
    """The key that a call is about, in words that are equal where it is the same value."""
    step = function.values[call]
    if type(step) is not f.Call or not step.args:
        return ""
    origin = function.origin(step.args[0])
    key = function.values[origin]
    return f"{key.kind} {key.value}" if type(key) is f.Const else f"{origin} {written(function, origin)}"


def _judged(function: Function, read: int, write: int, stored: int) -> Iterator[Match]:
    if _is_made_of(function, stored, read):
        said = "what was read from the cache is changed and written back: what others wrote in between is lost"
        yield _match(function, read, write, said, SLIGHT if _is_changed(function, read) else 0.76)
    elif type(function.values[function.origin(stored)]) is f.Const and _decides(function, read, write):
        said = "a look at the cache stands in for a lock: two at once both see that it is free"
        yield _match(function, read, write, said, 0.75 if _SAYS_SO.search(_key(function, write)) else 0.6)


def _is_made_of(function: Function, stored: int, read: int) -> bool:
    """The stored value is a sum with what was read, or the very list or dictionary, changed in place."""
    found = computed_from(function, stored, _leads_on, _sums)
    return any(value == read and (summed or _is_changed(function, read)) for value, summed in found)


def _leads_on(step: f.AnyValue) -> bool:
    is_number = type(step) is f.Call and step.callee == "!int"
    return is_number or type(step) in {f.Binary, f.Phi, f.Await, f.Conditional}


def _sums(step: f.AnyValue) -> bool:
    return type(step) is f.Binary and step.op in _SUMS


def _is_changed(function: Function, value: int) -> bool:
    held = [
        value,
        *(u for u in function.users.get(value, ()) if type(function.values[u]) in {f.Phi, f.Await, f.Binary}),
    ]
    for one in held:
        for user in function.users.get(one, ()):
            step = function.values[user]
            if type(step) is f.StoreItem and step.base == one:
                return True
            if type(step) is f.Call and step.receiver == one and step.callee in _CHANGES:
                return True
    return False


def _decides(function: Function, read: int, write: int) -> bool:
    """The write happens when the key is free, and work is done under it that must be done once."""
    free = any(_asks(function, condition, read) is not outcome for condition, outcome in function.guards(write))
    around = next((region for region in function.enclosing(write) if region.kind in {"if", "else"}), None)
    end = around.end if around else len(function.values)
    return free and any(write < call < end for call in function.calls)


def _asks(function: Function, condition: int, read: int) -> bool | None:
    """True when the condition holds for a key that is taken, False for one that is free; None: it is about something else."""
    step = function.values[function.origin(condition)]
    if function.origin(condition) == read:
        return True
    if type(step) is f.Unary and step.op == "not":
        inner = _asks(function, step.value, read)
        return None if inner is None else not inner
    return None


def _match(function: Function, read: int, write: int, message: str, confidence: float) -> Match:
    return Match(
        message=message,
        function=function,
        line=function.values[write].line,
        key=_key(function, write).partition(" ")[2],
        path=(function.step(read, "looks into the cache"), function.step(write, "writes what it made of it")),
        confidence=confidence,
    )
