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
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity
from seatrial.model.source import Role
from seatrial.program import Function, Program
from seatrial.program.parts import File
from seatrial.rules.contract import Match, rule
from seatrial.rules.security import _secrets as secrets

LIKELY = {Role.CODE: 1.0, Role.MIGRATION: 1.0, Role.EXAMPLE: 0.6, Role.TEST: 0.5}
"""How likely what looks like a secret opens anything, by what the file is for; files that are left out are not looked at."""

MADE_ELSEWHERE = 0.9
"""The same for a text that was made up by a machine: it is hardly a test's own, and known now to whoever reads the test."""

WRITTEN = 0.75
"""How likely a text that was made up opens something, if it stands in a comment, a document or a file that is no code."""

DOCUMENT = re.compile(r"\.(?:html|ipynb|mdx?|rst|txt)\Z")
SHOWN = 0.8
"""What is left of that in a document, which shows what answers look like."""

CONTAINER = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml\Z|(?:^|/)\.devcontainer/")
"""Settings of containers on one's own machine, which nobody else reaches."""

BY_DEFAULT = 0.83
"""What is left of the confidence when the literal only holds where a setting is missing."""

ELSEWHERE = re.compile(
    r"(?:^|[/._-])(?:dev|develop|development|local|test|testing|tests|ci|example|examples|sample|demo|mock|fake|seeds?|fixtures?)(?=[/._-])"
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


class Suspect(NamedTuple):
    """What may be a secret; `is_made`: its text says nothing, so it may well be one in a test or an example too."""

    line: int
    message: str
    key: str
    likely: float
    is_made: bool = False


class Held(NamedTuple):
    """A name and the id of what it holds; `how` it is held, and what share of the confidence that leaves."""

    name: str
    value: int
    how: str = "given"
    share: float = 1.0


@rule(severity=Severity.ERROR, cwe=(798,))
def check(program: Program) -> Iterator[Match]:
    """Names that mean secrets and hold literals, literals in the form of a key, and what texts write down."""
    for file in program.files:
        found = list(_in_code(program, file))
        yield from found
        yield from _written(file, {match.line for match in found})
    for file in program.texts:
        yield from _written(file, set())


def _in_code(program: Program, file: File) -> Iterator[Match]:
    likely = _likely(file)
    for function in file.functions if likely else ():
        if function.facts.kind != "class" or not _is_enum(program, function):
            share = likely * (LIKELY[Role.TEST] if STAND_IN.search(function.symbol) else 1.0)
            for suspect in _body(function):
                confidence = suspect.likely * share
                if share < 1.0 and suspect.is_made:
                    confidence = max(confidence, suspect.likely * MADE_ELSEWHERE)
                yield _match(suspect, function, confidence)


def _likely(file: File) -> float:
    is_elsewhere = file.role is Role.CODE and ELSEWHERE.search(file.path)
    return LIKELY[Role.EXAMPLE] if is_elsewhere else LIKELY.get(file.role, 0.0)


def _written(file: File, known: Container[int]) -> Iterator[Match]:
    """What comments, texts and files that are no code write down; `known` are lines that were told of."""
    if not _likely(file):
        return
    seen: set[str] = set()
    for fact in file.facts.written:
        name, likely = _weighed(fact)
        if likely and fact.line not in known and fact.value not in seen:
            seen.add(fact.value)
            message = _MESSAGES.get(fact.kind, f"{name} is written down")
            likely *= _place_share(file, fact)
            yield _match(Suspect(fact.line, message, name, likely), _around(file, fact.line), likely, file)


def _place_share(file: File, fact: f.Written) -> float:
    if fact.kind != "form" and DOCUMENT.search(file.path):
        return SHOWN
    return MADE_ELSEWHERE if CONTAINER.search(file.path) else 1.0


def _weighed(fact: f.Written) -> tuple[str, float]:
    """How a text that was written down is called, and how likely it opens something: what was said never is certain."""
    if fact.kind in {"block", "form"}:
        return _CALLED[fact.kind], 0.0 if "EXAMPLE" in fact.value else WRITTEN
    sort = secrets.sort_of(fact.name) if fact.kind == "name" else "password"
    likely = secrets.likelihood(fact.name, sort, fact.value) if sort else 0.0
    is_real = secrets.is_made(fact.value) and not secrets.is_stand_in(fact.name)
    return fact.name, min(likely, WRITTEN) if is_real else likely * LIKELY[Role.TEST]


def _around(file: File, line: int) -> Function | None:
    """The innermost body that holds a line; None in a file that is no code."""
    around = (body for body in file.functions if body.facts.line <= line <= body.facts.end_line)
    return max(around, key=lambda body: body.facts.line, default=file.functions[0] if file.functions else None)


def _is_enum(program: Program, function: Function) -> bool:
    return function.cls is not None and program.types.has_kind(program.types.instance(function.cls), "enum")


def _body(function: Function) -> Iterator[Suspect]:
    seen: set[int] = set()
    for value in function.of(_LOOKED_AT):
        step = function.values[value]
        if type(step) is f.Const:
            if step.kind == "str" and len(str(step.value)) >= SHORTEST and value not in seen:
                yield from _formed(step.line, str(step.value))
            continue
        for held in _HOLDERS[type(step)](function, step):
            sort = secrets.sort_of(held.name)
            if sort is not None:
                yield from _named(function, held, sort, seen)


def _named(function: Function, held: Held, sort: secrets.Sort, seen: set[int]) -> Iterator[Suspect]:
    for value, share in _literals(function, held.value):
        step = function.values[value]
        if type(step) is not f.Const or step.kind not in {"str", "bytes"} or value in seen:
            continue
        text = str(step.value)
        likely = secrets.likelihood(held.name, sort, text) * held.share * share
        if held.how != "compared with" and _names_something(function, value, text):
            likely *= LIKELY[Role.EXAMPLE]
        if likely:
            seen.add(value)
            made = sort != "own" and secrets.is_made(text) and not secrets.is_stand_in(held.name)
            yield Suspect(step.line, f"{held.name} is {held.how} a literal", held.name, likely, made)


def _names_something(function: Function, value: int, text: str) -> bool:
    """A word that the same body holds under another name too: the user `shop` with the password `shop` is for local use."""
    if not text.isalpha():
        return False
    half = text[: len(text) // 2]
    same = {text, half} if half * 2 == text else {text}
    others = (function.values[other] for other in function.of(_CONSTANTS) if other != value)
    return any(type(other) is f.Const and other.value in same for other in others)


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


def _formed(line: int, text: str) -> Iterator[Suspect]:
    if len(text) > 4096:
        return
    key = secrets.FORMATS.search(text)
    if key and "EXAMPLE" not in text:
        line += text.count("\n", 0, key.start())
        yield Suspect(line, "an access key is written in the code", "access key", 0.9, is_made=secrets.is_made(key[0]))
        return
    found = secrets.URL.search(text) if "://" in text and "@" in text else None
    if found and not any(c.isspace() for c in text):
        likely = 0.4 if _LOCAL.search(found[3]) or found[1] == found[2] else 0.8
        if secrets.likelihood("", "password", found[2]):
            yield Suspect(line, "an address holds a password", "address", likely, is_made=secrets.is_made(found[2]))


def _match(suspect: Suspect, function: Function | None, confidence: float, file: File | None = None) -> Match:
    return Match(
        message=suspect.message,
        function=function,
        line=suspect.line,
        place=None if function or not file else Place(file.path, suspect.line, suspect.line),
        key=suspect.key,
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


_CALLED = {"block": "private key", "form": "access key"}
_MESSAGES = {
    "address": "an address holds a password",
    "block": "a private key is written down",
    "form": "an access key is written down",
}
_HOLDERS: Mapping[type, Callable[[Function, Any], Iterable[Held]]] = {
    f.Store: _store, f.StoreAttr: _store, f.StoreItem: _item, f.Collection: _entries, f.Call: _call, f.Compare: _compared,
    f.Closure: _closure,
}  # fmt: skip
_CONSTANTS = frozenset({f.Const})
_LOOKED_AT = frozenset({*_HOLDERS, f.Const})
