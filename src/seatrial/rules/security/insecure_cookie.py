"""A cookie that says who a visitor is travels in the clear, or can be read by script (CWE-614, CWE-1004).

Without `secure` it goes along with each request that is not encrypted, for everyone in between to read; without `httponly` one line of script in
the page sends it away. Whoever has it is the visitor.

Set both, and `samesite`: `set_cookie("session", value, secure=True, httponly=True, samesite="Lax")`. In Django, `SESSION_COOKIE_SECURE` and its kin.

## Bad

```shop/web.py
from flask import Flask, make_response

app = Flask(__name__)
app.config["SESSION_COOKIE_HTTPONLY"] = False  # finding: script

@app.route("/login")
def login():
    answer = make_response("hello")
    answer.set_cookie("session_id", start())  # finding: session_id
    answer.set_cookie("seen", "1", secure=False)  # finding: seen
    return answer
```

```shop/settings/production.py
INSTALLED_APPS = []
SESSION_COOKIE_SECURE = False  # finding: clear
```

## Good

```shop/web.py
from flask import Flask, make_response

app = Flask(__name__)
SECURE = load()

@app.route("/login")
def login():
    answer = make_response("hello")
    answer.set_cookie("session_id", start(), secure=True, httponly=True, samesite="Lax")
    answer.set_cookie("theme", "dark")
    answer.set_cookie("auth_token", start(), secure=SECURE, httponly=True)
    return answer

@app.route("/logout")
def logout():
    answer = make_response("bye")
    answer.set_cookie("auth_token", "", expires=0)
    return answer
```

```shop/settings/local.py
SESSION_COOKIE_SECURE = False
```

## Good: what script has to read

```shop/forms.py
def guarded(response, token):
    response.set_cookie("csrf_token", token, httponly=False)
    response.set_cookie("session_public_key", token)
```

## Good: a framework's defaults, with which no site can run

```frame/global_settings.py
SECRET_KEY = ""
SESSION_COOKIE_SECURE = False
```

## Good: the program has its own way to set a cookie

```shop/cookies.py
def set_cookie(cookies, key, value):
    cookies[key] = value
    cookies[key]["secure"] = cookies[key]["httponly"] = True
```

```shop/login.py
def remember(response, token):
    response.set_cookie("session_token", token)
```

## Not found yet

```shop/web.py
from flask import Flask, make_response

app = Flask(__name__)
OPTIONS = {"secure": False}

@app.route("/login")
def login():
    answer = make_response("hello")
    answer.set_cookie("session_id", start(), **OPTIONS)  # gap: options handed over as a mapping
    return answer
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.risks import literal
from seatrial.program.texts import text_of
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._purpose import words
from seatrial.rules.security._settings import for_own_machine

_IDENTIFIES = frozenset({"session", "sessionid", "sid", "auth", "token", "jwt", "remember", "userid"})
_OPEN = frozenset({"insecure", "csrf", "xsrf", "csrftoken", "xsrftoken", "public", "prefix"})
"""Words of what script has to read, or everybody may: it is sent back in a header, or opens nothing."""
_FLAGS = ("secure", "httponly")
_HARM = {"secure": "in the clear", "httponly": "for script to read"}
_SETTINGS = {
    "SESSION_COOKIE_SECURE": "secure",
    "SESSION_COOKIE_HTTPONLY": "httponly",
    "REMEMBER_COOKIE_SECURE": "secure",
    "REMEMBER_COOKIE_HTTPONLY": "httponly",
    "JWT_COOKIE_SECURE": "secure",
}


@rule(severity=Severity.WARNING, cwe=(614, 1004))
def check(program: Program) -> Iterator[Match]:
    """Cookies that are set, and settings that say how they are.

    A program that has a `set_cookie` of its own says there how all are set.
    """
    has_own = any(function.name == "set_cookie" for function in program.functions)
    for function, call in program.index.calls("set_cookie"):
        step = function.values[call]
        is_own = has_own and not program.target(function, call).receiver
        if isinstance(step, f.Call) and not is_own:
            yield from _cookie(program, function, step)
    yield from _headers(program)
    yield from _updates(program)
    for function, at in program.index.stores(*_SETTINGS):
        step = function.values[at]
        if isinstance(step, f.Store | f.StoreItem | f.StoreAttr) and literal(program, function, step.value) is False:
            name = step.name if not isinstance(step, f.StoreItem) else str(literal(program, function, step.key))
            yield _setting(function, step.line, name)


def _setting(function: Function, line: int, name: str) -> Match:
    message = f"session cookies are sent {_HARM[_SETTINGS[name]]}"
    confidence = 0.4 if for_own_machine(function) or _are_defaults(function) else 0.75
    return Match(message, function, line, key=name, confidence=confidence)


def _updates(program: Program) -> Iterator[Match]:
    """`app.config.update(SESSION_COOKIE_SECURE=False)`."""
    for function, call in program.index.calls("update"):
        step = function.values[call]
        for name, value in step.keywords if isinstance(step, f.Call) else ():
            if name in _SETTINGS and literal(program, function, value) is False:
                yield _setting(function, function.values[call].line, name)


def _headers(program: Program) -> Iterator[Match]:
    """`response.headers["Set-Cookie"] = "sid=…"`."""
    for function, at in program.index.stores("Set-Cookie", "set-cookie"):
        step = function.values[at]
        said = text_of(function, step.value) if isinstance(step, f.StoreItem) else ""
        name, _, rest = said.partition("=")
        given = rest.lower().replace(" ", "").split(";")
        missing = [flag for flag in _FLAGS if flag not in given]
        if (
            missing
            and not any("?" in one for one in given[1:])
            and not name.startswith("?")
            and words(name) & _IDENTIFIES
            and not words(name) & _OPEN
        ):
            harm = " and ".join(_HARM[flag] for flag in missing)
            likely = 0.4 if for_own_machine(function) else 0.72
            yield Match(f"{name} is sent {harm}", function, step.line, key=name, confidence=likely)


def _are_defaults(function: Function) -> bool:
    """A framework's own defaults, with which nothing can run: they leave the secret key empty."""
    held = function.facts.names.get("SECRET_KEY", f.NONE)
    step = function.values[function.origin(held)] if held >= 0 else None
    step = function.values[step.value] if type(step) is f.Store else step
    return type(step) is f.Const and step.value == ""


def _cookie(program: Program, function: Function, step: f.Call) -> Iterator[Match]:
    named = _options(function, step)
    key = named.get("key", step.args[0] if step.args else -1)
    name = literal(program, function, key) if key >= 0 else None
    missing = [flag for flag in _FLAGS if _is_off(program, function, named.get(flag, -1))]
    held = named.get("value", step.args[1] if len(step.args) > 1 else -1)
    is_taken_away = held >= 0 and literal(program, function, held) == ""
    if "**" in named or not missing or is_taken_away:
        return
    said = name if isinstance(name, str) else "a cookie"
    is_open = isinstance(name, str) and bool(words(name) & _OPEN)
    chosen = not is_open and any(flag in named for flag in missing)
    identifies = isinstance(name, str) and bool(words(name) & _IDENTIFIES) and not is_open
    confidence = (
        0.8 if identifies and "httponly" in missing else 0.72 if identifies or ("secure" in missing and chosen) else 0.3
    )
    if for_own_machine(function):
        confidence = min(confidence, 0.4)
    harm = " and ".join(_HARM[flag] for flag in missing)
    yield Match(f"{said} is sent {harm}", function, step.line, key=said, confidence=confidence)


def _options(function: Function, step: f.Call) -> dict[str, int]:
    """The keywords of a call, with those of a dictionary that is written before it in the same body: `**options`."""
    named = dict(step.keywords)
    held = function.values[function.origin(named["**"])] if "**" in named else None
    if not isinstance(held, f.Collection) or held.kind != "dict" or held.region >= 0:
        return named
    keys = [function.values[function.origin(key)] for key in held.items[::2]]
    is_plain = len(function.users.get(function.origin(named["**"]), ())) <= len(("kept", "spread"))
    if not is_plain or not all(isinstance(key, f.Const) for key in keys):
        return named
    del named["**"]
    return {str(k.value): v for k, v in zip(keys, held.items[1::2], strict=True) if isinstance(k, f.Const)} | named


def _is_off(program: Program, function: Function, value: int) -> bool:
    """Not given, or given as false; what is worked out may be true."""
    return value < 0 or literal(program, function, value) is False
