"""What settings of Django leave to the place where the program is installed is made up."""

from types import SimpleNamespace

from seatrial.sandbox.inside import apps


def test_what_is_left_open_is_filled_in() -> None:
    settings = SimpleNamespace(SECRET_KEY="", DATABASES={}, ALLOWED_HOSTS=[], SECURE_SSL_REDIRECT=True)
    apps._for_this_machine(settings)
    assert len(settings.SECRET_KEY) > 20
    assert settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    assert (settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT) == (["*"], False)


def test_what_is_set_stays() -> None:
    databases = {"default": {"ENGINE": "django.db.backends.postgresql"}}
    settings = SimpleNamespace(SECRET_KEY="own", DATABASES=databases)
    apps._for_this_machine(settings)
    assert settings.SECRET_KEY == "own"
    assert settings.DATABASES is databases
