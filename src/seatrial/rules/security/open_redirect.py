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

## Not found yet

```shop/web.py
from flask import Flask, Response, request

app = Flask(__name__)

@app.route("/login")
def login():
    return Response(status=302, headers={"Location": request.args["next"]})  # gap: a header by hand
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match
from seatrial.rules.security._foreign import chooses_host


@rule(severity=Severity.WARNING, cwe=(601,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into redirects, of what a request holds, where they choose the host."""
    for flow in program.taint.flows("redirect"):
        if flow.origin.kind == "remote" and chooses_host(program, flow):
            yield match(flow, flow.confidence(remote=0.85), "chooses where the visitor is sent")
