"""Requests that another site makes its visitors send are taken for their own (CWE-352).

The browser sends the session along whoever wrote the form: a page elsewhere changes the visitor's address, orders in their name, makes them
administrator. They notice nothing.

Leave the check on, and exempt only what carries a proof of its own: a signature (webhooks) or a token in a header.

## Bad

```shop/settings.py
INSTALLED_APPS = []
MIDDLEWARE = [  # finding: no check
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
```

```shop/web.py
from flask import Flask

app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False  # finding: no check
```

```shop/views.py
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
@login_required
def change(request):  # finding: no check
    request.user.email = request.POST["email"]
    request.user.save()

urlpatterns = [path("change/", change)]
```

## Good

```shop/views.py
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def hook(request):
    verify(request.headers["Signature"], request.body)
    return HttpResponse("")

@login_required
def change(request):
    request.user.email = request.POST["email"]
    request.user.save()

urlpatterns = [path("hook/", hook), path("change/", change)]
```

```shop/settings/test.py
WTF_CSRF_ENABLED = False
```

## Good: the views ask for the check themselves

```shop/settings.py
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
```

```shop/views.py
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_protect

@csrf_protect
def change(request):
    request.user.email = request.POST["email"]
    request.user.save()
    return redirect("home")
```

## Not found yet

```shop/web.py
from flask import Flask, request, session

app = Flask(__name__)

@app.post("/change")  # gap: no check was ever set up
def change():
    save(session["user"], request.form["email"])
    return "done"
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.endpoints import Endpoint
from seatrial.program.risks import literal
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._peers import WRITES
from seatrial.rules.security._settings import for_own_machine

_SWITCHES = ("WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT")
_SESSION = "django.contrib.auth.middleware.AuthenticationMiddleware"
_CSRF = "csrf"
_OF_FORMS = frozenset({"POST", "FILES"})
_SENT = _OF_FORMS | {"body", "data"}
_ATTRIBUTES = frozenset({f.Attr})
_FORMS = re.compile(r"\bFlaskForm$|^flask_wtf\.Form$|^wtforms\b")
_SHOWING = ("render", "render_to_response", "TemplateResponse", "render_to_string")
_NAMING = frozenset({f.Ref, f.Call})
_CONSTANTS = frozenset({f.Const})
_BY_SCRIPT = re.compile(r"(?i)x[-_]requested[-_]with|^XMLHttpRequest$")


@rule(severity=Severity.WARNING, cwe=(352,))
def check(program: Program) -> Iterator[Match]:
    """Switches that are off, middleware that is left out, and endpoints of logged-in visitors that are exempt."""
    for function, at in program.index.stores(*_SWITCHES):
        step = function.values[at]
        if isinstance(step, f.Store | f.StoreItem) and literal(program, function, step.value) is False:
            yield _match(function, step.line, 0.75 if _takes_forms(program) else SLIGHT)
    for function, at in program.index.stores("MIDDLEWARE"):
        step = function.values[at]
        if isinstance(step, f.Store) and _leaves_out(program, function, step.value):
            most = 0.75 if _is_posted_to(program) and _has_pages(program) else SLIGHT
            yield _match(function, step.line, 0.5 if _protects_views(program) else most)
    yield from _exempt(program)


def _takes_forms(program: Program) -> bool:
    """Forms are declared or read; a program whose endpoints take none may well take only what a script sends."""
    imports = (one.path for file in program.files if not file.is_test for one in file.facts.imports)
    if any(_FORMS.search(path) for path in imports):
        return True
    handlers = [end.handler for end in program.endpoints if end.framework == "flask"]
    read = [handler.values[at] for handler in handlers for at in handler.of(_NAMING)]
    paths = (*(step.callee for step in read if type(step) is f.Call), *(s.path for s in read if type(s) is f.Ref))
    return not handlers or any("request.form" in path or "request.files" in path for path in paths)


def _has_pages(program: Program) -> bool:
    """It shows pages, so that browsers with sessions call it; of an excerpt without settings nobody knows."""
    if not any(not body.file.is_test for body, _ in program.index.stores("ROOT_URLCONF")):
        return True
    shown = (*program.index.calls(*_SHOWING), *program.index.stores("template_name"))
    return any(not body.file.is_test for body, _ in shown)


def _is_posted_to(program: Program) -> bool:
    """A view takes a form of who is logged in; those of REST framework ask for the check themselves.

    Of a program whose views are not seen nobody knows.
    """
    views = [end for end in program.endpoints if end.kind == "route"]
    return not views or any(_reads_form(v.handler) and _is_of_session(v) for v in views if not _is_rest(program, v))


def _is_of_session(end: Endpoint) -> bool:
    """It asks for a login before, or takes its visitor for a user."""
    steps = (end.handler.values[at] for at in end.handler.of(_ATTRIBUTES))
    is_user = any(type(step) is f.Attr and step.name == "user" for step in steps)
    return is_user or any(guard.kind == "login" and guard.declared for guard in end.guards)


def _is_rest(program: Program, end: Endpoint) -> bool:
    is_class = end.cls is not None and program.types.class_derives(end.cls, "rest_framework.APIView")
    return is_class or any(name.endswith("api_view") for name in _decorators(end.handler))


def _leaves_out(program: Program, function: Function, value: int) -> bool:
    """A list of Django's middleware that knows who is logged in, and checks no form."""
    listed = function.values[function.origin(value)] if value >= 0 else None
    if not isinstance(listed, f.Collection):
        return False
    texts = [literal(program, function, item) for item in listed.items]
    return _SESSION in texts and all(isinstance(text, str) and _CSRF not in text.lower() for text in texts)


def _protects_views(program: Program) -> bool:
    """The views ask for the check themselves."""
    imports = (one for file in program.files if not file.is_test for one in file.facts.imports)
    return any(one.path.endswith("csrf.csrf_protect") for one in imports)


def _exempt(program: Program) -> Iterator[Match]:
    """Endpoints that are exempt though they know the visitor by their session, and change something."""
    for end in program.endpoints:
        logged_in = any(guard.kind == "login" and guard.declared and not guard.shared for guard in end.guards)
        is_exempt = logged_in and any(name.endswith("csrf_exempt") for name in _decorators(end.handler))
        if (
            is_exempt
            and not _asks_for_script(end.handler)
            and (_reads_form(end.handler) or any(program.effects.of(end.handler, kind) for kind in WRITES))
        ):
            is_sure = _has_pages(program) and not _takes_json(program, end.handler)
            yield _match(end.handler, end.handler.facts.line, 0.75 if is_sure else SLIGHT)


def _takes_json(program: Program, handler: Function) -> bool:
    """It reads what no form sends, by itself or by what it calls; another site's comes without the session (SameSite)."""
    bodies = (handler, *program.calls.reached(handler))
    steps = (body.values[at] for body in bodies for at in body.of(_ATTRIBUTES))
    read = {step.name for step in steps if type(step) is f.Attr and step.name in _SENT}
    return bool(read) and read.isdisjoint(_OF_FORMS)


def _asks_for_script(handler: Function) -> bool:
    """It looks for a header that only a script of the same site can send: `request.is_ajax()`, `X-Requested-With`."""
    called = (handler.values[at] for at in handler.calls)
    texts = (handler.values[at] for at in handler.of(_CONSTANTS))
    is_called = any(type(step) is f.Call and step.callee.rpartition(".")[2] == "is_ajax" for step in called)
    return is_called or any(type(text) is f.Const and _BY_SCRIPT.search(str(text.value)) for text in texts)


def _reads_form(handler: Function) -> bool:
    """It looks at what is sent, or at whether something is."""
    steps = (handler.values[at] for at in handler.of(_ATTRIBUTES))
    return any(type(step) is f.Attr and step.name in _SENT for step in steps)


def _decorators(function: Function) -> Iterator[str]:
    if function.parent is not None:
        yield from (_named(function.parent, decorator) for decorator in function.facts.decorators)


def _named(body: Function, value: int) -> str:
    step = body.values[body.origin(value)]
    return step.path if isinstance(step, f.Ref) else step.callee if isinstance(step, f.Call) else ""


def _match(function: Function, line: int, confidence: float) -> Match:
    if for_own_machine(function):
        confidence = 0.4
    return Match(
        "forms that other sites send are taken: there is no check against it",
        function,
        line,
        key="csrf",
        confidence=confidence,
    )
