"""An endpoint answers with every row of a table that grows.

In a year it reads, converts and sends a hundred thousand rows to each caller: it takes seconds of the database and the processor, and
anybody can ask for it again and again.

Answer in pages: a `pagination_class` (or `DEFAULT_PAGINATION_CLASS`), `paginate_by`, `limit` with a largest value, or a key to go on from.

## Bad: views that list all

```shop/settings.py
INSTALLED_APPS = ["rest_framework", "shop"]
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
```

```shop/models.py
from django.db import models

class Order(models.Model):
    total = models.IntegerField()
```

```shop/views.py
from django.http import JsonResponse
from django.urls import path
from django.views.generic import ListView
from rest_framework import generics, routers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView
from shop.models import Order

class Orders(viewsets.ModelViewSet):
    queryset = Order.objects.all()  # finding: every row of Order

class OrderList(generics.ListAPIView):
    def get_queryset(self):
        return Order.objects.order_by("total")  # finding: every row of Order

class Page(ListView):
    model = Order  # finding: every row of Order

class Plain(APIView):
    def get(self, request):
        return Response(OrderSerializer(Order.objects.all(), many=True).data)  # finding: every row of Order

def place(request):
    return JsonResponse({"id": Order.objects.create(total=int(request.POST["total"])).pk})

def numbers(request):
    return JsonResponse({"orders": [order.total for order in Order.objects.all()]})  # finding: every row of Order

router = routers.DefaultRouter()
router.register("orders", Orders)
urlpatterns = [
    path("list/", OrderList.as_view()),
    path("page/", Page.as_view()),
    path("plain/", Plain.as_view()),
    path("place/", place),
    path("numbers/", numbers),
    *router.urls,
]
```

## Good: a default for all views

```shop/settings.py
INSTALLED_APPS = ["rest_framework", "shop"]
REST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination", "PAGE_SIZE": 50}
```

```shop/views.py
from django.db import models
from django.views.generic import ListView
from django.urls import path
from rest_framework import routers, viewsets

class Order(models.Model):
    total = models.IntegerField()

def place(total):
    return Order.objects.create(total=total)

class Orders(viewsets.ModelViewSet):
    queryset = Order.objects.all()

class Page(ListView):
    model = Order
    paginate_by = 50

router = routers.DefaultRouter()
router.register("orders", Orders)
urlpatterns = [path("page/", Page.as_view()), *router.urls]
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import LOOPS, Class, Function, Program, Query
from seatrial.program.chains import chain, is_grouped
from seatrial.program.endpoints import Endpoint, settings
from seatrial.program.serving import literals
from seatrial.program.serving.given import Given, answers_get
from seatrial.program.serving.nouns import Rows
from seatrial.rules.contract import Match, rule
from seatrial.rules.scale._data import is_of_one_row, is_set_up
from seatrial.rules.scale._worth import hands_out

_LISTS = {"rest_framework.ListModelMixin": "pagination_class", "django.views.generic.ListView": "paginate_by"}
"""Views that list rows, and the attribute that makes pages of them."""
_CREATES = "rest_framework.CreateModelMixin"


@rule(severity=Severity.WARNING, cwe=(770,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Views of a library that list a whole table, and handlers that go through one or hand it to a serializer."""
    writes = program.effects.sources("db.write")
    by_others = frozenset(one.what for one in writes if not program.occasions.is_by_hand(one.function))
    grows = (program.fed_tables or by_others) - program.kept_tables
    given, seen = Given(program), set[Class | Function]()
    for endpoint in program.endpoints:
        cls = endpoint.cls
        if cls is not None and cls not in seen:
            seen.add(cls)
            yield from _listed(program, endpoint, cls, given, grows)
        if endpoint.kind == "route":
            functions = {endpoint.handler, *endpoint.entries} - seen
            seen |= functions
            for function in functions if not _is_for_some(endpoint) else ():
                yield from _answered(program, endpoint, function, grows)


def _is_for_some(endpoint: Endpoint) -> bool:
    """Those who keep the program alone get an answer: they see few tables grow."""
    return (
        endpoint.is_named_for_admins
        or endpoint.is_for_admins
        or any(guard.kind == "permission" for guard in endpoint.guards)
    )


def _listed(program: Program, endpoint: Endpoint, cls: Class, given: Given, grows: frozenset[str]) -> Iterator[Match]:
    base = next((b for b in _LISTS if program.types.class_derives(cls, b)), "")
    if not base or _has_pages(program, cls, base) or program.types.member(cls, "list") or not answers_get(program, cls):
        return
    for rows in given.queries(cls):
        query = rows.query
        if not query.whole or query.bounded or not query.table:
            continue
        is_made = program.types.class_derives(cls, _CREATES) and not endpoint.is_for_admins
        is_fed = query.table in grows or is_made
        sure = is_fed and not query.filtered and _is_all(program, cls, rows) and not is_set_up(query.table)
        yield _match(rows.function, rows.line, query.table, endpoint, sure=sure)


def _is_all(program: Program, cls: Class, rows: Rows) -> bool:
    """No method narrows what the view lists, nor does a filter, and it does not belong to one row."""
    if program.types.member(cls, "filter_backends") or program.types.member(cls, "get_context_data"):
        return False
    chooses = program.types.member(cls, "get_queryset")
    is_own = chooses is None or not isinstance(chooses.entity, Function) or chooses.entity is rows.function
    return is_own and not (rows.value >= 0 and is_of_one_row(program, rows.function, rows.value))


def _has_pages(program: Program, cls: Class, base: str) -> bool:
    name = _LISTS[base]
    if program.types.member(cls, name) or program.types.member(cls, f"get_{name}"):
        return True
    if name != "pagination_class":
        return False
    if not any(True for _ in settings.named(program, "INSTALLED_APPS")):
        return True  # a library: those who use it have the settings
    return any(_sets_pages(body, value) for body, value in settings.named(program, "REST_FRAMEWORK"))


def _sets_pages(body: Function, value: int) -> bool:
    """The settings name a class, or are put together in a way that is not seen."""
    step = body.values[body.origin(value)]
    if type(step) is not f.Collection or any(item < 0 for item in step.items):
        return True
    chosen = settings.entry(body, value, "DEFAULT_PAGINATION_CLASS")
    held = body.values[chosen] if chosen >= 0 else None
    return held is not None and not (type(held) is f.Const and held.value is None)


def _answered(program: Program, endpoint: Endpoint, function: Function, grows: frozenset[str]) -> Iterator[Match]:
    """Queries that the handler itself goes through, or gives to a serializer."""
    for value, line in _shown(function):
        query = program.queries.query(function, value)
        if query and query.table and _is_whole(query) and _is_lazy(program, function, value):
            sure = query.table in grows and not hands_out(function)
            yield _match(function, line, query.table, endpoint, sure=sure)


def _is_whole(query: Query) -> bool:
    return query.whole and not (query.bounded or query.filtered or query.few)


def _is_lazy(program: Program, function: Function, value: int) -> bool:
    """The query runs here; what was read into a list before is another rule's."""
    found = program.type_of(function, value)
    if any(is_grouped(names) for names in _chains(function, value)):
        return False
    is_lazy = program.types.has_kind(found, "query") or program.types.has_kind(found, "manager")
    is_chosen = bool(program.target(function, function.origin(value)).functions)  # by what is asked, or by whom
    return is_lazy and not is_chosen and not is_of_one_row(program, function, value)


def _chains(function: Function, value: int) -> Iterator[list[str]]:
    """How the query is built, last call first, by each of the ways to it."""
    step = function.values[function.origin(value)]
    for option in step.options if type(step) is f.Phi else (value,):
        yield [step.callee.rpartition(".")[2] for _, step in chain(function, function.origin(option))]


def _shown(function: Function) -> Iterator[tuple[int, int]]:
    for region in function.regions:
        if region.kind in LOOPS and region.subject >= 0:
            yield region.subject, region.line
    for call in function.calls:
        step = function.values[call]
        if type(step) is f.Call and step.args and literals.is_true(function, dict(step.keywords).get("many", f.NONE)):
            yield step.args[0], step.line


def _match(function: Function, line: int, table: str, endpoint: Endpoint, *, sure: bool) -> Match:
    name = table.rpartition(".")[2]
    return Match(
        message=f"{endpoint.name} answers with every row of {name}",
        function=function,
        line=line,
        key=table,
        path=(endpoint.where, Step(Place(function.file.path, line, line), f"asks for all of {name}")),
        confidence=0.72 if sure else 0.6,
    )
