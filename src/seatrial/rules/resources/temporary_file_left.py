"""A temporary file or folder is made, and nothing removes it.

Each request, or each failure, leaves one behind. The disk fills up in weeks, and then everything on the machine fails at once, far from the
cause.

Use `TemporaryDirectory()` or `NamedTemporaryFile()` in a `with` block; where the file must outlive the block, remove it in `finally`.

## Bad

```shop/export.py
import os
import shutil
import subprocess
import tempfile

def pages(text):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:  # finding: nothing removes
        file.write(text)
    return subprocess.check_output(["wc", "-l", file.name])

def packed(rows):
    folder = tempfile.mkdtemp()  # finding: nothing removes
    with open(os.path.join(folder, "rows"), "w") as file:
        file.writelines(rows)
    return os.path.getsize(file.name)

def size(text):
    handle, path = tempfile.mkstemp()  # finding: nothing removes
    os.write(handle, text)
    os.close(handle)
    return os.path.getsize(path)
```

## Bad: removed only when all goes well

```shop/web.py
import os
import subprocess
import tempfile
from flask import Flask, request

app = Flask(__name__)

@app.post("/pages")
def pages():
    file = tempfile.NamedTemporaryFile(delete=False)  # finding: when something fails
    file.write(request.data)
    file.close()
    found = subprocess.check_output(["wc", "-l", file.name], timeout=9)
    os.unlink(file.name)
    return found
```

## Good

```shop/export.py
import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

def pages(text):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        return subprocess.check_output(["wc", "-l", file.name])

def pages_again(text):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    try:
        return subprocess.check_output(["wc", "-l", file.name])
    finally:
        os.unlink(file.name)

def handed_back(text):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    return file.name

def folder():
    return tempfile.mkdtemp()

def moved(text, target):
    handle, path = tempfile.mkstemp(dir=".")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.replace(path, target)

def until_exit():
    path = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, path)
    return os.path.exists(path)

def with_path(text):
    path = Path(tempfile.mkdtemp())
    try:
        return (path / "rows").write_text(text)
    finally:
        shutil.rmtree(path)

def given_away(text):
    path = tempfile.mkdtemp()
    clean(path)

def clean(path):
    shutil.rmtree(path)

def in_work_folder(text, folder):
    with tempfile.NamedTemporaryFile("w", delete=False, dir=folder) as file:
        file.write(text)
    return subprocess.check_output(["wc", "-l", file.name])

class Store:
    def __init__(self):
        self.folder = tempfile.mkdtemp()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        shutil.rmtree(self.folder)
```
"""

from collections.abc import Iterator, Sequence

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.arguments import receiving
from seatrial.program.risks import risky
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.resources._again import adds_up

DEPTH = 3
"""How many functions that are given the path are followed."""
_REMOVES = frozenset(
    {
        "remove",
        "unlink",
        "rmtree",
        "rmdir",
        "rename",
        "renames",
        "replace",
        "move",
        "cleanup",
        "removedirs",
        "link",
        "delete",
    }
)
_NAMES = frozenset(
    {f.Phi, f.Attr, f.Await, f.Enter, f.Part, f.Conditional, f.Template, f.Binary, f.Collection, f.Spread}
)
"""Values that still hold the file, its path, or something below it."""
_PATHS = frozenset({"Path", "join", "str", "abspath", "realpath", "fspath", "joinpath", "fdopen", "open", "resolve"})
_KEEPS = frozenset({f.Return, f.Yield, f.StoreAttr, f.StoreItem, f.Closure})


@rule(severity=Severity.WARNING, category=("leak",), cwe=(459,), confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Files and folders that stay until they are removed, of which the body neither rids itself nor tells anybody."""
    for function, call in risky(program, "kept-temp"):
        if not function.is_callable:
            continue
        held = _held(function, call)
        if _is_handed_on(program, function, held, 0):
            continue
        removals = _removals(function, held)
        if not removals:
            is_left = adds_up(program, function) and not _has_own_folder(function, call)
            yield _match(function, call, "nothing removes it", 0.78 if is_left else SLIGHT)
        elif _is_skipped(function, call, removals) and program.is_served(function):
            yield _match(function, call, "it stays when something fails before it is removed", 0.72)


def _has_own_folder(function: Function, call: int) -> bool:
    """It is put into a folder that the program chose, and may be removed with."""
    step = function.values[call]
    return type(step) is f.Call and any(name == "dir" for name, _ in step.keywords)


def _held(function: Function, start: int) -> set[int]:
    """The values that hold the file, its path, or what lies below it."""
    held, pending = {start}, [start]
    pending += [
        v for r in function.regions if r.kind == "with" and r.subject == start for v in range(r.start, r.start + 1)
    ]
    while pending:
        value = pending.pop()
        held.add(value)
        for user in function.users.get(value, ()):
            step = function.values[user]
            derived = type(step) in _NAMES and not (type(step) is f.Attr and step.name in _REMOVES)
            path = type(step) is f.Call and _last(step) in _PATHS and step.receiver != value
            if user not in held and (derived or path):
                pending.append(user)
    return held


def _last(step: f.Call) -> str:
    return step.callee.rpartition(".")[2].lstrip("!:?")


def _is_handed_on(program: Program, function: Function, held: set[int], depth: int) -> bool:
    """Somebody else may remove it: it is given back, stored, or given to a function that does more than use it."""
    for value in held:
        for user in function.users.get(value, ()):
            step = function.values[user]
            if type(step) in _KEEPS and not (type(step) is f.StoreItem and step.value != value):
                return True
            if type(step) is f.Store and (step.outer or _is_captured(function, step.name)):
                return True
            if type(step) is f.Call and step.receiver != value and _takes(program, function, user, value, depth):
                return True
    return False


def _is_captured(function: Function, name: str) -> bool:
    inner = (g for g in function.file.functions if g.parent is function)
    return any(type(v) is f.Free and v.name == name for g in inner for v in g.values)


def _takes(program: Program, function: Function, call: int, value: int, depth: int) -> bool:
    """A function of the program removes or keeps it, or nothing is known of the one it is given to."""
    step, target = function.values[call], program.target(function, call)
    assert type(step) is f.Call
    if target.made is not None or _last(step)[:1].isupper():
        return _last(step) not in _PATHS
    if not target.functions and step.receiver >= 0 and function.cls and function.origin(step.receiver) == 0:
        return (
            True  # the framework that the class belongs to keeps it: `self.create_state(RUNNING, self.parse, folder)`
        )
    if not target.functions or depth >= DEPTH:
        return not target.external and not step.callee.startswith("!") and _last(step) not in _PATHS
    for reached in target.functions:
        for position in receiving(step, reached, value):
            held = _held(reached, position)
            if _removals(reached, held) or _is_handed_on(program, reached, held, depth + 1):
                return True
    return False


def _removals(function: Function, held: set[int]) -> list[int]:
    """The calls that remove it or put it in its place, or are told to do so later."""
    found = []
    for call in function.calls:
        step = function.values[call]
        assert type(step) is f.Call
        given = [*step.args, *(value for _, value in step.keywords)]
        about = step.receiver in held or any(value in held for value in given)
        if about and (_last(step) in _REMOVES or any(_names_removal(function, value) for value in given)):
            found.append(call)
    bare = (
        v
        for v in held
        for u in function.users.get(v, ())
        if type(s := function.values[u]) is f.Attr and s.name in _REMOVES
    )
    return [*found, *bare]


def _names_removal(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Ref and step.path.rpartition(".")[2] in _REMOVES


def _is_skipped(function: Function, call: int, removals: Sequence[int]) -> bool:
    """What is called in between may raise, and no `finally` or handler removes it."""
    if any(r.kind in {"finally", "except", "with"} for at in removals for r in function.enclosing(at)):
        return False
    return any(call < other < min(removals) for other in function.calls)


def _match(function: Function, call: int, said: str, confidence: float) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    return Match(
        message=f"{_last(step)} makes something that stays, and {said}",
        function=function,
        line=step.line,
        key=_last(step),
        confidence=confidence,
    )
