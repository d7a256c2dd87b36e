"""Text that someone else chose becomes part of a page as it is, so that script in it runs for the visitor (CWE-79).

The script acts as the visitor: it reads what they see, sends what they could send, takes over their session. A link is enough, and in a
stored text every reader is hit.

Leave putting pages together to templates that escape (`render_template`), or escape each value: `markupsafe.escape`, `format_html`. Answer data
as JSON.

## Bad

```shop/web.py
from flask import Flask, make_response, request
from markupsafe import Markup

app = Flask(__name__)

@app.route("/hello")
def hello():
    name = request.args.get("name", "you")
    return f"<h1>Hello {name}</h1>"  # finding: name

@app.route("/missing/<path:page>")
def missing(page):
    return "<p>There is no " + page + "</p>", 404  # finding: page

@app.route("/note")
def note():
    return make_response("<p>%s</p>" % request.form["note"])  # finding: note

@app.route("/marked")
def marked():
    return Markup("<b>" + request.args["word"] + "</b>")  # finding: word
```

## Bad: Django

```shop/views.py
from django.http import HttpResponse
from django.urls import path
from django.utils.safestring import mark_safe

def hello(request):
    return HttpResponse("<h1>Hello %s</h1>" % request.GET["name"])  # finding: name

def badge(label):
    return mark_safe(f"<span class='badge'>{label}</span>")  # finding: label

urlpatterns = [path("hello/", hello)]
```

## Bad: FastAPI

```shop/api.py
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()

@app.get("/hello", response_class=HTMLResponse)
def hello(name: str):
    return f"<h1>Hello {name}</h1>"  # finding: name

@app.get("/bye")
def bye(name: str):
    return HTMLResponse(f"<h1>Goodbye {name}</h1>")  # finding: name
```

## Good

```shop/web.py
from flask import Flask, Response, jsonify, make_response, render_template, request
from markupsafe import Markup, escape

app = Flask(__name__)

@app.route("/hello")
def hello():
    name = request.args.get("name", "you")
    return f"<h1>Hello {escape(name)}</h1>"

@app.route("/order/<int:number>")
def order(number):
    return f"<p>Order {number}, page {int(request.args['page'])}</p>"

@app.route("/data")
def data():
    return {"name": request.args["name"]}

@app.route("/json")
def as_json():
    return jsonify(name=request.args["name"]), 200

@app.route("/made")
def made():
    return make_response(jsonify({"name": request.args["name"]}), 201)

@app.route("/text")
def text():
    return Response(request.args["name"], mimetype="text/plain")

@app.route("/headed")
def headed():
    return request.args["name"], 200, {"Content-Type": "text/plain"}

@app.route("/template")
def template():
    return render_template("hello.html", name=request.args["name"])

@app.route("/marked")
def marked():
    return Markup("<b>%s</b>") % request.args["word"]
```

```shop/api.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/hello")
def hello(name: str):
    return f"Hello {name}"
```

```shop/views.py
from django.utils.html import format_html

def badge(label):
    return format_html("<span class='badge'>{}</span>", label)
```

## Bad: what others stored

```shop/web.py
import sqlite3
from flask import Flask, Response

app = Flask(__name__)

def note(number):
    cursor = sqlite3.connect("shop.db").cursor()
    cursor.execute("SELECT id, title, text FROM notes WHERE id = ?", (number,))
    return cursor.fetchone()

@app.route("/notes/<int:number>")
def show(number):
    found = note(number)
    page = f"<h1>{found['title']}</h1>"
    page += "<p>Note " + str(number) + "</p>"
    return page, 200, {"Content-Type": "text/html"}  # finding: stored

@app.route("/raw/<int:number>")
def raw(number):
    return Response(note(number)[2], mimetype="text/html")  # finding: stored
```

## Good: what others stored

```shop/web.py
import sqlite3
from html import escape
from flask import Flask, Response, render_template

app = Flask(__name__)

@app.route("/notes")
def show():
    cursor = sqlite3.connect("shop.db").cursor()
    cursor.execute("SELECT id, title, stars FROM notes")
    page = ""
    for row in cursor.fetchall():
        page += f"<a href='/notes/{row['id']}'>{escape(row['title'])}</a> {row['stars']}"
    return page

@app.route("/picture")
def picture():
    cursor = sqlite3.connect("shop.db").cursor()
    cursor.execute("SELECT picture FROM notes")
    return Response(cursor.fetchone()[0], mimetype="image/png")

@app.route("/template")
def template():
    cursor = sqlite3.connect("shop.db").cursor()
    cursor.execute("SELECT title FROM notes")
    return render_template("notes.html", notes=cursor.fetchall())
```

## Not found yet

```shop/web.py
from flask import Flask, request
from shop.store import notes

app = Flask(__name__)

@app.route("/notes")
def listing():
    return "<p>" + notes()[0] + "</p>"  # gap: nothing says that `notes` reads what others stored
```
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program, Sinking, written
from seatrial.program.risks import literal
from seatrial.program.taint import Spot, before
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._by_script import is_encoded, is_for_script, is_whole_dict
from seatrial.rules.security._flows import has_default, match
from seatrial.rules.security._markup import Raw, is_entry, is_login, raw
from seatrial.rules.security._pages import BY_HAND, is_mailed, pages
from seatrial.rules.security._purpose import words
from seatrial.rules.security._quoted_errors import quoted
from seatrial.rules.security._settings import checks_forms
from seatrial.rules.security._stored import stored
from seatrial.rules.security._unescaped import unescaped

_DATA = frozenset({"jsonify", "json_response", "model_dump_json", "JsonResponse", "JSONResponse"})
_TAG = re.compile(r"<[a-zA-Z/!]|\b[a-z-]+=[\"'][^\"']*$")
"""Text that is meant as HTML: it opens a tag, or the value of an attribute."""

_MARKS = frozenset({"mark_safe", "SafeString", "SafeText", "Markup"})

_STORED = 0.75
"""How likely a stored text is a fault: others could write it, or only those who may write pages anyway."""

_AS_JSON = 0.72
"""How likely JSON that nobody says is JSON is a fault: a proxy or a hook may say it."""

_OWN = 0.6
"""Confidence at most where an administrator sees what one has just sent, headers may say another kind, or it goes by mail."""

_MADE = frozenset({"url", "urls", "href", "uri", "link", "links", "id", "pk", "help", "html"})
"""Words for what programs mostly make themselves: addresses (`reverse`, `url_for`), keys, markup."""

_ADDRESS = re.compile(r"(?:href|src|action)=[\"']?[^\"'\s>]*$")

_KINDS = frozenset({"mimetype", "content_type", "media_type"})
_SENT_AS_JSON = frozenset({"builtins.list", "builtins.dict"})
"""What frameworks make JSON of when a handler returns it."""
_SENT = frozenset({"form", "POST", "json", "get_json"})
"""What is sent on purpose, in the body of a request."""
_NO_FORM = frozenset({"json", "get_json"})
"""Where a link or form of another site cannot put text; of a lone file nobody knows what else it takes."""


@rule(severity=Severity.ERROR, cwe=(79, 80), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into pages: responses, what is marked as safe, and the text that handlers return."""
    yield from unescaped(program)
    yield from quoted(program)
    for sink in (one for one in pages(program) if not is_for_script(one)):
        flow = program.taint.into(sink)
        confidence = _likely(flow) if flow is not None and not _is_no_text(program, flow) else 0.0
        if flow is not None and (
            _is_own(program, flow) or _has_headers(sink) or is_mailed(program, sink) or is_encoded(flow)
        ):
            confidence = min(confidence, _OWN)
        if flow is not None and confidence >= _STORED:
            yield match(flow, confidence, "becomes part of the page as it is")
        elif name := _is_page(program, sink) and stored(program, sink.function, sink.value):
            line = sink.function.values[sink.call].line
            message = f"{name}, as others stored it, becomes part of the page as it is"
            yield Match(message, sink.function, line, key="stored", confidence=_STORED)
        elif found := _is_markup(sink) and raw(program, sink.function, sink.value):
            yield _by_hand(program, sink, found)
        elif flow is not None and confidence:
            yield match(flow, confidence, "becomes part of the page as it is")


def _by_hand(program: Program, sink: Sinking, found: Raw) -> Match:
    function, line = sink.function, sink.function.values[sink.call].line
    likely = _OWN if is_login(program, function, found) or is_entry(program, function, found) else _STORED
    path = (function.step(found.value, f"{found.name} may hold any text"), function.step(sink.call, "shown as HTML"))
    message = f"{found.name} is put into HTML without being escaped"
    return Match(message, function, line, key=f"{found.name} by hand", confidence=likely, path=path)


def _is_markup(sink: Sinking) -> bool:
    """What is shown beside the answer: help texts, messages, and text that the program calls safe."""
    return sink.what == BY_HAND or sink.what.rpartition(".")[2] in _MARKS


def _is_page(program: Program, sink: Sinking) -> bool:
    """The text is sent to a browser: returned by a handler, or a response that says that it is HTML."""
    step = sink.function.values[sink.call]
    if isinstance(step, f.Return):
        if sink.what == BY_HAND:
            return False
        found = program.type_of(sink.function, sink.value)
        return found is None or found.name not in _SENT_AS_JSON
    if not isinstance(step, f.Call):
        return False
    kinds = [literal(program, sink.function, value) for name, value in step.keywords if name in _KINDS]
    return any("html" in str(kind) for kind in kinds)


def _likely(flow: Flow) -> float:
    """A text between tags is a page for certain; of what a caller gives, only that is likely a fault."""
    tagged = _TAG.search(before(flow) or "") is not None
    if flow.sink.what == BY_HAND and not tagged:
        return 0.0
    if flow.origin.kind == "remote":
        is_sent_by_script = flow.is_linked and flow.origin.what.rpartition(".")[2] in _NO_FORM
        remote = 0.6 if is_sent_by_script else 0.92 if tagged else _AS_JSON if _is_script(flow) else 0.8
        return flow.confidence(remote=remote)
    is_likely = (tagged or _is_script(flow)) and not _is_made(flow) and not has_default(flow)
    parameter = 0.72 * 0.9 ** (len(flow.functions) - 1) if is_likely else 0.4
    return flow.confidence(parameter=parameter, local=0.3)


def _is_script(flow: Flow) -> bool:
    """JSON that is marked as safe, which is for a script: `</script>` in it ends that."""
    steps = (spot.function.values[spot.value] for spot in flow.spots if spot.value >= 0)
    return any(isinstance(step, f.Call) and step.callee.rpartition(".")[2] == "dumps" for step in steps)


def _is_json_page(flow: Flow) -> bool:
    """JSON that is sent as if it were a page, with text of a link in it: a browser that follows the link runs the tags in it."""
    return flow.origin.kind == "remote" and flow.origin.what.rpartition(".")[2] not in _SENT and _is_script(flow)


def _is_own(program: Program, flow: Flow) -> bool:
    """It begins in a form that no other site can send, or a body that only administrators can; any may send a link."""
    what = flow.origin.what.rpartition(".")[2]
    if what == "POST" and checks_forms(program):
        return True
    return what in _SENT and program.is_for_admins(flow.functions[0])


def _has_headers(sink: Sinking) -> bool:
    """`make_response((text, status, headers))`: headers that were worked out say what kind of text it is."""
    given = sink.function.values[sink.function.origin(sink.value)]
    if not isinstance(given, f.Collection) or given.kind != "tuple" or len(given.items) <= len(("text", "status")):
        return False
    return not isinstance(sink.function.values[sink.function.origin(given.items[-1])], f.Const)


def _is_made(flow: Flow) -> bool:
    keys = {word for spot in flow.spots for key in spot.pick if isinstance(key, str) for word in words(key)}
    return (
        bool(keys & _MADE)
        or _ADDRESS.search(before(flow) or "") is not None
        or any(_MADE & words(written(spot.function, spot.value)) for spot in flow.spots)
    )


def _is_no_text(program: Program, flow: Flow) -> bool:
    """On its way the text becomes JSON or a response (a sink of its own), or is put into what escapes it."""
    is_marked = flow.sink.what.rpartition(".")[2] in _MARKS or _is_json_page(flow)
    is_shown = is_marked or flow.sink.what.startswith("{{")  # JSON in a `<script>` ends where it says `</script>`
    return any(
        (not is_shown and is_whole_dict(spot)) or _ends_text(program, spot.function, spot.value, is_shown=is_shown)
        for spot in flow.spots
    ) or any(_is_shown_form(program, *both) for both in pairwise(flow.spots))


def _is_shown_form(program: Program, spot: Spot, onward: Spot) -> bool:
    """A whole form is handed to what renders it: it escapes what it was filled with."""
    step = onward.function.values[onward.value]
    is_handed = isinstance(step, f.Collection) or (isinstance(step, f.Call) and step.receiver != spot.value)
    return is_handed and not spot.pick and program.types.has_kind(program.type_of(spot.function, spot.value), "form")


def _ends_text(program: Program, function: Function, value: int, *, is_shown: bool) -> bool:
    step = function.values[value]
    if isinstance(step, f.Binary):
        left = program.type_of(function, step.left)
        return left is not None and left.name == "markupsafe.Markup"
    if not isinstance(step, f.Call):
        return False
    name = step.callee.rpartition(".")[2].lstrip(":!")
    if name == "translate" or (name == "replace" and step.args and _begins_tag(program, function, step.args[0])):
        return True
    if name == "render" and _escapes(program, function, step.receiver):
        return True
    is_response = program.types.has_kind(program.type_of(function, value), "response")
    return is_response or name in _DATA or (name == "dumps" and not is_shown)


def _begins_tag(program: Program, function: Function, value: int) -> bool:
    """`<`, and in a script what ends it: `</`."""
    return literal(program, function, value) in {"<", "</"}


def _escapes(program: Program, function: Function, template: int, depth: int = 0) -> bool:
    """The template comes from an environment that escapes: `Environment(autoescape=True)`."""
    at = function.origin(template) if template >= 0 else -1
    step = function.values[at] if at >= 0 else None
    if not isinstance(step, f.Call) or depth > 1:
        return False
    said = dict(step.keywords).get("autoescape", -1)
    if said >= 0:
        chosen = function.values[function.origin(said)]
        return isinstance(chosen, f.Call) or literal(program, function, said) is True
    return _escapes(program, function, step.receiver, depth + 1)
