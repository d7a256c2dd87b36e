"""Who asks an API of Django REST framework that asks somebody outside who they are: taken at their word.

Tokens of an identity provider (Auth0, Clerk, Cognito) cannot be had here, and whom its key would prove, nobody can.
What a view allows whom stays with the program; only who asks is told by a header, where its own ways prove nobody.
Where its code reads more of that proof than the user, or puts things on the request by the way, it is left alone.
"""

import inspect
import re
import sys

HEADER = "X-Seatrial-User"
_KEY = "HTTP_X_SEATRIAL_USER"
_KNOWN = ("rest_framework.", "rest_framework_simplejwt.", "knox.")
_PUTS = re.compile(r"\brequest\.(?!user\b|auth\b)\w+\s*=[^=]")
_READS = re.compile(r"\brequest\.(auth|successful_authenticator)\b")


def rest_framework(module):
    """Hooks its requests."""
    plain = module.Request._authenticate

    def authenticate(self):
        told = self._request.META.get(_KEY, "")
        try:
            plain(self)
        except Exception:
            if not told:
                raise
        if told and getattr(vars(self).get("_user"), "pk", None) is None:
            self._authenticator, self.user, self.auth = None, _user(told), None

    module.Request._authenticate = authenticate


def proof(user):
    """Headers that prove the user; none where the program has ways of its own that are known."""
    return {HEADER: str(user.pk)} if stands_in() else {}


def notes():
    """What is told of it."""
    return ["a header may tell who asks: its own proof of users may ask elsewhere"] if stands_in() else []


def stands_in():
    """Whether users can be proven in no other way."""
    if not _loaded():
        return False
    views = _views()
    ways = {way for view in views for way in getattr(view, "authentication_classes", None) or ()}
    foreign = [way for way in ways if not "{}.".format(getattr(way, "__module__", "")).startswith(_KNOWN)]
    return (
        bool(foreign)
        and not any(_PUTS.search(_source(sys.modules.get(way.__module__))) for way in foreign)
        and not any(_READS.search(_source(sys.modules.get(view.__module__))) for view in views)
    )


def _loaded():
    """Whether the program has such views, which what its addresses lead to brings."""
    if "rest_framework" in sys.modules:
        from django.urls import get_resolver

        get_resolver().url_patterns  # noqa: B018 -- it is asked for what asking does
    return "rest_framework.views" in sys.modules


def _views():
    """Every class of views that the program has."""
    found, left = [], [getattr(sys.modules.get("rest_framework.views"), "APIView", None)]
    while left:
        cls = left.pop()
        if cls is not None and cls not in found:
            found.append(cls)
            left.extend(cls.__subclasses__())
    return found


def _user(told):
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager.get(pk=told)


def _source(holder):
    """The code of a class or a module of the program's own."""
    if (getattr(holder, "__module__", None) or getattr(holder, "__name__", "")).startswith("rest_framework."):
        return ""
    try:
        return inspect.getsource(holder)
    except (OSError, TypeError):
        return ""
