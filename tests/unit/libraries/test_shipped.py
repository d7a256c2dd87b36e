"""The models that are shipped: whole, free of doubles, and true where the engine leans on them."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from seatrial.libraries import FunctionModel, Models, available, load, parse

FILES = sorted(set(available().values()))
KEYWORDS = {"self", "item", "items", "item-and-new", ""}


@pytest.fixture(scope="module")
def everything() -> Models:
    return load()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_loads_alone(path: Path) -> None:
    library = parse(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    assert library.modules
    assert library.types or library.functions


def test_no_module_or_name_is_modelled_in_two_files() -> None:
    libraries = [parse(tomllib.loads(path.read_text(encoding="utf-8")), path.name) for path in FILES]
    tables = ("types", "functions", "values", "aliases")
    names = Counter((table, name) for library in libraries for table in tables for name in getattr(library, table))
    modules = Counter(module for library in libraries for module in library.modules)
    assert [
        name for name, times in (names + Counter({("modules", m): n for m, n in modules.items()})).items() if times > 1
    ] == []


def test_every_need_can_be_met() -> None:
    needs = {need for path in FILES for need in tomllib.loads(path.read_text(encoding="utf-8")).get("needs", [])}
    assert needs <= available().keys()


def test_every_name_belongs_to_a_module_of_its_file() -> None:
    own = {"?"}
    for path in FILES:
        library = parse(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
        names = {*library.types, *library.functions, *library.values, *library.aliases}
        assert {name.split(".")[0] for name in names} - {*library.modules} <= own, path.name


def test_what_is_named_as_a_type_is_one(everything: Models) -> None:
    results = {model.returns for model in everything.functions.values()} - KEYWORDS
    held = {model.type for model in everything.values.values()} - KEYWORDS
    bases = {base for model in everything.types.values() for base in model.bases}
    assert sorted(name for name in results | held | bases if everything.type(name) is None) == []


def test_every_alias_leads_to_something_modelled(everything: Models) -> None:
    known = [*everything.types, *everything.functions, *everything.values]
    ends = {everything.canonical(alias) for alias in everything.aliases}
    assert sorted(end for end in ends if not any(name == end or name.startswith(f"{end}.") for name in known)) == []


def test_what_opens_says_how_it_is_closed(everything: Models) -> None:
    opening = {model.returns for model in everything.functions.values() if model.opens}
    assert sorted(name for name in opening if not everything.closers(name)) == []


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("starlette.requests.Request", "fastapi.Request"),
        ("fastapi.params.Depends", "fastapi.Depends"),
        ("flask.wrappers.Request", "flask.Request"),
        ("django.db.models.query.QuerySet", "django.db.models.QuerySet"),
        ("rest_framework.generics.ListAPIView", "rest_framework.ListAPIView"),
        ("sqlalchemy.ext.asyncio.session.AsyncSession", "sqlalchemy.ext.asyncio.AsyncSession"),
        ("sqlalchemy.sql.expression.text", "sqlalchemy.text"),
        ("requests.sessions.Session.get", "requests.Session.get"),
        ("posixpath.join", "os.path.join"),
        ("cPickle.loads", "pickle.loads"),
        ("concurrent.futures.thread.ThreadPoolExecutor", "concurrent.futures.ThreadPoolExecutor"),
    ],
)
def test_known_ways_to_one_thing_meet(everything: Models, name: str, canonical: str) -> None:
    assert everything.canonical(name) == canonical


@pytest.mark.parametrize(
    ("function", "danger"),
    [
        ("os.system", "command"),
        ("sqlite3.Cursor.execute", "sql"),
        ("sqlmodel.Session.execute", "sql"),
        ("django.db.models.Manager.raw", "sql"),
        ("django.utils.safestring.mark_safe", "html"),
        ("flask.render_template_string", "template"),
        ("werkzeug.utils.redirect", "redirect"),
        ("pathlib.Path.read_text", "path"),
        ("httpx.AsyncClient.get", "url"),
        ("lxml.etree.Element.xpath", "xpath"),
    ],
)
def test_known_sinks_are_found_through_bases_and_aliases(everything: Models, function: str, danger: str) -> None:
    assert danger in model(everything, function).sinks


@pytest.mark.parametrize(
    ("owner", "attribute"),
    [
        ("flask.Request", "args"),
        ("rest_framework.Request", "data"),
        ("rest_framework.Request", "GET"),
        ("fastapi.Request", "query_params"),
        ("django.http.HttpRequest", "META"),
        ("rest_framework.ModelViewSet", "kwargs"),
    ],
)
def test_what_strangers_send_is_remote(everything: Models, owner: str, attribute: str) -> None:
    found = everything.attribute(owner, attribute)
    assert found is not None
    assert found.source == "remote"


def test_environment_variables_are_not_foreign(everything: Models) -> None:
    environ = everything.value("os.environ")
    assert environ is not None
    assert environ.source is None


def test_query_methods_keep_the_model_of_their_receiver(everything: Models) -> None:
    steps = {
        name: model(everything, f"django.db.models.Manager.{name}") for name in ("filter", "get", "count", "update")
    }
    assert [step.query for step in steps.values()] == ["build", "one", "scalar", "bulk"]
    assert (steps["filter"].returns, steps["get"].returns) == ("self", "item")


def test_asynchronous_calls_do_not_hold_the_thread(everything: Models) -> None:
    held = [name for name, known in everything.functions.items() if known.awaited and "block" in known.effects]
    assert held == []


def model(models: Models, name: str) -> FunctionModel:
    found = models.function(name)
    assert found is not None
    return found
