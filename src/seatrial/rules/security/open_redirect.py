"""Where a visitor is sent to is chosen by the link that they followed (CWE-601).

A link to this site that leads to another one is what a letter asking for passwords needs: the address looks right, the page that asks does not
belong to it. Where a login ends with such a redirect, it may hand over the token too.

Send visitors to names of routes (`url_for`), or check the address first: `url_has_allowed_host_and_scheme`, or that its host is
this one's.

## Bad

```shop/web.py
from flask import Flask, redirect, request

app = Flask(__name__)

@app.route("/login")
def login():
    return redirect(request.args.get("next", "/"))  # finding: next

@app.route("/mirror")
def mirror():
    return redirect("https://" + request.args["host"] + "/shop")  # finding: host
```

## Bad: Django

```shop/views.py
from django.http import HttpResponseRedirect
from django.urls import path

def login(request):
    return HttpResponseRedirect(request.GET["next"])  # finding: next

urlpatterns = [path("login/", login)]
```

## Good

```shop/web.py
from urllib.parse import urljoin, urlparse
from flask import Flask, redirect, request, url_for

app = Flask(__name__)

def is_ours(target):
    ours, theirs = urlparse(request.host_url), urlparse(urljoin(request.host_url, target))
    return theirs.scheme in ("http", "https") and ours.netloc == theirs.netloc

@app.route("/login")
def login():
    target = request.args.get("next")
    if target and urlparse(target).netloc == "":
        return redirect(target)
    return redirect(url_for("home"))

@app.route("/orders")
def orders():
    return redirect("/orders/" + request.args["number"])
```

```shop/views.py
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

def login(request):
    target = request.GET["next"]
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("home")

urlpatterns = [path("login/", login)]
```

## Bad: a header by hand

```shop/web.py
from flask import Flask, Response, make_response, redirect, request

app = Flask(__name__)

@app.route("/login")
def login():
    return Response(status=302, headers={"Location": request.args["next"]})  # finding: next

@app.route("/later")
def later():
    answer = make_response("", 302)
    answer.headers["Location"] = request.args["next"]  # finding: next
    return answer

@app.route("/beside")
def beside():
    return "", 302, {"Location": request.args["next"]}  # finding: next

@app.route("/scheme")
def scheme():
    target = request.args["next"]
    if not target.startswith("http://") and not target.startswith("https://"):
        target = "http://" + target
    return redirect(target)  # finding: next

@app.route("/slash")
def slash():
    target = request.args["next"]
    if not target.startswith("/"):
        target = "/"
    return "", 302, {"Location": target}  # finding: next
```

## Good: a header by hand

```shop/web.py
from flask import Flask, Response, make_response, request, url_for

app = Flask(__name__)

@app.route("/login")
def login():
    return Response(status=302, headers={"Location": url_for("home", page=request.args["page"])})

@app.route("/slashes")
def slashes():
    target = request.args["next"]
    if target.startswith("/") and not target.startswith("//"):
        return "", 302, {"Location": target}
    return "no"

@app.route("/made")
def made():
    answer = make_response("made", 201)
    answer.headers["Location"] = "/orders/" + request.args["number"]
    return answer
```

## Not found yet

```shop/web.py
from wsgiref.simple_server import make_server
from urllib.parse import parse_qs

def app(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])
    start_response("302 Found", [("Location", query["next"][0])])  # gap: WSGI without a framework
    return [b""]

make_server("", 8000, app)
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program, Sinking, written
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import by_source, is_row, match
from seatrial.rules.security._foreign import chooses_host
from seatrial.rules.security._purpose import words

_MAKE = ("Response", "HttpResponse", "make_response", "PlainTextResponse", "HTMLResponse", "HTTPException", "HTTPFound")
_RETURNS = frozenset({f.Return})
_ITS_OWN = re.compile(r"request\.(?:url|base_url|host_url|url_root|build_absolute_uri\(.*)\Z")
"""The address that was asked, whose host is the program's own."""
_POSTED = frozenset({"POST", "form", "json", "get_json", "data"})
"""What no link carries: whoever can make a visitor send a form has led them away already."""
_BACK = frozenset({"referer", "referrer", "http_referer"})


@rule(severity=Severity.WARNING, cwe=(601,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into redirects, of what a request holds, where they choose the host."""
    by_hand = (flow for sink in _headers(program) if (flow := program.taint.into(sink)) is not None)
    yield from by_source(
        (flow, match(flow, _likely(program, flow), "chooses where the visitor is sent"))
        for flow in (*program.taint.flows("redirect"), *by_hand)
        if flow.origin.kind == "remote" and chooses_host(program, flow) and not is_row(flow)
    )


def _headers(program: Program) -> Iterator[Sinking]:
    """`Location` set by hand: on a response, among the headers that it is made with, or beside what is returned."""
    for function, at in program.index.stores("Location", "location"):
        step = function.values[at]
        if isinstance(step, f.StoreItem | f.StoreAttr) and _is_answer(program, function, step.base):
            yield Sinking(function, at, step.value, "redirect", "Location")
    for function, call in program.index.calls(*_MAKE):
        step = function.values[call]
        for name, value in step.keywords if isinstance(step, f.Call) else ():
            if name == "headers":
                yield from _location(function, call, value)
    for function in dict.fromkeys(entry for end in program.endpoints for entry in end.entries):
        for at in function.of(_RETURNS):
            step = function.values[at]
            given = (
                function.values[function.origin(step.value)] if isinstance(step, f.Return) and step.value >= 0 else None
            )
            for item in given.items[1:] if isinstance(given, f.Collection) and given.kind == "tuple" else ():
                yield from _location(function, at, item)


def _is_answer(program: Program, function: Function, base: int) -> bool:
    """A response, or its headers; a class that is one itself is called with what its callers choose."""
    step = function.values[function.origin(base)]
    if isinstance(step, f.Attr) and step.name == "headers":
        base = step.base
    is_self = function.cls is not None and function.origin(base) == 0
    return not is_self and program.types.has_kind(program.type_of(function, base), "response")


def _location(function: Function, at: int, headers: int) -> Iterator[Sinking]:
    step = function.values[function.origin(headers)]
    if isinstance(step, f.Collection) and step.kind == "dict":
        for key, value in zip(step.items[::2], step.items[1::2], strict=False):
            name = function.values[function.origin(key)]
            if isinstance(name, f.Const) and str(name.value).lower() == "location":
                yield Sinking(function, at, value, "redirect", "Location")


def _likely(program: Program, flow: Flow) -> float:
    """Back to where they came from, or to another page of the host that they asked already: nobody is led away."""
    source = flow.spots[0]
    is_back = flow.origin.name.lower() in _BACK or _ITS_OWN.search(written(source.function, source.value))
    is_posted = (
        flow.is_linked and flow.origin.what.rpartition(".")[2] in _POSTED
    )  # else nobody knows what else it takes
    is_little = is_back or is_posted or _is_joined(flow) or _is_cleaned(program, flow)
    return flow.confidence(remote=0.6 if is_little else 0.85)


def _is_joined(flow: Flow) -> bool:
    """What puts parts of a URL together puts it behind another part, which leads to a host already."""
    others = (function for function in flow.functions if function is not flow.sink.function)
    return any("join" in words(function.name) for function in others)


def _is_cleaned(program: Program, flow: Flow) -> bool:
    """A field of a form that has a check of its own: `clean_next`."""
    fields = {field for spot in flow.spots for field in _fields(spot.function, spot.value)}
    return bool(fields) and any(function.name in fields for function in program.functions if function.cls)


def _fields(function: Function, value: int) -> Iterator[str]:
    step = function.values[value] if value >= 0 else None
    if type(step) is f.Index and written(function, step.base).endswith("cleaned_data"):
        key = function.values[function.origin(step.key)]
        if type(key) is f.Const:
            yield f"clean_{key.value}"
