"""A connection is encrypted, but nobody checks whom it leads to (CWE-295).

Whoever sits between the two (a café's network, a wrong entry in the DNS, a neighbour in the same data centre) answers in the other's name, and
reads and changes everything, passwords too.

Leave the check on, and name the certificate of a private authority (`verify="/etc/ssl/private-ca.pem"`,
`ssl.create_default_context(cafile=…)`).

## Bad

```shop/stock.py
import ssl
import httpx
import requests

def stock():
    return requests.get("https://stock.internal", verify=False, timeout=5).json()  # finding: not checked

def session():
    session = requests.Session()
    session.verify = False  # finding: not checked
    return session

def client():
    return httpx.Client(verify=False)  # finding: not checked

def context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # finding: not checked
    return context

def any_host():
    context = ssl.create_default_context()
    context.check_hostname = False  # finding: any host
    return context

def wrapped(connection):
    return ssl.wrap_socket(connection)  # finding: not checked

def unverified():
    return ssl._create_unverified_context()  # finding: not checked
```

## Bad: a context that never checks

```shop/stock.py
import socket
import ssl

def connect():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)  # finding: checks nothing
    return context.wrap_socket(socket.create_connection(("stock.internal", 443)))
```

## Good

```shop/stock.py
import ssl
import requests

def stock():
    return requests.get("https://stock.internal", verify="/etc/ssl/shop.pem", timeout=5).json()

def context():
    return ssl.create_default_context()

def checked():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    return context

def client():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

def named():
    return ssl.SSLContext(protocol=ssl.PROTOCOL_TLS_CLIENT)

def chosen(settings):
    return ssl._create_unverified_context() if settings.allow_insecure else None

def server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)
    context.load_cert_chain("shop.pem")
    return context

def switched(verify):
    context = ssl.create_default_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

def asked(verify):
    return requests.get("https://stock.internal", verify=verify, timeout=5)
```

## Good: the certificate itself is what is asked for

```shop/expiry.py
import socket
import ssl

def certificate(host):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, 443), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname=host) as wrapped:
            return wrapped.getpeercert(binary_form=True)
```

## Not found yet

```shop/files.py
import paramiko

class Files:
    def connect(self):
        self.client = make()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # gap: any key is taken, as most mean it; told below the threshold
```

```shop/stock.py
import requests

def stock():
    options = {"verify": False}
    return requests.get("https://stock.internal", **options).json()  # gap: options handed over as a mapping
```
"""

import re
from collections.abc import Iterator
from typing import TypeGuard

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.risks import literal, risky
from seatrial.rules.contract import SLIGHT, TOLD, Match, rule
from seatrial.rules.security._settings import for_own_machine

_CLIENTS = ("requests.Session", "httpx.Client", "httpx.AsyncClient")
_ANY_SIDE = frozenset(
    {"ssl.PROTOCOL_TLS", "ssl.PROTOCOL_SSLv23", "ssl.PROTOCOL_TLSv1", "ssl.PROTOCOL_TLSv1_1", "ssl.PROTOCOL_TLSv1_2"}
)
_CHECKS = frozenset({"load_cert_chain", "load_verify_locations"})
_READS = frozenset({"getpeercert", "get_peer_certificate", "get_peer_cert_chain", "get_unverified_chain"})
_SAYS = re.compile(
    r"insecure|unverified|self_?signed|(?:no|skip|ignore|disable)\w*(?:verif|check|cert|ssl|tls)", re.IGNORECASE
)
_OFF = "the other side's certificate is not checked"


@rule(severity=Severity.ERROR, cwe=(295,), most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Calls that turn the check off, stores that do, and contexts in which it was never on."""
    for function, call in risky(program, "no-tls-check"):
        yield _match(function, call, _OFF, 0.5 if _is_named_so(function, call) else 0.85)
    for function, call in risky(program, "no-host-check"):
        yield _match(function, call, "any host key is taken for the right one", SLIGHT)
    yield from _stores(program)
    for function, call in program.index.calls("SSLContext"):
        if program.target(function, call).external == "ssl.SSLContext" and _never_checks(program, function, call):
            yield _match(function, call, "a context made by hand checks nothing", 0.72)


def _is_named_so(function: Function, call: int) -> bool:
    """Only a switch turns it off whose name says what it does: `if self.allow_insecure`."""
    users = (function.values[user] for user in function.users.get(call, ()))
    chosen = [user.test for user in users if type(user) is f.Conditional and user.then == call]
    asked = (*chosen, *(condition for condition, outcome in function.guards(call) if outcome))
    parts = (part for condition in asked for part in (condition, *f.operands(function.values[condition])))
    return any(_SAYS.search(written(function, part)) for part in parts)


def _stores(program: Program) -> Iterator[Match]:
    unchecked: set[Function] = set()
    for function, at in program.index.stores("verify_mode"):
        step = function.values[at]
        if _is_of_context(step, program, function) and literal(program, function, step.value) == "ssl.CERT_NONE":
            yield _match(function, at, _OFF, 0.5 if _is_asked_for(function, at) else 0.85)
            unchecked.add(function)
    for function, at in program.index.stores("check_hostname"):
        step = function.values[at]
        if function in unchecked or not _is_of_context(step, program, function):
            continue
        if literal(program, function, step.value) is False:
            confidence = 0.5 if _is_asked_for(function, at) else 0.72
            yield _match(function, at, "a certificate for any host is taken for this one's", confidence)
    for function, at in program.index.stores("verify"):
        step = function.values[at]
        if type(step) is f.StoreAttr and literal(program, function, step.value) is False:
            held = program.type_of(function, step.base)
            if any(program.types.derives(held, name) for name in _CLIENTS):
                yield _match(function, at, _OFF, 0.5 if _is_asked_for(function, at) else 0.85)
    for function, at in program.index.stores("_create_default_https_context"):
        yield _match(function, at, _OFF, 0.85)


def _is_of_context(step: f.AnyValue, program: Program, function: Function) -> TypeGuard[f.StoreAttr]:
    """The attribute is that of a context; one of the program's own objects begins as it likes, and may be asked later."""
    if type(step) is not f.StoreAttr:
        return False
    held = program.type_of(function, step.base)
    return held is None or held.cls is None or program.types.derives(held, "ssl.SSLContext")


def _is_asked_for(function: Function, at: int) -> bool:
    """It is off only if something says so, whoever calls has chosen it; or to look at whatever certificate there is."""
    return any(True for _ in function.guards(at)) or _looks(function) or _SAYS.search(function.name) is not None


def _looks(function: Function) -> bool:
    """Whether a function reads the other side's certificate, to show it or to judge it itself."""
    return any(getattr(function.values[call], "callee", "") in _READS for call in function.calls)


def _never_checks(program: Program, function: Function, call: int) -> bool:
    """A context of either side, with nothing said about what it checks, and no certificate of a server."""
    step = function.values[call]
    if type(step) is not f.Call:
        return False
    protocol = (*step.args[:1], *(value for name, value in step.keywords if name == "protocol"))
    if any(literal(program, function, value) not in _ANY_SIDE for value in protocol):
        return False
    used = [function.values[user] for user in function.users.get(call, ())]
    return not any(
        (type(use) is f.StoreAttr and use.name in {"verify_mode", "check_hostname"})
        or (type(use) is f.Call and use.callee in _CHECKS)
        for use in used
    )


def _match(function: Function, at: int, message: str, confidence: float) -> Match:
    if for_own_machine(function):
        confidence = min(confidence, 0.4)
    return Match(message, function, function.values[at].line, key=message, confidence=confidence)
