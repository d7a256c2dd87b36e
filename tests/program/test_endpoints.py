"""Endpoints of the frameworks, each as the smallest program that shows one idea."""

import pytest

from seatrial.program import Program
from seatrial.program.endpoints import Endpoint
from seatrial.testing import program_of

FASTAPI = """
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="token")

optional = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

def current_user(token: Annotated[str, Depends(scheme)]) -> str:
    return token

def admin(user: str = Depends(current_user)) -> str:
    return user

def by_header(key: str = "") -> None:
    if key != "x":
        raise HTTPException(status_code=403)

def page(limit: int = 10) -> int:
    return limit

class Session:
    def __call__(self, key: str = "") -> None:
        by_header(key)

User = Annotated[str, Depends(current_user)]
"""

DJANGO_MODELS = "from django.db import models\nclass Post(models.Model):\n    author = models.CharField()\n"


def endpoints(files: dict[str, str]) -> list[Endpoint]:
    program: Program = program_of(files)
    return list(program.endpoints)


def fastapi(source: str, **files: str) -> list[Endpoint]:
    return endpoints({"app.py": FASTAPI + source, **{f"{name}.py": text for name, text in files.items()}})


def guarded(endpoint: Endpoint) -> bool:
    return any(g.authorises and not g.shared for g in endpoint.guards)


@pytest.mark.parametrize(
    "signature",
    [
        "user: str = Depends(current_user)",
        "user: str = Depends(admin)",
        "user: Annotated[str, Depends(current_user)]",
        "user: User",
        "_: None = Depends(by_header)",
        "_: None = Depends(Session())",
        "user: str = Security(current_user, scopes=['a'])",
        "token: str = Depends(scheme)",
    ],
)
def test_a_dependency_that_can_refuse_is_a_guard(signature: str) -> None:
    [found] = fastapi(f"app = FastAPI()\n@app.post('/a')\ndef a({signature}): ...\n")
    assert guarded(found)


@pytest.mark.parametrize("signature", ["limit: int = Depends(page)", "", "token: str = Depends(optional)"])
def test_a_dependency_that_cannot_refuse_is_no_guard(signature: str) -> None:
    [found] = fastapi(f"app = FastAPI()\n@app.post('/a')\ndef a({signature}): ...\n")
    assert not guarded(found)


@pytest.mark.parametrize(
    "source",
    [
        "r = APIRouter(dependencies=[Depends(current_user)])\n@r.post('/a')\ndef a(): ...\n",
        "r = APIRouter()\n@r.post('/a', dependencies=[Depends(current_user)])\ndef a(): ...\n",
        (
            "r = APIRouter()\n@r.post('/a')\ndef a(): ...\napp = FastAPI()\n"
            "app.include_router(r, dependencies=[Depends(current_user)])\n"
        ),
        (
            "r = APIRouter()\n@r.post('/a')\ndef a(): ...\nouter = APIRouter()\nouter.include_router(r)\n"
            "app = FastAPI(dependencies=[Depends(current_user)])\napp.include_router(outer)\n"
        ),
        "app = FastAPI()\n@app.post('/a')\ndef a(key: str):\n    by_header(key)\n",
        "r = APIRouter()\nclass A:\n    user: str = Depends(current_user)\n    @r.post('/a')\n    def a(self): ...\n",
    ],
)
def test_checks_are_found_on_routers_above_and_in_bodies_below(source: str) -> None:
    [found] = fastapi(source)
    assert guarded(found)


def test_prefixes_of_nested_routers_make_the_path() -> None:
    main = "from fastapi import FastAPI\nfrom app import r\napp = FastAPI()\napp.include_router(r, prefix='/api')\n"
    [found] = fastapi("r = APIRouter(prefix='/x')\n@r.post('/a')\ndef a(): ...\n", main=main)
    assert (found.methods, found.path, found.name) == (("POST",), "/api/x/a", "POST /api/x/a")


def test_routers_included_in_a_loop_over_modules_are_followed() -> None:
    main = (
        "from fastapi import FastAPI, Depends\nimport app, other\nmain = FastAPI()\n"
        "for module in (app, other):\n    main.include_router(module.r, prefix='/v1')\n"
    )
    found = fastapi(
        "r = APIRouter()\n@r.post('/a')\ndef a(): ...\n",
        main=main,
        other="from fastapi import APIRouter\nr = APIRouter()\n@r.get('/b')\ndef b(): ...\n",
    )
    assert [e.path for e in found] == ["/v1/a", "/v1/b"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("settings.DEBUG", True),
        ("not settings.DEBUG", False),
        ("settings.ENVIRONMENT == 'local'", True),
        ("settings.ENVIRONMENT != 'production'", True),
        ("settings.ENVIRONMENT == 'production'", False),
        ("settings.ENVIRONMENT in ('dev', 'test') and settings.ROUTES", True),
        ("settings.ROUTES", False),
    ],
)
def test_a_router_that_is_only_there_on_a_developers_machine_is_open(condition: str, expected: bool) -> None:  # noqa: FBT001 - given by name above
    [found] = fastapi(
        "from config import settings\nr = APIRouter()\n@r.post('/a')\ndef a(): ...\napp = FastAPI()\n"
        f"if {condition}:\n    app.include_router(r)\n"
    )
    assert found.is_open is expected


def test_a_handler_that_answers_only_on_a_developers_machine_is_open() -> None:
    [found] = django(
        "def a(request):\n    if not (settings.DEV and settings.LOGIN):\n        raise Http404\n    login(request)\n",
        "urlpatterns = [path('a/', views.a)]\n",
    )
    assert found.is_open


def test_a_status_that_another_server_gave_is_no_refusal() -> None:
    [found] = fastapi(
        "import requests\napp = FastAPI()\n@app.post('/a')\ndef a():\n"
        "    if requests.get('x').status_code == 403:\n        print('no')\n"
    )
    assert not guarded(found)


def django(views: str, urls: str, **files: str) -> list[Endpoint]:
    base = {
        "blog/__init__.py": "",
        "blog/models.py": DJANGO_MODELS,
        "blog/views.py": "from django.views.generic import View, CreateView\nfrom blog.models import Post\n" + views,
        "blog/urls.py": "from django.urls import path, include\nfrom blog import views\n" + urls,
    }
    return endpoints(base | {f"blog/{name}.py": text for name, text in files.items()})


@pytest.mark.parametrize(
    "view",
    [
        "from django.contrib.auth.decorators import login_required\n@login_required\ndef a(request): ...\n",
        "def a(request):\n    if not request.user.is_authenticated:\n        return None\n",
        "from django.core.exceptions import PermissionDenied\ndef a(request):\n    raise PermissionDenied\n",
        (
            "def deep(request):\n    return inner(request)\ndef inner(request):\n    return HttpResponse(status=403)\n"
            "def a(request):\n    deep(request)\n"
        ),
        (
            "from django.shortcuts import get_object_or_404\ndef a(request, pk):\n"
            "    get_object_or_404(Post, pk=pk, author=request.user)\n"
        ),
        (
            "from functools import wraps\ndef staff(view):\n    @wraps(view)\n    def inner(request):\n"
            "        if not request.user.is_staff:\n"
            "            return HttpResponseForbidden()\n        return view(request)\n"
            "    return inner\n@staff\ndef a(request): ...\n"
        ),
        "from somewhere import team_admin_required\n@team_admin_required\ndef a(request): ...\n",
    ],
)
def test_function_views_are_guarded_by_decorators_and_by_their_bodies(view: str) -> None:
    [found] = django(view, "urlpatterns = [path('a/', views.a)]\n")
    assert guarded(found)


@pytest.mark.parametrize(
    "view",
    [
        "def a(request):\n    return render(request, {'admin': request.user.is_staff})\n",
        "from django.views.decorators.csrf import csrf_protect\n@csrf_protect\ndef a(request): ...\n",
        "from django.views.decorators.http import require_POST\n@require_POST\ndef a(request): ...\n",
        (
            "from django.core.exceptions import PermissionDenied\ndef as_json(view):\n"
            "    def inner(request):\n        try:\n            return view(request)\n"
            "        except PermissionDenied:\n            return answer(status=403)\n"
            "    return inner\n@as_json\ndef a(request): ...\n"
        ),
        (
            "def ratelimit(view):\n    def inner(request):\n        if count(request) > 9:\n"
            "            return HttpResponseForbidden(status=403)\n        return view(request)\n"
            "    return inner\n@ratelimit\ndef a(request): ...\n"
        ),
    ],
)
def test_showing_who_calls_and_checking_something_else_is_no_guard(view: str) -> None:
    [found] = django(view, "urlpatterns = [path('a/', views.a)]\n")
    assert not guarded(found)


@pytest.mark.parametrize(
    "view",
    [
        (
            "from django.contrib.auth.mixins import LoginRequiredMixin\nclass A(LoginRequiredMixin, View):\n"
            "    def post(self, request): ...\n"
        ),
        (
            "class Own:\n    def dispatch(self, request):\n        if not request.user.is_staff:\n"
            "            return HttpResponseForbidden()\nclass A(Own, View):\n    def post(self, request): ...\n"
        ),
        (
            "from django.contrib.auth.decorators import login_required\n"
            "from django.utils.decorators import method_decorator\n"
            "@method_decorator(login_required, name='dispatch')\nclass A(View):\n    def post(self, request): ...\n"
        ),
        (
            "from foreign import TeamPermissionMixin\n"
            "class A(TeamPermissionMixin, View):\n    def post(self, request): ...\n"
        ),
    ],
)
def test_class_views_are_guarded_by_mixins_dispatch_and_decorators(view: str) -> None:
    [found] = django(view, "urlpatterns = [path('a/', views.A.as_view())]\n")
    assert guarded(found)


def test_decorators_in_url_patterns_are_guards() -> None:
    [found] = django(
        "class A(View):\n    def post(self, request): ...\n",
        "from django.contrib.auth.decorators import login_required\n"
        "urlpatterns = [path('a/', login_required(views.A.as_view()))]\n",
    )
    assert guarded(found)


def test_included_url_patterns_have_the_prefix_of_where_they_are_included() -> None:
    main = "from django.urls import path, include\nurlpatterns = [path('shop/', include('blog.urls'))]\n"
    [found] = django("def a(request): ...\n", "urlpatterns = [path('a/<int:pk>/', views.a)]\n", main=main)
    assert found.path == "/shop/a/<int:pk>/"


def test_what_wraps_all_url_patterns_is_shared_by_them() -> None:
    [found] = django(
        "def a(request): ...\ndef staff(view):\n    def inner(request):\n"
        "        raise PermissionDenied\n    return inner\n",
        "urlpatterns = [path('a/', views.a)]\nurlpatterns = decorate(urlpatterns, views.staff)\n",
    )
    assert [(g.name, g.shared) for g in found.guards] == [("staff", True)]


def test_middleware_that_turns_away_is_shared_by_all() -> None:
    [found] = django(
        "def a(request): ...\n",
        "urlpatterns = [path('a/', views.a)]\n",
        settings="MIDDLEWARE = ['blog.wall.Wall', 'blog.wall.Clock']\n",
        wall="class Wall:\n    def __call__(self, request):\n        if not request.user.is_authenticated:\n"
        "            return redirect('login')\nclass Clock:\n    def __call__(self, request):\n"
        "        if request.user.is_authenticated:\n            clock()\n",
    )
    assert [g.name for g in found.guards if g.shared] == ["Wall"]
    assert not guarded(found)


def test_a_generic_view_serves_with_its_librarys_methods() -> None:
    [found] = django("class A(CreateView):\n    model = Post\n", "urlpatterns = [path('a/', views.A.as_view())]\n")
    assert any(name.endswith(".post") for name in found.serves)
    assert "POST" in found.methods


def test_decorators_narrow_the_methods_of_a_function_view() -> None:
    [found] = django(
        "from django.views.decorators.http import require_GET\n@require_GET\ndef a(request): ...\n",
        "urlpatterns = [path('a/', views.a)]\n",
    )
    assert found.methods == ("GET",)


REST = """
from rest_framework import permissions, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.routers import DefaultRouter
"""


def rest(source: str, **files: str) -> list[Endpoint]:
    return endpoints({"api.py": REST + source, **{f"{name}.py": text for name, text in files.items()}})


def test_permission_classes_of_a_viewset_guard_its_methods() -> None:
    found = rest(
        "class V(viewsets.ModelViewSet):\n    permission_classes = [permissions.IsAuthenticated]\n"
        "    def create(self, request): ...\n"
        "r = DefaultRouter()\nr.register('v', V)\n"
    )
    assert len(found) == 2
    assert all(guarded(e) for e in found)


def test_an_open_permission_class_says_that_everyone_may_call() -> None:
    found = rest(
        "class V(viewsets.ModelViewSet):\n    permission_classes = [permissions.AllowAny]\n"
        "DefaultRouter().register('v', V)\n"
    )
    assert found
    assert all(e.is_open and not guarded(e) for e in found)


def test_an_action_may_have_permissions_of_its_own() -> None:
    found = rest(
        "class V(viewsets.GenericViewSet):\n"
        "    permission_classes = [permissions.IsAuthenticated]\n"
        "    @action(methods=['post'], detail=True, permission_classes=[permissions.AllowAny])\n"
        "    def open(self, request): ...\n"
        "    @action(methods=['post'], detail=True)\n"
        "    def closed(self, request): ...\n"
        "DefaultRouter().register('v', V)\n"
    )
    assert {e.handler.name: guarded(e) for e in found} == {"open": False, "closed": True}


def test_permissions_chosen_by_a_method_count() -> None:
    [found] = rest(
        "class V(viewsets.ModelViewSet):\n    def get_permissions(self):\n"
        "        return [permissions.IsAdminUser()]\n"
        "DefaultRouter().register('v', V)\n"
    )
    assert guarded(found)


def test_defaults_of_the_settings_are_shared() -> None:
    settings = "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated']}\n"
    found = rest(
        "class V(viewsets.ModelViewSet):\n    pass\n"
        "DefaultRouter().register('v', V)\n@api_view(['POST'])\ndef f(request): ...\n",
        settings=settings,
    )
    assert len(found) == 2
    assert all([g.name for g in e.guards if g.shared] == ["IsAuthenticated"] for e in found)


def test_a_function_view_may_say_that_it_is_open() -> None:
    found = rest("@api_view(['POST'])\n@permission_classes([permissions.AllowAny])\ndef f(request): ...\n")
    assert [e.is_open for e in found] == [True]


FLASK = """
from flask import Blueprint, Flask, abort, request
from flask.views import MethodView
from flask_login import login_required
"""


@pytest.mark.parametrize(
    "source",
    [
        "app = Flask(__name__)\n@app.route('/a', methods=['POST'])\n@login_required\ndef a(): ...\n",
        "bp = Blueprint('b', __name__)\n@bp.route('/a', methods=['POST'])\ndef a():\n    abort(403)\n",
        (
            "app = Flask(__name__)\nclass A(MethodView):\n    decorators = [login_required]\n    def post(self): ...\n"
            "app.add_url_rule('/a', view_func=A.as_view('a'))\n"
        ),
        (
            "from flask_restful import Api, Resource\napi = Api()\nclass Base(Resource):\n"
            "    decorators = [login_required]\nclass A(Base):\n    def post(self): ...\napi.add_resource(A, '/a')\n"
        ),
        (
            "def create():\n    app = Flask(__name__)\n    @app.route('/a', methods=['POST'])\n"
            "    @login_required\n    def a(): ...\n    return app\n"
        ),
    ],
)
def test_flask_routes_are_guarded_by_decorators_and_abort(source: str) -> None:
    [found] = endpoints({"web.py": FLASK + source})
    assert found.methods == ("POST",)
    assert guarded(found)


def test_what_runs_before_every_request_of_a_blueprint_is_shared() -> None:
    [found] = endpoints(
        {
            "web.py": FLASK
            + "bp = Blueprint('b', __name__, url_prefix='/b')\n@bp.before_request\ndef check():\n    abort(401)\n"
            "@bp.route('/a')\ndef a(): ...\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix='/v1')\n"
        }
    )
    assert found.path == "/v1/b/a"
    assert [(g.name, g.shared) for g in found.guards] == [("check", True)]


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("permission='admin'", True),
        ("permission=Permissions.Admin", True),
        ("permission=None", False),
        ("renderer='json'", False),
    ],
)
def test_a_keyword_of_a_registration_may_ask_for_a_permission(keyword: str, expected: bool) -> None:  # noqa: FBT001 - given by name above
    source = f"from pyramid.view import view_config\n@view_config(route_name='a', {keyword})\ndef a(request): ...\n"
    [found] = endpoints({"web.py": source})
    assert guarded(found) is expected


def test_what_a_handler_hands_over_runs_later() -> None:
    [found] = fastapi(
        "from fastapi import BackgroundTasks\napp = FastAPI()\ndef send(): ...\n@app.post('/a')\n"
        "def a(tasks: BackgroundTasks):\n    tasks.add_task(send)\n"
    )
    assert [f.name for f in found.entries] == ["a"]
    assert [f.name for f in found.later] == ["send"]


def test_code_of_tests_has_no_endpoints() -> None:
    source = "from unittest.mock import patch\n@patch('shop.api.get')\ndef test_a(get): ...\n"
    assert endpoints({"tests/test_a.py": source, "a.py": source}) == []
