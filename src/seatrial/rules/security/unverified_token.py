"""A token is read without checking who signed it (CWE-347).

What a token says of its bearer is worth as much as the check of its signature: without it, anyone writes `"admin": true` into a token of their
own.

Give the key and the one algorithm it is for (`jwt.decode(token, KEY, algorithms=["RS256"])`), and take none from the token itself.

## Bad

```shop/auth.py
import jwt

def user(token):
    return jwt.decode(token, options={"verify_signature": False})["sub"]  # finding: without checking

def old(token, key):
    return jwt.decode(token, key, verify=False)  # finding: without checking
```

## Bad: no key

```shop/auth.py
import jwt

def user(token):
    return jwt.decode(token, algorithms=["HS256"])  # finding: without a key
```

## Bad: `none`

```shop/auth.py
import jwt

def none(token, key):
    return jwt.decode(token, key, algorithms=["HS256", "none"])  # finding: `none`

def well(token, key):
    return jwt.decode(token, key, algorithms=["HS256"])
```

## Good

```shop/auth.py
import jwt

KEY = load()

def user(token):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return jwt.decode(token, key_of(issuer), algorithms=["RS256"])

def other(token):
    return jwt.decode(token, KEY, algorithms=["HS256"], options={"verify_aud": False})
```

## Not found yet

```shop/auth.py
import jwt

UNCHECKED = dict(verify_signature=False)

def user(token, key):
    return jwt.decode(token, key, options=UNCHECKED)["sub"]  # gap: a mapping that a call makes
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.risks import literal
from seatrial.rules.contract import SLIGHT, Match, rule

_SWITCH = frozenset({"verify_signature"})
_LITERALS = frozenset({f.Const})
_TIMES = frozenset({"exp", "iat", "nbf"})


@rule(severity=Severity.ERROR, cwe=(347,))
def check(program: Program) -> Iterator[Match]:
    """Calls of `jwt.decode` that leave the check out; one that only looks into a token checked later is no fault."""
    for function, call in program.index.calls("decode"):
        if program.target(function, call).external != "jwt.decode":
            continue
        fault = _fault(program, function, call)
        if fault:
            message, mended, confidence = fault
            harmless = mended and (_is_checked(program) or _asks_for_time(function, call))
            confidence = 0.45 if harmless else min(confidence, SLIGHT) if _is_fetched(function) else confidence
            yield Match(message, function, function.values[call].line, key=message, confidence=confidence)


def _is_fetched(function: Function) -> bool:
    """The class, or module, fetches the token for a code from who signs it (OpenID Connect Core, 3.1.3.7, step 6)."""
    bodies = (b for b in function.file.functions if function.cls is None or b.cls is function.cls)
    literals = (body.values[at] for body in bodies for at in body.of(_LITERALS))
    return any(type(one) is f.Const and one.value == "authorization_code" for one in literals)


def _fault(program: Program, function: Function, call: int) -> tuple[str, bool, float] | None:
    """What is wrong, whether a later check mends it, and how likely it is a fault."""
    step = function.values[call]
    if type(step) is not f.Call:
        return None
    named = dict(step.keywords)
    if ("verify" in named and literal(program, function, named["verify"]) is False) or _switched_off(
        program, function, named.get("options", -1)
    ):
        return "the token is read without checking its signature", True, 0.8
    algorithms = named.get("algorithms", step.args[2] if len(step.args) > len(("token", "key")) else -1)
    if any(isinstance(one, str) and one.lower() == "none" for one in _listed(program, function, algorithms)):
        return "`none` is among the algorithms: a token without a signature is taken", False, 0.85
    if len(step.args) == 1 and "key" not in named and "**" not in named:
        return "the token is checked without a key: anyone can sign one", True, 0.72
    return None


def _switched_off(program: Program, function: Function, options: int) -> bool:
    step = function.values[function.origin(options)] if options >= 0 else None
    if type(step) is not f.Collection or step.kind != "dict":
        return False
    pairs = zip(step.items[::2], step.items[1::2], strict=False)
    return any(
        literal(program, function, key) in _SWITCH and literal(program, function, value) is False
        for key, value in pairs
    )


def _listed(program: Program, function: Function, value: int) -> list[object]:
    step = function.values[function.origin(value)] if value >= 0 else None
    if type(step) is f.Collection:
        return [literal(program, function, item) for item in step.items]
    return [literal(program, function, value)] if value >= 0 else []


def _asks_for_time(function: Function, call: int) -> bool:
    """Only how long it holds is read: of a token of one's own, which another service will check."""
    users = [function.values[user] for user in function.users.get(call, ())]
    keys = [_key(function, step) for step in users if type(step) is not f.Store]
    return bool(keys) and _TIMES.issuperset(keys)


def _key(function: Function, step: f.AnyValue) -> object:
    """What a step takes out of a mapping, None if it does something else."""
    at = step.key if type(step) is f.Index else step.args[0] if type(step) is f.Call and step.args else -1
    key = function.values[function.origin(at)] if at >= 0 else None
    return key.value if type(key) is f.Const else None


def _is_checked(program: Program) -> bool:
    """The program reads tokens with the check on, too: a look before that only says which key is needed."""
    return any(
        program.target(function, call).external == "jwt.decode" and _fault(program, function, call) is None
        for function, call in program.index.calls("decode")
    )
