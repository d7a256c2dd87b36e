"""A secret is made of random numbers that can be computed from those before (CWE-330, CWE-338).

The module `random` is made for games and samples: whoever has seen some of its numbers knows all that follow, and with them the tokens, codes
and passwords of everyone else.

Take them from `secrets` (`secrets.token_urlsafe()`, `secrets.choice(letters)`), or from `random.SystemRandom()`.

## Bad

```shop/accounts.py
import random
import string

def reset_token():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))  # finding: reset_token

def begin(session):
    session["id"] = random.randint(1, 10**9)  # finding: session_id

def start(session, user):
    session["session_id"] = random.randint(1, 10**9)  # finding: session_id
    user.otp = str(random.randint(100000, 999999))  # finding: otp

def password(length=12):
    made = ""
    for _ in range(length):
        made += random.choice(string.printable)  # finding: password
    return made
```

## Bad: named where it is used

```shop/text.py
import random

def letters(count):
    return "".join(random.choices("abcdef0123456789", k=count))  # finding: api_key
```

```shop/accounts.py
from shop.text import letters

def create(user):
    user.api_key = letters(40)
```

## Good

```shop/accounts.py
import random
import secrets
import string

def reset_token():
    return secrets.token_urlsafe()

def code():
    return "".join(random.SystemRandom().choice(string.digits) for _ in range(6))

def sample(rows):
    return random.sample(rows, 10)

def delay(attempt):
    jitter = random.random()
    return 2**attempt + jitter

def shade():
    color = "%06x" % random.randint(0, 0xFFFFFF)
    return color

def next_token_id(weights):
    token_id = random.choices(range(len(weights)), weights)
    return token_id
```

## Good: one of those that are there

```shop/pictures.py
import random
import re

def api_key(page):
    keys = re.findall("key=([a-z0-9]{32})", page)
    api_keys = [key for key in keys if key]
    api_key = random.choice(api_keys)
    return api_key
```

## Not found yet

```shop/accounts.py
import random

def ticket():
    return random.getrandbits(64)  # gap: nothing in a name says that it lets someone in
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, by_hand, written
from seatrial.program.risks import risky
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._purpose import names, words
from seatrial.rules.security._settings import for_own_machine

_SECRET = frozenset(
    {"password", "passwd", "passphrase", "pwd", "token", "secret", "otp", "totp", "nonce", "salt", "csrf", "apikey", "sessionid", "passcode",
     "credential", "credentials", "iv", "pin", "remember"}
)  # fmt: skip
_PAIRS = (
    {"session", "id"}, {"session", "key"}, {"api", "key"}, {"secret", "key"}, {"private", "key"}, {"encryption", "key"}, {"signing", "key"},
    {"auth", "code"}, {"reset", "code"}, {"verification", "code"}, {"verify", "code"}, {"confirmation", "code"}, {"access", "key"},
    {"access", "code"}, {"invite", "code"}, {"security", "code"}, {"activation", "key"}, {"activation", "code"}, {"session", "cookie"},
    {"license", "key"}, {"auth", "key"}, {"login", "code"},
)  # fmt: skip
_OTHER = frozenset(
    {"fake", "test", "mock", "dummy", "sample", "ids", "tokens", "color", "jitter", "delay", "logits", "vocab", "embedding", "mask", "model", "length",
     "len", "index", "idx", "count", "size", "example", "demo", "map", "next"}
)  # fmt: skip
"""Words that make a token a piece of text, and a name one of something else than a secret."""

_COUNTED = frozenset({"count", "counter", "index", "delay", "jitter", "size", "length"})
"""Words for what only goes into a secret: the counter of a one-time password is none."""

_CHOICES = frozenset({"choice", "sample"})
_SPELLING = frozenset({"join", "append", "extend", "!str", "!list"})
_TAKING = frozenset({f.Store, f.Element})
"""What takes what was chosen as it is."""

_ASKED_AT = re.compile(r"(?i)token_?(?:url|uri|endpoint)\Z")
"""Where a token is asked for."""

LONGEST = 48
"""Longer texts are no names."""


@rule(severity=Severity.ERROR, cwe=(330, 338))
def check(program: Program) -> Iterator[Match]:
    """Calls of `random` whose result gets the name of a secret, here or where it is returned to."""
    for function, call in risky(program, "weak-random"):
        if by_hand(function) or for_own_machine(function):
            continue
        given = list(names(program, function, call))
        name = next(filter(_is_secret, given), None)
        if name is not None and not words(given[0]) & _COUNTED and not _chooses_among(function, call):
            message = f"`{name}` is made of random numbers that can be computed"
            likely = 0.65 if words(name) & _SECRET == {"salt"} else 0.8  # a salt is no secret: it must differ, and does
            yield Match(message, function, function.values[call].line, key=name, confidence=likely)


def _chooses_among(function: Function, call: int) -> bool:
    """Some of what is there already are chosen, and no text is spelled: `for credential in random.sample(rows, 3)`."""
    step = function.values[call]
    if type(step) is not f.Call or step.callee.rpartition(".")[2] not in _CHOICES:
        return False
    if (
        step.args
        and step.callee.rpartition(".")[2] == "choice"
        and _is_secret(written(function, step.args[0]).removesuffix("s"))
    ):
        return True
    users = [function.values[user] for user in function.users.get(call, ())]
    return all(type(one) in _TAKING or (type(one) is f.Call and one.callee not in _SPELLING) for one in users)


def _is_secret(name: str) -> bool:
    said = words(name)
    if len(name) > LONGEST or said & _OTHER or _ASKED_AT.search(name):
        return False
    is_id = "id" in said and "session" not in said  # it says which one is meant, and opens nothing
    return (bool(said & _SECRET) and not is_id) or any(pair <= said for pair in _PAIRS)
