"""What Django is told where it is installed: a key, databases and caches that are there, and no front end but its own.

Each function changes the module of settings after it was read and before Django is set up.
"""

import importlib
import importlib.util
import os
import re
import sys

from . import dummies, leading

notes = []
"""What was done for the program to start, each a sentence."""
_SERVERS = {"mysql": 3306, "postgresql": 5432, "mssql": 0, "sql_server": 0, "oracle": 0}
"""Databases of Django that are servers, and their usual ports; 0: none of ours is ever there."""
_CACHES = {"redis": 6379, "memcache": 11211, "pylibmc": 11211}
_LITE = "django.db.backends.sqlite3"
_FILES = "django.core.cache.backends.filebased.FileBasedCache"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
_MANIFEST = re.compile(r"Manifest|S3|Boto|GoogleCloud|Azure", re.IGNORECASE)
_CONFIGURATION = re.compile(r"DJANGO_CONFIGURATION[\"']\s*(?:,|\]\s*=)\s*[\"'](\w+)")
_LISTS = ("INSTALLED_APPS", "MIDDLEWARE", "AUTHENTICATION_BACKENDS")
_BUNDLES = {
    "COMPRESS_ENABLED": False,
    "COMPRESS_OFFLINE": False,
    "PIPELINE_ENABLED": False,
    "DJANGO_VITE_DEV_MODE": True,
}
"""Settings of libraries that look for files which a build of the front end makes, and what makes them look for none."""


def settle(settings, temporary, made_up=(), hollow=()):
    """Fits settings to this machine. What was made up for variables is also given to settings that are left empty.

    What lies in a hollow module is taken out of their lists: Django looks for files of it.
    """
    for name in _LISTS:
        listed = getattr(settings, name, ())
        if any(_is_of(one, hollow) for one in listed):
            setattr(settings, name, type(listed)(one for one in listed if not _is_of(one, hollow)))
    for name in made_up:
        if hasattr(settings, name) and getattr(settings, name) in (None, ""):
            setattr(settings, name, made_up[name])
    _databases(settings)
    _caches(settings, temporary)
    _static(settings)
    _bundles(settings)
    settings.SECRET_KEY = getattr(settings, "SECRET_KEY", "") or dummies.first("SECRET_KEY")
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = settings.PREPEND_WWW = settings.CSRF_USE_SESSIONS = False
    if str(getattr(settings, "CELERY_BROKER_URL", "")).startswith("amqp") and leading.is_missing(5672):
        settings.CELERY_BROKER_URL = "memory://"


def take_over(settings, before):
    """Has Django take over what was changed, where the module asked Django for a setting when it was imported.

    Django made a copy then, of half of the module: it is to read the whole, as it does where it imports it itself.
    What holds settings in Django's place is told what was changed.
    """
    conf = importlib.import_module("django.conf")
    held = conf.settings
    if not held.configured:
        return
    if isinstance(held._wrapped, conf.Settings):
        held._wrapped = importlib.import_module("django.utils.functional").empty
        return
    for name, value in vars(settings).items():
        if name.isupper() and (name not in before or before[name] is not value):
            setattr(held, name, value)


def _is_of(one, modules):
    return isinstance(one, str) and one.partition(".")[0] in modules


def _databases(settings):
    databases = getattr(settings, "DATABASES", None) or {"default": {}}
    for alias, said in databases.items():
        engine = said.get("ENGINE", "") if isinstance(said, dict) else ""
        missing = next((name for name, port in _SERVERS.items() if name in engine and _is_missing(port)), "")
        if missing or (alias == "default" and engine in ("", "django.db.backends.dummy")):
            databases = {**databases, alias: {"ENGINE": _LITE, "NAME": os.path.abspath("seatrial.db")}}
        if missing:
            _note("its {} was replaced by SQLite: none is here".format(missing))
    settings.DATABASES = databases


def _caches(settings, temporary):
    """A cache that all workers share, where its server is not here."""
    caches = getattr(settings, "CACHES", None) or {}
    for alias, said in caches.items():
        missing = next(
            (name for name, port in _CACHES.items() if name in said["BACKEND"].lower() and _is_missing(port)), ""
        )
        if missing:
            where = os.path.join(temporary, "cache-" + alias)
            caches = {**caches, alias: {"BACKEND": _FILES, "LOCATION": where}}
            _note("its cache in {} was replaced by files: none is here".format(missing))
    if caches:
        settings.CACHES = caches


def _static(settings):
    """Static files as they lie: pages would fail for want of the list that `collectstatic` makes."""
    if _MANIFEST.search(getattr(settings, "STATICFILES_STORAGE", "")):
        settings.STATICFILES_STORAGE = _PLAIN
    stores = getattr(settings, "STORAGES", None) or {}
    if _MANIFEST.search(str(stores.get("staticfiles", {}).get("BACKEND", ""))):
        settings.STORAGES = {**stores, "staticfiles": {"BACKEND": _PLAIN}}


def _bundles(settings):
    """No files that a build of the front end makes."""
    for name, value in _BUNDLES.items():
        if hasattr(settings, name):
            setattr(settings, name, value)
    vite = getattr(settings, "DJANGO_VITE", None)
    if isinstance(vite, dict):
        settings.DJANGO_VITE = {name: {**said, "dev_mode": True} for name, said in vite.items()}
    webpack = getattr(settings, "WEBPACK_LOADER", None)
    if isinstance(webpack, dict) and (loader := _fake_loader()):
        settings.WEBPACK_LOADER = {name: {**said, "LOADER_CLASS": loader} for name, said in webpack.items()}


def _fake_loader():
    """The loader of django-webpack-loader that looks for no files; empty in versions that have none."""
    spec = importlib.util.find_spec("webpack_loader")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("loaders", "loader"):  # not imported: that would read the settings before they are settled
            path = os.path.join(folder, name + ".py")
            if os.path.isfile(path) and "class FakeWebpackLoader" in _text(path):
                return "webpack_loader.{}.FakeWebpackLoader".format(name)
    return ""


def choose_configuration(settings):
    """Settings that are a class (django-configurations): the one that `manage.py` names, else a developer's.

    Comes before the module is imported: what imports it then has to know of such classes.
    """
    spec = importlib.util.find_spec(settings)
    text = _text(spec.origin) if spec and spec.origin else ""
    if not re.search(r"^(?:from|import) configurations\b|DJANGO_CONFIGURATION", text, re.MULTILINE):
        return
    managed = (os.path.join(folder, "manage.py") for folder in ("", *sys.path))
    told = (_CONFIGURATION.search(_text(path)) for path in managed if os.path.isfile(path))
    classes = re.findall(r"^class (\w+)\(", text, re.MULTILINE)
    named = next((found[1] for found in told if found), "") or dummies.least(classes)
    os.environ.setdefault("DJANGO_CONFIGURATION", named)
    importlib.import_module("configurations.importer").install()


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _is_missing(port):
    return not port or leading.is_missing(port)


def _note(text):
    if text not in notes:
        notes.append(text)
