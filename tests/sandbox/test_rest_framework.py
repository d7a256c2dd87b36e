"""A program of Django REST framework whose views read what they are sent in the ways that there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seatrial.sandbox import Launch, launched
from trees import write

pytestmark = pytest.mark.slow
SETTINGS = """
SECRET_KEY = "of no other place than this test"
ROOT_URLCONF = "pond.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "boats"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "pond.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
"""
MODELS = """
from django.db import models

class Boat(models.Model):
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=[("canoe", "Canoe"), ("punt", "Punt")])
    oars = models.IntegerField(default=2)
    launched = models.DateField(null=True)
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


def test_what_a_view_takes_is_told_by_the_serializer_that_it_makes_or_by_its_own_code(tmp_path: Path) -> None:
    launch = Launch(root=write(tmp_path / "tree", TREE), aside=tmp_path / "aside")
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


def taken(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema of the body."""
    return dict(operation["requestBody"]["content"]["application/json"]["schema"])
