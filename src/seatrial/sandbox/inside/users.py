"""Users of a Django program, made by its own model and logged in by its own sessions: an API may have no way in."""

import datetime as dt
import sys
from importlib import import_module

from . import identity

_NAMES = ("alice", "bob", "root")
_CSRF = "seatrialseatrialseatrialseatrial"
"""As long as Django's own; the same for all, since it tells nobody apart."""
_PLAIN = "django.contrib.auth.backends.ModelBackend"


def made(password):
    """Each user as what proves who they are; the last may do everything."""
    from django.contrib.auth import get_user_model

    model = get_user_model()
    return [_made(model, name, number, password) for number, name in enumerate(_NAMES, 1)]


def _made(model, name, number, password):
    email = "st{}@users.example.org".format(number)  # none that its own way to register was asked with before
    username = email if model.USERNAME_FIELD == "email" else "seatrialuser{}".format(number)
    said = {field: "seatrial {}".format(number) for field in model.REQUIRED_FIELDS}
    said.update({"email": email} if "email" in model.REQUIRED_FIELDS or hasattr(model, "email") else {})
    said.update({model.USERNAME_FIELD: username, "password": password})
    said.update(_alone(model, number, said))
    user = _saved(model, said, may_all=name == _NAMES[-1])
    return {
        "name": name,
        "email": email,
        "marks": list(dict.fromkeys((email, username))),
        "key": user.pk,
        "table": model._meta.db_table,
        "headers": {**_session(user), **(_token(user) or identity.proof(user))},
    }


def _alone(model, number, said):
    """Values of the other columns that no two users may share: a manager leaves them empty, which one alone may be."""
    for field in model._meta.concrete_fields:
        is_left = field.name not in said and not (field.primary_key or field.null or field.has_default())
        kinds = [cls.__name__ for cls in type(field).__mro__]
        if field.unique and is_left and not field.is_relation:
            if {"CharField", "TextField"} & set(kinds):
                text = "+1555010{:04d}" if "phone" in field.name or "mobile" in field.name else "seatrialuser{}"
                yield field.name, text.format(number)[-(field.max_length or 50) :]
            elif "IntegerField" in kinds:
                yield field.name, number


def _saved(model, said, may_all):
    """The user as its manager makes one; as a plain row where it has no such way, or wants what nobody told us."""
    from django.db import transaction

    try:
        with transaction.atomic():
            return getattr(model.objects, "create_superuser" if may_all else "create_user")(**said)
    except Exception:
        names = {field.name for field in model._meta.concrete_fields}
        user = model(**{name: value for name, value in said.items() if name in names and name != "password"})
        user.set_password(said["password"])
        for right in names & {"is_staff", "is_superuser", "is_admin"}:
            setattr(user, right, may_all)
        user.save()
        return user


def _session(user):
    """A session of the user, as a login writes it, without what the program does when somebody logs in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    backends = list(settings.AUTHENTICATION_BACKENDS)
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = _PLAIN if _PLAIN in backends else backends[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: _CSRF}
    header = settings.CSRF_HEADER_NAME.replace("HTTP_", "", 1).replace("_", "-").title()
    return {"Cookie": "; ".join("{}={}".format(*one) for one in cookies.items()), header: _CSRF}


def _token(user):
    """What proves the user to an API that takes no sessions; nothing where the program knows no such tokens."""
    from django.apps import apps

    if apps.is_installed("rest_framework.authtoken"):
        from rest_framework.authtoken.models import Token

        return {"Authorization": "Token {}".format(Token.objects.get_or_create(user=user)[0].key)}
    if apps.is_installed("knox"):
        from knox.models import AuthToken

        return {"Authorization": "Token {}".format(AuthToken.objects.create(user)[1])}
    if "rest_framework_simplejwt" in sys.modules:
        from rest_framework_simplejwt.settings import api_settings
        from rest_framework_simplejwt.tokens import AccessToken

        token = AccessToken.for_user(user)
        token.set_exp(lifetime=dt.timedelta(days=1))
        return {"Authorization": "{} {}".format(api_settings.AUTH_HEADER_TYPES[0], token)}
    return {}
