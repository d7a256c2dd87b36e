"""Any site may send requests in its visitors' name and read the answers (CWE-942, CWE-346).

With credentials allowed for every origin, a page that a visitor has open elsewhere reads their data here, with their session. It needs no click.

Name the origins (`allow_origins=["https://shop.example"]`), or leave credentials out.

## Bad

```shop/api.py
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: any site
```

## Bad: Flask and Django

```shop/web.py
from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins="*", supports_credentials=True)  # finding: any site
```

```shop/settings.py
INSTALLED_APPS = ["corsheaders"]
CORS_ALLOW_ALL_ORIGINS = True  # finding: any site
CORS_ALLOW_CREDENTIALS = True
```

## Bad: by hand

```shop/web.py
from flask import Flask, request

app = Flask(__name__)

@app.after_request
def answer(response):
    response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]  # finding: any site
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
```

## Good

```shop/api.py
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_credentials=True)
app.add_middleware(CORSMiddleware, allow_origins=["*"])
```

```shop/web.py
from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app)

@app.after_request
def answer(response):
    response.headers["Access-Control-Allow-Origin"] = "https://shop.example"
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
```

```shop/settings.py
INSTALLED_APPS = ["corsheaders"]
CORS_ALLOW_ALL_ORIGINS = True
```

## Not found yet

```shop/api.py
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origin_regex=".*", allow_credentials=True)  # gap: a pattern that every origin fits
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Sinking
from seatrial.program.risks import literal
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._settings import for_own_machine

_ORIGINS = ("allow_origins", "origins", "resources")
_CREDENTIALS = ("allow_credentials", "supports_credentials")
_CALLS = ("add_middleware", "CORSMiddleware", "Middleware", "CORS", "cross_origin")
_EVERY = ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")
_HEADER = "Access-Control-Allow-Origin"
_WITH = "Access-Control-Allow-Credentials"


@rule(severity=Severity.WARNING, cwe=(942, 346))
def check(program: Program) -> Iterator[Match]:
    """Middleware, settings and headers that let every origin in along with the visitor's session."""
    for function, call in program.index.calls(*_CALLS):
        step = function.values[call]
        if isinstance(step, f.Call) and _is_open(program, function, step):
            yield _match(function, call, 0.8)
    for function, at in program.index.stores(*_EVERY):
        step = function.values[at]
        if (
            isinstance(step, f.Store)
            and literal(program, function, step.value) is True
            and _has_credentials(program, function)
        ):
            yield _match(function, at, 0.75)
    yield from _headers(program)


def _is_open(program: Program, function: Function, step: f.Call) -> bool:
    named = dict(step.keywords)
    credentials = next((named[name] for name in _CREDENTIALS if name in named), -1)
    if credentials < 0 or literal(program, function, credentials) is not True:
        return False
    origins = next((named[name] for name in _ORIGINS if name in named), -1)
    if origins < 0:
        return "supports_credentials" in named and not _says_which(program)  # Flask-CORS lets all in by itself
    held = function.values[function.origin(origins)]
    listed = held.items if isinstance(held, f.Collection) and held.kind != "dict" else (origins,)
    return "*" in {literal(program, function, one) for one in listed}


def _says_which(program: Program) -> bool:
    """The settings say which origins: what Flask-CORS takes where a call names none."""
    settings = ((body, body.values[at]) for body, at in program.index.stores("CORS_ORIGINS"))
    given = [literal(program, body, step.value) for body, step in settings if isinstance(step, f.Store | f.StoreItem)]
    return bool(given) and "*" not in given


def _has_credentials(program: Program, function: Function) -> bool:
    return any(
        body is function and isinstance(step := body.values[at], f.Store) and literal(program, body, step.value) is True
        for body, at in program.index.stores("CORS_ALLOW_CREDENTIALS")
    )


def _headers(program: Program) -> Iterator[Match]:
    """The header by hand, with what the request says of itself; `*` alone is refused by browsers."""
    allowed = {body for body, _ in program.index.stores(_WITH)}
    for function, at in program.index.stores(_HEADER):
        step = function.values[at]
        if function in allowed and isinstance(step, f.StoreItem):
            flow = program.taint.into(Sinking(function, at, step.value, "header", _HEADER))
            if flow is not None and flow.origin.kind == "remote":
                yield _match(function, at, 0.75)


def _match(function: Function, at: int, confidence: float) -> Match:
    if for_own_machine(function):
        confidence = 0.4
    return Match(
        "any site may act in its visitors' name", function, function.values[at].line, key="cors", confidence=confidence
    )
