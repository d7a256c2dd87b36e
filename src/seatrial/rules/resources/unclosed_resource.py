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

```orders.py
import sqlite3

def first(path):
    orders = sqlite3.connect(path)  # finding: sqlite3.connect
    found = orders.execute("select number from orders").fetchone()
    if not found:
        return None
    orders.close()
    return found[0]
```

## Bad: lent to a function that only uses it

```files.py
import sqlite3

def count(connection):
    return connection.execute("select count(*) from orders").fetchone()[0]

def orders(path):
    connection = sqlite3.connect(path)  # finding: sqlite3.connect
    return count(connection)
```

## Bad: a picture that is pasted into another

```pictures.py
import os
from PIL import Image

def framed(folder, name):
    frame = Image.new("RGB", (100, 100))
    picture = Image.open(os.path.join(folder, name))  # finding: PIL.Image.open
    frame.paste(picture, (0, 0))
    return frame
```

## Bad: not closed when the work fails

```jobs.py
import psycopg2

def run(address, statements):
    connection = psycopg2.connect(address)  # finding: when something fails
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()
```

## Good

```pictures.py
import io
from PIL import Image

def framed(data):
    picture = Image.open(io.BytesIO(data))
    return picture.size

def smaller(source: str, target: str):
    picture = Image.open(source)
    picture.thumbnail((100, 100))
    picture.save(target)
```

```files.py
import atexit
import json
import sqlite3
from contextlib import ExitStack, closing

def kept(path, stack: ExitStack):
    file = stack.enter_context(open(path))
    return file.readline()

def until_exit(path):
    file = open(path)
    atexit.register(file.close)
    return file.readline()

def finish(file):
    file.flush()
    file.close()

def handed(path):
    file = open(path)
    finish(file)

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

def first(path):
    file = open(path)
    line = file.readline()
    if not line:
        return None  # the reference count closes it here
    file.close()
    return line
```

## Good: kept by what is made of it, or by the process

```shop/start.py
import multiprocessing
import os
import subprocess
import sys

def shared():
    return multiprocessing.Manager().dict()

def detached(log):
    out = open(log, "a+")
    os.dup2(out.fileno(), sys.stdout.fileno())

def output(command):
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    return child.stdout
```

```shop/remote.py
import paramiko
from tempfile import NamedTemporaryFile

def connected(host):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        client.connect(host, timeout=5)
    except OSError:
        client.close()
        raise
    return client

def room(folder):
    place = NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115
    return place.name
```

## Good: read from an object that opens nothing by this

```shop/remote.py
from zipfile import BadZipFile, ZipFile

class Remote:
    def check(self):
        try:
            ZipFile(self)
        except BadZipFile:
            return False
        return True
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity, Step
from seatrial.program import Function, Program, Target, written
from seatrial.program.ownership import Fate, fate
from seatrial.rules.contract import SLIGHT, TOLD, Match, each_once, rule
from seatrial.rules.resources._again import adds_up

LOST = 0.82
"""Of what nobody closes in any case: the reference count does so in CPython, most often at once."""
_STREAMS = frozenset({"io.BytesIO", "io.StringIO", "builtins.file", "builtins.bytes"})
_PICTURE = "PIL.Image.Image"
_READS_WHOLE = frozenset(
    {"load", "save", "thumbnail", "resize", "convert", "crop", "copy", "rotate", "transpose", "filter", "getdata"}
)
"""Methods of a picture that read all of it."""
_PEERS = frozenset({"client", "connection", "session"})
"""Kinds of things that someone waits for at the other end."""
_COUNTED = "connection"
"""The kind of which a server has so many, and no more."""
_IN_FILES = ("sqlite3.", "pysqlite2.", "pysqlite3.", "dbm.")
"""Databases without a server, which nobody counts connections to."""
_MEANT = re.compile(r"SIM115|R1732|consider-using-with")
_OF_DEVELOPERS = re.compile(r"\.|setup\.py|(scripts?|tools?|dev|lab|hack|ci|bench\w*|load_testing)/")
"""Programs that developers start by hand, and that end soon."""
_ENDS_ALONE = frozenset(
    {
        "multiprocessing.Manager", "zipfile.ZipExtFile", "requests.Session", "concurrent.futures.ThreadPoolExecutor",
        "docker.DockerClient", "tempfile.TemporaryDirectory",
    }
)  # fmt: skip
"""What ends by itself when nobody holds it any longer: a finalizer sees to it."""
_FILES = frozenset({"builtins.file"})
_ARCHIVE = "zipfile.ZipFile"
_PATHS = frozenset({"builtins.str", "pathlib.Path", "pathlib.PurePath"})
_CHILDREN = frozenset({"subprocess.Popen"})


@rule(severity=Severity.WARNING, category=("leak",), cwe=(772, 775), confirmed_by="leak", most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Calls that open something which the body neither closes on every way nor hands on: one match for those alike."""
    for function in program.code:
        if function.is_callable:
            yield from each_once(_open(program, function), lambda one: one.message)


def _open(program: Program, function: Function) -> Iterator[Match]:
    for call in function.calls:
        target = program.target(function, call)
        closers = _closers(program, target) if target.model is not None else ()
        if closers and not function.is_annotation(call) and not _is_in_memory(program, function, call):
            found = fate(program, function, call, closers)
            if found.kind.startswith("lost"):
                yield _match(program, function, call, target, found)


def _closers(program: Program, target: Target) -> tuple[str, ...]:
    if target.model is None or not target.model.opens or target.made is not None:
        return ()
    return program.models.closers(target.model.returns) or ("close",)


def _is_in_memory(program: Program, function: Function, call: int) -> bool:
    """It is opened from another open thing, or from memory, not from a path: there is no descriptor of its own."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.args and function.cls is not None and function.origin(step.args[0]) == 0:
        return True  # `ZipFile(self)`, in a class that can be read from
    if any(name == "bind" and _is_connection(program, function, value) for name, value in step.keywords):
        return True  # `Session(bind=other.connection())`
    return _first_type(program, function, call) in _STREAMS


def _is_connection(program: Program, function: Function, value: int) -> bool:
    """Somebody else's, who gives it back."""
    step, found = function.values[function.origin(value)], program.type_of(function, value)
    is_lent = type(step) is f.Call and step.callee == "connection" and step.receiver >= 0
    return is_lent or (type(step) is f.Param and found is not None and found.name.endswith(".Connection"))


def _match(program: Program, function: Function, call: int, target: Target, found: Fate) -> Match:
    name = target.external.removeprefix("builtins.").removesuffix(".__call__")
    opens = function.step(call, f"`{name}()` opens it")
    path: tuple[Step, ...] = (opens,)
    if found.kind == "lost":
        message = f"the result of `{name}()` is never closed"
    elif found.kind == "lost on failure":
        message = f"the result of `{name}()` stays open when something fails"
        path = (opens, function.step(found.leaves, "what is raised here leaves it open"))
    else:
        message = f"the result of `{name}()` stays open on one way out"
        path = (opens, function.step(found.leaves, "leaves with it still open"))
    return Match(
        message=message,
        function=function,
        line=function.values[call].line,
        key=f"{name} {_told(function, call)}",
        path=path,
        confidence=_confidence(program, function, call, target, found),
        weight=2.0 if function.loops(call) else 1.0,
    )


def _confidence(program: Program, function: Function, call: int, target: Target, found: Fate) -> float:
    """How likely it matters that it stays open: in a process that lives on, and again with each request or task.

    A file that an exception leaves open is closed when its handler ends, by the reference count; a connection waits for its peer.
    """
    if _is_slight(program, function, call, target, found) or not adds_up(program, function):
        return SLIGHT
    if _OF_DEVELOPERS.match(function.file.path) or _ends_all(function, call):
        return SLIGHT
    if found.kind == "lost":
        return LOST
    kind = program.models.kind(target.model.returns) if target.model else ""
    if found.kind == "lost on failure":
        is_counted = kind == _COUNTED and not target.external.startswith(_IN_FILES)
        return 0.72 if program.is_awaited(function) and is_counted else SLIGHT
    return 0.75 if kind in _PEERS else SLIGHT


def _ends_all(function: Function, call: int) -> bool:
    """The process ends with the body."""
    later = (function.values[other] for other in function.calls if other > call and not any(function.enclosing(other)))
    return any(
        type(step) is f.Call and step.callee.rpartition(".")[2].lstrip("!") in {"exit", "_exit"} for step in later
    )


def _is_slight(program: Program, function: Function, call: int, target: Target, found: Fate) -> bool:
    """It is meant, ends by itself, or holds nothing of its own; a child that nobody talks to may outlive its parent."""
    thing = target.model.returns if target.model else ""
    if call not in function.users and thing not in _FILES:
        return True  # an answer that nobody looks at is gone at once
    if _is_only_named(function, call):
        return True
    if _is_meant(function, call) or thing in _ENDS_ALONE or program.models.kind(thing) == "cursor":
        return True
    if found.kind == "lost on failure" and program.models.kind(thing) not in _PEERS:
        return True
    if target.external in _CHILDREN and (found.kind != "lost" or not _has_pipe(function, call)):
        return True
    if thing == _ARCHIVE and _first_type(program, function, call) not in {"", *_PATHS}:
        return True
    if thing != _PICTURE:
        return False
    return not _is_path(program, function, call) or _is_looked_at(function, call)  # in a stream, it opens nothing


def _is_only_named(function: Function, call: int) -> bool:
    """It is made for its name, and gone before anybody writes to it: `NamedTemporaryFile(delete=False).name`."""
    users = [function.values[user] for user in function.users.get(call, ())]
    return bool(users) and all(type(user) is f.Attr and user.name == "name" for user in users)


def _is_meant(function: Function, call: int) -> bool:
    """Another tool was told that it stays open on purpose."""
    line = function.values[call].line
    return any(c.line == line and _MEANT.search(c.text) for c in function.file.facts.comments)


def _has_pipe(function: Function, call: int) -> bool:
    step = function.values[call]
    assert type(step) is f.Call
    return any(written(function, value).endswith("PIPE") for _, value in step.keywords)


def _is_looked_at(function: Function, call: int) -> bool:
    """Pillow closes a file that it opened by its name as soon as the picture is read: to be saved, or made smaller."""
    users = (function.values[user] for user in function.users.get(call, ()))
    return any(type(user) is f.Call and user.receiver >= 0 and user.callee in _READS_WHOLE for user in users)


def _is_path(program: Program, function: Function, call: int) -> bool:
    return _first_type(program, function, call) in _PATHS


def _first_type(program: Program, function: Function, call: int) -> str:
    """The name of the type of what a call is given first; empty if it is not known."""
    step = function.values[call]
    assert type(step) is f.Call
    given = program.type_of(function, step.args[0]) if step.args else None
    return given.name if given else ""


def _told(function: Function, call: int) -> str:
    """What tells this opening from others of the same kind in the body: its literal arguments."""
    step = function.values[call]
    assert type(step) is f.Call
    given = [function.values[a] for a in step.args]
    return " ".join(str(v.value) for v in given if type(v) is f.Const)
