"""What a visitor sent is kept among what the program takes for its own: in the session (CWE-501).

The session says who someone is, and nobody checks it again: who may write `user_id`, or choose the key that is written, makes
themselves someone else at a later page.

Write what the program found out itself (the row of the user whose password was right), under keys that it names.

## Bad

```shop/web.py
from flask import Flask, request, session

app = Flask(__name__)

@app.post("/login")
def login():
    session["user_id"] = request.form["user_id"]  # finding: user_id
    return "hello"

@app.post("/prefer")
def prefer():
    session[request.form["name"]] = "1"  # finding: key
    return "done"
```

## Good

```shop/web.py
from flask import Flask, abort, request, session
from shop.users import find

app = Flask(__name__)
PREFERENCES = {"theme", "language"}

@app.post("/login")
def login():
    user = find(request.form["name"], request.form["password"])
    session["user_id"] = user.id
    session["theme"] = request.form["theme"]
    return "hello"

@app.post("/prefer")
def prefer():
    name = request.form["name"]
    if name not in PREFERENCES:
        abort(400)
    session[name] = "1"
    return "done"
```

## Bad: by methods of the session

```shop/web.py
from flask import Flask, request, session

app = Flask(__name__)

@app.post("/login")
def login():
    session.update(user_id=request.form["user_id"])  # finding: user_id
    return "hello"

@app.post("/become")
def become():
    session.update({"theme": "dark", "role": request.form["role"]})  # finding: role
    return "hello"

@app.post("/first")
def first():
    session.setdefault("is_admin", request.form.get("admin"))  # finding: admin
    return "hello"
```

## Good: who they say they are was verified

```shop/web.py
from flask import Flask, abort, request, session
from werkzeug.security import check_password_hash
from shop.users import find, passwords

app = Flask(__name__)

@app.post("/login")
def login():
    name = request.form["name"]
    if not check_password_hash(passwords[name], request.form["password"]):
        abort(401)
    session["user"] = name
    session.update(theme=request.form["theme"])
    return "hello"

@app.post("/enter")
def enter():
    if find(request.form["user"], request.form["password"]):
        session["user"] = request.form["user"]
    return "hello"
```

## Not found yet

```shop/web.py
from flask import Flask, request, session

app = Flask(__name__)

def keep(where, name):
    where[name] = "1"  # gap: nothing here says that it is the session

@app.post("/prefer")
def prefer():
    keep(session, request.form["name"])
    return "hello"
```
"""

from collections.abc import Container, Iterator
from typing import TypeAlias

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Sinking, written
from seatrial.program.ancestry import made_of
from seatrial.program.index import ANY_KEY
from seatrial.program.taint import before
from seatrial.program.texts import text_of
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match

_IDENTITY = (
    "user_id",
    "userid",
    "user",
    "uid",
    "role",
    "roles",
    "is_admin",
    "admin",
    "account_id",
    "permissions",
    "authenticated",
)


_ACCESS = frozenset(
    {"get", "getlist", "decode", "keys", "strip", "lower", "upper", "len", "isinstance", "str", "int", "bool", "pop"}
)
"""Calls in a condition that tell nothing about who somebody is."""
_SEARCHES = frozenset({"find", "index", "startswith", "endswith", "split", "partition"})
"""Methods of texts: what they are asked for is written in the program."""
DEPTH = 5
"""How deep a condition is taken apart."""


@rule(severity=Severity.WARNING, cwe=(501,))
def check(program: Program) -> Iterator[Match]:
    """Flows into the session: as its key, or as what says who the visitor is."""
    for function, at, key, value in (*_stores(program), *_calls(program)):
        is_key = key >= 0 and not isinstance(function.values[function.origin(key)], f.Const)
        flow = program.taint.into(
            Sinking(function, at, key if is_key else _asked(function, value), "header", "the session")
        )
        if flow is None or flow.origin.kind != "remote" or (not is_key and _is_verified(program, function, at, value)):
            continue
        reaches = "is a key of the session" if is_key else "says who the visitor is in the session"
        is_among_its_own = is_key and ((before(flow) or "").strip() or _has_own_end(function, key))
        yield match(flow, flow.confidence(remote=0.6 if is_among_its_own else 0.78), reaches)


def _asked(function: Function, value: int) -> int:
    """What is compared with a literal: `request.args["admin"] == "1"` is as much the visitor's word as the text itself."""
    step = function.values[function.origin(value)]
    return step.left if isinstance(step, f.Compare) and _is_const(function, step.right) else value


def _has_own_end(function: Function, key: int) -> bool:
    """A key that is put together here, and ends in words of the program's own: `f"{name}-draft"`."""
    step = function.values[function.origin(key)]
    is_put_together = isinstance(step, f.Template | f.Binary) or (isinstance(step, f.Call) and step.callee == "format")
    return is_put_together and bool(text_of(function, key).strip("?").strip())


Put: TypeAlias = tuple[Function, int, int, int]
"""What is put into a session: the body, the place, the key (NONE: a name that is written there) and the value."""


def _stores(program: Program) -> Iterator[Put]:
    for function, at in program.index.stores(ANY_KEY, *_IDENTITY):
        step = function.values[at]
        if isinstance(step, f.StoreItem) and written(function, step.base).rpartition(".")[2] == "session":
            yield function, at, step.key, step.value


def _calls(program: Program) -> Iterator[Put]:
    """`session.update(user_id=x)`, `session.update({"role": x})`, `session.setdefault("admin", x)`."""
    for function, at in program.index.calls("update", "setdefault"):
        step = function.values[at]
        if not isinstance(step, f.Call) or not _is_session(function, step):
            continue
        pairs = [(step.args[0], step.args[1])] if len(step.args) == len(("key", "value")) else []
        yield from ((function, at, f.NONE, value) for name, value in step.keywords if name in _IDENTITY)
        for given in map(function.values.__getitem__, map(function.origin, step.args[:1])):
            if isinstance(given, f.Collection) and given.kind == "dict":
                pairs.extend(zip(given.items[::2], given.items[1::2], strict=False))
        for key, value in pairs:
            said = function.values[function.origin(key)]
            if not isinstance(said, f.Const) or said.value in _IDENTITY:
                yield function, at, key, value


def _is_session(function: Function, step: f.Call) -> bool:
    base = written(function, step.receiver) if step.receiver >= 0 else step.callee.rpartition(".")[0]
    return base.rpartition(".")[2] == "session"


def _is_verified(program: Program, function: Function, at: int, value: int) -> bool:
    """A test before it asks something: a password, a table of users; then the visitor is who they say.

    Whether there is anything at all asks nothing.
    """
    stored = {function.origin(part) for part in (value, *made_of(function, value))}
    return any(
        region.kind == "if" and region.start <= at and _asks(program, function, region.subject, stored)
        for region in function.regions
    )


def _asks(program: Program, function: Function, value: int, stored: Container[int], depth: int = 0) -> bool:
    if value < 0 or depth > DEPTH:
        return False
    value = function.origin(value)
    step = function.values[value]
    if isinstance(step, f.Call):
        is_what = value in stored and all(_is_const(function, given) for given in step.args)
        return not is_what and not _reads(program, function, value, step)
    if isinstance(step, f.Compare) and not any(_is_const(function, side) for side in (step.left, step.right)):
        return True
    inside = f.operands(step) if isinstance(step, f.Compare | f.Binary | f.Unary | f.Index | f.Attr) else ()
    return any(_asks(program, function, operand, stored, depth + 1) for operand in inside)


def _reads(program: Program, function: Function, call: int, step: f.Call) -> bool:
    """The call only takes the request, or a text of it, apart."""
    if step.callee.rpartition(".")[2].lstrip("!:?") in _ACCESS:
        return True
    if step.callee in _SEARCHES and all(_is_const(function, given) for given in step.args):
        return True
    target = program.target(function, call)
    return target.external.startswith("builtins.") or bool(target.model and target.model.source)


def _is_const(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    if isinstance(step, f.Collection) and step.region < 0:
        return all(_is_const(function, item) for item in step.items)
    if isinstance(step, f.Unary):
        return _is_const(function, step.value)
    return isinstance(step, f.Const)
