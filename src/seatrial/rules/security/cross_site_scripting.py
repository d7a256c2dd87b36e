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

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program, Sinking
from seatrial.program.risks import literal
from seatrial.program.taint import before, sinks
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match
from seatrial.rules.security._stored import stored

_PAGES = frozenset({"flask", "quart", "bottle", "cherrypy"})
"""Frameworks that take text for a page when a handler returns it."""

_DATA = frozenset({"jsonify", "json_response", "dumps", "model_dump_json", "JsonResponse", "JSONResponse"})
_TAG = re.compile(r"<[a-zA-Z/!]")
_STORED = 0.75
"""How likely a stored text is a fault: others could write it, or only those who may write pages anyway."""

_KINDS = frozenset({"mimetype", "content_type", "media_type"})
_NO_FORM = frozenset({"json", "get_json", "headers"})
"""Where a link or form of another site cannot put text."""


@rule(severity=Severity.ERROR, cwe=(79, 80), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into pages: responses, what is marked as safe, and the text that handlers return."""
    for sink in (*sinks(program, "html"), *_returned(program)):
        flow = program.taint.into(sink)
        confidence = _likely(flow) if flow is not None and not _is_no_text(program, flow) else 0.0
        if flow is not None and confidence >= _STORED:
            yield match(flow, confidence, "becomes part of the page as it is")
        elif name := _is_page(program, sink) and stored(program, sink.function, sink.value):
            line = sink.function.values[sink.call].line
            message = f"{name}, as others stored it, becomes part of the page as it is"
            yield Match(message, sink.function, line, key="stored", confidence=_STORED)
        elif flow is not None and confidence:
            yield match(flow, confidence, "becomes part of the page as it is")


def _is_page(program: Program, sink: Sinking) -> bool:
    """The text is sent to a browser: returned by a handler, or a response that says that it is HTML."""
    step = sink.function.values[sink.call]
    if not isinstance(step, f.Call):
        return True
    kinds = [literal(program, sink.function, value) for name, value in step.keywords if name in _KINDS]
    return any("html" in str(kind) for kind in kinds)


def _likely(flow: Flow) -> float:
    """A text between tags is a page for certain; of what a caller gives, only that is likely a fault."""
    tagged = _TAG.search(before(flow) or "") is not None
    if flow.origin.kind == "remote":
        remote = 0.6 if flow.origin.what.rpartition(".")[2] in _NO_FORM else 0.92 if tagged else 0.8
        return flow.confidence(remote=remote)
    parameter = 0.72 * 0.9 ** (len(flow.functions) - 1) if tagged else 0.4
    return flow.confidence(parameter=parameter, local=0.3)


def _is_no_text(program: Program, flow: Flow) -> bool:
    """On its way the text becomes JSON or a response (a sink of its own), or is put into what escapes it."""
    return any(_ends_text(program, spot.function, spot.value) for spot in flow.spots)


def _ends_text(program: Program, function: Function, value: int) -> bool:
    step = function.values[value]
    if isinstance(step, f.Collection):
        return step.kind == "dict"
    if isinstance(step, f.Binary):
        left = program.type_of(function, step.left)
        return left is not None and left.name == "markupsafe.Markup"
    if not isinstance(step, f.Call):
        return False
    if step.callee == "replace" and step.args and literal(program, function, step.args[0]) == "<":
        return True
    is_response = program.types.has_kind(program.type_of(function, value), "response")
    return is_response or step.callee.rpartition(".")[2].lstrip(":!") in _DATA


def _returned(program: Program) -> Iterator[Sinking]:
    """The text that handlers return and that is sent as a page."""
    for function in dict.fromkeys(
        entry for end in program.endpoints for entry in _pages(program, end.framework, end.entries)
    ):
        for at, step in enumerate(function.values):
            if isinstance(step, f.Return) and step.value >= 0:
                value = _text(function, step.value)
                if value is not None:
                    yield Sinking(function, at, value, "html", "the response")


def _pages(program: Program, framework: str, entries: tuple[Function, ...]) -> Iterator[Function]:
    for entry in entries:
        if framework in _PAGES or (framework == "fastapi" and _answers_html(program, entry)):
            yield entry


def _answers_html(program: Program, function: Function) -> bool:
    """A decorator says that what is returned is a page (`response_class=HTMLResponse`)."""
    for decorator in function.facts.decorators:
        step = function.parent.values[decorator] if function.parent else None
        if function.parent and isinstance(step, f.Call):
            said = dict(step.keywords).get("response_class", -1)
            if said >= 0 and str(literal(program, function.parent, said)).endswith("HTMLResponse"):
                return True
    return False


def _text(function: Function, value: int) -> int | None:
    """What is sent as text: all of it, or the first part of `text, status, headers`; None for what is said to be no page."""
    step = function.values[function.origin(value)]
    if not isinstance(step, f.Collection):
        return value
    if step.kind != "tuple" or not step.items:
        return None
    return step.items[0] if all(_allows_html(function, item) for item in step.items[1:]) else None


def _allows_html(function: Function, value: int) -> bool:
    """Headers that name a content type name HTML."""
    step = function.values[function.origin(value)]
    if not isinstance(step, f.Collection):
        return True
    held = [function.values[item] for item in step.items]
    texts = [item.value.lower() for item in held if isinstance(item, f.Const) and isinstance(item.value, str)]
    return "content-type" not in texts or any("html" in text for text in texts)
