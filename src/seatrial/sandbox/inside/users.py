"""Users of a Django program, made by its own model and logged in by its own sessions: an API may have no way in."""

_NAMES = ("alice", "bob", "root")
_CSRF = "seatrialseatrialseatrialseatrial"
"""As long as Django's own; the same for all, since it tells nobody apart."""


def made(password):
    """Each user as what proves who they are; the last may do everything."""
    from django.contrib.auth import get_user_model

    model = get_user_model()
    return [_made(model, name, number, password) for number, name in enumerate(_NAMES, 1)]


def _made(model, name, number, password):
    from django.conf import settings
    from django.test import Client

    email = "st{}@example.org".format(number)
    username = email if model.USERNAME_FIELD == "email" else "seatrial{}".format(number)
    said = {field: "seatrial {}".format(number) for field in model.REQUIRED_FIELDS}
    said.update({"email": email} if "email" in model.REQUIRED_FIELDS or hasattr(model, "email") else {})
    said.update({model.USERNAME_FIELD: username, "password": password})
    make = model.objects.create_superuser if name == _NAMES[-1] else model.objects.create_user
    user = make(**said)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: _CSRF}
    return {
        "name": name,
        "email": email,
        "marks": list(dict.fromkeys((email, username))),
        "key": user.pk,
        "table": model._meta.db_table,
        "headers": {"Cookie": "; ".join("{}={}".format(*one) for one in cookies.items()), "X-CSRFToken": _CSRF},
    }
