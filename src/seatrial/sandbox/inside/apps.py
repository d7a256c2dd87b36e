"""Finds the program's application object and says what it is: ASGI or WSGI, and which framework."""

import importlib
import inspect
import os
import sys

from typing import Any, NamedTuple

_FRAMEWORKS = ("fastapi", "starlette", "flask", "quart", "litestar", "sanic", "django")


class App(NamedTuple):
    """The application object, and what it is."""

    callable: Any
    is_async: bool
    framework: str
    name: str


class NoAppError(Exception):
    """No candidate is an application; the message says what was tried."""


def load(candidates, settings=""):
    """The first candidate (`module:name`, a factory too) that is an application.

    `settings` names a Django settings module, which goes first. Raises what importing raises.
    """
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
        _for_this_machine(importlib.import_module(settings))
        from django.core.wsgi import get_wsgi_application

        return App(get_wsgi_application(), is_async=False, framework="django", name=settings)
    tried = []
    for candidate in candidates:
        module, _, name = candidate.partition(":")
        found = _resolve(module, name or "app")
        if found is not None:
            return App(found, _is_async(found), _framework(found), candidate)
        tried.append(candidate)
    raise NoAppError("no application found; tried " + (", ".join(tried) or "nothing"))


def _for_this_machine(settings):
    """What Django is told where it is installed: a key, a database, and that requests come plainly and from here."""
    if not getattr(settings, "DATABASES", {}).get("default", {}).get("ENGINE"):
        settings.DATABASES = {
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.abspath("seatrial.db")}
        }
    settings.SECRET_KEY = getattr(settings, "SECRET_KEY", "") or _DUMMIES[0]
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False


def _resolve(module, name):
    found = importlib.import_module(module)
    for part in name.rstrip("()").split("."):
        found = getattr(found, part, None)
    if found is not None and _framework(found) == "" and inspect.isfunction(found) and not _takes(found, 2, 3):
        found = found()
    wrapped = getattr(found, "app", None)
    if not _framework(found) and _framework(wrapped):  # connexion, and others that wrap an application
        found = wrapped
    return found if callable(found) and (_framework(found) or _takes(found, 2, 3)) else None


def _framework(thing):
    names = [cls.__module__.partition(".")[0] for cls in type(thing).__mro__]
    return next((name for name in _FRAMEWORKS if name in names), "")


def _takes(function, *counts):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return (
        sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        in counts
    )


def _is_async(app):
    if _framework(app) in ("fastapi", "starlette", "quart", "litestar", "sanic"):
        return True
    if _framework(app) in ("flask", "django"):
        return False
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__) or _takes(app, 3)


_DUMMIES = (
    "seatrial-dummy-value-of-enough-length",
    "nobody@example.org",
    "http://127.0.0.1:9",
    "1",
    "true",
    "[]",
    "{}",
    "local",
)
"""Values to try for a setting, one after another, until the program takes one."""


def missing_setting(error, tried):
    """Values for the settings that an error at import complains of; empty if it is another error.

    `tried` holds the values that were set before: one that is refused is followed by the next.
    """
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        found = {}
        for name in _named(error):
            left = _DUMMIES[_DUMMIES.index(tried[name]) + 1 :] if tried.get(name) in _DUMMIES else _DUMMIES
            if left and (name in tried or name not in os.environ):
                found[name] = _likely(name) if name not in tried else left[0]
        if found:
            return found
        error = error.__cause__ or error.__context__
    return {}


def _named(error):
    kind = type(error).__name__
    if kind == "ValidationError" and hasattr(error, "errors"):
        return [str(one["loc"][0]).upper() for one in error.errors() if one.get("loc")]
    if isinstance(error, KeyError) and error.args and str(error.args[0]).isupper():
        return [str(error.args[0])]
    if kind in ("ImproperlyConfigured", "UndefinedValueError", "RuntimeError", "ValueError", "AssertionError"):
        words = [word.strip("'\"`,.:;()[]{}") for word in str(error).split()]
        return [word for word in words if word.isupper() and len(word) > 3 and word.replace("_", "").isalnum()]
    return []


_SCHEMES = {
    "redis": "redis://127.0.0.1:6379/0",
    "broker": "amqp://127.0.0.1:5672//",
    "amqp": "amqp://127.0.0.1:5672//",
    "mongo": "mongodb://127.0.0.1:27017/seatrial",
    "database": "sqlite:///seatrial.db",
}
"""Where a service of the kind that the name speaks of would be: some settings take no other scheme."""


def _likely(name):
    """The first value to try, by what the name says."""
    low = name.lower()
    if "port" in low or low.endswith(("seconds", "minutes", "days", "size", "limit")):
        return "1"
    if low.endswith(("url", "uri", "dsn", "broker")) and (kind := next((one for one in _SCHEMES if one in low), "")):
        return _SCHEMES[kind]
    if "url" in low or "uri" in low or low.endswith("host"):
        return "http://127.0.0.1:9"
    return "nobody@example.org" if "email" in low else _DUMMIES[0]


def own_modules(root):
    """The program's own modules that are loaded."""
    inside = os.path.realpath(root) + os.sep
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and os.path.realpath(file).startswith(inside) and "site-packages" not in file:
            yield module
