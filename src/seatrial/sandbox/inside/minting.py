"""What proves a user to a program without Django: its own token functions, the keys it signs with, its sessions.

Nobody knows which of them it reads, so that several are made, each as headers; whoever asks finds out which one holds.
"""

import datetime as dt
import inspect
import json
import re
import sys
import time
import types
from base64 import b64encode

_MAKES = re.compile(
    r"^_?(create|generate|make|issue|encode|sign|mint|build|new|get)_?(an?_)?"
    r"(access|auth|jwt|user|api|session|login|bearer|id)*_?(access|jwt|auth)?_?(token|jwt)(_for_user|_for)?$",
    re.IGNORECASE,
)
_KEY = re.compile(r"^_?(\w+_)?(secret|jwt|signing|session|token)(_?\w*)?_?(key|secret)$|^secret$", re.IGNORECASE)
_SETTINGS = re.compile(r"^(settings|config|cfg|conf|app_settings|get_settings)$", re.IGNORECASE)
_CLAIMS = re.compile(r"data|payload|claims|to_encode|content|body|info|subject_data", re.IGNORECASE)
_SUBJECT = re.compile(r"sub|subject|identity|id|uid|user_id|userid|account_id|member_id|pk", re.IGNORECASE)
_PERSON = re.compile(r"user|account|member|customer|person|employee", re.IGNORECASE)
_NAMES = ("email", "username", "user_name", "login", "name", "phone")
_DAY = 86_400
_LEAST = 8
"""Characters of a key and of a token."""
_MOST = 24
"""Ways to prove one person."""


def minted(app, root, people):
    """For each person (a row of the users' table, and its `key`) the headers that may prove them, likely ones first."""
    own = [module for module in list(sys.modules.values()) if _is_own(module, root)]
    return [_distinct(_proofs(app.callable, own, person)) for person in people]


def _is_own(module, root):
    path = getattr(module, "__file__", None) or ""
    return path.startswith(root) and "site-packages" not in path and isinstance(module, types.ModuleType)


def _distinct(found):
    kept = []
    for one in found:
        if one not in kept:
            kept.append(one)
        if len(kept) == _MOST:
            break
    return kept


def _proofs(app, own, person):
    for token in _of_extensions(app, person):
        yield {"Authorization": "Bearer {}".format(token)}
    for token in _of_functions(own, person):
        yield {"Authorization": "Bearer {}".format(token)}
    for cookie in _sessions(app, person):
        yield {"Cookie": cookie}
    for token in _of_keys(app, own, person):
        yield {"Authorization": "Bearer {}".format(token)}


# --- tokens ---


def _of_extensions(app, person):
    if "flask_jwt_extended" not in sys.modules or not hasattr(app, "app_context"):
        return
    from flask_jwt_extended import create_access_token

    for subject in _subjects(person):
        with app.app_context():
            token = _token(_tried(create_access_token, subject, additional_claims=_claims(person, subject)))
            if token:
                yield token


def _of_functions(own, person):
    seen = set()
    for module in own:
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and _MAKES.match(name) and value not in seen and "refresh" not in name:
                seen.add(value)
                yield from _called(value, person)


def _called(function, person):
    if inspect.iscoroutinefunction(function):
        return
    try:
        wanted = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    except ValueError:
        return
    for subject in _subjects(person):
        given = {one.name: _argument(one, person, subject) for one in wanted if one.kind in (0, 1, 3)}
        positional = [given.pop(one.name) for one in wanted if one.kind == 0]
        token = _token(_tried(function, *positional, **given))
        if token:
            yield token


def _argument(parameter, person, subject):
    """What a parameter is given: by its name, and where that says nothing by its annotation."""
    name, kind = parameter.name.lower(), str(parameter.annotation).lower()
    if name in person:
        return person[name]
    if _CLAIMS.fullmatch(name) or "dict" in kind or "mapping" in kind:
        return _claims(person, subject)
    if _SUBJECT.fullmatch(name):
        return person["key"] if "int" in kind else subject
    if _PERSON.fullmatch(name) and "str" not in kind and "int" not in kind:
        return types.SimpleNamespace(**{"id": person["key"], **person})
    if "timedelta" in kind or "delta" in name:
        return dt.timedelta(days=1)
    if "role" in name or "type" in name:
        return person.get(name, "access")
    return _DAY if "int" in kind else subject


def _of_keys(app, own, person):
    """Tokens signed with what the program keeps as its secret (HS256), by the library for it that it has."""
    library = sys.modules.get("jwt") or sys.modules.get("jose.jwt")
    for key in _distinct(_keys(app, own)) if library else ():
        for subject in _subjects(person):
            token = _token(_tried(library.encode, _claims(person, subject), key, algorithm="HS256"))
            if token:
                yield token


def _keys(app, own):
    for name, value in dict(getattr(app, "config", None) or {}).items():
        if _KEY.match(str(name)):
            yield from _text(value)
    for module in own:
        for name, value in list(vars(module).items()):
            if _KEY.match(name):
                yield from _text(value)
            elif _SETTINGS.match(name):
                yield from _kept(value)


def _kept(settings):
    """The keys that an object of settings holds, or the one that a function of no arguments gives."""
    held = settings
    if inspect.isfunction(settings) or hasattr(settings, "cache_info"):
        held = _tried(settings)
    for name in dir(held) if held is not None else ():
        if _KEY.match(name):
            yield from _text(getattr(held, name, None))


def _text(value):
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, str) and len(value) >= _LEAST:
        yield value


# --- sessions ---


def _sessions(app, person):
    if getattr(app, "secret_key", None) and hasattr(app, "session_interface"):
        signer = getattr(app.session_interface, "get_signing_serializer", None)
        serializer = signer(app) if signer else None
        for said in _said(person) if serializer else ():
            yield "{}={}".format(app.config["SESSION_COOKIE_NAME"], serializer.dumps(said))
    for layer in getattr(app, "user_middleware", ()):
        options = getattr(layer, "kwargs", None) or getattr(layer, "options", {})
        if getattr(layer.cls, "__name__", "") == "SessionMiddleware" and "secret_key" in options:
            from itsdangerous import TimestampSigner

            signer = TimestampSigner(str(options["secret_key"]))
            for said in _said(person):
                cookie = signer.sign(b64encode(json.dumps(said).encode())).decode()
                yield "{}={}".format(options.get("session_cookie", "session"), cookie)


def _said(person):
    """What sessions say of who is logged in; `user` may be the name or the row."""
    name, key = _name(person), person["key"]
    rights = person.get("role", "user")
    plain = {
        "_user_id": str(key),
        "_fresh": True,
        "user_id": key,
        "userid": key,
        "uid": key,
        "id": key,
        "username": person.get("username", name),
        "user_name": name,
        "email": person.get("email", name),
        "name": name,
        "role": rights,
        "user_role": rights,
        "logged_in": True,
        "loggedin": True,
        "authenticated": True,
        "is_admin": bool(person.get("is_admin")),
    }
    row = {one: value for one, value in person.items() if isinstance(value, (str, int, bool))}
    yield {**plain, "user": name}
    yield {**plain, "user": {"id": key, **row}}
    yield {**plain, "user": key}


# --- who ---


def _subjects(person):
    """What a token may call its user by; a number is mostly told as text."""
    names = [person[one] for one in _NAMES if person.get(one)]
    return list(dict.fromkeys([str(person["key"]), *names, person["key"]]))


def _name(person):
    return next((person[one] for one in _NAMES if person.get(one)), str(person["key"]))


def _claims(person, subject):
    now = int(time.time())
    said = {one: person[one] for one in (*_NAMES, "role", "is_admin", "is_superuser") if person.get(one) is not None}
    key = person["key"]
    times = {"iat": now, "exp": now + _DAY}
    return {**said, "sub": subject, "user_id": key, "id": key, "uid": key, "type": "access", **times}


def _tried(function, *arguments, **named):
    """What it gives; None if it refuses what it is given."""
    try:
        return function(*arguments, **named)
    except Exception:  # a program's own code, asked with what was guessed
        return None


def _token(found):
    """The token in what a function gave; None if there is none."""
    if isinstance(found, (tuple, list)) and found:
        found = found[0]
    if isinstance(found, dict):
        found = found.get("access_token") or found.get("token")
    found = getattr(found, "access_token", found)
    if isinstance(found, bytes):
        found = found.decode(errors="replace")
    return found if isinstance(found, str) and len(found) >= _LEAST and " " not in found else None
