"""The application is served with its debugger on (CWE-489, CWE-215).

A page that fails then shows the code, the variables and the settings, secrets among them; the debugger of Flask also runs whatever the visitor
types into it.

Take it from the environment, off by default (`app.run(debug=os.environ.get("DEBUG") == "1")`), and serve with a server made for it.

## Bad

```shop/web.py
from flask import Flask

app = Flask(__name__)
app.config["DEBUG"] = True  # finding: debugger

if __name__ == "__main__":
    app.run(debug=True)  # finding: debugger
```

```shop/settings/production.py
from shop.settings.base import *
INSTALLED_APPS = ["django.contrib.auth"]
MIDDLEWARE = []
DEBUG = True  # finding: debugger
```

## Good

```shop/web.py
import os
from flask import Flask

app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=bool(os.environ.get("DEBUG")))
```

```shop/settings/local.py
INSTALLED_APPS = ["django.contrib.auth"]
DEBUG = True
```

```shop/settings/production.py
INSTALLED_APPS = ["django.contrib.auth"]
DEBUG = False
```

```shop/settings/chosen.py
import os
INSTALLED_APPS = ["django.contrib.auth"]
if os.environ.get("SHOP_DEBUG") == "yes":
    DEBUG = True
```

```shop/parser.py
DEBUG = True
```

## Good: settings that others take over, or that take over others

```shop/settings/__init__.py
```

```shop/settings/common.py
INSTALLED_APPS = ["django.contrib.auth"]
DEBUG = True
```

```shop/settings/product.py
from shop.settings.common import *

DEBUG = False
```

```shop/site.py
INSTALLED_APPS = ["django.contrib.auth"]
DEBUG = True

from site_settings import *
```

## Good: another server serves it, which shows no debugger

```shop/api.py
from flask import Flask
from shop.servers import mounted

api_app = Flask(__name__)
api_app.config["DEBUG"] = True
mounted.graft(api_app, "/api")
```

```shop/servers.py
mounted = None
```

## Good: on one's own machine, and only when asked for

```shop/dev.py
from flask import Flask

app = Flask(__name__)
app.run(host="127.0.0.1", port=4100, debug=True)
```

```shop/server.py
from flask import Flask
from shop.config import settings

app = Flask(__name__)

def main():
    if settings.debug:
        app.run(host=settings.host, debug=True)
    else:
        serve(app, settings.host)
```

## Bad: for everybody

```shop/server.py
from flask import Flask

app = Flask(__name__)
app.run(host="0.0.0.0", debug=True)  # finding: debugger
```

## Not found yet

```shop/web.py
from flask import Flask

app = Flask(__name__)
app.config.update(DEBUG=True)  # gap: several settings at once
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.risks import literal, risky
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._purpose import words
from seatrial.rules.security._settings import for_own_machine

_SETTINGS = frozenset({"INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "ALLOWED_HOSTS"})
_APPS = frozenset({"config", "settings"})
_RUNS = frozenset({"!exec", "!execfile"})
"""What takes over the settings of another file at the end of these: `exec(file.read())`."""
_HOSTS = frozenset({"host", "hostname", "address"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@rule(severity=Severity.WARNING, cwe=(489, 215))
def check(program: Program) -> Iterator[Match]:
    """Calls that turn it on, and settings that do, except in files whose name says that they are for one's own machine."""
    for function, call in risky(program, "debug"):
        is_idle = _is_for_own_machine(program, function, call) or _is_asked_for(function, call)
        yield _match(function, call, SLIGHT if is_idle else 0.75)
    for function, at in program.index.stores("DEBUG", "debug"):
        if _turns_on(program, function, at):
            is_chosen = any(True for _ in function.guards(at))  # by the environment, as `if os.environ.get("DEBUG"):`
            is_idle = is_chosen or _is_overridden(program, function, at) or _is_mounted(program, function, at)
            yield _match(function, at, 0.5 if is_idle else 0.75)


def _is_for_own_machine(program: Program, function: Function, call: int) -> bool:
    """Told to listen to nobody else: `app.run(host="127.0.0.1", debug=True)`. Servers for users are started otherwise."""
    step = function.values[call]
    given = (value for name, value in step.keywords if name in _HOSTS) if isinstance(step, f.Call) else ()
    return any(literal(program, function, value) in _LOOPBACK for value in given)


def _is_asked_for(function: Function, call: int) -> bool:
    """Only where a setting or an option for it is on: `if settings.debug: app.run(debug=True)`."""
    asked = (condition for condition, outcome in function.guards(call) if outcome)
    return any("debug" in words(written(function, condition)) for condition in asked)


def _is_overridden(program: Program, function: Function, at: int) -> bool:
    """A file that takes over these settings has a `DEBUG` of its own, or these take over others further down."""
    line = function.values[at].line
    if any(one.star and one.line > line for one in function.file.facts.imports):
        return True
    if any(
        step.line > line and getattr(step, "callee", "") in _RUNS
        for step in map(function.values.__getitem__, function.calls)
    ):
        return True
    heirs = {one.source for one in program.imports.all if one.target is function.file and one.facts.star}
    return any("DEBUG" in heir.body.facts.names for heir in heirs)


def _is_mounted(program: Program, function: Function, at: int) -> bool:
    """Another server serves the application of Flask: only its own, started by `app.run()`, shows the debugger."""
    if not isinstance(function.values[at], f.StoreItem):
        return False
    return not any(_starts(program, body, body.values[call]) for body, call in program.index.calls("run"))


def _starts(program: Program, body: Function, step: f.AnyValue) -> bool:
    """`app.run()`, `socketio.run(app)`."""
    if not isinstance(step, f.Call):
        return False
    if step.receiver >= 0 and program.types.has_kind(program.type_of(body, step.receiver), "app"):
        return True
    owner = written(body, step.receiver) if step.receiver >= 0 else step.callee.rpartition(".")[0]
    name = owner.replace(":", ".").rpartition(".")[2].lower()
    return name.endswith(("app", "application", "socketio", "server", "manager"))


def _turns_on(program: Program, function: Function, at: int) -> bool:
    """`DEBUG = True` in the settings of Django, `app.config["DEBUG"] = True`, `app.debug = True`."""
    step = function.values[at]
    if not isinstance(step, f.Store | f.StoreAttr | f.StoreItem) or literal(program, function, step.value) is not True:
        return False
    if isinstance(step, f.Store):
        is_settings = function.facts.kind == "module" and _SETTINGS & set(function.facts.names)
        return step.name == "DEBUG" and bool(is_settings)
    if isinstance(step, f.StoreAttr):
        return step.name == "debug" and program.types.has_kind(program.type_of(function, step.base), "app")
    return written(function, step.base).rpartition(".")[2] in _APPS


def _match(function: Function, at: int, confidence: float) -> Match:
    if for_own_machine(function):
        confidence = 0.4
    message = "the application is served with its debugger on"
    return Match(message, function, function.values[at].line, key="debug", confidence=confidence)
