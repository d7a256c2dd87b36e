"""A file, connection or session is opened and never closed.

Each call leaks a descriptor or a connection. Tests do not notice; a busy server runs out of them after hours, and then nothing can
be opened or connected any more.

Open it in a `with` block. Where that cannot be, close it in `finally`; a client for the whole program is made once and closed at shutdown.

## Bad

```files.py
import json
import sqlite3

def read(path):
    return json.load(open(path))  # finding: open

def text(path):
    return open(path).read()  # finding: open

def rows(path):
    connection = sqlite3.connect(path)  # finding: sqlite3.connect
    return connection.execute("select 1").fetchall()
```

## Bad: closed, but not on every way out

```files.py
def first(path):
    file = open(path)  # finding: open
    line = file.readline()
    if not line:
        return None
    file.close()
    return line
```

## Good

```files.py
import json
import sqlite3
from contextlib import closing

def read(path):
    with open(path) as file:
        return json.load(file)

def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select 1").fetchall()

def opened(path):
    return open(path)

def text(path):
    file = open(path)
    try:
        return file.read()
    finally:
        file.close()

class Log:
    def __init__(self, path):
        self.file = open(path)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Target
from seatrial.program.ownership import Fate, fate
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.WARNING, category=("leak",), cwe=(772, 775), confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Calls that open something which the body neither closes on every way nor hands on."""
    for function in program.code:
        if not function.is_callable:
            continue
        for call in function.calls:
            target = program.target(function, call)
            closers = _closers(program, target)
            if closers and not function.is_annotation(call):
                found = fate(program, function, call, closers)
                if found.kind.startswith("lost"):
                    yield _match(function, call, target, found)


def _closers(program: Program, target: Target) -> tuple[str, ...]:
    if target.model is None or not target.model.opens or target.made is not None:
        return ()
    return program.models.closers(target.model.returns) or ("close",)


def _match(function: Function, call: int, target: Target, found: Fate) -> Match:
    name = target.external.removeprefix("builtins.").removesuffix(".__call__")
    opens = function.step(call, f"{name} opens it")
    if found.kind == "lost":
        message, path = f"what {name} opens is never closed", (opens,)
    else:
        message = f"what {name} opens stays open on one way out"
        path = (opens, function.step(found.leaves, "leaves with it still open"))
    return Match(
        message=message,
        function=function,
        line=function.values[call].line,
        key=f"{name} {_told(function, call)}",
        path=path,
        confidence=0.85 if found.kind == "lost" else 0.75,
        weight=2.0 if function.loops(call) else 1.0,
    )


def _told(function: Function, call: int) -> str:
    """What tells this opening from others of the same kind in the body: its literal arguments."""
    step = function.values[call]
    assert type(step) is f.Call
    given = [function.values[a] for a in step.args]
    return " ".join(str(v.value) for v in given if type(v) is f.Const)
