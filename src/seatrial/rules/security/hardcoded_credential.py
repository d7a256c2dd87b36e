"""A password, key or token is written in the code (CWE-798).

Everyone who can read the code, a backup of it or its history has the secret, now and for ever; it is the same in every installation, and
changing it takes a release.

Read it from the environment or a secret store when the program starts, refuse to start without it, and replace the one that was written
down: it is known.

## Bad

```shop/settings.py
import os

ADMIN_PASSWORD = "harbour-lantern-42"  # finding: ADMIN_PASSWORD
HEADERS = {"X-Api-Key": "k7731-quayside-payments", "Accept": "application/json"}  # finding: X-Api-Key
DATABASE = "postgresql://shop:harbour-lantern@db.harbour.io/shop"  # finding: address
UPLOADS = {"id": "AKIAQ3EGRXYZWVUT7HNB"}  # finding: access key

class Settings:
    jwt_secret: str = "b1946ac92492d2347c6235b4d2611184"  # finding: jwt_secret
```

```shop/web.py
import psycopg2

def connect(app):
    app.config["SECRET_KEY"] = "s3cr3t-0f-the-harbour"  # finding: SECRET_KEY
    return psycopg2.connect(host="db", user="shop", password="lantern87")  # finding: password

def is_admin(password):
    return password == "open-sesame-7"  # finding: compared
```

## Good

```shop/settings.py
import os
from enum import Enum

ADMIN_PASSWORD = os.environ["ADMIN_PASSWORD"]
PASSWORD_FIELD = "password"
TOKEN_TYPE = "bearer"
TOKEN_URL = "/auth/token"
API_KEY_HEADER = "X-Api-Key"
SECRET_KEY_ENV = "SHOP_SECRET_KEY"
RESET_PASSWORD_SUBJECT = "Your new password for the shop"
PASSWORD_HASHER = "shop.security.Argon2Hasher"
NEXT_PAGE_TOKEN = "eyJwYWdlIjogMn0x"
API_TOKEN = "<your-token>"
DATABASE = "postgresql://user:{password}@db/shop"

class Grant(Enum):
    PASSWORD = "password-grant-1"

LABELS = {"password": "Passwort", "api_key": "API key", "token": "string"}

def form(field):
    return field(type="password", name="user_password", password="")
```

## Good: tests have passwords of their own

```tests/test_login.py
PASSWORD = "correct-horse-7"
```

## Not found yet

```shop/settings.py
LOGIN = ("admin", "harbour-lantern-42")  # gap: only the place says which of the two is the password
```
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import Function, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security import _secrets as secrets

LIKELY = {Role.CODE: 1.0, Role.MIGRATION: 1.0, Role.EXAMPLE: 0.6, Role.TEST: 0.5}
"""How likely what looks like a secret opens anything, by what the file is for; files that are left out are not looked at."""

BY_DEFAULT = 0.83
"""What is left of the confidence when the literal only holds where a setting is missing."""

ELSEWHERE = re.compile(
    r"(?:^|[/._-])(?:dev|develop|development|local|test|testing|tests|ci|example|examples|sample|demo|mock|fake)(?=[/._-])"
)
"""Files for other places than production."""

STAND_IN = re.compile(r"\b(?:Mock|Fake|Stub|Dummy)|_(?:mock|fake|stub|dummy)\b")
"""Names of what stands in for a real service."""

SHORTEST = len("a://b:c@d")
"""Shorter texts cannot hold a secret by their form."""

_FROM_SETTINGS = re.compile(r"(?:environ\.get|getenv|environ\.setdefault|env|env\.str|config|config\.get|get_env)$")
"""Calls that read a setting, and whose second argument is what holds without it."""

_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|db$|postgres$|redis$|mysql$|example", re.IGNORECASE
)


class Held(NamedTuple):
    """A name and the id of what it holds; `how` it is held, and what share of the confidence that leaves."""

    name: str
    value: int
    how: str = "given"
    share: float = 1.0


@rule(severity=Severity.ERROR, cwe=(798,))
def check(program: Program) -> Iterator[Match]:
    """Names that mean secrets and hold literals, and literals in the form of a key."""
    for file in program.files:
        is_elsewhere = file.role is Role.CODE and ELSEWHERE.search(file.path)
        likely = LIKELY[Role.EXAMPLE] if is_elsewhere else LIKELY.get(file.role, 0.0)
        for function in file.functions if likely else ():
            if function.facts.kind != "class" or not _is_enum(program, function):
                share = likely * (LIKELY[Role.TEST] if STAND_IN.search(function.symbol) else 1.0)
                for match in _body(function):
                    yield replace(match, confidence=round(match.confidence * share, 2))


def _is_enum(program: Program, function: Function) -> bool:
    return function.cls is not None and program.types.has_kind(program.types.instance(function.cls), "enum")


def _body(function: Function) -> Iterator[Match]:
    seen: set[int] = set()
    for value in function.of(_LOOKED_AT):
        step = function.values[value]
        if type(step) is f.Const:
            if step.kind == "str" and len(str(step.value)) >= SHORTEST and value not in seen:
                yield from _formed(function, value, str(step.value))
            continue
        for held in _HOLDERS[type(step)](function, step):
            sort = secrets.sort_of(held.name)
            if sort is not None:
                yield from _named(function, held, sort, seen)


def _named(function: Function, held: Held, sort: secrets.Sort, seen: set[int]) -> Iterator[Match]:
    for value, share in _literals(function, held.value):
        text = function.values[value]
        if type(text) is not f.Const or text.kind not in {"str", "bytes"} or value in seen:
            continue
        confidence = secrets.likelihood(held.name, sort, str(text.value)) * held.share * share
        if confidence:
            seen.add(value)
            yield _match(function, text.line, f"{held.name} is {held.how} a literal", held.name, confidence)


def _literals(function: Function, value: int, depth: int = 0) -> Iterator[tuple[int, float]]:
    """The literals that may be held: alone, or as what holds when a setting is missing."""
    if value < 0 or depth > 3:  # deeper expressions compute something else
        return
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Const:
        yield value, 1.0 if depth == 0 else BY_DEFAULT
    elif type(step) is f.Binary and step.op == "or":
        yield from _literals(function, step.right, depth + 1)
    elif type(step) is f.Conditional:
        yield from _literals(function, step.then, depth + 1)
        yield from _literals(function, step.other, depth + 1)
    elif type(step) is f.Call and step.callee == "encode" and step.receiver >= 0:
        yield from _literals(function, step.receiver, depth)
    elif type(step) is f.Call and _FROM_SETTINGS.search(step.callee):
        for given in (*step.args[1:2], *(v for k, v in step.keywords if k == "default")):
            yield from _literals(function, given, depth + 1)


def _formed(function: Function, value: int, text: str) -> Iterator[Match]:
    if len(text) > 4096:
        return
    line = function.values[value].line
    key = secrets.FORMATS.search(text)
    if key and "EXAMPLE" not in text:
        line += text.count("\n", 0, key.start())
        yield _match(function, line, "an access key is written in the code", "access key", 0.9)
        return
    found = secrets.URL.search(text) if "://" in text and "@" in text else None
    if found and not any(c.isspace() for c in text):
        likely = 0.4 if _LOCAL.search(found[3]) or found[1] == found[2] else 0.8
        if secrets.likelihood("", "password", found[2]):
            yield _match(function, line, "an address holds a password", "address", likely)


def _match(function: Function, line: int, message: str, key: str, confidence: float) -> Match:
    return Match(
        message=message,
        function=function,
        line=line,
        key=key,
        path=(),
        confidence=round(confidence, 2),
        weight=2.0,
    )


def _store(_function: Function, step: f.Store | f.StoreAttr) -> Iterable[Held]:
    return () if step.augmented or not secrets.sort_of(step.name) else (Held(step.name, step.value),)


def _item(function: Function, step: f.StoreItem) -> Iterator[Held]:
    name = _text(function, step.key)
    if name and not step.augmented:
        yield Held(name, step.value)


def _entries(function: Function, step: f.Collection) -> Iterator[Held]:
    if step.kind != "dict" or step.region >= 0 or len(step.items) % 2:
        return
    for key, value in zip(step.items[::2], step.items[1::2], strict=True):
        name = _text(function, key)
        if name:
            yield Held(name, value)


def _call(_function: Function, step: f.Call) -> Iterable[Held]:
    return [Held(name, value) for name, value in step.keywords if secrets.sort_of(name)] if step.keywords else ()


def _compared(function: Function, step: f.Compare) -> Iterator[Held]:
    if step.op not in {"==", "!="}:
        return
    for held, other in ((step.left, step.right), (step.right, step.left)):
        name = _name(function, held)
        if name:
            yield Held(name, other, "compared with")


def _closure(function: Function, step: f.Closure) -> Iterable[Held]:
    params = function.file.functions[step.function].facts.params
    return [Held(param.name, param.default, "by default", 0.7) for param in params if param.default >= 0]


def _name(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    if type(step) in {f.Param, f.Free, f.Attr}:
        return step.name  # type: ignore[union-attr] # all three have a name
    if type(step) is f.Index:
        return _text(function, step.key)
    for user in function.users.get(value, ()):
        stored = function.values[user]
        if type(stored) is f.Store and stored.value == value:
            return stored.name
    return ""


def _text(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const and isinstance(step.value, str) else ""


_HOLDERS: Mapping[type, Callable[[Function, Any], Iterable[Held]]] = {
    f.Store: _store, f.StoreAttr: _store, f.StoreItem: _item, f.Collection: _entries, f.Call: _call, f.Compare: _compared,
    f.Closure: _closure,
}  # fmt: skip
_LOOKED_AT = frozenset({*_HOLDERS, f.Const})
