"""A packed file that someone else chose is unpacked whatever it swells to (CWE-409).

Ten kilobytes of a well-made archive become ten gigabytes: one request fills the memory or the disk, and a limit on the size of the
request does not help.

Add up the sizes that the archive declares (`info.file_size`) and refuse what is too much, and read no more than so many bytes of each
member (`member.read(limit)`), since the declaration may lie.

## Bad

```shop/web.py
import gzip
import io
import zipfile
from flask import Flask, request

app = Flask(__name__)

@app.post("/import")
def upload():
    archive = zipfile.ZipFile(io.BytesIO(request.files["file"].read()))
    return archive.read("orders.csv")  # finding: unpacked

@app.post("/pictures")
def pictures():
    with zipfile.ZipFile(request.files["file"]) as archive:
        archive.extractall("pictures")  # finding: file
    return ""

@app.post("/texts")
def texts():
    with zipfile.ZipFile(request.files["file"]) as archive:
        found = []
        for name in archive.namelist():
            with archive.open(name) as member:  # finding: file
                found.append(member.read().decode())
    return "".join(found)

@app.post("/log")
def log():
    return gzip.decompress(request.data)  # finding: data
```

```shop/api.py
import io
import zipfile
from fastapi import FastAPI, UploadFile

app = FastAPI()

@app.post("/import")
async def upload(file: UploadFile):
    return unpacked(await file.read())

def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]  # finding: unpacked
```

## Good

```shop/web.py
import zipfile
from flask import Flask, abort, request

app = Flask(__name__)
LIMIT = 50_000_000

@app.post("/import")
def upload():
    with zipfile.ZipFile(request.files["file"]) as archive:
        if sum(info.file_size for info in archive.infolist()) > LIMIT:
            abort(413)
        return archive.read("orders.csv")

@app.post("/texts")
def texts():
    with zipfile.ZipFile(request.files["file"]) as archive, archive.open("orders.csv") as member:
        return member.read(LIMIT)

@app.post("/checked")
def checked():
    with zipfile.ZipFile(request.files["file"]) as archive:
        refuse_bombs(archive)
        return archive.read("orders.csv")

def refuse_bombs(archive):
    if sum(info.file_size for info in archive.infolist()) > LIMIT:
        abort(413)

@app.get("/names")
def names():
    return zipfile.ZipFile("orders.zip").read(request.args["name"])

@app.post("/list")
def listed():
    return zipfile.ZipFile(request.files["file"]).namelist()
```

## Good: only whoever is known may send it

```shop/web.py
import zipfile
from flask import Flask, request
from flask_login import login_required

app = Flask(__name__)

@app.post("/import")
@login_required
def upload():
    with zipfile.ZipFile(request.files["file"]) as archive:
        return archive.read("orders.csv")
```

## Not found yet

```shop/web.py
import tarfile
from flask import Flask, request

app = Flask(__name__)

@app.post("/import")
def upload():
    with tarfile.open(fileobj=request.files["file"].stream) as archive:
        archive.extractall("orders", filter="data")  # gap: tar archives are not followed
    return ""
```
"""

from collections.abc import Iterable, Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._flows import by_source, match

_SIZES = frozenset({"file_size"})
"""What members declare of themselves; who asks for it knows of the danger."""

_ATTRIBUTES = frozenset({f.Attr})


@rule(severity=Severity.WARNING, cwe=(409, 400))
def check(program: Program) -> Iterator[Match]:
    """Flows of what a request holds into what unpacks without asking for a size.

    Where it is asked who sends it, the sender is known, and no stranger stops the server.
    """
    yield from by_source(_found(program))


def _found(program: Program) -> Iterable[tuple[Flow, Match]]:
    known = {end.handler for end in program.endpoints if any(guard.authorises for guard in end.guards)}
    for flow in program.taint.flows("unpack"):
        if flow.origin.kind == "remote" and _is_read_whole(flow) and not _is_weighed(program, flow):
            remote = SLIGHT if flow.functions[0] in known else 0.75
            yield flow, match(flow, flow.confidence(remote=remote), "is unpacked, whatever it swells to")


def _is_weighed(program: Program, flow: Flow) -> bool:
    """A function on the way, or one that it calls, asks for the sizes."""
    on_the_way = set(flow.functions)
    called = {target for one in on_the_way for call in one.calls for target in program.target(one, call).functions}
    return any(map(_asks_for_size, on_the_way | called))


def _asks_for_size(function: Function) -> bool:
    steps = (function.values[value] for value in function.of(_ATTRIBUTES))
    return any(type(step) is f.Attr and step.name in _SIZES for step in steps)


def _is_read_whole(flow: Flow) -> bool:
    """A member that is only opened swells when it is read in one go."""
    function, opened = flow.sink.function, flow.sink.call
    if not flow.sink.what.endswith(".open"):
        return True
    members = {opened, *(i for i in function.users.get(opened, ()) if type(function.values[i]) is f.Enter)}
    reads = [step for i in function.calls if type(step := function.values[i]) is f.Call and step.callee == "read"]
    return any(not step.args for step in reads if step.receiver >= 0 and function.origin(step.receiver) in members)
