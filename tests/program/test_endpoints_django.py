"""Endpoints of Django and its REST framework, each as the smallest program that shows one idea."""

import pytest

from ways_in import django, guarded, rest


def test_a_handler_that_answers_only_on_a_developers_machine_is_open() -> None:
    [found] = django(
        "def a(request):\n    if not (settings.DEV and settings.LOGIN):\n        raise Http404\n    login(request)\n",
        "urlpatterns = [path('a/', views.a)]\n",
    )
    assert found.is_open


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
