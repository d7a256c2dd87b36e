"""A container that lives as long as the process only ever grows.

Every new key stays for ever: the process gets slower and larger from day to day until it is killed, and each worker holds a copy of its own.

Bound it (`lru_cache(maxsize=1024)`, an LRU or TTL cache), remove what is done with, or keep it outside the process (Redis with an
expiry).

## Bad

```prices.py
from flask import Flask

app = Flask(__name__)
_prices = {}

@app.get("/price/<product>/<amount>")
def price(product, amount):
    key = (product, amount)
    if key not in _prices:
        _prices[key] = product * int(amount)  # finding: _prices
    return _prices[key]
```

```locks.py
import asyncio
from collections import defaultdict
from fastapi import FastAPI

app = FastAPI()
locks = defaultdict(asyncio.Lock)

@app.post("/orders/{key}")
async def place(key: str):
    async with locks[key]:  # finding: locks
        return key
```

```web.py
from functools import lru_cache
from fastapi import FastAPI

app = FastAPI()

@lru_cache(maxsize=None)
def highlight(term, text):  # finding: highlight
    return text.replace(term, term.upper())

@app.get("/search")
def search(term: str):
    return highlight(term, "text")
```

## Good

```prices.py
import threading
from collections import defaultdict
from functools import lru_cache

_prices = {}
_kinds = {}
_handlers = {}

def price(product, amount):
    key = (product, amount)
    if len(_prices) > 1000:
        _prices.clear()
    _prices[key] = product * amount
    return _prices[key]

def kinds():
    _kinds["a"] = 1
    return _kinds

_locks = defaultdict(threading.Lock)

def locked(key):
    with _locks[key]:
        print(key)
    _locks.pop(key)

def register(name):
    def bind(function):
        _handlers[name] = function
        return function
    return bind

def track(mapper, class_):
    _kinds.setdefault(class_, mapper)

_apps = {}

def fill():
    for app in installed():
        _apps[app.name] = app

@lru_cache(maxsize=None)
def editor(model):
    return make(model)

@lru_cache(maxsize=256)
def shorten(text):
    return text[:10]

@lru_cache(maxsize=None)
def settings():
    return {}
```

## Good: what is installed, found when it is first asked for

```shop/backends.py
from importlib.metadata import entry_points

backends = {}

def backend(scheme):
    if scheme in backends:
        return backends[scheme]
    for one in entry_points(name=scheme, group="shop.backends"):
        made = one.load()()
        backends[scheme] = made
        return made
    raise ValueError(scheme)
```
"""

from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Function, Program, Target, written
from seatrial.program.ancestry import made_of
from seatrial.program.derived import derived
from seatrial.program.names import Variable
from seatrial.rules.contract import Match, rule
from seatrial.rules.resources._chosen import comes_from_request

_EMPTY = frozenset(
    {"!dict", "!list", "!set", "collections.defaultdict", "collections.OrderedDict", "collections.deque"}
)
_GROWS = frozenset({"append", "add", "setdefault", "extend", "update", "insert", "appendleft"})
_JOINED = frozenset({f.Phi, f.Collection, f.Template, f.Binary, f.Await})
"""Values that are new when one of their parts is."""
_RAISES = frozenset({f.Raise})
_VARIES = frozenset({f.Param, f.Element, f.Part, f.Index, f.Attr, f.Template, f.Binary})
_CLASSES = frozenset({"cls", "class_", "klass", "model"})
"""What parameters are called that hold a class."""
_SHRINKS = frozenset({"pop", "popitem", "clear", "remove", "discard", "popleft", "move_to_end"})
_TOUCHES = frozenset({f.Call, f.StoreItem, f.Store, f.Delete})
_INDEXES = frozenset({f.Index})
_SET_UP = (
    "register",
    "add_",
    "install",
    "setup",
    "configure",
    "load",
    "init",
    "connect",
    "subscribe",
    "import",
    "discover",
)


@rule(severity=Severity.WARNING, cwe=(401, 770), category=("leak",), confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Module-level containers that functions fill and nobody empties, and caches without a limit on what a request brings."""
    yield from _containers(program)
    yield from _decorated(program)


def _containers(program: Program) -> Iterator[Match]:
    grown: dict[tuple[str, str], list[tuple[Function, int]]] = defaultdict(list)
    shrunk: set[tuple[str, str]] = set()
    judged = [file for file in program.files if file.role is Role.CODE]
    for file, (at, value, path, grows) in ((one, touch) for one in judged for touch in _touches(one)):
        variable = program.names.resolve(file, path)
        if isinstance(variable.entity, Variable) and not variable.rest:
            key = (variable.entity.function.dotted, variable.entity.name)
            if not grows:
                shrunk.add(key)
            elif _is_fresh_container(variable.entity) and file.functions[at].is_callable:
                grown[key].append((file.functions[at], value))
    for key, places in grown.items():
        if key not in shrunk:
            yield from _grown(program, key, places)


@derived(list[tuple[int, int, str, bool]])
def _touches(file: File) -> list[tuple[int, int, str, bool]]:
    """Where a file fills (True) or empties (False) a module variable: index of the body, value, path of the variable."""
    made = (step.callee for at in file.body.calls if type(step := file.body.values[at]) is f.Call)
    kinds = _TOUCHES | _INDEXES if any(name.endswith("defaultdict") for name in made) else _TOUCHES
    return [
        (body.index, value, path, grows)
        for body in file.functions
        for value in body.of(kinds)
        for path, grows in _touched(body, body.values[value])
    ]


def _touched(function: Function, step: f.AnyValue) -> tuple[tuple[str, bool], ...]:
    """The paths of module variables that a value fills (True) or empties (False)."""
    match step:
        case f.Call():
            return _called(function, step)
        case f.StoreItem() if not _is_fixed(function, step.key):
            return _variable(function, step.base, grows=True)
        case f.Store(outer=True, augmented=False):
            return ((f":{step.name}", False),)
        case f.Index() if not _is_fixed(function, step.key):
            return _variable(function, step.base, grows=True) if _makes_missing(function, step) else ()
        case f.Delete() if step.target >= 0:
            target = function.values[step.target]
            if type(target) is f.Index:
                return _variable(function, target.base, grows=False)
        case _:
            pass
    return ()


def _makes_missing(function: Function, step: f.Index) -> bool:
    """`locks[key]`, where `locks` makes what is not there (`defaultdict`)."""
    base = function.values[step.base]
    held = function.file.body.facts.names.get(base.path[1:], f.NONE) if type(base) is f.Ref else f.NONE
    made = function.file.body.values[held] if held >= 0 else None
    return type(made) is f.Call and made.callee == "collections.defaultdict" and bool(made.args)


def _called(function: Function, call: f.Call) -> tuple[tuple[str, bool], ...]:
    if call.callee == "!len" and call.args:  # who asks for its size keeps it in bounds
        return _variable(function, call.args[0], grows=False)
    if call.receiver < 0 and "." in call.callee:
        path, _, name = call.callee.rpartition(".")
        if name in _GROWS and not (call.args and _is_fixed(function, call.args[0])):
            return ((path, True),)
        if name in _SHRINKS:
            return ((path, False),)
    return ()


def _variable(function: Function, value: int, *, grows: bool) -> tuple[tuple[str, bool], ...]:
    step = function.values[function.origin(value)]
    return ((step.path, grows),) if type(step) is f.Ref else ()


def _is_fixed(function: Function, key: int) -> bool:
    """A literal, a class or a function: there are only as many as the program's text has."""
    step = function.values[function.origin(key)]
    if type(step) is f.Param:
        return step.name in _CLASSES
    return type(step) in {f.Const, f.Closure, f.ClassValue, f.Ref}


def _is_fresh_container(variable: Variable) -> bool:
    step = variable.function.values[variable.value]
    if variable.function.facts.kind != "module":
        return False
    if type(step) is f.Collection:
        return step.kind in {"dict", "list", "set"} and not step.items and step.region < 0
    if type(step) is not f.Call or step.callee not in _EMPTY:
        return False
    return not (step.callee.endswith("deque") and (step.keywords or len(step.args) > 1))


def _grown(program: Program, key: tuple[str, str], places: list[tuple[Function, int]]) -> Iterator[Match]:
    lasting = [(fn, v) for fn, v in places if not _is_set_up(fn, v)]
    if not lasting or len(lasting) < len(places):
        return
    function, value = lasting[0]
    yield Match(
        message=f"{key[1]} grows with every new key and nothing is ever removed",
        function=function,
        line=function.values[value].line,
        key=key[1],
        path=(function.step(value, f"{key[1]} grows here"),),
        confidence=0.75 if any(_is_given(program, fn, value) for fn, value in lasting) else 0.62,
    )


def _is_given(program: Program, function: Function, value: int) -> bool:
    """Each request may bring a new key: it is made of what the function is given, and requests lead there."""
    if not (program.is_served(function) and program.is_awaited(function)):
        return False
    step = function.values[value]
    keys: tuple[int, ...] = step.args[:1] if type(step) is f.Call else ()
    if type(step) is f.StoreItem or type(step) is f.Index:
        keys = (step.key,)
    given = (v for key in keys for v in made_of(function, key, through=_JOINED))
    return any(
        type(function.values[v]) is f.Param
        and not _is_member(program, function, v)
        and comes_from_request(program, function, v)
        for v in given
    )


def _is_member(program: Program, function: Function, value: int) -> bool:
    """A member of an enum, of which there are as many as the program's text has."""
    found = program.type_of(function, value)
    return found is not None and (found.name == "enum.Enum" or program.types.derives(found, "enum.Enum"))


def _is_set_up(function: Function, value: int) -> bool:
    """Runs while the program is put together: decorators and registrations."""
    names = [function.name.lstrip("_").lower()]
    outer = function.parent
    if outer is not None and outer.is_callable:
        names.append(outer.name.lstrip("_").lower())
    step = function.values[value]
    stored = (
        step.value if type(step) is f.StoreItem else (step.args[-1] if type(step) is f.Call and step.args else f.NONE)
    )
    hands_back = stored >= 0 and any(function.origin(r) == function.origin(stored) for r in function.returns)
    is_input = stored >= 0 and type(function.values[function.origin(stored)]) is f.Param
    is_given = hands_back and (is_input or _is_plugin(function, stored))
    return any(n.startswith(_SET_UP) for n in names) or is_given


def _is_plugin(function: Function, value: int) -> bool:
    """It comes from what is installed, of which there is so much: `entry_point.load()()`."""
    step = function.values[function.origin(value)]
    while type(step) is f.Call and step.receiver >= 0 and step.callee != "load":
        step = function.values[function.origin(step.receiver)]
    return type(step) is f.Call and step.callee == "load" and not step.args


def _decorated(program: Program) -> Iterator[Match]:
    for function in program.code:
        outer = function.parent
        if outer is None or not function.facts.decorators or _is_for_few(function):
            continue
        for decorator in function.facts.decorators:
            if _has_no_limit(outer, decorator, _model(program, outer, decorator)):
                yield _cached(program, function, written(outer, decorator))


def _is_for_few(function: Function) -> bool:
    """Called for classes alone, of which there are as many as the program has; or a method, whose object is what is kept."""
    names = [param.name for param in function.facts.params]
    return function.cls is not None or all(n in _CLASSES or n.endswith(("_class", "_cls")) for n in names)


def _model(program: Program, outer: Function, decorator: int) -> Target:
    step = outer.values[decorator]
    return program.target(outer, decorator) if type(step) is f.Call else program.calls.value(outer, decorator)


def _has_no_limit(outer: Function, decorator: int, target: Target) -> bool:
    model = target.model
    if model is None or model.cache is None:
        return False
    step = outer.values[decorator]
    given = model.cache.bound.select(step) if type(step) is f.Call else []
    if not given:
        return model.cache.default == 0
    bound = outer.values[given[0]]
    return type(bound) is f.Const and bound.value is None


def _cached(program: Program, function: Function, cache: str) -> Match:
    served = (
        program.occasions.is_waited_for(function) and not _refuses(program, function) and _varies(program, function)
    )
    return Match(
        message=f"{function.symbol} keeps every result for ever ({cache})",
        function=function,
        line=function.facts.line,
        key="cache",
        path=(function.head("each new combination of arguments is kept"),),
        confidence=0.78 if served else 0.5,
    )


def _refuses(program: Program, function: Function) -> bool:
    """It raises for what it does not know, which is not kept, and asks nobody: it knows as much as the program has."""
    asks = (kind for kind in ("db.read", "http", "network", "fs.read") if not program.effects.has_none(function, kind))
    return not any(asks) and any(True for _ in function.of(_RAISES))


def _varies(program: Program, function: Function) -> bool:
    """Who answers a request gives it something that is not the same each time: others give it keys of rows, or names."""
    calling = (one for one in program.calls.callers(function) if program.occasions.answers(one[0]))
    calls = ((caller, caller.values[call]) for caller, call in calling)
    given = ((c, v) for c, s in calls if type(s) is f.Call for v in (*s.args, *(v for _, v in s.keywords)))
    return any(
        type(caller.values[caller.origin(value)]) in _VARIES
        and getattr(program.type_of(caller, value), "name", "") != "builtins.bool"
        for caller, value in given
    )
