"""What settings of Django leave to the place of installation is made up, and what is not here replaced."""

import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from seatrial.sandbox.inside import leading, place, tables
from trees import write


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any server."""
    monkeypatch.setattr(leading, "_ports", {3306: 0, 6379: 0, 5672: 0})
    monkeypatch.setattr(place, "notes", [])


def settled(made_up: dict[str, str] | None = None, hollow: tuple[str, ...] = (), **said: object) -> SimpleNamespace:
    settings = SimpleNamespace(**said)
    place.settle(settings, "/tmp/of-the-trial", made_up or {}, hollow)
    return settings


def test_what_is_left_open_is_filled_in() -> None:
    settings = settled(SECRET_KEY="", DATABASES={}, ALLOWED_HOSTS=[], SECURE_SSL_REDIRECT=True)
    assert len(settings.SECRET_KEY) > 20
    assert settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    assert (settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT) == (["*"], False)


def test_what_is_set_stays() -> None:
    databases = {"default": {"ENGINE": "django.db.backends.postgresql"}, "old": {"ENGINE": ""}}
    caches = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings = settled(SECRET_KEY="own", DATABASES=databases, CACHES=caches, CELERY_BROKER_URL="redis://x")
    assert settings.SECRET_KEY == "own"
    assert settings.DATABASES is databases
    assert settings.CACHES is caches
    assert settings.CELERY_BROKER_URL == "redis://x"
    assert place.notes == []


def test_every_database_whose_server_is_not_here_is_the_same_file() -> None:
    mysql = {"ENGINE": "django_prometheus.db.backends.mysql", "NAME": "shop"}
    settings = settled(DATABASES={"default": mysql, "replica": {**mysql, "HOST": "two"}})
    assert settings.DATABASES["default"] == settings.DATABASES["replica"]
    assert place.notes == ["its mysql was replaced by SQLite: none is here"]


def test_a_cache_whose_server_is_not_here_is_one_that_workers_share() -> None:
    settings = settled(CACHES={"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://x"}})
    assert settings.CACHES["default"] == {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": "/tmp/of-the-trial/cache-default",
    }


def test_messages_for_a_broker_that_is_not_here_stay_in_the_process() -> None:
    assert settled(CELERY_BROKER_URL="amqp://rabbit:5672//").CELERY_BROKER_URL == "memory://"


@pytest.mark.parametrize("is_its_own", [True, False])
def test_settings_that_were_read_already_are_read_anew_or_told(
    *, is_its_own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = (
        "from types import SimpleNamespace\nclass Settings: ...\n"
        f"settings = SimpleNamespace(configured=True, _wrapped={'Settings()' if is_its_own else 'None'}, DEBUG=False)\n"
    )
    files = {"django/__init__.py": "", "django/conf.py": conf, "django/utils/functional.py": "empty = 'empty'\n"}
    write(tmp_path, files)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ("django", "django.conf", "django.utils", "django.utils.functional")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    place.take_over(SimpleNamespace(DEBUG=True, ALLOWED_HOSTS=["*"]), {"DEBUG": True})
    held = sys.modules["django.conf"].settings
    assert (held._wrapped == "empty", hasattr(held, "ALLOWED_HOSTS"), held.DEBUG) == (is_its_own, not is_its_own, False)
    for name in names:
        sys.modules.pop(name, None)


def test_a_setting_that_is_left_empty_is_given_what_was_made_up_for_its_variable() -> None:
    settings = settled({"CLIENT": "x", "ISSUER": "y", "OTHER": "z"}, CLIENT=None, ISSUER="own")
    assert (settings.CLIENT, settings.ISSUER, hasattr(settings, "OTHER")) == ("x", "own", False)


def test_what_is_hollow_is_no_part_of_the_project() -> None:
    apps = ["django.contrib.auth", "lost", "lost.admin", "lostness"]
    settings = settled(hollow=("lost",), INSTALLED_APPS=apps, MIDDLEWARE=("lost.Middleware", "own.Middleware"))
    assert settings.INSTALLED_APPS == ["django.contrib.auth", "lostness"]
    assert settings.MIDDLEWARE == ("own.Middleware",)


def test_models_that_lie_elsewhere_are_taken_into_account() -> None:
    def config(models: list[str], models_module: str | None) -> SimpleNamespace:
        return SimpleNamespace(get_models=lambda: iter(models), models_module=models_module, module="own")

    configs = [config(["Sticker"], None), config([], None), config(["Story"], "news.models")]
    tables._complete(configs)  # type: ignore[no-untyped-call] # it runs in any Python
    assert [one.models_module for one in configs] == ["own", None, "news.models"]


def test_extensions_are_there_again_when_tables_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    cursor = SimpleNamespace(execute=done.append, fetchall=lambda: [("vector",)])
    connection = SimpleNamespace(close=lambda: None, cursor=lambda: nullcontext(cursor), vendor="postgresql")
    connection.alias = "default"
    connections = {"default": connection}
    monkeypatch.setitem(sys.modules, "django", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "django.db", SimpleNamespace(connection=connection, connections=connections))
    monkeypatch.setattr(leading, "_ports", {5432: 7001})
    assert tables._emptied()  # type: ignore[no-untyped-call] # it runs in any Python
    assert connections == {}
    assert done[-1] == 'CREATE EXTENSION IF NOT EXISTS "vector" CASCADE'


def test_static_files_are_served_without_the_list_that_a_deployment_makes() -> None:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    stores = settled(STORAGES={"default": kept, "staticfiles": {"BACKEND": manifest}}).STORAGES
    assert (stores["default"], stores["staticfiles"]["BACKEND"]) == (kept, plain)
    old = settled(STATICFILES_STORAGE=manifest).STATICFILES_STORAGE
    assert old == plain


def test_bundles_that_nobody_built_are_not_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"webpack_loader/__init__.py": "", "webpack_loader/loaders.py": "class FakeWebpackLoader: pass\n"})
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = settled(
        WEBPACK_LOADER={"DEFAULT": {"STATS_FILE": "x.json"}},
        DJANGO_VITE={"default": {"manifest_path": "x"}},
        COMPRESS_OFFLINE=True,
    )
    assert settings.WEBPACK_LOADER["DEFAULT"]["LOADER_CLASS"] == "webpack_loader.loaders.FakeWebpackLoader"
    assert settings.DJANGO_VITE["default"]["dev_mode"] is True
    assert settings.COMPRESS_OFFLINE is False


@pytest.mark.parametrize(
    ("manage", "chosen"),
    [("", "Local"), ('os.environ.setdefault("DJANGO_CONFIGURATION", "Production")\n', "Production")],
)
def test_settings_that_are_classes_are_chosen_among(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manage: str, chosen: str
) -> None:
    said = (
        "from configurations import Configuration\nclass Production(Configuration): ...\nclass Local(Production): ..."
    )
    library = {"configurations/__init__.py": "", "configurations/importer.py": "def install(): ...\n"}
    write(tmp_path, {"classy.py": said, "manage.py": manage, **library})
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("DJANGO_CONFIGURATION", "x")
    monkeypatch.delenv("DJANGO_CONFIGURATION")
    for name in ("configurations", "configurations.importer"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    place.choose_configuration("classy")
    assert place.os.environ["DJANGO_CONFIGURATION"] == chosen
