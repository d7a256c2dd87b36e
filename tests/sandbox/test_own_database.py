"""A program whose settings lead to no database gets one of its own, with the schema that its tables lie in."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write

PROGRAM = """
import os
import psycopg

URL = os.environ.get("SHOP_LEDGER__DSN") or open(".env").read().partition("=")[2].strip()

def app(environ, start_response):
    with psycopg.connect(URL) as connection:
        found = connection.execute("SELECT count(*) FROM shop.orders").fetchone()[0]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(found).encode()]

if __name__ == "__main__":
    with psycopg.connect(URL) as connection:
        connection.execute("CREATE TABLE shop.orders (id serial PRIMARY KEY)")
"""
PLACEHOLDER = "postgresql://user:password@host:port/dbname"
NOBODY = "postgresql://user:password@localhost:9/dbname"


@pytest.mark.parametrize(("example", "env"), [(PLACEHOLDER, {}), (PLACEHOLDER, {"SHOP_LEDGER__DSN": NOBODY})])
def test_what_leads_nowhere_leads_to_a_database_of_our_own(
    tmp_path: Path, example: str, env: Mapping[str, str]
) -> None:
    root = write(tmp_path / "tree", {"small.py": PROGRAM, ".env": f"SHOP_LEDGER__DSN={example}\n"})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, env=env)
    with launched(launch) as (application, started):
        assert application.call(Call(method="GET", path="/")).body == b"0"
        assert application.database is not None
    assert "its database had no schema shop: it was made" in started.notes
    told = "nobody answers where SHOP_LEDGER__DSN leads: a PostgreSQL of its own takes that place"
    assert (told in started.notes) == bool(env)


MYSQL = """
import sqlalchemy

NAMES = {"mysql": "pymysql", "postgresql": "psycopg"}
metadata = sqlalchemy.MetaData()

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"served"]
"""
SQLALCHEMY = {
    "sqlalchemy/__init__.py": """
from sqlalchemy.engine import Engine
from sqlalchemy.exc import CompileError

class MetaData:
    def create_all(self, engine):
        raise CompileError("can't render element of type TINYINT")

def create_engine(url):
    return Engine()
""",
    "sqlalchemy/engine.py": "class Engine: pass\n",
    "sqlalchemy/exc.py": "class CompileError(Exception): pass\n",
}
"""As much as matters of the library, for tables that PostgreSQL has not the types of."""


def test_tables_that_are_meant_for_another_database_are_left_to_the_program(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": MYSQL, **SQLALCHEMY})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, started):
        assert application.call(Call(method="GET", path="/")).body == b"served"
    assert started.schema == ""
