"""Hashes and ciphers that somebody else's format asks for: what is read, checked or sent must be made as they make it."""

from __future__ import annotations

import re

from seatrial.model import facts as f
from seatrial.program import Function
from seatrial.rules.security._purpose import words

_MARK = re.compile(r"\{\w+\}|\$\w+\$?|(?:md5|sha1?|ssha|crypt)[$:]?", re.IGNORECASE)
"""How a stored hash begins, which says by what it was made: `{SHA}`, `$apr1$`."""
_HASHES = frozenset({"hash", "hashed", "digest", "hexdigest", "passhash", "pwhash", "md5", "sha1", "sha256", "ha1"})
_ASKING = frozenset({"request", "requests", "api", "fetch", "urlopen"})
_SIGNS_IN = re.compile(r"_*(?:sign_?in|log_?in|authenticate|api_request|request|get_token)")
"""Methods in which a client makes itself known to a service."""
_STARTS = frozenset({"startswith"})
_PACKS = frozenset({"struct.pack"})
_USED_TO_DECRYPT = frozenset({"decryptor", "decrypt"})
_USED_TO_ENCRYPT = frozenset({"encryptor", "encrypt"})


def is_hashed(name: str) -> bool:
    """What is named is a hash already: `user.password_hash`."""
    return bool(words(name) & _HASHES)


def is_asked_by_format(function: Function, call: int) -> bool:
    """A mark before the stored hash asks for it, or it goes into a frame of bytes: `if stored.startswith("{SHA}")`."""
    conditions = (condition for condition, outcome in function.guards(call) if outcome)
    return any(_is_mark(function, condition) for condition in conditions) or _is_framed(function)


def _is_mark(function: Function, condition: int) -> bool:
    step = function.values[function.origin(condition)]
    if type(step) is not f.Call or step.callee not in _STARTS or not step.args:
        return False
    given = function.values[function.origin(step.args[0])]
    listed = [function.values[item] for item in given.items] if type(given) is f.Collection else [given]
    return any(type(one) is f.Const and _MARK.match(str(one.value)) for one in listed)


def _is_framed(function: Function) -> bool:
    """The body puts bytes together as a protocol says: it packs numbers, too."""
    steps = (function.values[call] for call in function.calls)
    return any(type(step) is f.Call and step.callee in _PACKS for step in steps)


def is_sent(function: Function) -> bool:
    """A client that makes itself known to a service: `def sign_in(…): self.api_request("login", key=md5(…))`."""
    steps = (function.values[call] for call in function.calls)
    is_asking = any(type(step) is f.Call and step.receiver >= 0 and words(step.callee) & _ASKING for step in steps)
    return function.cls is not None and bool(_SIGNS_IN.match(function.name)) and is_asking


def is_decrypted(function: Function, call: int) -> bool:
    """The cipher only opens what others have locked with it."""
    pending, seen, used = [call], {call}, set[str]()
    while pending:
        at = pending.pop()
        for user in function.users.get(at, ()):
            step = function.values[user]
            if type(step) is f.Return:
                return False
            if type(step) is f.Call and step.receiver == at:
                used.add(step.callee)
            elif user not in seen and type(step) in {f.Call, f.Store}:
                seen.add(user)
                pending.append(user)
    return bool(used & _USED_TO_DECRYPT) and not used & _USED_TO_ENCRYPT
