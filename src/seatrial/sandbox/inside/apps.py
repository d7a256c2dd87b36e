"""Finds the program's application object and says what it is: ASGI or WSGI, and which framework."""

import importlib
import inspect
import os
import sys

from typing import Any, NamedTuple

from . import paste

_FRAMEWORKS = ("fastapi", "starlette", "flask", "quart", "litestar", "sanic", "falcon", "django", "bottle")


_WRAPPED = ("app", "other_asgi_app", "wsgi_app", "application")
"""Where connexion, Socket.IO and others hold the application that they wrap."""


class App(NamedTuple):
    """The application object, and what it is."""

    callable: Any
    is_async: bool
    framework: str
    name: str


class NoAppError(Exception):
    """No candidate is an application; the message says what was tried."""


def load(candidates, lead, settings="", settle=None):
    """The first candidate (`module:name`, a factory too) that is an application; each is given to `lead` before.

    `settings` names a Django settings module, which goes first and is given to `settle`. Raises what importing raises.
    """
    if settings:
        lead(settings)
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
        settle(settings)
        from django.core.wsgi import get_wsgi_application

        _django_without_tokens()
        return App(get_wsgi_application(), is_async=False, framework="django", name=settings)
    tried, bare = [], None
    for candidate in candidates:
        module, _, name = candidate.partition(":")
        lead(candidate)
        try:
            found = _resolve(module, name or "app")
        except BaseException as error:
            error.seatrial_candidate, error.seatrial_bare = candidate, bare.name if bare else ""
            raise
        app = App(found, _is_async(found), _framework(found), candidate) if found is not None else None
        if app and not _is_bare(found):
            _without_tokens(found)
            return app
        bare = bare or app
        tried.append(candidate)
    if bare:
        return bare
    raise NoAppError("no application found; tried " + (", ".join(tried) or "nothing"))


def _is_bare(app):
    """Whether it answers to nothing: another module, which takes it from the one that makes it, may add its routes."""
    if _framework(app) in ("flask", "quart"):
        return all(rule.endpoint.endswith("static") for rule in app.url_map.iter_rules())
    if _framework(app) in ("fastapi", "starlette"):
        return all(not getattr(route, "include_in_schema", True) for route in app.routes)
    return False


def _without_tokens(app):
    """Forms of Flask-WTF are taken without the token that keeps requests of other sites out: it tells nobody apart."""
    if _framework(app) in ("flask", "quart"):
        app.config["WTF_CSRF_ENABLED"] = False


def _django_without_tokens():
    """The same for Django, in the way that its own client for tests does."""
    from django.middleware.csrf import CsrfViewMiddleware

    plain = CsrfViewMiddleware.process_view

    def process_view(self, request, *args):
        request._dont_enforce_csrf_checks = True
        return plain(self, request, *args)

    CsrfViewMiddleware.process_view = process_view


def _resolve(module, name):
    if paste.is_named(module):
        return paste.loaded(module, name)
    found = importlib.import_module(module)
    for part in name.rstrip("()").split("."):
        found = getattr(found, part, None)
    if found is not None and _framework(found) == "" and inspect.isfunction(found) and not _takes(found, 2, 3):
        found = found()
    wrapped = (getattr(found, attribute, None) for attribute in _WRAPPED)
    if not _framework(found) and (inner := next((one for one in wrapped if _framework(one)), None)) is not None:
        found = inner
    return found if callable(found) and (_framework(found) or _takes(found, 2, 3)) else None


def _framework(thing):
    names = [cls.__module__.partition(".")[0] for cls in type(thing).__mro__]
    found = next((name for name in names if name in _FRAMEWORKS), "")  # Quart is made of what Flask is made of
    return found or paste.framework(thing)


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
    if _framework(app) in ("flask", "django", "pyramid", "bottle"):
        return False
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__) or _takes(app, 3)


def own_modules(root):
    """The program's own modules that are loaded."""
    inside = os.path.realpath(root) + os.sep
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and os.path.realpath(file).startswith(inside) and "site-packages" not in file:
            yield module
