"""Text that someone else chose becomes the template itself, and not a value that is put into one (CWE-1336).

A template is code: `{{ … }}` in the text reaches from any object to the modules of the program, and runs commands. What is not used for
that still puts script into the page.

Keep templates in files, and give what comes from outside as values (`render_template("hello.html", name=name)`).

## Bad

```shop/web.py
from flask import Flask, render_template_string, request

app = Flask(__name__)

@app.route("/hello")
def hello():
    return render_template_string("<h1>Hello " + request.args["name"] + "</h1>")  # finding: name

@app.route("/bye")
def bye():
    page = f"<h1>Goodbye {request.args.get('name')}</h1>"
    return render_template_string(page)  # finding: name
```

## Bad: the library itself

```shop/mails.py
from fastapi import APIRouter
from jinja2 import Environment, Template

router = APIRouter()
ENVIRONMENT = Environment(autoescape=True)

@router.post("/preview")
def preview(body: str):
    return Template(body).render(name="Ada")  # finding: body

@router.post("/subject")
def subject(line: str):
    return ENVIRONMENT.from_string(line).render(name="Ada")  # finding: line
```

## Good

```shop/web.py
from flask import Flask, render_template, render_template_string, request
from jinja2.sandbox import SandboxedEnvironment

app = Flask(__name__)
PAGES = {"a": "<h1>{{ name }}</h1>", "b": "<p>{{ name }}</p>"}

@app.route("/hello")
def hello():
    name = request.args["name"]
    render_template("hello.html", name=name)
    SandboxedEnvironment().from_string(name).render()
    return render_template_string("<h1>Hello {{ name }}</h1>", name=name)

@app.route("/chosen")
def chosen():
    return render_template_string(PAGES[request.args["page"]], name=request.args["name"])
```

## Not found yet

```shop/web.py
from flask import Flask, request

app = Flask(__name__)

@app.route("/hello")
def hello():
    return app.jinja_env.from_string(request.args["page"]).render()  # gap: the type of `jinja_env` is not known
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Program
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._flows import match

_SANDBOXES = ("jinja2.SandboxedEnvironment", "jinja2.ImmutableSandboxedEnvironment")


@rule(severity=Severity.ERROR, cwe=(1336, 94, 79), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into templates. Those of Django run no commands: who may write them sees what they are given, at most."""
    for flow in program.taint.flows("template"):
        remote = SLIGHT if flow.sink.what.startswith("django.") or _may_be_sandboxed(program, flow) else 0.92
        if confidence := flow.confidence(remote=remote, parameter=0.5, local=0.4):
            yield match(flow, confidence, "becomes part of the template")


def _may_be_sandboxed(program: Program, flow: Flow) -> bool:
    """The environment is made elsewhere, and the program has a sandboxed one of its own class."""
    function = flow.sink.function
    step = function.values[flow.sink.call]
    maker = function.values[function.origin(step.receiver)] if isinstance(step, f.Call) and step.receiver >= 0 else None
    return not isinstance(maker, f.Call) and bool(program.calls.deriving(*_SANDBOXES))
