"""The server fetches an address that someone else chose (CWE-918, server-side request forgery).

The server reaches what its visitors cannot: services without a password in its own network, the address at which a cloud gives out its
keys. Whoever chooses the address reads them through it.

Choose the host in the program, from a table, and let only values into the rest of the address, quoted (`urllib.parse.quote(name,
safe="")`). Where any address must be possible, resolve it first and refuse those that are private.

## Bad

```shop/web.py
import requests
from flask import Flask, request

app = Flask(__name__)

@app.route("/picture")
def picture():
    return requests.get(request.args["url"], timeout=5).content  # finding: url

@app.route("/stock")
def stock():
    return requests.get(f"http://{request.args['host']}/stock", timeout=5).text  # finding: host
```

## Bad: through a helper

```shop/api.py
from fastapi import APIRouter
from shop.fetch import fetch

router = APIRouter()

@router.post("/import")
async def feed(address: str):
    return await fetch(address)
```

```shop/fetch.py
import httpx

async def fetch(url):
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)  # finding: address
    return answer.text
```

## Bad: another place on the same host

```shop/web.py
import requests
from flask import Flask, request

app = Flask(__name__)

@app.route("/user")
def user():
    name = request.args["name"]
    return requests.get("https://users.internal/public/" + name, timeout=5).text  # finding: leads elsewhere
```

## Good

```shop/web.py
from urllib.parse import quote, urlparse
import requests
from flask import Flask, abort, request

app = Flask(__name__)
SHOPS = {"berlin": "https://berlin.shop", "paris": "https://paris.shop"}

@app.route("/stock")
def stock():
    requests.get(SHOPS[request.args["shop"]] + "/stock", timeout=5)
    requests.get("https://users.internal/" + quote(request.args["name"], safe=""), timeout=5)
    requests.get("https://users.internal/", params={"name": request.args["name"]}, timeout=5)
    return requests.get("https://users.internal/%d" % int(request.args["number"]), timeout=5).text

@app.route("/picture")
def picture():
    url = request.args["url"]
    if urlparse(url).hostname not in {"images.shop"}:
        abort(400)
    return requests.get(url, timeout=5).content
```

## Not found yet

```shop/web.py
from flask import Flask, request
from shop.browser import Browser

app = Flask(__name__)

@app.route("/picture")
def picture():
    return Browser().open(request.args["url"])  # gap: nothing says that `open` fetches it
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Program
from seatrial.program.ancestry import made_of
from seatrial.program.taint import before
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._careful import is_careful
from seatrial.rules.security._flows import match
from seatrial.rules.security._foreign import chooses_host, is_verified

_RETURNS = frozenset({f.Return})
_HOLDS = frozenset(
    {f.Attr, f.Index, f.Call, f.Await, f.Collection, f.Template, f.Binary, f.Phi, f.Conditional, f.Enter}
)
_PUBLIC = re.compile(r"//(?:[\w-]+\.)+(?:com|org|net|io|dev|app|eu|gov|edu|[a-z]{2})(?::\d+)?/")
"""The host of an address that anybody may ask: other pages of it are no secret."""


@rule(severity=Severity.ERROR, cwe=(918,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into addresses: those that choose the host, and those that stand unquoted in the path."""
    for flow in program.taint.flows("url"):
        if flow.origin.kind != "remote":
            continue
        if chooses_host(program, flow):
            remote = 0.6 if is_verified(program, flow) or is_careful(program, flow) else 0.88
            yield match(flow, flow.confidence(remote=remote), "chooses the address that the server fetches")
        elif _stands_in_path(before(flow)):
            reaches = "is put into the address unquoted: `../` leads elsewhere on that host"
            far = 0.9 ** (len(flow.functions) - 1)
            is_public = _PUBLIC.search(before(flow) or "") is not None and not _is_given_back(flow)
            remote = SLIGHT if is_public else 0.72 * far
            yield match(flow, flow.confidence(remote=remote), reaches)


def _is_given_back(flow: Flow) -> bool:
    """What the other side answers goes to the visitor: with the program's name and keys they read what they like."""
    function = flow.sink.function
    returned = (
        step.value for step in map(function.values.__getitem__, function.of(_RETURNS)) if type(step) is f.Return
    )
    return any(flow.sink.call in made_of(function, value, through=_HOLDS) for value in returned if value >= 0)


def _stands_in_path(text: str | None) -> bool:
    return text is not None and "/" in text.replace("//", "") and "?" not in text
