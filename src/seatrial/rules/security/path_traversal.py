"""Text that someone else chose becomes part of a path, and nothing keeps the path inside its folder (CWE-22).

`../../etc/passwd`, or a path that starts with `/`, leads out of the folder: whoever chooses it reads the configuration and keys of the
server, or overwrites its code.

Make the path whole and compare (`candidate = (root / name).resolve()`, then refuse unless `candidate.is_relative_to(root)`), take only
the name (`secure_filename`, `Path(name).name`), or look the file up by a key of your own.

## Bad: joined

```shop/web.py
import os
from flask import Flask, request, send_file

app = Flask(__name__)

@app.route("/invoice")
def invoice():
    return send_file(os.path.join("/srv/invoices", request.args["name"]))  # finding: name
```

## Bad: through a helper in another file

```shop/api.py
from pathlib import Path
from fastapi import APIRouter, Response
from shop.files import read

router = APIRouter()
FOLDER = Path("/srv/exports")

@router.get("/export")
def export(filename: str):
    return Response(read(FOLDER / filename))
```

```shop/files.py
def read(path):
    return path.read_bytes() if path.is_file() else open(path, "rb").read()  # finding: filename
```

## Bad: compared before it is made whole

```shop/web.py
from pathlib import Path
from flask import Flask, abort, request

app = Flask(__name__)
ROOT = Path("/srv/files")

@app.route("/file")
def file():
    path = ROOT / request.args["name"]
    if not path.is_relative_to(ROOT):
        abort(404)
    return path.read_text()  # finding: name
```

## Bad: cut out of a URL

```shop/export.py
ROOT = "/srv/media/"
PREFIX = "/media/"

def content(url):
    if not url.startswith(PREFIX):
        raise FileNotFoundError(url)
    with open(ROOT + url[len(PREFIX):], "rb") as file:  # finding: url
        return file.read()
```

## Good

```shop/web.py
import os
from pathlib import Path
from flask import Flask, abort, request, send_file, send_from_directory
from werkzeug.utils import secure_filename

app = Flask(__name__)
ROOT = Path("/srv/files")
PAGES = {"terms": "terms.html", "about": "about.html"}

def inside(name):
    candidate = (ROOT / name).resolve()
    if not candidate.is_relative_to(ROOT):
        raise ValueError(name)
    return candidate

@app.route("/file")
def file():
    return inside(request.args["name"]).read_text()

@app.route("/old")
def old():
    full = os.path.realpath(os.path.join("/srv/files", request.args["name"]))
    if not full.startswith("/srv/files/"):
        abort(404)
    return send_file(full)

@app.route("/by-name/<name>")
def by_name(name):
    return send_from_directory("/srv/files", name)

@app.route("/upload", methods=["POST"])
def upload():
    sent = request.files["file"]
    sent.save(os.path.join("/srv/files", secure_filename(sent.filename)))

@app.route("/page")
def page():
    return open("/srv/pages/" + PAGES[request.args["page"]]).read()

@app.route("/invoice/<int:number>")
def invoice(number):
    return open(f"/srv/invoices/{number}.txt").read()
```

## Not found yet

```shop/web.py
import os
from flask import Flask, request

app = Flask(__name__)

@app.route("/file")
def file():
    name = request.args["name"].replace("../", "")
    if name.startswith("/"):
        name = name[1:]
    os.chdir("/srv/files")
    return load(name)

def load(name):
    return EXTERNAL.fetch(name)  # gap: nothing says that it opens a file
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import by_source, match
from seatrial.rules.security._piece_paths import LIKELY, given, half_checks, put_behind
from seatrial.rules.security._reach import is_chooser, is_data, is_upload, is_within_name

_OPEN = frozenset({"file", "stream"})
"""What holds the bytes of an upload, in the words of frameworks."""
_TAKES_EITHER = frozenset({"ZipFile", "TarFile", "GzipFile", "BZ2File", "LZMAFile"})
_CUT = frozenset({"lstrip", "removeprefix"})


@rule(severity=Severity.ERROR, cwe=(22,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into paths from requests, and from what is cut out of a URL. What the user of a command names is theirs."""
    yield from by_source(_found(program))
    yield from half_checks(program)


def _found(program: Program) -> Iterator[tuple[Flow, Match]]:
    returned = (flow for sink in given(program) if (flow := program.taint.into(sink)) and _is_cut_from_url(flow))
    for flow in (*program.taint.flows("path"), *returned):
        if flow.origin.kind == "remote" and not _is_open(flow) and not is_upload(program, flow):
            reaches = "becomes part of a path that nothing keeps in its folder"
            is_little = is_data(flow) or program.is_for_admins(flow.functions[0])
            remote = 0.6 if is_within_name(flow) or is_chooser(flow) else 0.75 if is_little else 0.9
            yield flow, match(flow, flow.confidence(remote=remote), reaches)
        elif flow.origin.kind != "local" and _is_cut_from_url(flow):
            reaches = "is cut out of a URL and becomes part of a path that nothing keeps in its folder"
            yield flow, match(flow, flow.confidence(parameter=0.72, unknown=0.72), reaches)
    for flow in put_behind(program):
        reaches = "is put behind a folder and nothing keeps the path in it"
        yield flow, match(flow, flow.confidence(remote=0.0, local=0.0, parameter=LIKELY, unknown=LIKELY), reaches)


def _is_open(flow: Flow) -> bool:
    """It is an open file, and no path, given to what takes either: `ZipFile(upload.file)`."""
    if flow.sink.what.rpartition(".")[2] not in _TAKES_EITHER:
        return False
    steps = (spot.function.values[spot.function.origin(spot.value)] for spot in flow.spots)
    return any(type(step) is f.Attr and step.name in _OPEN for step in steps)


def _is_cut_from_url(flow: Flow) -> bool:
    """A prefix or leading slash is taken off before the rest is put below a folder: `ROOT / url[len(PREFIX):]`."""
    return any(_is_cut(spot.function, spot.function.values[spot.value]) for spot in flow.spots)


def _is_cut(function: Function, step: f.AnyValue) -> bool:
    if type(step) is f.Call and step.callee in _CUT and step.args:
        text = function.values[function.origin(step.args[0])]
        return type(text) is not f.Const or text.value == "/"
    if type(step) is not f.Index:
        return False
    cut = function.values[step.key]
    inner = (
        [function.values[i] for i in cut.items if i >= 0] if type(cut) is f.Collection and cut.kind == "slice" else []
    )
    return any(type(v) is f.Call and v.callee == "!len" for v in inner)
