"""A Django program as many are: made for a server elsewhere, with what a deployment builds, and migrations of old."""

import json
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write

pytestmark = pytest.mark.slow
SETTINGS = """
import os, random
BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY = os.environ.get("KIOSK_KEY") or "".join(random.choice("abcdef") for _ in range(50))
ROOT_URLCONF = "kiosk.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "news"]
AUTH_USER_MODEL = "news.Reader"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": "kiosk", "HOST": "db"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "cache:11211"}}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
STATICFILES_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
INSTALLED_APPS += ["django.contrib.staticfiles"]
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
PARTNER_ID = os.environ.get("PARTNER_ID")
LOGGING = {
    "version": 1,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": os.path.join(BASE, "logs/kiosk.log")}},
    "root": {"handlers": ["file"]},
}
"""
URLS = """
from django.core.cache import cache
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import include, path, re_path
from maintenance_mode.views import off
from news.models import Story

def home(request):
    cache.set("seen", 1)
    request.session["seen"] = request.session.get("seen", 0) + 1
    return HttpResponse(f"{static('site.css')} {Story.objects.count()} {request.session['seen']}")

def who(request):
    return HttpResponse(f"{request.user} {getattr(request.user, 'is_admin', None)}")

old = [re_path(r"^(?P<year>[0-9]{4})/([a-z]+)/$", who), re_path(r"^feed(?:/(?P<kind>\\w+(-x)?))?$", who)]
urlpatterns = [path("", home), path("who/", who), path("readers/<int:key>/", who), re_path(r"^old/", include(old))]
urlpatterns += [path("off/", off)]
"""
APPS = """
from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

class News(AppConfig):
    name = "news"

    def ready(self):
        if not settings.PARTNER_ID:
            raise ImproperlyConfigured("settings.PARTNER_ID must be defined")
"""
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Story", [("id", models.AutoField(primary_key=True)), ("title", models.TextField())]),
        migrations.RunSQL("ALTER TABLE news_story ENGINE=InnoDB"),
    ]
"""
MODELS = """
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.db import models

class Reader(AbstractBaseUser):
    name = models.CharField(max_length=50, unique=True)
    is_admin = models.BooleanField(default=False)
    USERNAME_FIELD = "name"
    objects = models.Manager()

class Story(models.Model):
    title = models.TextField()

def told(sender, request, user, **rest):
    user.seen_from = request.META["REMOTE_ADDR"]

user_logged_in.connect(told)
"""
TREE = {
    "Pipfile": '[packages]\ndjango = "~=4.2"\n',
    "src/manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiosk.settings")\n',
    "src/kiosk/__init__.py": "",
    "src/kiosk/settings.py": SETTINGS,
    "src/kiosk/urls.py": URLS,
    "src/maintenance_mode/views.py": "def off(request): ...\n",
    "src/news/__init__.py": "",
    "src/news/apps.py": APPS,
    "src/news/models.py": MODELS,
    "src/news/migrations/__init__.py": "",
    "src/news/migrations/0001_initial.py": MIGRATION,
}


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its environment is made, once for all."""
    return tmp_path_factory.mktemp("aside")


def test_it_starts_without_a_question_and_its_sessions_last(tmp_path: Path, aside: Path) -> None:
    launch = Launch(root=write(tmp_path / "tree", TREE), aside=aside)
    with launched(launch) as (application, started):
        assert (started.schema, sorted(started.dummies)) == (
            "manage.py migrate --run-syncdb",
            ["KIOSK_KEY", "PARTNER_ID"],
        )
        assert len(started.notes) == 3
        paths = ["/", "/old/feed", "/old/feed/{kind}", "/old/{year}/{_0}/", "/readers/{key}/", "/who/"]
        assert sorted(started.document["paths"]) == paths
        cookie, workers = "", set()
        for count in range(1, 21):
            answer = application.call(Call(method="GET", path="/", headers={"cookie": cookie}))
            assert answer.body.decode().split() == ["/static/site.css", "0", str(count)]
            assert answer.seen is not None
            workers.add(answer.seen.pid)
            cookie = answer.headers["set-cookie"].partition(";")[0]
        assert len(workers) == 2


def test_it_starts_where_its_settings_are_read_while_they_are_made(tmp_path: Path, aside: Path) -> None:
    asking = "import django.conf\nDEBUG = not django.conf.settings.TEMPLATES\nCACHES ="
    tree = {**TREE, "src/kiosk/settings.py": SETTINGS.replace("CACHES =", asking)}
    with launched(Launch(root=write(tmp_path / "tree", tree), aside=aside)) as (application, _):
        answer = application.call(Call(method="GET", path="/"))
        assert answer.body.decode().split() == ["/static/site.css", "0", "1"]


def test_users_are_made_of_a_model_that_has_no_way_to_make_one(tmp_path: Path, aside: Path) -> None:
    launch = Launch(root=write(tmp_path / "tree", TREE), aside=aside)
    with launched(launch) as (application, _):
        users = json.loads(application.beside("users", {"password": "Seatrial-1"}))
        answers = [application.call(Call(method="GET", path="/who/", headers=one["headers"])) for one in users]
        assert [answer.body for answer in answers] == [
            b"seatrialuser1 False",
            b"seatrialuser2 False",
            b"seatrialuser3 True",
        ]
