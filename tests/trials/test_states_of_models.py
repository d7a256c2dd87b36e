"""States that a Django program's models name, and its admin site sets: a closed story, of which none is closed."""

from pathlib import Path

import pytest

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Launch, launched
from seatrial.trials import edge, race
from seatrial.trials.bench import Bench
from seatrial.trials.varying import STATE
from trees import write

pytestmark = pytest.mark.slow
SETTINGS = """
import os
BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY = "a key of no worth"
ROOT_URLCONF = "gazette.urls"
INSTALLED_APPS = [f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages", "sessions")]
INSTALLED_APPS += ["news"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(BASE, "gazette.sqlite3")}}
LOGGING = {"version": 1, "root": {"handlers": [], "level": "ERROR"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
"""
MODELS = """
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models

class Story(models.Model):
    title = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=1, choices=[("o", "open"), ("c", "closed"), ("x", "never")], default="o")
    stage = models.CharField(max_length=1, choices=[("d", "draft"), ("p", "printed")], default="d")
    printed_at = models.DateTimeField(null=True, blank=True)

    def clean(self):
        if self.state == "x":
            raise ValidationError("never")

class Letter(models.Model):
    story = models.ForeignKey(Story, models.CASCADE)
    text = models.TextField()
    answers = models.ForeignKey("self", models.CASCADE, null=True, blank=True)

class Mark(models.Model):
    story = models.ForeignKey(Story, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    kind = models.CharField(max_length=5, choices=[("heart", "heart"), ("star", "star")])

    class Meta:
        unique_together = ["story", "user", "kind"]

@admin.register(Story)
class StoryAdmin(admin.ModelAdmin):
    readonly_fields = ["stage"]
"""
URLS = """
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from news.models import Letter, Mark, Story

FORM = "<html><form method=post><input name=text><input type=hidden name=answers_id></form></html>"

def index(request):
    return HttpResponse("<html>stories</html>")

def write(request, story_id):
    story = get_object_or_404(Story, pk=story_id)
    if request.method == "GET":
        return HttpResponse(FORM)
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    if story.state == "c":
        REFUSED
    said = request.POST.get("answers_id")
    answered = get_object_or_404(Letter, pk=said) if said and said.isdigit() else None
    Letter.objects.create(story=story, text=request.POST.get("text", ""), answers=answered)
    return JsonResponse({}, status=201)

def printed(request, story_id):
    story = get_object_or_404(Story, pk=story_id)
    return JsonResponse({"at": story.printed_at.isoformat() if story.stage == "p" else ""})

def mark(request, story_id):
    story = get_object_or_404(Story, pk=story_id)
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    kind = request.POST.get("kind")
    if kind not in ("heart", "star"):
        return HttpResponse(status=400)
    MARKED
    return JsonResponse({"made": made})

urlpatterns = [
    path("", index),
    path("stories/<int:story_id>/letters", write),
    path("stories/<int:story_id>/printed", printed),
    path("stories/<int:story_id>/mark", mark),
]
"""
FAULTY = {
    "REFUSED": 'raise ValidationError("it is closed")',
    "MARKED": """one, made = Mark.objects.get_or_create(story=story, user=request.user, kind=kind)
    if not made:
        one.delete()""",
}
SOUND = {
    "REFUSED": "return HttpResponse(status=409)",
    "MARKED": """with transaction.atomic():
        Story.objects.filter(pk=story_id).update(title=story.title)
        made = not Mark.objects.filter(story=story, user=request.user, kind=kind).delete()[0]
        if made:
            Mark.objects.create(story=story, user=request.user, kind=kind)""",
}
LETTERS, MARK = "POST /stories/{story_id}/letters", "POST /stories/{story_id}/mark"


@pytest.fixture(scope="module")
def aside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its environment is made, once for all."""
    return tmp_path_factory.mktemp("aside")


def tree(parts: dict[str, str]) -> dict[str, str]:
    urls = URLS
    for name, text in parts.items():
        urls = urls.replace(name, text)
    return {
        "Pipfile": '[packages]\ndjango = "~=4.2"\n',
        "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gazette.settings")\n',
        "gazette/__init__.py": "",
        "gazette/settings.py": SETTINGS,
        "gazette/urls.py": urls,
        "news/__init__.py": "",
        "news/models.py": MODELS,
    }


def test_rows_are_there_in_the_states_that_models_name(tmp_path: Path, aside: Path) -> None:
    with launched(Launch(root=write(tmp_path / "tree", tree(SOUND)), aside=aside)) as (application, started):
        bench = Bench(application, started)
        bench.vary()
        assert bench.database is not None
        made = [(one["state"], one["stage"]) for one in bench.database.rows("news_story")]
        assert made == [("o", "d"), ("c", "d"), ("o", "p")]
        letters = [one["answers_id"] for one in bench.database.rows("news_letter")]
        assert None in letters
        assert any(letters)
        assert bench.filling.copies == {"news_story": {2, 3}}
        assert [row.value for _, row in bench.filling.in_states(bench.operation(LETTERS))] == ["c"]
        assert [claim.reason for claim in edge.claims(bench) if STATE in claim.reason] == []
        assert [claim for claim in race.claims(bench) if claim.outcome is Outcome.PROVEN] == []


def test_what_fails_in_such_a_state_is_proven(tmp_path: Path, aside: Path) -> None:
    with launched(Launch(root=write(tmp_path / "tree", tree(FAULTY)), aside=aside)) as (application, started):
        bench = Bench(application, started)
        bench.vary()
        bench.filling.stage = "edge"
        failed = [claim for claim in edge.claims(bench) if STATE in claim.reason]
        assert [claim.operation for claim in failed] == [LETTERS]
        assert (
            "(ValidationError: ['it is closed']) when `story_id` is that of a row whose `state` is 'c'"
            in failed[0].reason
        )
        bench.filling.stage = "race"
        lost = [claim for claim in race.claims(bench) if claim.outcome is Outcome.PROVEN]
        assert [claim.operation for claim in lost] == [MARK]
