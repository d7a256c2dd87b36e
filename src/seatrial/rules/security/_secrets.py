"""Secrets: which names mean one, and which texts can be one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

from seatrial.rules.security._made import surprise, unwrapped

Sort: TypeAlias = Literal["password", "key", "own"]
"""`password`: chosen by people, so any text may be one. `key`: given out by others, so it looks random. `own`: what the
program itself signs with, so that any text works, and whoever knows it can forge sessions and tokens."""

_PASSWORDS = frozenset({"password", "passwd", "passphrase", "pwd", "passwort", "secret", "pass"})
_GLUED = ("password", "passwd", "passphrase")
"""What names end in that run words together: `newpassword`."""
_KEYS = frozenset(
    {
        "token",
        "apikey",
        "secretkey",
        "accesskey",
        "privatekey",
        "authtoken",
        "accesstoken",
        "jwt",
        "credential",
        "oauthverifier",
        "codeverifier",
        "bearer",
        "authorization",
    }
)
_OPENING = frozenset(
    {"api", "access", "secret", "private", "auth", "encryption", "encrypt", "signing", "sign", "master", "account", "storage", "license",
     "client", "jwt", "app", "shared", "hmac", "aes", "crypto", "cipher", "service", "subscription", "consumer", "fernet"}
)  # fmt: skip
"""Words before `key` that make it a key that opens something."""

_OWN = frozenset({"secret", "signing"})
_SIGNED = frozenset(
    {"app", "application", "flask", "django", "jwt", "session", "auth", "token", "cookie", "csrf", "secret", "key", "signing", "hash"}
)  # fmt: skip
"""Words that the name of a key that the program signs with is made of, `secret` or `signing` among them."""

_OTHER_TOKENS = frozenset(
    {"next", "page", "start", "end", "eos", "bos", "pad", "sep", "unk", "mask", "cls", "continuation", "stop", "special", "sync", "last",
     "first", "previous", "current", "eof", "delimiter", "separator", "syntax", "no", "invalid", "missing", "empty", "unset", "max", "min",
     "use", "ask", "show", "hide", "reset", "forgot", "change", "require", "requires", "public", "verify", "new", "old", "confirm"}
)  # fmt: skip
"""Words that make `token` a word of a text or a place in a list, and `password` an action or a switch."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_PLACEHOLDER = re.compile(
    r"^[<\[{$%(].*|.*[>\]})]$|^(?:x+|\*+|\.+|-+|_+|\?+|#+)$|your|example|placeholder|dummy|mocked|this[-_ ]?is|not[-_ ]?a[-_ ]?secret|insert|replace|redacted|change[-_ ]?this|to-?do|fixme"
    r"|x{4,}|\*{3,}|\.{3}|<[^>]*>|\{\w*\}|%\(?\w*\)?s|\$\{|goes[-_ ]here|fill[-_ ]?in|^(?:none|null|nil|true|false|undefined|unknown|empty)$",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"^[<\[{$%(]|\{\w*\}|\$\{|^\W+$|[/.]\w+[/.]")
"""Text that is filled in, or a path."""

LONGEST = 2048

MADE, CERTAIN = 7.0, 14.0
"""Bits of surprise from which on a text is no word, and from which on it is neither a path nor a name of anything."""

_STAND_INS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "dev",
        "development",
        "fake",
        "dummy",
        "mock",
        "mocked",
        "sample",
        "example",
        "examples",
        "invalid",
        "wrong",
        "bad",
    }
)

_PARTS = re.compile(r"[\W_]+")
"""What stands between the parts of a text; the longest must be made up itself, since short ones are abbreviations."""

_IDENTIFIES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z|eyJ[\w-]+\.|(?:sha\d+|md5|pbkdf2\w*|argon2\w*|bcrypt\w*)[-:$]|\$[0-9a-z]+\$"
    r"|![a-z0-9]{40}\Z",  # a password of Django's that none is equal to (`set_unusable_password`)
    re.IGNORECASE,
)
"""Texts that tell things apart or prove them the same: identifiers, digests, hashes of passwords; and tokens that expire."""

_MADE_UP = re.compile(
    r"test|fake|sample|mock|foo|bar\b|dev\b|demo|local|insecure|12345|changeme|change[-_]me|default|guest",
    re.IGNORECASE,
)
_KINDS_OF_VALUE = frozenset(
    {"string", "str", "text", "password", "passwd", "hidden", "token", "secret", "bearer", "basic", "required", "optional", "apikey", "api_key",
     "integer", "boolean", "bytes", "header", "query", "cookie", "writeonly", "write_only", "username", "email", "oauth", "oauth2", "key", "keyring",
     "implicit", "client_credentials", "authorization_code", "refresh_token", "access_token", "id_token", "private_key", "publickey", "disabled",
     "enabled", "plain", "plaintext", "prompt", "stdin", "auto", "never", "always", "default", "any", "all", "pass", "pwd"}
)  # fmt: skip
"""Texts that say what a field is, or how something is asked for, and not what it holds."""

_NAMING = re.compile(
    r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"  # a variable of the environment
    r"|^[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+$"  # a dotted path
    r"|^[a-z]+(?:_[a-z]+)+$|^[a-z]+(?:_[a-z0-9]+){3,}$|^[A-Z][a-z]+(?:-[A-Z][a-z]+)+$"  # snake_case, a header
    r"|^(?:https?|file|s3|arn)[:]|^[./~]|/.*/|^--?[a-z]"  # an address, a path, an option
)

_ADDRESS = re.compile(r"https?://[^@?#\s]+")
"""Where something is asked for: neither a user nor a query is in it."""
_CONDITION = re.compile(r"[a-z]+(?:_[a-z]+)*={1,2}[a-z]+(?:_[a-z]+)*")
"""When something is shown or asked for: `provider=acme`."""
_SCHEME = re.compile(r"^(?:Basic|Bearer|Token)\s+")

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://([^\s/:@{}<>$*]*):([^\s/@{}<>$*]+)@([^\s/:{}<>$%]+)")
"""A user and password in an address."""


@lru_cache(maxsize=65536)
def sort_of(name: str) -> Sort | None:
    """What kind of secret a name means, by its last words: `admin_password`, `apiToken`, `X-Api-Key`; None for all others."""
    words = [w.lower() for w in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words:
        return None
    last, before = words[-1], words[:-1]
    if set(before) & _OTHER_TOKENS:
        return None
    if (
        set(words) <= _SIGNED
        and set(words) & _OWN
        and len(words) > 1
        and last in {"secret", "key"}
        and words[0] != "key"
    ):
        return "own"
    if last.endswith(_GLUED):
        return "password"
    if last in _PASSWORDS and not (last == "pass" and not before):
        return "password"
    if last in _KEYS or "".join(words[-2:]) in _KEYS:
        return "key"
    return "key" if last == "key" and before and before[-1] in _OPENING else None


def likelihood(name: str, sort: Sort, text: str) -> float:
    """How likely a text under such a name is a secret that opens something; 0 for what is none."""
    text = _SCHEME.sub("", text)
    if _CONDITION.fullmatch(text):
        return 0.0
    if sort == "own":
        return 0.85 if len(text) >= len("key") and not _TEMPLATE.search(text) and not _is_name(name, text) else 0.0
    if not _can_be(sort, text) or _is_name(name, text) or (sort == "key" and not is_random(text) and not is_made(text)):
        return 0.0
    if _HASHED.match(text):
        return HASH
    likely = 0.85 if is_random(text) or is_made(text) else 0.4 if text.isalpha() and not text.islower() else 0.75
    return likely - 0.3 if _MADE_UP.search(text) and len(text) < len("a long and random secret") else likely


HASH = 0.6
"""How likely the hash of a password opens something: whoever reads it has still to find what it was made of."""
_HASHED = re.compile(r"(?:pbkdf2|argon2|bcrypt|scrypt)\w*\$|\$(?:2[abxy]|5|6|y|argon2\w*|scrypt)\$")

_VISITORS = re.compile(
    r"(?i)map(?:s|box|tiles?|tiler)(?![a-z])|(?<![a-z])map_|tiles?(?![a-z])|publishable|sitekey|site_key"
)


def is_for_visitors(name: str) -> bool:
    """The name says that it goes into pages, as what a map is drawn with: every visitor has it."""
    return bool(_VISITORS.search(name))


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
"""A number of a list of flags or codes: `POLICY_CREATE_SECRET = 0x00000020`."""


_PUBLIC = re.compile(r"phc_|pk_(?:live|test)_|\^.*\$\Z|.*\[[^\]]*\w-\w[^\]]*\](?:[*+]|\{\d)")
"""Keys that name a program to a service and are meant to be seen (PostHog, Stripe); and patterns of texts."""


def is_made(text: str, shortest: int = 1) -> bool:
    """True when a machine or a keyboard made a text up: it stands for nothing, so it opens something, wherever it is.

    `shortest`: how many characters the longest part must have; a few keys are soon struck to fill a place.
    """
    text = unwrapped(_SCHEME.sub("", text))
    if surprise(text) < MADE or _MADE_UP.search(text) or _IDENTIFIES.match(text):
        return False
    longest = max(_PARTS.split(text), key=len)
    return len(longest) >= shortest and surprise(longest) >= MADE


def _can_be(sort: Sort, text: str) -> bool:
    shortest = 4 if sort == "password" else 8
    if (
        _NUMBER.fullmatch(text)
        or _PUBLIC.match(text)
        or not shortest <= len(text) <= LONGEST
        or any(c.isspace() for c in text)
        or not text.isascii()
    ):
        return False
    if _ADDRESS.fullmatch(text) or text.endswith(":") or _PLACEHOLDER.search(text) or text.lower() in _KINDS_OF_VALUE:
        return False
    return not _NAMING.search(text) or surprise(text) >= CERTAIN


def _is_name(name: str, text: str) -> bool:
    """The text only says again what the name says, or names a variable of the environment."""
    said = {w.lower() for w in _WORDS.findall(name)}
    return {w.lower() for w in _WORDS.findall(text)} <= said or (text.isupper() and surprise(text) < CERTAIN)


def is_stand_in(name: str) -> bool:
    """True when a name says that what it holds is not the real thing."""
    return not _STAND_INS.isdisjoint(w.lower() for w in _WORDS.findall(name))


def is_random(text: str) -> bool:
    """True when a text mixes letters with digits or signs, or is long, as what machines make is."""
    letters, digits = any(c.isalpha() for c in text), any(c.isdigit() for c in text)
    return (
        len(text) >= 8 and letters and (digits or (_is_mixed(text) and surprise(text) >= MADE) or len(set(text)) >= 16)
    )


def _is_mixed(text: str) -> bool:
    return len(text) >= 16 and not (text.isalpha() or text.islower() or text.isupper())
