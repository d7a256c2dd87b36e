"""State that all requests share is changed as if there were only one request.

Two threads count from the same number, one user's data is seen by the next one, a list grows from call to call. It works for one user at a
desk, and it fails for two at once, in another way each time.

Keep what belongs to a request in the request: a local variable, an argument, a `ContextVar`, a field made in `__init__`. What is really shared
belongs in the database or cache, or behind a lock.

## Bad: counted by several threads at once

```shop/web.py
from flask import Flask, request

app = Flask(__name__)
served = 0
hits = {}
current = None

@app.get("/")
def index():
    global served
    served += 1  # finding: served
    return "ok"

@app.get("/<name>")
def page(name):
    hits[name] = hits.get(name, 0) + 1  # finding: hits
    return name

@app.get("/again/<name>")
def again(name):
    hits[name] += 1  # finding: hits
    return name

@app.post("/sign-in")
def sign_in():
    global current
    current = request.form["user"]  # finding: current
    return "ok"

@app.get("/who")
def who():
    return current
```

## Bad: another request runs during the await

```shop/web.py
import asyncio
from fastapi import FastAPI

app = FastAPI()
total = 0

@app.post("/add")
async def add(amount: int):
    global total
    before = total
    await asyncio.sleep(1)
    total = before + amount  # finding: total
    return total
```

## Bad: made once, changed by everybody

```shop/baskets.py
def add(sku, basket=[]):
    basket.append(sku)  # finding: basket
    return basket

def count(sku, counts={}):
    counts[sku] = 1  # finding: counts
    return counts

class Basket:
    items = []

    def add(self, sku):
        self.items.append(sku)  # finding: items

def start():
    return Basket()
```

## Good

```shop/web.py
import threading
from flask import Flask, g, request

app = Flask(__name__)
lock = threading.Lock()
served = 0
client = None
limits = {"a": 1}

@app.get("/")
def index():
    global served
    with lock:
        served += 1
    return "ok"

@app.get("/client")
def get_client():
    global client
    if client is None:
        client = object()
    return client

@app.get("/count")
def count():
    hits = {}
    hits["a"] = hits.get("a", 0) + 1
    g.user = request.args["user"]
    return hits

def main():
    global served
    served = 0
```

```shop/background.py
import threading

rounds = 0

def once():
    global rounds
    rounds += 1

def start():
    threading.Thread(target=once).start()
```

```shop/api.py
from fastapi import FastAPI

app = FastAPI()
served = 0

@app.get("/")
async def index():
    global served
    served += 1
    return served
```

```shop/baskets.py
from pydantic import BaseModel

def add(sku, basket=None):
    basket = basket or []
    basket.append(sku)
    return basket

def copied(sku, basket=[]):
    basket = list(basket)
    basket.append(sku)
    return basket

def read(sku, known={}):
    return known.get(sku)

def memo(key, _cache={}):
    if key not in _cache:
        _cache[key] = len(key)
    return _cache[key]

class Basket:
    items = []
    kinds = ["a"]
    registry = {}

    def __init__(self):
        self.items = []

    def add(self, sku):
        self.items.append(sku)
        return self.kinds[0]

    def register(self):
        self.registry[self] = 1

class Checked(BaseModel):
    items: list = []

    def add(self, sku):
        self.items.append(sku)

class Small(Basket):
    items = []

    def add(self, sku):
        self.items.append(sku)

def start():
    return Basket(), Checked(), Small()
```

```shop/middleware.py
class Who:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.who = request.user
        return self.get_response(request)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.ancestry import made_of
from seatrial.program.effects import remembered
from seatrial.rules.concurrency._shared_defaults import class_variables, defaults, is_mutable
from seatrial.rules.contract import Match, rule

DEPTH = 5
"""How many callers lie at most between a handler and what it changes."""
_STORES = frozenset({f.Store, f.StoreItem})
_FIELDS = frozenset({f.StoreAttr})
_AWAITS = frozenset({f.Await})
_STARTS = ("Thread", "submit", "map", "start_new_thread", "run_in_executor", "to_thread", "Timer")


@rule(severity=Severity.WARNING, cwe=(362, 567), category=("race",))
def check(program: Program) -> Iterator[Match]:
    """Module variables, fields of shared objects, defaults and class variables that requests change."""
    yield from defaults(program)
    yield from class_variables(program)
    started = set(_started(program))
    handlers = {e.handler for e in program.endpoints if e.kind == "route"} | started
    threaded = _reached(program, started)
    for function in program.index.with_stores(*_STORES):
        if function.facts.kind == "function" and (program.is_served(function) or function in threaded):
            yield from _variables(program, function, handlers)
    for cls in program.classes:
        made = cls.methods.get("__init__")
        if made and cls.file.role == "code" and any(p.name == "get_response" for p in made.facts.params):
            for name in ("__call__", "process_request", "process_view", "process_response", "__acall__"):
                yield from _fields(cls.methods.get(name))


def _started(program: Program) -> Iterator[Function]:
    """The functions that several threads run at once: handed to an executor, or to threads that a loop starts."""
    for function, call in program.index.calls(*_STARTS):
        step, model = function.values[call], program.model(function, call)
        assert type(step) is f.Call
        if model and model.hook and model.hook.kind in {"thread", "executor"} and _is_repeated(function, call):
            for value in model.hook.callback.select(step):
                yield from program.calls.value(function, value).functions


def _is_repeated(function: Function, call: int) -> bool:
    step = function.values[call]
    return bool(function.loops(call)) or (type(step) is f.Call and step.callee == "map")


def _reached(program: Program, started: set[Function]) -> set[Function]:
    waiting, found = list(started), set(started)
    while waiting:
        function = waiting.pop()
        new = set(program.calls.reached(function)) - found
        found |= new
        waiting.extend(new)
    return found


def _variables(program: Program, function: Function, handlers: set[Function]) -> Iterator[Match]:
    for value in function.of(_STORES):
        step = function.values[value]
        if type(step) is not f.Store and type(step) is not f.StoreItem:
            continue
        name = _shared_name(function, step)
        if not name or _is_locked(program, function, value) or remembered(function, value):
            continue
        read = _read_before(function, step.value, name)
        if read >= 0 and _is_interleaved(program, function, handlers, read, value):
            yield _match(
                function, value, name, f"{name} is read, changed and written back while others do the same", 0.75
            )
        elif type(step) is f.Store and read < 0 and _is_of_request(function, step.value, handlers):
            yield _match(
                function, value, name, f"{name} holds what belongs to one request, and all requests share it", 0.75
            )


def _shared_name(function: Function, step: f.Store | f.StoreItem) -> str:
    """The module variable that a store changes, or whose item it changes; empty if it is none."""
    if isinstance(step, f.Store):
        return step.name if step.outer and step.name in function.file.body.facts.names else ""
    base = function.values[function.origin(step.base)]
    name = base.path[1:] if type(base) is f.Ref and base.path.startswith(":") else ""
    held = function.file.body.facts.names.get(name, f.NONE)
    return name if held >= 0 and is_mutable(function.file.body, held) else ""


def _read_before(function: Function, stored: int, name: str) -> int:
    """The earlier reading of the variable that the new value is a sum of, or NONE."""
    pending, seen, sums = [stored], set(), False
    while pending:
        value = pending.pop()
        if value in seen or value < 0:
            continue
        seen.add(value)
        step = function.values[value]
        sums = sums or (type(step) is f.Binary and step.op in {"+", "-", "*"})
        if sums and _reads(function, step, name):
            return value
        if type(step) in {f.Binary, f.Phi, f.Conditional}:
            pending.extend(f.operands(step))
    return f.NONE


def _reads(function: Function, step: f.AnyValue, name: str) -> bool:
    path = f":{name}"
    if type(step) is f.Ref:
        return step.path == path
    if type(step) is f.Index:
        return _reads(function, function.values[function.origin(step.base)], name)
    return type(step) is f.Call and step.callee == f"{path}.get"


def _is_locked(program: Program, function: Function, value: int) -> bool:
    return any(not t.rows and t.value < value < t.until for t in program.locks.taken(function))


def _is_interleaved(program: Program, function: Function, handlers: set[Function], read: int, value: int) -> bool:
    """Others run in between: threads at any time, coroutines where this one awaits."""
    if function.facts.is_async:
        return any(read < at < value for at in function.of(_AWAITS))
    return _is_threaded(program, function, handlers, 0)


def _is_threaded(program: Program, function: Function, handlers: set[Function], depth: int) -> bool:
    """A handler that is no coroutine leads here: servers run those in several threads."""
    if function.facts.is_async or depth > DEPTH:
        return False
    if function in handlers:
        return True
    return any(_is_threaded(program, c, handlers, depth + 1) for c, _ in program.calls.callers(function))


def _is_of_request(function: Function, stored: int, handlers: set[Function]) -> bool:
    """The value comes from the handler's arguments or from the request of this thread."""
    steps = (function.values[value] for value in made_of(function, stored))
    return any(
        step.path.startswith(("flask.request", "flask.session"))
        if type(step) is f.Ref
        else type(step) is f.Param and function in handlers and step.name not in {"self", "cls"}
        for step in steps
    )


def _fields(method: Function | None) -> Iterator[Match]:
    """Fields of a middleware, of which there is one object, that are given what belongs to the request."""
    for value in method.of(_FIELDS) if method else ():
        assert method is not None
        step = method.values[value]
        if type(step) is f.StoreAttr and step.base == 0 and 1 in set(made_of(method, step.value)):
            said = f"{step.name} holds what belongs to one request, and one {method.cls.name if method.cls else ''} serves all"
            yield _match(method, value, f"self.{step.name}", said, 0.8)


def _match(function: Function, value: int, name: str, message: str, confidence: float) -> Match:
    return Match(
        message=message,
        function=function,
        line=function.values[value].line,
        key=name,
        path=(function.step(value, f"changes {name or written(function, value)}"),),
        confidence=confidence,
        weight=2.0,
    )
