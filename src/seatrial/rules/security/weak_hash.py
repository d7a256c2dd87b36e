"""A password, signature or token rests on a hash or cipher that is broken (CWE-327, CWE-328, CWE-916).

MD5 and SHA-1 are fast, which helps whoever has the table of hashes to try every password in hours; and two texts with one hash can be
made, so that a signature moves from one to the other. DES, RC4 and the mode ECB give away what they hide.

Hash passwords with a function made for it (`argon2`, `bcrypt`, `hashlib.scrypt`), sign with HMAC and SHA-256, encrypt with AES-GCM
(`cryptography.fernet`). Where it is no matter of security, say so: `hashlib.md5(data, usedforsecurity=False)`.

## Bad

```shop/accounts.py
import hashlib

def save(user, password):
    user.password_hash = hashlib.md5(password.encode()).hexdigest()  # finding: password

def sign(message, key):
    signature = hashlib.sha1(message + key).hexdigest()  # finding: signature
    return signature

def check(user, text):
    digest = hashlib.new("md5")  # finding: password
    digest.update(user.password.encode())
    return digest.hexdigest() == text
```

## Bad: ciphers

```shop/cards.py
from Crypto.Cipher import AES, DES
from Crypto.PublicKey import RSA

def hide(number, key):
    return DES.new(key, DES.MODE_CBC).encrypt(number)  # finding: broken cipher

def hide_well(number, key):
    return AES.new(key, AES.MODE_ECB).encrypt(number)  # finding: broken cipher

def key():
    return RSA.generate(1024)  # finding: broken cipher
```

## Bad: old versions of TLS

```shop/stock.py
import ssl

def context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLSv1)  # finding: old version
    context.verify_mode = ssl.CERT_REQUIRED
    return context
```

## Bad: a hash made to be fast

```shop/accounts.py
import hashlib

def save(user, password):
    user.check = hashlib.sha256(password.encode()).hexdigest()  # finding: fast
```

## Good

```shop/files.py
import hashlib

def etag(data):
    return hashlib.md5(data).hexdigest()

def key(url):
    cache_key = "page-" + hashlib.sha1(url.encode()).hexdigest()
    return cache_key

def fingerprint(path):
    with open(path, "rb") as file:
        return hashlib.md5(file.read()).hexdigest()

def token(value):
    return hashlib.sha256(value).hexdigest()

class RateLimit:
    @classmethod
    def mailed(cls, email, settings):
        hashed = hashlib.sha1((email + settings.SECRET_KEY).encode()).hexdigest()
        return cls.take(f"mail-{hashed}", 20)

    @classmethod
    def take(cls, bucket, capacity):
        return bucket, capacity

def rate_limited(request, token, store):
    return store.get("limit-" + hashlib.md5(token.encode()).hexdigest())

class MD5PasswordHasher:
    algorithm = "md5"

    def encode(self, password, salt):
        return hashlib.md5((salt + password).encode()).hexdigest()

def password_bucket(password):
    return hashlib.md5(password, usedforsecurity=False).hexdigest()
```

## Not found yet

```shop/accounts.py
import hashlib

def save(row, text):
    row.check = hashlib.md5(text.encode()).hexdigest()  # gap: nothing in a name says that it is a password
```

## Good: what was drawn by lot

```shop/place.py
import hashlib
import os

OMIT_TOKEN = "omit-" + hashlib.sha1(os.urandom(64)).hexdigest()
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Sinking, written
from seatrial.program.ancestry import made_of
from seatrial.program.risks import risky
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._formats import is_asked_by_format, is_decrypted, is_hashed, is_sent
from seatrial.rules.security._purpose import names, words

_SECRET = frozenset(
    {"password", "passwd", "passphrase", "pwd", "passw", "pass", "token", "secret", "signature", "sign", "signed", "hmac", "salt", "otp", "credential",
     "credentials", "auth", "csrf", "apikey", "mac", "verify"}
)  # fmt: skip
_SIGNING = frozenset({"signature", "sign", "signed", "mac", "verify"})
"""Words of what is signed, which also name what only tells things apart: it signs where a secret goes in."""
_LONE = 0.72
"""How likely a fault it is that a program of one file puts what a request holds into a broken hash."""
_SLOW = frozenset({"pbkdf", "bcrypt", "scrypt", "argon"})
_PASSWORD = frozenset({"password", "passwd", "passphrase", "pwd"})
_KEPT = _PASSWORD | {"passwords"}
_HARMLESS = frozenset(
    {"cache", "etag", "checksum", "fingerprint", "gravatar", "avatar", "filename", "path", "url", "color", "version", "content", "file", "chunk", "blob",
     "bucket", "shard", "md5sum", "etags", "dedupe", "thumbnail", "cached", "memo", "partition", "schema", "migration", "tokens", "tokenize",
     "limit", "limited", "realm", "pwned", "breached", "hibp", "upgrade", "legacy", "rehash", "ratelimit", "throttle", "throttled", "ident", "lookup", "filenames", "basename", "slug", "dedup"}
)  # fmt: skip
DEPTH = 4
"""How deep names are looked for in an expression."""

_HASHERS = re.compile(r"(?i)^_*(?:un)?(?:salted)?_?(?:md5|sha1|sha_1)\w*(?:hash|password|digest)")

_TEXTUAL = frozenset(
    {"encode", "bytes", "bytearray", "str", "format", "join", "text", "utf8", "strip", "lower", "upper", "replace", "concat", "decode", "dumps", "hexdigest",
     "digest", "getvalue", "get", "unhexlify", "b64encode", "quote", "input", "getpass", "pop", "repr", "sorted", "urandom"}
)  # fmt: skip
"""Words of calls that give back what they are given, in another form; others make something else of it."""

_UPDATES = frozenset({"update"})
_TEXTS = frozenset({f.Const})


_DRAWS = ("os.urandom", "secrets.", "uuid.uuid4")
"""What draws by lot."""


@rule(severity=Severity.ERROR, cwe=(326, 327, 328, 916))
def check(program: Program) -> Iterator[Match]:
    """Broken ciphers wherever they are used; broken hashes where names say that something secret rests on them."""
    seen: set[tuple[Function, str]] = set()
    for function, call in risky(program, "weak-cipher"):
        likely = SLIGHT if is_decrypted(function, call) else 0.8
        yield _match(function, call, "a broken cipher, or a key too short for it, hides nothing", likely)
    for function, call in risky(program, "weak-tls"):
        yield _match(function, call, "an old version of TLS hides nothing", 0.75)
    for function, call in risky(program, "weak-hash"):
        name = _secret(program, function, call)
        if name:
            told = (function, name)  # one helper, or one body that hashes one thing again and again: one cause
            old = _is_named_after_hash(function) or _is_checked(function, call) or is_asked_by_format(function, call)
            tells_apart = words(name) & _SECRET <= _SIGNING and not _is_keyed(function, call)
            kept = SLIGHT if old or tells_apart or _is_for_a_service(program, function) else 0.8
            if told not in seen:
                seen.add(told)
                yield _match(function, call, f"{name} rests on a hash that is broken", kept)
        else:
            likely = 0.4 if _is_harmless(program, function, call) else _unnamed(program, function, call)
            yield _match(function, call, "a hash that is broken; say what it is for", likely)
    for function, call in risky(program, "fast-hash"):
        name = next((name for name in _read(function, call) if words(name) & _PASSWORD and not is_hashed(name)), "")
        if name and not _is_harmless(program, function, call) and not _is_key_alone(function, call):
            likely = SLIGHT if is_asked_by_format(function, call) or _is_for_a_service(program, function) else 0.72
            message = f"{name} is kept as a hash made to be fast: passwords are tried by the billion"
            yield _match(function, call, message, likely)


def _unnamed(program: Program, function: Function, call: int) -> float:
    """How likely a fault it is where no name says what is hashed."""
    if _is_kept_among_passwords(function):
        return 0.75
    return _of_strangers(program, function) if _is_foreign(program, function, call) else 0.4


def _of_strangers(program: Program, function: Function) -> float:
    """What strangers choose they can choose so that two have one hash; in a lone file nobody sees that this is no matter."""
    return SLIGHT if function.file in program.imports.linked else _LONE


def _is_kept_among_passwords(function: Function) -> bool:
    """A text of the body names what passwords are kept in: `open("passwordFile.txt", "a")`."""
    texts = (function.values[at] for at in function.of(_TEXTS))
    return any(
        isinstance(one, f.Const) and isinstance(one.value, str) and "." in one.value and words(one.value) & _KEPT
        for one in texts
    )


def _match(function: Function, call: int, message: str, confidence: float) -> Match:
    place = function.place(call)
    return Match(message, function, place.line, place.end_line, key=message, confidence=confidence)


def _is_harmless(program: Program, function: Function, call: int) -> bool:
    """Names say that it is for something else than keeping it, or that a slow hash follows."""
    told = [
        function.cls.name if function.cls else "",
        *_read(function, call),
        *names(program, function, call),
        function.name,
    ]
    return any(words(name) & (_HARMLESS | _SLOW) for name in told)


def _is_named_after_hash(function: Function) -> bool:
    """`MD5PasswordHasher`: who reads old rows with it knows what it is."""
    return function.cls is not None and bool(_HASHERS.search(function.cls.name))


def _is_checked(function: Function, call: int) -> bool:
    """`crypt(password, stored)`: the hash that is there already says how it was made."""
    step = function.values[call]
    if type(step) is not f.Call or not step.callee.endswith("crypt") or len(step.args) != len(("password", "stored")):
        return False
    return type(function.values[function.origin(step.args[1])]) in {f.Index, f.Attr, f.Param}


def _is_key_alone(function: Function, call: int) -> bool:
    """The digest is only looked up: what was asked before is remembered under it, and nobody keeps it."""
    digests = [call, *(user for user in function.users.get(call, ()) if type(function.values[user]) is f.Call)]
    uses = [user for digest in digests for user in function.users.get(digest, ()) if user not in digests]
    return bool(uses) and all(_looks_up(function.values[user], digests) for user in uses)


def _looks_up(step: f.AnyValue, digests: list[int]) -> bool:
    if type(step) is f.Compare:
        return step.op in {"in", "not in"} and step.left in digests
    return type(step) is f.Store or (type(step) in {f.Index, f.StoreItem} and step.key in digests)  # type: ignore[union-attr] # both have a key


def _is_keyed(function: Function, call: int) -> bool:
    """A key or another secret goes into the hash."""
    return any(words(name) & (_SECRET - _SIGNING | {"key"}) for name in _read(function, call))


def _is_for_a_service(program: Program, function: Function) -> bool:
    """Who asks for the hash, or makes it, sends it to another service, which says how it wants to be spoken to."""
    asking = (function, *(caller for caller, _ in program.calls.callers(function)))
    return any(program.effects.of(one, "http") for one in asking) or is_sent(function)


def _is_foreign(program: Program, function: Function, call: int) -> bool:
    """What is hashed came with a request: it is the sender's, or chosen by them."""
    for at, value in _hashed(function, call):
        flow = program.taint.into(Sinking(function, at, value, "header", "the hash"))
        if flow is not None and flow.origin.kind == "remote":
            return True
    return False


def _secret(program: Program, function: Function, call: int) -> str:
    """The name that says that the hash guards something; empty if none does, or one says that it is for something else."""
    told = [*_read(function, call), *names(program, function, call), function.name]
    if any(words(name) & _HARMLESS for name in told) or _is_drawn(function, call):
        return ""
    secret = [name for name in told if words(name) & _SECRET]
    return next((name for name in secret if words(name) & _PASSWORD), next(iter(secret), ""))  # a salt is none


def _is_drawn(function: Function, call: int) -> bool:
    """What is hashed was drawn by lot: nobody finds another text for it, however broken the hash."""
    parts = (function.values[p] for _, given in _hashed(function, call) for p in made_of(function, given))
    return any(type(step) is f.Call and step.callee.startswith(_DRAWS) for step in parts)


def _read(function: Function, call: int) -> Iterator[str]:
    """The names of what is hashed."""
    yield from (text for _, value in _hashed(function, call) for text in _texts(function, value))


def _hashed(function: Function, call: int) -> Iterator[tuple[int, int]]:
    """What is hashed: given to the hash, or fed to it later; each with the call that takes it."""
    held = [user for user in function.users.get(call, ()) if _is_hash_of(function.values[user])]
    for at in (call, *(user for one in (call, *held) for user in function.users.get(one, ()))):
        step = function.values[at]
        if type(step) is f.Call and (at == call or step.callee in _UPDATES):
            yield from ((at, value) for value in step.args)


def _is_hash_of(step: f.AnyValue) -> bool:
    """`Hash(SHA1())`: what is fed is another object than the one that says how."""
    return type(step) is f.Call and step.callee.rpartition(".")[2] == "Hash"


def _texts(function: Function, value: int, depth: int = 0) -> Iterator[str]:
    """The names in an expression, near the top."""
    yield written(function, value)
    step = function.values[function.origin(value)]
    if depth < DEPTH and (type(step) is not f.Call or words(step.callee) & _TEXTUAL):
        for inner in f.operands(step):
            yield from _texts(function, inner, depth + 1)
