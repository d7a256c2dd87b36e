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

## Not found yet

```shop/web.py
from flask import Flask, request, session

app = Flask(__name__)

@app.post("/login")
def login():
    session.update(user_id=request.form["user_id"])  # gap: several keys at once
    return "hello"
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Program, Sinking, written
from seatrial.program.index import ANY_KEY
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


@rule(severity=Severity.WARNING, cwe=(501,))
def check(program: Program) -> Iterator[Match]:
    """Flows into the session: as its key, or as what says who the visitor is."""
    for function, at in program.index.stores(ANY_KEY, *_IDENTITY):
        step = function.values[at]
        if not isinstance(step, f.StoreItem) or written(function, step.base).rpartition(".")[2] != "session":
            continue
        is_key = not isinstance(function.values[step.key], f.Const)
        value = step.key if is_key else step.value
        flow = program.taint.into(Sinking(function, at, value, "header", "the session"))
        if flow is not None and flow.origin.kind == "remote":
            reaches = "is a key of the session" if is_key else "says who the visitor is in the session"
            yield match(flow, flow.confidence(remote=0.78), reaches)
