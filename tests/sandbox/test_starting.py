"""Programs are started as their trees are laid out, without being told anything."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from seatrial.sandbox import Answer, Call, Launch, StartError, launched
from seatrial.sandbox.inside import apps
from seatrial.sandbox.starter import Started
from trees import write

Start = Callable[[Mapping[str, str], str], tuple[Started, Answer]]

CORE = "from starlette.applications import Starlette\n\napp = Starlette()\n"
WEB = """
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from shop.core import app


async def thing(request):
    return PlainTextResponse(str(request.path_params["id"]))


app.router.routes.append(Mount("/api", routes=[Route("/things/{id:int}", thing)]))
"""


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def started(files: Mapping[str, str], path: str) -> tuple[Started, Answer]:
        """How the program of the files was found, and what it answers to a GET."""
        root = write(tmp_path / "tree", files)
        with launched(Launch(root=root, aside=tmp_path, python=sys.executable, workers=1)) as (application, found):
            return found, application.call(Call(method="GET", path=path))

    return started


def test_an_application_without_routes_is_passed_over_for_where_they_are_added(start: Start) -> None:
    found, answer = start({"shop/core.py": CORE, "shop/app.py": WEB}, "/api/things/7")
    assert (found.app, list(found.document["paths"])) == ("shop.app:app", ["/api/things/{id}"])
    assert (answer.status, answer.body) == (200, b"7")


def test_an_application_without_routes_is_served_where_there_is_no_other(start: Start) -> None:
    files = {"shop/core.py": CORE, "Procfile": "web: gunicorn shop.core:app\nother: gunicorn gone.away:app\n"}
    found, answer = start(files, "/")
    assert (found.app, answer.status) == ("shop.core:app", 404)


def test_another_application_than_that_which_comes_first_is_told(start: Start) -> None:
    files = {"Procfile": "web: gunicorn shop:app\n", "shop.py": "import no_such_library\n", "tester.py": SERVED}
    found, _ = start({**files, "pricing.py": "CURRENCY = 'EUR'\n"}, "/")
    assert found.app == "tester:app"
    assert found.notes[0].startswith("what comes first fails (ModuleNotFoundError: No module named 'no_such_library')")


def test_what_keeps_routes_from_being_added_is_told(start: Start) -> None:
    with pytest.raises(StartError, match="no such index"):
        start(
            {"shop/core.py": CORE, "shop/app.py": "from shop.core import app\nraise IndexError('no such index')\n"}, "/"
        )


def test_a_module_of_its_own_is_found_wherever_it_lies_in_the_tree(start: Start) -> None:
    files = {"main.py": f"{CORE}import pricing\n", "libs/py/pricing/__init__.py": ""}
    assert start(files, "/")[1].status == 404


SERVED = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import packaging.version
import pricing


async def kind(request):
    return PlainTextResponse(packaging.version.Version("1.0").public + pricing.CURRENCY)


app = Starlette(routes=[Route("/", kind)])
"""
NAMESAKES = {
    "packaging.py": "from . import parcels\n",
    "pricing.py": "CURRENCY = 'EUR'\n",
}


@pytest.mark.parametrize("folder", ["app", "src", "backend", "server"])
def test_a_module_in_a_folder_beside_does_not_hide_a_library(start: Start, folder: str) -> None:
    files = {f"{folder}/{name}": text for name, text in NAMESAKES.items()}
    _, answer = start({"web.py": SERVED, **files}, "/")
    assert answer.body == b"1.0EUR"


@pytest.mark.parametrize("folder", ["", "app/", "services/web/"])
def test_a_module_where_the_program_lies_comes_before_a_library(start: Start, folder: str) -> None:
    files = {"packaging.py": "PARCEL = 'box '\n", "pricing.py": "CURRENCY = 'USD'\n"}
    served = SERVED.replace("import packaging.version", "import packaging").replace(
        'packaging.version.Version("1.0").public', "packaging.PARCEL"
    )
    _, answer = start({f"{folder}{name}": text for name, text in {"web.py": served, **files}.items()}, "/")
    assert answer.body == b"box USD"


def test_a_framework_that_is_made_of_another_is_told_from_it() -> None:
    flask = type("App", (), {"__module__": "flask.sansio.app"})
    quart = type("Quart", (flask,), {"__module__": "quart.app"})
    own = type("Shop", (quart,), {"__module__": "shop"})
    assert [apps._framework(kind()) for kind in (flask, quart, own)] == ["flask", "quart", "quart"]


ALEMBIC = {
    "shop.py": f"{CORE}app.add_route('/', lambda request: None)\n",
    "alembic.ini": "[alembic]\n",
    "alembic/__init__.py": "",
    "alembic/config.py": "class Config:\n    def __init__(self, file):\n        self.file = file\n",
}
MADE = """
import sqlite3


def upgrade(config, revision):
    with open(config.file), sqlite3.connect("shop.db") as connection:
        connection.execute("create table orders (id integer primary key)")
"""


def test_its_own_migrations_make_the_tables(start: Start) -> None:
    found, _ = start({**ALEMBIC, "alembic/command.py": MADE}, "/")
    assert (found.schema, found.notes) == ("alembic upgrade heads", ())


def test_migrations_that_fail_are_told(start: Start) -> None:
    found, _ = start(
        {**ALEMBIC, "alembic/command.py": "def upgrade(*_):\n    raise SystemExit('no such revision')\n"}, "/"
    )
    assert (found.schema, len(found.notes)) == ("", 1)
    assert "no such revision" in found.notes[0]
    assert found.failures == ("no such revision",)


ASKING = """
import os

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def version(request):
    try:
        os.environ["SHOP_REGION"]
    except KeyError:
        return PlainTextResponse(os.environ["SHOP_VERSION"])


app = Starlette(routes=[Route("/", version)])
"""


def test_what_it_reads_only_when_asked_is_there_by_then(start: Start) -> None:
    found, answer = start({"shop.py": ASKING, ".env.example": "SHOP_VERSION=1.7\nSHOP_REGION=north\n"}, "/")
    assert (answer.status, answer.body) == (200, b"1.7")
    assert found.dummies == {"SHOP_VERSION": "1.7"}


BEGINNING = """
import os
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


@asynccontextmanager
async def lifespan(app):
    if not os.getenv("SHOP_TOKENS"):
        raise RuntimeError("SHOP_TOKENS must be set")
    yield


async def tokens(request):
    return PlainTextResponse(os.getenv("SHOP_TOKENS"))


app = Starlette(routes=[Route("/", tokens)], lifespan=lifespan)
"""


def test_what_it_misses_when_it_begins_is_made_up(start: Start) -> None:
    found, answer = start({"shop.py": BEGINNING, ".env.example": "SHOP_TOKENS=some\n"}, "/")
    assert (answer.status, answer.body) == (200, b"some")
    assert found.dummies == {"SHOP_TOKENS": "some"}


LOST = """
import socket

from starlette.applications import Starlette
from starlette.routing import Route


def documents(request):
    return socket.create_connection(("localhost", 27017))


app = Starlette(routes=[Route("/documents", documents), Route("/documents/{id}", documents)])
"""


def test_a_service_without_which_nothing_is_answered_is_named(start: Start) -> None:
    with pytest.raises(StartError, match="It needs MongoDB, and none answers at port 27017: start one"):
        start({"shop.py": LOST}, "/documents")


KEPT = """
import base64
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

for line in Path(__file__).with_name(".env").read_text().splitlines():
    name, _, value = line.partition("=")
    os.environ.setdefault(name, value)
KEY = base64.b64decode(os.environ["SHOP_SECRET_KEY"], validate=True)


async def key(request):
    return Response(KEY)


app = Starlette(routes=[Route("/", key)])
"""


def test_a_secret_that_its_own_file_holds_is_not_made_up(start: Start) -> None:
    _, answer = start({"shop.py": KEPT, ".env": "SHOP_SECRET_KEY=aGFyYm91cg==\n"}, "/")
    assert (answer.status, answer.body) == (200, b"harbour")
