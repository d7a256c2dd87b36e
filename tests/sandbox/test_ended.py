"""A program that ends itself before it can be looked at is told as one that does not start, with what it ended for."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, StartError, launched
from seatrial.sandbox.inside import saying
from trees import write

PROGRAM = """
import sys

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        try:
            {{}}[{key!r}] if {key!r} else None
        except KeyError:
            sys.exit()
        return await send({{"type": "lifespan.startup.complete"}})
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": b"here"}})
"""


def launch(tmp_path: Path, key: str) -> Launch:
    root = write(tmp_path / "tree", {"small.py": PROGRAM.format(key=key)})
    return Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, workers=1)


def test_one_that_ends_as_if_all_were_well_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="KeyError: 'the cat'"), launched(launch(tmp_path, "the cat")):
        pass


def test_one_that_goes_on_is_served(tmp_path: Path) -> None:
    with launched(launch(tmp_path, "")) as (application, _):
        assert application.call(Call(method="GET", path="/")).body == b"here"


PICCOLO = """
made = []

class Table:
    pass

def create_db_tables_sync(*tables, if_not_exists):
    made.extend(sorted(one.__name__ for one in tables))
"""
SHIPS = """
from piccolo.table import Table, made

class Ship(Table):
    pass

class Crew:
    pass

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
"""


def test_the_tables_of_piccolo_are_made(tmp_path: Path) -> None:
    library = write(tmp_path / "library", {"piccolo/__init__.py": "", "piccolo/table.py": PICCOLO})
    root = write(tmp_path / "tree", {"ships.py": f"import sys\nsys.path.append({str(library)!r})\n{SHIPS}"})
    with launched(
        Launch(root=root, aside=tmp_path / "aside", target="ships:app", python=sys.executable, workers=1)
    ) as (_, started):
        assert started.schema == "create_db_tables of Piccolo"


def test_the_import_that_failed_is_told_and_not_what_a_library_makes_of_it() -> None:
    code = "try:\n    from json import nothing_like_it\nexcept ImportError:\n    raise ImportError('add json')\n"
    with pytest.raises(ImportError) as raised:
        exec(compile(code, "library.py", "exec"), {})
    told = saying.told(raised.value)  # type: ignore[no-untyped-call] # it runs in any Python
    assert told["error"].startswith("ImportError: cannot import name 'nothing_like_it' from 'json'")
