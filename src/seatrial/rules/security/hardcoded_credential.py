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
GET_TOKEN = "https://login.acme.test/cgi-bin/gettoken"
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

## Good: a few keys, struck to fill a place in a test

```tests/test_provider.py
def answer():
    return dict(key="hjkl", secret="vbnm")
```

## Good: a test of what hides secrets makes up one to hide

```tests/test_log.py
from shop.log import cleansed

def test_cleansed_settings():
    given = {"password": "super secret", "api_key": "b1946ac92492d2347c6235b4d2611184"}
    assert cleansed(given) == {"password": "***", "api_key": "***"}
```

## Good: words of another alphabet

```tests/test_header.py
def test_header(get):
    answer = get(headers={"Authorization": "Basic 0YDRg9GB0YHQutC40IE60JHRg9C60LLRiw=="})
    assert answer.user == "русскиЁ"
```

## Good: a flag among others

```shop/rights.py
POLICY_CREATE_ACCOUNT = 0x00000010
POLICY_CREATE_SECRET = "0x00000020"
```

## Not found yet

```shop/settings.py
LOGIN = ("admin", "harbour-lantern-42")  # gap: only the place says which of the two is the password
```
"""

import re
from collections.abc import Container, Iterator
from dataclasses import replace
from itertools import groupby

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity
from seatrial.model.source import Role
from seatrial.model.written import Written
from seatrial.program import File, Function, Program, written
from seatrial.program.manifests import parse
from seatrial.rules.contract import MEANT, SLIGHT, TOLD, Match, rule
from seatrial.rules.security import _secrets as secrets
from seatrial.rules.security._allowed import allowed
from seatrial.rules.security._held import Held, held, kept_in, names_something, under
from seatrial.rules.security._places import DOCUMENT, LIVE, is_container, is_elsewhere
from seatrial.rules.security._settings import STAND_IN

LOOKED_AT = frozenset({Role.CODE, Role.MIGRATION, Role.EXAMPLE, Role.TEST})

IN_CODE = 0.9
"""How likely a key of a known form, or a private key, opens something, if code holds it."""

SAID = 0.5
"""What is left of the confidence where passwords are made up to be shown: in tests, examples, comments and documents."""

MADE = 0.9
"""The same for a text that a machine or a keyboard made up: it is hardly a test's own, and known to whoever reads the test."""

WRITTEN = 0.75
"""How likely such a text opens something, wherever it is written down."""

BY_DEFAULT = 0.76
"""What is left for a key that is a default: users may bring their own, and all who install the program have this one."""

OF_A_TEST = 0.8
"""What is left of the confidence for a private key among tests: most were made for them, and open nothing else."""

STRUCK = 5
"""Characters that a text among tests must have in one part to be more than a few keys struck to fill a place."""

SHOWN = 0.8
"""What is left of the confidence in a document, which shows what answers look like."""

LOCAL = 0.4
"""How likely a password in an address opens something, if the address leads to one's own machine or repeats the user."""

_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|db$|postgres$|redis$|mysql$|example", re.IGNORECASE
)

_ROWS = (".json", ".jsonl", ".csv")
"""Files that hold rows rather than settings."""

_SAYS_WHAT = re.compile(r"(?i)pass(?:w(?:or)?d)?\Z|pwd\Z|secret\Z")
"""A password that only says that it is one, whoever's: `bbpasswd`."""

_HIDES = re.compile(
    r"(?i)cleans|mask|redact|saniti[sz]|scrub|censor|obfuscat|anonymi[sz]|sensitive|filter|logg?ing|repr"
)
"""Names of what is tried out in a test that hides secrets."""

_CHOSEN = re.compile(
    r"(?i)(?:^|[._])password_?[12]\Z|(?:^|[._])(?:check|make|set|score|valid\w*|verify|hash)_?password\Z"
)
"""What a form asks for twice, and what only looks at a password or takes it on: a test makes one up for it."""

_IDS = "AKIA"
"""How a known form begins that only says whose key it is."""

_IN_USE = re.compile(r"[a-z]{2}_live_")
"""How the form of a key begins whose giver has others for tries."""

_IS_LIVE = re.compile(r"(?i)(?:is_)?(?:prod|production|live)")
_NOT_LIVE = re.compile(r"(?i)(?:is_)?(?:debug|dev|development|local|test|testing)(?:_mode|_env)?")

_ASSERTS = frozenset({f.Assert})

MESSAGES = {
    "address": "an address holds a password",
    "block": "a private key is written down",
    "form": "an access key is written down",
}


@rule(severity=Severity.ERROR, cwe=(798,), anywhere=True)
def check(program: Program) -> Iterator[Match]:
    """Names that mean secrets and hold literals in code, and all that is written down in texts of any kind."""
    is_allowed = allowed(program.manifests)
    for path, match in _told(program):
        yield replace(match, confidence=min(match.confidence, MEANT)) if is_allowed(path) else match


def _told(program: Program) -> Iterator[tuple[str, Match]]:
    parts = parse(program.manifests, program.installed).parts
    is_published = any(part.published for part in parts)
    for file in program.files:
        found = list(_held(program, file, is_published=is_published)) if _is_production(file) else []
        told = _written(file, {match.line for match in found})
        if found and _is_taken_over(program, file):
            found = [replace(match, confidence=min(match.confidence, SLIGHT)) for match in found]
        for match in (*found, *(map(_noted, told) if file.path in program.aside else told)):
            yield file.path, match
    for file in program.texts:
        every = _written(file, (), is_read=_is_read(program, file))
        yield from ((file.path, match) for match in (_by_name(every) if file.path.endswith(_ROWS) else every))


def _by_name(found: Iterator[Match]) -> Iterator[Match]:
    """Of rows of data one match for a name: whoever takes out one takes out all."""
    for _, group in groupby(sorted(found, key=lambda one: one.key), key=lambda one: one.key):
        first, *others = group
        yield replace(first, message=f"{first.message}, and {len(others)} more in this file") if others else first


def _is_taken_over(program: Program, file: File) -> bool:
    """Settings for users begin with these, and put into their own names what another file says: `vars().update(kept)`."""
    heirs = {one.source for one in program.imports.all if one.target is file and one.facts.star}
    return any(LIVE.search(heir.path) and program.mentions.reflects(heir) for heir in heirs)


def _is_read(program: Program, file: File) -> bool:
    """A text that the program asks for by its name, or that says of itself that it is for users."""
    return bool(LIVE.search(file.path)) or program.mentions.names_file(file.path)


def _is_production(file: File) -> bool:
    return file.role in {Role.CODE, Role.MIGRATION} and not is_elsewhere(file.path) and not is_container(file.path)


def _held(program: Program, file: File, *, is_published: bool) -> Iterator[Match]:
    """What the code of a file holds that runs in production.

    `is_published`: everybody who installs the program has the keys in it; they only name the program to a service.
    """
    for at, one in held(file):
        function = file.functions[at]
        likely = _likely(function, one)
        likely *= BY_DEFAULT if is_published and _is_of_client(one.name) else 1
        if likely and (function.facts.kind != "class" or not _is_enum(program, function)):
            yield _match(file, function.values[one.value].line, one.name, f"{one.name} is {one.how} a literal", likely)


def _is_of_client(name: str) -> bool:
    """A key, or the secret that goes with one: what a service gives out to programs that use it."""
    sort = secrets.sort_of(name)
    return sort == "key" or (sort == "password" and name.lower().endswith("secret"))


def _is_enum(program: Program, function: Function) -> bool:
    return function.cls is not None and program.types.has_kind(program.types.instance(function.cls), "enum")


def _likely(function: Function, one: Held) -> float:
    sort, literal = secrets.sort_of(one.name), function.values[one.value]
    if sort is None or type(literal) is not f.Const:
        return 0.0
    text = str(literal.value)
    share = min(one.share, BY_DEFAULT) if sort == "own" and one.share < 1 else one.share  # set where users are
    likely = min(secrets.likelihood(one.name, sort, text) * share, TOLD)
    names = (one.name, *kept_in(function, one.value))
    if STAND_IN.search(function.symbol) or any(map(secrets.is_stand_in, (*names, *under(function, one.value)))):
        return likely * SAID
    if _is_default(sort, *names) or secrets.is_for_visitors(one.name):
        return likely * BY_DEFAULT
    if _is_tried_out(function, one.value) or _is_of_main(function, one.value) or _is_elsewhere(function, one.value):
        return likely * SAID
    is_local = one.how != "compared with" and names_something(function, one.value, text)
    return likely * SAID if is_local else likely


def _is_default(sort: secrets.Sort, name: str, *kept: str) -> bool:
    """Users may bring their own: it is one of the `DEFAULTS`, or a key that calls itself one."""
    return any("default" in one.lower() for one in ((name, *kept) if sort == "key" else kept))


def _is_tried_out(function: Function, value: int) -> bool:
    """The function asserts what comes back for it: a test of itself."""
    tests = (function.values[function.values[at].test] for at in function.of(_ASSERTS))  # type: ignore[union-attr] # so asked
    return any(type(test) is f.Compare and value in map(function.origin, (test.left, test.right)) for test in tests)


def _is_of_main(function: Function, value: int) -> bool:
    """It only holds where the file is run by hand: `if __name__ == "__main__":`."""
    tests = (function.values[condition] for condition, outcome in function.guards(value) if outcome)
    sides = (function.values[function.origin(side)] for test in tests for side in f.operands(test))
    return any(type(side) is f.Ref and side.path.lstrip("?:!") == "__name__" for side in sides)


def _is_elsewhere(function: Function, value: int) -> bool:
    """It only holds where no users are: `if DEBUG:`, `if not PRODUCTION:`."""
    for condition, outcome in function.guards(value):
        step = function.values[function.origin(condition)]
        is_turned = type(step) is f.Unary and step.op == "not"
        name = written(function, step.value if type(step) is f.Unary else condition).rpartition(".")[2]
        if (_IS_LIVE if outcome is is_turned else _NOT_LIVE).fullmatch(name):
            return True
    return False


def _written(file: File, known: Container[int], *, is_read: bool = True) -> Iterator[Match]:
    """What a file writes down beside what its code was seen to hold; `known` are lines that were told of.

    `is_read`: it is code, or the program reads it.
    """
    seen: set[str] = set()
    for fact in file.facts.written if file.role in LOOKED_AT else ():
        likely = _weighed(file, fact)
        if likely and fact.line not in known and fact.value not in seen:
            seen.add(fact.value)
            key = fact.kind if fact.kind in MESSAGES else fact.name
            match = _match(file, fact.line, key, MESSAGES.get(fact.kind, f"{fact.name} is written down"), likely)
            yield match if _is_to_act_on(file, fact, is_read=is_read) else _noted(match)


def _noted(match: Match) -> Match:
    return replace(match, severity=Severity.NOTE)


def _is_to_act_on(file: File, fact: Written, *, is_read: bool) -> bool:
    """What production reads, in no test, comment or document; and a key that says by its form that it is in use."""
    if fact.kind == "form" and (fact.value.startswith(_IDS) or not secrets.is_made(fact.value)):
        return False
    is_text = file.facts.language == "text"
    is_held = (fact.in_code or is_text) and not DOCUMENT.search(file.path)
    if fact.kind == "form" and is_held and _IN_USE.match(fact.value):
        return True
    is_read = is_read or fact.kind == "form"
    return is_held and is_read and _is_production(file)


def _weighed(file: File, fact: Written) -> float:
    in_code = fact.in_code and _is_production(file)
    if fact.kind == "name":
        likely = 0.0 if in_code else _named(file, fact)  # what such code holds was looked at
        likely *= MADE if file.role is Role.TEST and _is_shown_off(file, fact) else 1
        likely *= SHOWN if _is_beside_example(file, fact) or _is_of_request(file, fact) else 1
    elif fact.kind == "address":
        likely = _address(fact, in_code=in_code)
    else:
        likely = 0.0 if "EXAMPLE" in fact.value else IN_CODE if in_code else WRITTEN
        is_nobodys = file.role is Role.TEST and fact.value.startswith(_IDS)
        likely *= OF_A_TEST if is_nobodys or (fact.kind == "block" and not _is_production(file)) else 1
    if fact.kind != "form" and DOCUMENT.search(file.path):
        return likely * SHOWN
    return likely * MADE if is_container(file.path) and not _IN_USE.match(fact.value) else likely


def _is_shown_off(file: File, fact: Written) -> bool:
    """A test of what hides secrets makes up one to hide, a test of a form one to choose."""
    around = (body for body in file.functions if body.facts.line <= fact.line <= body.facts.end_line)
    if _CHOSEN.search(fact.name):
        return True
    return any(_HIDES.search(name) for name in (file.path, *(body.symbol for body in around)))


def _is_beside_example(file: File, fact: Written) -> bool:
    """What stands on its line says that it is an example: the other half of a key that a manual shows."""
    return any(other.line == fact.line and "EXAMPLE" in other.value for other in file.facts.written)


def _is_of_request(file: File, fact: Written) -> bool:
    """A docstring shows a whole request, with its header."""
    return file.facts.language != "text" and not fact.in_code and fact.name == "Authorization"


def _named(file: File, fact: Written) -> float:
    sort = secrets.sort_of(fact.name)
    likely = secrets.likelihood(fact.name, sort, fact.value) if sort else 0.0
    shortest = STRUCK if file.role is Role.TEST else 1
    is_real = sort != "own" and secrets.is_made(fact.value, shortest) and not secrets.is_stand_in(fact.name)
    return min(likely, WRITTEN) if is_real else likely * SAID


def _address(fact: Written, *, in_code: bool) -> float:
    address = secrets.URL.match(fact.name)
    if not address or not secrets.likelihood("", "password", fact.value):
        return 0.0
    if secrets.is_made(fact.value) and not _SAYS_WHAT.search(fact.value):
        return WRITTEN
    is_local = _LOCAL.search(address[3]) or address[1] == address[2] or _SAYS_WHAT.search(fact.value)
    return LOCAL if is_local or not in_code else WRITTEN


def _match(file: File, line: int, key: str, message: str, likely: float) -> Match:
    around = [body for body in file.functions if body.facts.line <= line <= body.facts.end_line]
    return Match(
        message=message,
        function=max(around, key=lambda body: (body.facts.line, body.index), default=None),
        line=line,
        place=None if around else Place(file.path, line, line),
        key=key,
        confidence=round(likely, 2),
        weight=2.0,
    )
