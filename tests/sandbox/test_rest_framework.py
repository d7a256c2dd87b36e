"""Programs of Django REST framework: what views are sent is read in all ways; who asks may be known elsewhere."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write

pytestmark = pytest.mark.slow
SETTINGS = """
SECRET_KEY = "of no other place than this test"
ROOT_URLCONF = "pond.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "boats"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "pond.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
AUTH_USER_MODEL = "boats.Sailor"
USE_TZ = True
"""
MODELS = """
from django.contrib.auth.models import AbstractUser
from django.db import models

class Boat(models.Model):
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=[("canoe", "Canoe"), ("punt", "Punt")])
    oars = models.IntegerField(default=2)
    launched = models.DateField(null=True)

class Sailor(AbstractUser):
    phone = models.CharField(max_length=20, unique=True)

class Log(models.Model):
    user_id = models.CharField(max_length=50)
    author = models.CharField(max_length=5)
"""
VIEWS = """
from rest_framework import serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.views import APIView
from boats.models import Boat

class BoatSerializer(serializers.ModelSerializer):
    class Meta:
        model = Boat
        fields = ["id", "name", "kind", "oars"]

class Boats(APIView):
    def post(self, request):
        told = BoatSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        return Response(BoatSerializer(told.save()).data)

@api_view(["POST"])
def launch(request):
    data = request.data.copy()
    data["oars"] = 4
    told = BoatSerializer(data=data, context={"request": request})
    told.is_valid(raise_exception=True)
    return Response({"id": told.save().pk})

class Fleet(viewsets.ModelViewSet):
    serializer_class = BoatSerializer

    def get_queryset(self):
        found = Boat.objects.all()
        year = self.request.query_params.get("year")
        return found.filter(launched__year=year) if year else found

    @action(detail=True, methods=["post"])
    def rename(self, request, pk=None):
        self.get_object()
        return Response({"name": request.data["title"]})

    @action(detail=True, methods=["post"])
    def refit(self, request, pk=None):
        told = self.get_serializer(self.get_object(), data=request.data)
        told.is_valid(raise_exception=True)
        return Response({"oars": request.data.get("crew", 2)})

class Crew(viewsets.ViewSet):
    def create(self, request):
        return Response({"name": request.data["sailor"]})
"""
URLS = """
from django.urls import include, path
from rest_framework.routers import SimpleRouter
from boats import views

router = SimpleRouter()
router.register("fleet", views.Fleet, basename="fleet")
router.register("crew", views.Crew, basename="crew")
urlpatterns = [path("boats/", views.Boats.as_view()), path("launch/", views.launch), path("", include(router.urls))]
"""
TREE = {
    "requirements.txt": "django~=4.2\ndjangorestframework~=3.15\n",
    "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pond.settings")\n',
    "pond/__init__.py": "",
    "pond/settings.py": SETTINGS,
    "pond/urls.py": URLS,
    "boats/__init__.py": "",
    "boats/models.py": MODELS,
    "boats/views.py": VIEWS,
}
ELSEWHERE = """
import urllib.request
from django.contrib.auth import get_user_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

class Provider(BaseAuthentication):
    def authenticate(self, request):
        token = request.headers.get("Authorization", "")
        keys = urllib.request.urlopen("https://login.example.org/keys.json") if token else None
        raise AuthenticationFailed(f"{keys} has none for {token}")

    def authenticate_header(self, request):
        return "Bearer"
"""
ASKED = """
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["boats.elsewhere.Provider"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
INSTALLED_APPS += ["django.contrib.sessions"]
"""
"""Who asks is known to a service that is not here."""
GUARDED = {**TREE, "boats/elsewhere.py": ELSEWHERE, "pond/settings.py": SETTINGS + ASKED}


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its environment is made, once for all."""
    return tmp_path_factory.mktemp("aside")


def test_what_a_view_takes_is_told_by_the_serializer_that_it_makes_or_by_its_own_code(
    tmp_path: Path, aside: Path
) -> None:
    launch = Launch(root=write(tmp_path / "tree", TREE), aside=aside)
    with launched(launch) as (_, started):
        paths = started.document["paths"]
        for path in ("/boats/", "/launch/", "/fleet/"):
            body = taken(paths[path]["post"])
            assert body["properties"]["kind"] == {"enum": ["canoe", "punt"]}
            assert (list(body["properties"]), body["required"]) == (["name", "kind", "oars"], ["name", "kind"])
        assert list(taken(paths["/fleet/{pk}/rename/"]["post"])["properties"]) == ["title"]
        assert list(taken(paths["/fleet/{pk}/refit/"]["post"])["properties"]) == ["name", "kind", "oars"]
        assert list(taken(paths["/crew/"]["post"])["properties"]) == ["sailor"]
        assert [one["name"] for one in paths["/fleet/"]["get"]["parameters"]] == ["year"]
        lines = VIEWS.splitlines()
        assert paths["/fleet/{pk}/"]["delete"]["x-place"] == f"boats/views.py:{found(lines, 'class Fleet')} Fleet"
        assert paths["/crew/"]["post"]["x-place"] == f"boats/views.py:{found(lines, 'def create')} create"


def found(lines: Sequence[str], text: str) -> int:
    """The number of the line that holds the text."""
    return next(number for number, line in enumerate(lines, 1) if text in line)


def taken(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema of the body."""
    return dict(operation["requestBody"]["content"]["application/json"]["schema"])


def test_users_that_somebody_elsewhere_knows_are_taken_at_their_word(tmp_path: Path, aside: Path) -> None:
    with launched(Launch(root=write(tmp_path / "tree", GUARDED), aside=aside)) as (application, started):
        assert "a header may tell who asks: its own proof of users may ask elsewhere" in started.notes
        alice, bob, root = json.loads(application.beside("users", {"password": "Seatrial-1"}))
        assert len({one["key"] for one in (alice, bob, root)}) == 3  # no two may have the same phone
        call = Call(method="GET", path="/fleet/")
        assert application.call(call).status == 401
        assert application.call(Call(method="GET", path="/fleet/", headers=alice["headers"])).status == 200


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("boats/elsewhere.py", "\ndef tell(request, house):\n    request.house = house\n"),
        ("boats/views.py", "\ndef claims(request):\n    return request.auth['sub']\n"),
    ],
)
def test_where_more_is_read_of_the_proof_nobody_is_taken_at_their_word(
    path: str, more: str, tmp_path: Path, aside: Path
) -> None:
    tree = {**GUARDED, path: GUARDED[path] + more}
    with launched(Launch(root=write(tmp_path / "tree", tree), aside=aside)) as (application, _):
        alice, *_ = json.loads(application.beside("users", {"password": "Seatrial-1"}))
        assert "X-Seatrial-User" not in alice["headers"]


def test_rows_that_name_their_owner_by_a_text_are_made_as_the_owner_s(tmp_path: Path, aside: Path) -> None:
    with launched(Launch(root=write(tmp_path / "tree", GUARDED), aside=aside)) as (application, _):
        alice, *_ = json.loads(application.beside("users", {"password": "Seatrial-1"}))
        application.beside("fill", {"owner": alice["key"]})
        assert application.database is not None
        (log,) = application.database.rows("boats_log")
        assert (log["user_id"] in alice["marks"], log["author"]) == (True, "seatr")
