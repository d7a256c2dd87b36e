"""A file, folder or shared entry is looked at, and then acted on as if nothing could happen in between.

Two workers both see that the folder is not there, and the second fails to make it; both see that the file is there, and the second fails to
remove it. It happens in the first second after a start, when all workers do the same.

Act, and let the call itself decide: `makedirs(path, exist_ok=True)`, `unlink(missing_ok=True)`, `open(path, "x")`, `pop(key, None)`.

## Bad: files

```files.py
import os
from fastapi import FastAPI

app = FastAPI()

@app.post("/files/{name}")
def store(name: str):
    if not os.path.exists("uploads"):
        os.makedirs("uploads")  # finding: os.makedirs
```

## Bad: an entry that all threads share

```plugins.py
import sys
from fastapi import FastAPI

app = FastAPI()

@app.post("/reload/{name}")
def reload(name: str):
    if name in sys.modules:
        del sys.modules[name]  # finding: sys.modules
```

## Good

```files.py
import os
import sys
import threading
from fastapi import FastAPI
from pathlib import Path

app = FastAPI()
lock = threading.Lock()

@app.post("/files/{name}")
def store(name: str):
    os.makedirs("uploads", exist_ok=True)
    if not os.path.exists("other"):
        os.makedirs("other", exist_ok=True)

@app.delete("/files/{name}")
def drop(name: str):
    path = Path("uploads") / "one"
    if path.exists():
        try:
            path.unlink()
        except FileNotFoundError:
            pass

@app.post("/reload/{name}")
def reload(name: str):
    with lock:
        if name in sys.modules:
            del sys.modules[name]

def build():
    if not os.path.exists("dist"):
        os.mkdir("dist")
```

```uploads.py
import os
from fastapi import FastAPI

app = FastAPI()

@app.post("/files/{folder}/{name}")
def store(folder: str, name: str):
    path = os.path.join("uploads", os.path.basename(folder))
    if not os.path.isdir(path):
        os.makedirs(path)
```

## Not found yet

```files.py
from fastapi import FastAPI
from pathlib import Path

app = FastAPI()

@app.delete("/files/{name}")
def drop(name: str):
    path = Path("uploads") / "one"
    if path.exists():
        path.unlink()  # gap: a file mostly has one owner, who alone removes it
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.ownership import clauses
from seatrial.rules.concurrency._at_once import meets_itself
from seatrial.rules.contract import SLIGHT, Match, rule

_LOOKS = frozenset({"exists", "isfile", "isdir", "is_file", "is_dir", "lexists"})
_MAKES = ("mkdir", "makedirs")
_REMOVES = ("remove", "unlink", "rmdir", "rmtree")
_DELETES = frozenset({f.Delete})
_FORGIVES = frozenset({"exist_ok", "missing_ok", "ignore_errors"})


@rule(severity=Severity.WARNING, category=("race",), cwe=(367,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Files made or removed, and shared entries deleted, after a look and without an answer to its being outdated."""
    for function, call in program.index.calls(*_MAKES, *_REMOVES):
        step = function.values[call]
        assert type(step) is f.Call
        looked = _looked(function, call, step)
        if (
            looked >= 0
            and not any(name in _FORGIVES for name, _ in step.keywords)
            and _is_bare(program, function, call)
        ):
            name = f"{written(function, step.receiver)}.{step.callee}" if step.receiver >= 0 else step.callee
            yield _match(program, function, call, looked, name.lstrip("!:?"))
    for function in program.index.with_regions("if"):
        yield from _entries(program, function)


def _looked(function: Function, call: int, step: f.Call) -> int:
    """The look at the same path that decides whether the call runs, or NONE."""
    path, removes = _path(function, step), step.callee.rpartition(".")[2] in _REMOVES
    for condition, outcome in function.guards(call):
        value, holds = _without_not(function, condition, outcome)
        asked = function.values[value]
        if type(asked) is f.Call and asked.callee.rpartition(".")[2] in _LOOKS and _path(function, asked) == path:
            return value if path and holds is removes else f.NONE
    return f.NONE


def _without_not(function: Function, condition: int, outcome: bool) -> tuple[int, bool]:  # noqa: FBT001 - as `guards` gives it
    value = function.origin(condition)
    step = function.values[value]
    return (
        (function.origin(step.value), not outcome) if type(step) is f.Unary and step.op == "not" else (value, outcome)
    )


def _path(function: Function, step: f.Call) -> str:
    """The path that a call is about, in words that are equal where the path is the same value."""
    value = step.receiver if step.receiver >= 0 else next(iter(step.args), f.NONE)
    if value < 0:
        return ""
    origin = function.values[function.origin(value)]
    return str(origin.value) if type(origin) is f.Const else written(function, value)


def _is_shared(function: Function, step: f.AnyValue) -> bool:
    """The path, or the entry, is the same for all workers: two requests seldom make the same folder of their own at once."""
    if type(step) is not f.Call:
        return True
    value = step.receiver if step.receiver >= 0 else next(iter(step.args), f.NONE)
    return value >= 0 and type(function.values[function.origin(value)]) in {f.Const, f.Ref}


def _is_bare(program: Program, function: Function, value: int) -> bool:
    """No handler answers a failure, and no lock is held."""
    tries = (r for r in function.enclosing(value) if r.kind == "try")
    if any(h.kind == "except" for r in tries for h in clauses(function, r)):
        return False
    return not any(taken.value < value < taken.until for taken in program.locks.taken(function))


def _entries(program: Program, function: Function) -> Iterator[Match]:
    """`if key in shared: del shared[key]`, of a mapping that belongs to a module."""
    for value in function.of(_DELETES):
        step = function.values[value]
        target = function.values[step.target] if type(step) is f.Delete and step.target >= 0 else None
        if type(target) is not f.Index or type(function.values[function.origin(target.base)]) is not f.Ref:
            continue
        name = written(function, target.base)
        held = program.models.value(function.values[function.origin(target.base)].path)  # type: ignore[union-attr] # a Ref
        if "request" in name.split(".") or (
            held is not None and held.source == "remote"
        ):  # each worker has its own request
            continue
        for condition, outcome in function.guards(value):
            asked = function.values[condition]
            if type(asked) is f.Compare and asked.op == "in" and outcome and written(function, asked.right) == name:
                if _is_bare(program, function, value):
                    yield _match(program, function, value, condition, name)
                break


def _match(program: Program, function: Function, value: int, looked: int, name: str) -> Match:
    step = function.values[value]
    removes = type(step) is f.Call and step.callee.rpartition(".")[2] in _REMOVES
    likely = meets_itself(program, function) and program.occasions.recurs(function) and not removes
    sure = (0.72 if _is_shared(function, step) else SLIGHT) if likely else 0.5
    return Match(
        message=f"{name} acts on what was true a moment ago: another worker may have done the same since",
        function=function,
        line=function.values[value].line,
        key=name,
        path=(function.step(looked, "looks"), function.step(value, "acts")),
        confidence=sure,
    )
