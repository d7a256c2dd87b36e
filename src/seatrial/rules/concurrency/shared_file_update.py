"""A file that all requests share is read, changed and written back as a whole.

Of two requests at once, the second writes over what the first has added. And who reads while one writes finds half a file: JSON that ends in the
middle, and a service that does not start again.

Keep it in a database. Or hold a lock from the reading to the writing, write to a temporary file beside it, and `os.replace` the old one.

## Bad

```shop/web.py
import json
from pathlib import Path
from flask import Flask, request

app = Flask(__name__)
ORDERS = "orders.json"
STOCK = Path("stock.json")

def load():
    with open(ORDERS) as file:
        return json.load(file)

def save(orders):
    with open(ORDERS, "w") as file:  # finding: ORDERS
        json.dump(orders, file)

@app.post("/orders")
def place():
    orders = load()
    orders.append(request.json)
    save(orders)
    return {"count": len(orders)}

@app.post("/stock")
def refill():
    stock = json.loads(STOCK.read_text())
    stock[request.json["sku"]] = request.json["count"]
    STOCK.write_text(json.dumps(stock))  # finding: STOCK
    return stock
```

```shop/leases.py
import json
from fastapi import FastAPI

app = FastAPI()

class Leases:
    def __init__(self, folder):
        self.folder = folder

    def _path(self):
        return self.folder / "leases.json"

    def _load(self):
        with open(self._path()) as file:
            return json.load(file)

    def _save(self, leases):
        with open(self._path(), "w") as file:  # finding: Leases._path
            json.dump(leases, file)

    def renew(self, key, until):
        leases = self._load()
        leases[key] = until
        self._save(leases)

leases = Leases("data")

@app.post("/leases/{key}")
def renew(key: str, until: str):
    leases.renew(key, until)
```

## Good

```shop/web.py
import json
import os
import threading
from flask import Flask, request

app = Flask(__name__)
ORDERS = "orders.json"
STOCK = "stock.json"
REPORT = "report.json"
lock = threading.Lock()

def load():
    with open(ORDERS) as file:
        return json.load(file)

def save(orders):
    with open(ORDERS, "w") as file:
        json.dump(orders, file)

@app.post("/orders")
def place():
    with lock:
        orders = load()
        orders.append(request.json)
        save(orders)
    return {"count": len(orders)}

@app.get("/orders")
def orders():
    return load()

@app.post("/stock")
def refill():
    with open(STOCK) as file:
        stock = json.load(file)
    stock["a"] = 1
    with open(STOCK + ".tmp", "w") as file:
        json.dump(stock, file)
    os.replace(STOCK + ".tmp", STOCK)
    return stock

@app.post("/report")
def report():
    with open(REPORT, "w") as file:
        json.dump(request.json, file)
    return load()

SETTINGS = "settings.json"

def configure(name, value):
    with open(SETTINGS) as file:
        settings = json.load(file)
    settings[name] = value
    with open(SETTINGS, "w") as file:
        json.dump(settings, file)
```
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.ancestry import made_of
from seatrial.program.names import Variable
from seatrial.rules.contract import Match, rule

DEPTH = 2
"""How many calls lie at most between the body that reads and writes, and the reading and writing."""
_SAYS_LOCK = re.compile(r"(?i)lock|mutex|flock|semaphore")
_READS, _WRITES = ("read_text", "read_bytes"), ("write_text", "write_bytes")
_PATHS = frozenset({"pathlib.Path", "!str", "os.path.join", "os.path.abspath"})

Touch = tuple[str, str, Function, int]
"""What is done ("read" or "write") to which file, in which body, at which value."""


@rule(severity=Severity.WARNING, category=("race",), cwe=(362, 367))
def check(program: Program) -> Iterator[Match]:
    """Files that a body which requests reach reads and then writes, itself or through what it calls."""
    touches: dict[Function, list[Touch]] = defaultdict(list)
    for function, call in program.index.calls("open", *_READS, *_WRITES):
        for kind, key in _touched(program, function, call):
            touches[function].append((kind, key, function, call))
    seen: set[tuple[Function, int]] = set()
    for function in _near(program, touches):
        if program.occasions.recurs(function):
            for match, place in _updates(program, function, touches):
                if place not in seen:
                    seen.add(place)
                    yield match


def _near(program: Program, touches: dict[Function, list[Touch]]) -> list[Function]:
    """The bodies that touch files, and those that call them."""
    found = dict.fromkeys(touches)
    layer = list(found)
    for _ in range(DEPTH):
        layer = [caller for g in layer for caller, _ in program.calls.callers(g) if caller not in found]
        found.update(dict.fromkeys(layer))
    return list(found)


def _touched(program: Program, function: Function, call: int) -> Iterator[tuple[str, str]]:
    """("read" or "write", name of the file) of a call that opens it; nothing if the file has no name of its own."""
    step = function.values[call]
    assert type(step) is f.Call
    name = step.callee.rpartition(".")[2].lstrip("!")
    if step.callee == "!open":
        path, modes = step.args[:1], step.args[1:2]
    elif step.receiver >= 0:
        path, modes = (step.receiver,), step.args[:1]
    else:
        path, modes = (), step.args[:1]
    named = [value for keyword, value in step.keywords if keyword == "mode"]
    mode = _text(function, (*modes, *named)) if name == "open" else "w" if name in _WRITES else "r"
    key = _key(program, function, path[0]) if path else _variable(program, function, step.callee.rpartition(".")[0])
    if key and not set(mode) & set("ax+"):
        yield "write" if "w" in mode else "read", key


def _text(function: Function, values: tuple[int, ...]) -> str:
    steps = [function.values[function.origin(value)] for value in values]
    return next((str(s.value) for s in steps if type(s) is f.Const), "r" if not steps else "x")


def _variable(program: Program, function: Function, path: str) -> str:
    """The name of a module's variable, the same wherever it is used; empty if the path is none."""
    entity = program.names.resolve(function.file, path).entity if path else None
    if not isinstance(entity, Variable) or entity.function.facts.kind != "module":
        return ""
    return f"{entity.function.dotted}.{entity.name}"


def _key(program: Program, function: Function, value: int) -> str:
    """A name for the file that a path means, the same wherever it is used; empty if it depends on the call."""
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return str(step.value) if step.kind == "str" else ""
    if type(step) is f.Ref:
        return _variable(program, function, step.path)
    if type(step) is f.Attr and step.base == 0 and function.cls:
        return f"{function.cls.dotted}.{step.name}"
    if type(step) is f.Binary and step.op in {"/", "+"}:
        left, right = _key(program, function, step.left), _key(program, function, step.right)
        return f"{left}{step.op}{right}" if left and right else ""
    return _called(program, function, step) if type(step) is f.Call else ""


def _called(program: Program, function: Function, step: f.Call) -> str:
    """`self._path()`, `Path(NAME)`, `os.path.join(FOLDER, "name")`."""
    if step.receiver == 0 and function.cls and not step.args and not step.keywords:
        return f"{function.cls.dotted}.{step.callee}"
    if step.callee not in _PATHS:
        return ""
    parts = [_key(program, function, value) for value in step.args]
    return "/".join(parts) if all(parts) else ""


def _updates(
    program: Program, function: Function, touches: dict[Function, list[Touch]]
) -> Iterator[tuple[Match, tuple[Function, int]]]:
    done = [(at, touch) for at, touch in _all(program, function, touches, 0) if not _is_locked(program, function, at)]
    reads = [(at, touch[1]) for at, touch in done if touch[0] == "read"]
    writes = [(at, touch) for at, touch in done if touch[0] == "write"]
    for at, key in reads:
        for write_at, (_, same, body, place) in writes:
            linked = body is function or at in set(made_of(function, write_at))
            if key == same and at < write_at and linked:
                yield _match(function, (at, write_at), key, body, place), (body, place)


def _all(
    program: Program, function: Function, touches: dict[Function, list[Touch]], depth: int
) -> Iterator[tuple[int, Touch]]:
    """What a body does to files, with the value of the body that leads there."""
    for touch in touches.get(function, ()):
        yield touch[3], touch
    for call in function.calls if depth < DEPTH else ():
        for reached in program.target(function, call).functions:
            if reached is not function and not _locks(program, reached):
                yield from ((call, touch) for _, touch in _all(program, reached, touches, depth + 1))


def _locks(program: Program, function: Function) -> bool:
    return any(not taken.rows for taken in program.locks.taken(function)) or _says_lock(function)


def _is_locked(program: Program, function: Function, value: int) -> bool:
    held = any(not t.rows and t.value < value < t.until for t in program.locks.taken(function))
    return held or _says_lock(function)


def _says_lock(function: Function) -> bool:
    """A block or call speaks of a lock that no library model knows."""
    if any(r.kind == "with" and _SAYS_LOCK.search(written(function, r.subject)) for r in function.regions):
        return True
    return any(type(s := function.values[c]) is f.Call and _SAYS_LOCK.search(s.callee) for c in function.calls)


def _match(function: Function, ways: tuple[int, int], key: str, body: Function, place: int) -> Match:
    name = ".".join(key.split(".")[-2:]) if "/" not in key else key.rpartition("/")[2]
    return Match(
        message=f"the file {name} is read, changed and written back whole, without a lock",
        function=body,
        line=body.values[place].line,
        key=key,
        path=(function.step(ways[0], "reads the file"), function.step(ways[1], "writes what it made of it")),
        confidence=0.76,
        also=(function,),
    )
