"""A pattern that someone else chose is matched (CWE-1333, CWE-730).

Some patterns of ten letters take longer than a day on a text of forty: one request holds a worker until it is killed, a few hold
all.

Escape what is only searched for (`re.escape(text)`), look with `in`, or match by an engine that never goes back (`re2`).

## Bad

```shop/web.py
import re
from flask import Flask, request

app = Flask(__name__)

@app.route("/find")
def find():
    return str(re.search(request.args["pattern"], open("names.txt").read()))  # finding: pattern

@app.route("/split")
def split():
    pattern = re.compile("^" + request.args["start"])  # finding: start
    return str(pattern.match("abc"))
```

## Good

```shop/web.py
import re
from flask import Flask, request

app = Flask(__name__)

@app.route("/find")
def find():
    re.match(r"[a-z]+", request.args["name"])
    return str(re.search(re.escape(request.args["text"]), open("names.txt").read()))
```

## Not found yet

```shop/web.py
import regex
from flask import Flask, request

app = Flask(__name__)

@app.route("/find")
def find():
    return str(regex.search(request.args["pattern"], "abc"))  # gap: a library that nothing is said of
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match


@rule(severity=Severity.WARNING, cwe=(1333, 730, 400), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows of what a request holds into patterns."""
    for flow in program.taint.flows("regex"):
        if flow.origin.kind == "remote":
            yield match(flow, flow.confidence(remote=0.78), "becomes part of a pattern that is matched")
