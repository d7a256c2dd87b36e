"""A call to another machine has no time limit: it may wait for ever.

When the other side hangs, every request that needs it holds its worker, its connection and its memory until none is left, and a fault of
theirs is an outage of ours.

Give each call a limit (`timeout=10`), shorter than the one of whoever waits for you.

## Bad

```shop/prices.py
import smtplib
import urllib.request

import requests

def price(product):
    return requests.get(f"https://prices.example/{product}").json()  # finding: requests.get and 1 more call wait

def post(order):
    requests.post("https://orders.example/", json=order, timeout=None)

def page(url):
    return urllib.request.urlopen(url).read()  # finding: urllib.request.urlopen waits

def send(text):
    with smtplib.SMTP("mail.example") as server:  # finding: smtplib.SMTP waits
        server.sendmail("a", "b", text)
```

```shop/client.py
import requests
import urllib3

class Client:
    def __init__(self):
        self.session = requests.Session()

    def fetch(self, path):
        return self.session.get("https://prices.example/" + path)  # finding: requests.Session.get

def pooled(url):
    pool = urllib3.PoolManager()
    return pool.request("GET", url)  # finding: urllib3.PoolManager.request
```

## Good

```shop/prices.py
import smtplib
import urllib.request

import httpx
import requests

LIMIT = 10

def price(product, **options):
    requests.post("https://prices.example/", **options)
    return requests.get(f"https://prices.example/{product}", timeout=LIMIT).json()

def page(url):
    httpx.get(url)
    return urllib.request.urlopen(url, None, 10).read()

def send(text):
    with smtplib.SMTP("mail.example", timeout=10) as server:
        server.sendmail("a", "b", text)
```

```shop/client.py
import requests
import urllib3

class Session(requests.Session):
    def request(self, *args, **kwargs):
        kwargs.setdefault("timeout", 10)
        return super().request(*args, **kwargs)

def fetch(path):
    return Session().get("https://prices.example/" + path)

def pooled(url):
    pool = urllib3.PoolManager(timeout=urllib3.Timeout(3))
    return pool.request("GET", url)
```

## Good: a limit for all sessions

```shop/sessions.py
import functools
import requests

def session():
    made = requests.Session()
    made.request = functools.partial(made.request, timeout=5)
    return made
```

```shop/pages.py
from shop.sessions import session

def page(url):
    return session().get(url)
```

## Good: an adapter that adds a limit

```shop/sessions.py
import requests
from requests.adapters import HTTPAdapter

class Limited(HTTPAdapter):
    def send(self, request, **kwargs):
        kwargs["timeout"] = 5
        return super().send(request, **kwargs)

def page(url):
    session = requests.Session()
    session.mount("https://", Limited())
    return session.get(url)
```

## Good: a limit for all that the program opens

```shop/pages.py
import socket
import urllib.request

socket.setdefaulttimeout(10)

def page(url):
    return urllib.request.urlopen(url).read()
```

## Good: somebody runs it by hand, and sees it hang

```scripts/load.py
import requests

def load(url):
    return requests.get(url).json()
```
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program, Type
from seatrial.program.texts import text_of
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._worth import recurring

_SURE = ("requests.", "urllib.", "urllib3.", "smtplib.", "ftplib.", "imaplib.", "poplib.")
_WHERE = frozenset({"host", "url"})
"""Without these, `FTP()` and `SMTP()` only make something that is to be connected later."""
_MEANT = re.compile(r"missing-timeout|\bS113\b|\bB113\b")
_NEAR = re.compile(r"(?:https?://)?(?:localhost|127\.0\.0\.1)(?:[:/]|$)")
_BY_SOCKET = ("urllib.", "smtplib.", "ftplib.", "imaplib.", "poplib.", "socket.", "telnetlib.")
"""What takes the limit that is set for all sockets."""


@rule(severity=Severity.WARNING, cwe=(400, 1088), confirmed_by="faults")
def check(program: Program) -> Iterator[Match]:
    """Calls that wait for ever unless told otherwise, and are not told: one finding a file and library."""
    found: dict[tuple[str, str], list[Effect]] = defaultdict(list)
    set_for_all = _set_for_all(program)
    for effect in (*program.effects.sources("http"), *program.effects.sources("network")):
        if _has_none(program, effect) and not effect.what.startswith(set_for_all):
            found[effect.function.file.path, effect.what.partition(".")[0]].append(effect)
    for effects in found.values():
        yield _match(program, sorted({(e.function, e.value): e for e in effects}.values(), key=_confidence_in(program)))


def _set_for_all(program: Program) -> tuple[str, ...]:
    """The beginnings of what a limit is set for once: sockets by their default, sessions by what is put into them."""
    sockets = _BY_SOCKET if any(True for _ in program.index.calls("setdefaulttimeout")) else ()
    stored = (
        (g, s.base) for g, at in program.index.stores("request", "send") if type(s := g.values[at]) is f.StoreAttr
    )
    patched = any(_is_session(program.type_of(*place)) for place in stored)
    mounts = (
        (g, s.args[1]) for g, at in program.index.calls("mount") if type(s := g.values[at]) is f.Call and s.args[1:]
    )
    adapted = any((found := program.type_of(*place)) and found.cls for place in mounts)
    return (*sockets, "requests.Session.") if patched or adapted else sockets


def _is_session(found: Type | None) -> bool:
    return found is not None and found.name == "requests.Session"


def _has_none(program: Program, effect: Effect) -> bool:
    function, call = effect.function, effect.value
    step, model = function.values[call], program.model(function, call)
    if type(step) is not f.Call or model is None or not model.timeout or "cache.read" in model.effects:
        return False
    given = [function.values[function.origin(value)] for value in model.timeout.select(step)]
    none = all(type(one) is f.Const and one.value is None for one in given)
    return none and not _is_set_before(program, function, call, step)


def _is_set_before(program: Program, function: Function, call: int, step: f.Call) -> bool:
    """What the call is made on sets the limit: a session of one's own that adds it, a pool that was made with one."""
    receiver = program.target(function, call).receiver
    if receiver is not None and receiver.cls is not None:
        return bool({"request", "send", "get_adapter"} & receiver.cls.methods.keys())
    made = function.values[function.origin(step.receiver)] if step.receiver >= 0 else None
    return type(made) is f.Call and any(name in {"timeout", "**"} for name, _ in made.keywords)


def _confidence(program: Program, effect: Effect) -> float:
    function = effect.function
    step = function.values[effect.value]
    connects = type(step) is f.Call and (step.receiver >= 0 or step.args or _WHERE & dict(step.keywords).keys())
    if type(step) is not f.Call or not effect.what.startswith(_SURE) or not connects:
        return 0.6
    return recurring(program, function, SLIGHT if _is_near(function, step) or _is_meant(function, step.line) else 0.8)


def _is_meant(function: Function, line: int) -> bool:
    """A comment tells another tool that no limit is wanted there."""
    return any(comment.line == line and _MEANT.search(comment.text) for comment in function.file.facts.comments)


def _is_near(function: Function, step: f.Call) -> bool:
    """The other side runs on the same machine, and goes down with it."""
    given = (*step.args[:2], *(value for name, value in step.keywords if name in _WHERE))
    return any(_NEAR.match(text) for value in given if (text := text_of(function, value)))


def _confidence_in(program: Program) -> Callable[[Effect], tuple[float, int]]:
    """What orders the calls of a file: the surest first."""
    return lambda effect: (-_confidence(program, effect), effect.function.values[effect.value].line)


def _match(program: Program, effects: list[Effect]) -> Match:
    first, more = effects[0], len(effects) - 1
    others = f" and {more} more call{'s' if more > 1 else ''} wait" if more else " waits"
    return Match(
        message=f"{first.what}{others} for the other side without a limit",
        function=first.function,
        line=first.function.values[first.value].line,
        key=first.what,
        path=tuple(effect.function.step(effect.value, "waits without a limit") for effect in effects[:5]),
        confidence=_confidence(program, first),
    )
