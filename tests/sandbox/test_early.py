"""A program that asks its tables as it is loaded gets them first, as its models have them."""

import sys
from pathlib import Path

from seatrial.sandbox import Call, Launch, launched
from trees import write

LIBRARY = """
import sqlite3

class Engine:
    def run(self, statement):
        with sqlite3.connect("shop.db") as db:
            return db.execute(statement).fetchall()

class MetaData:
    def create_all(self, engine):
        engine.run("create table if not exists visits (text text)")
"""
PROGRAM = """
from sqlalchemy import Engine, MetaData

engine, metadata = Engine(), MetaData()

def create_app():
    engine.run("delete from visits")

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(engine.run("select * from visits")).encode()]

    return app
"""


def test_tables_are_made_from_models_for_what_asks_them_as_it_is_loaded(tmp_path: Path) -> None:
    files = {
        "sqlalchemy/__init__.py": LIBRARY,
        "sqlalchemy/engine.py": "from sqlalchemy import Engine\n",
        "sqlalchemy/exc.py": "class CompileError(Exception): ...\n",
        "shop.py": PROGRAM,
    }
    launch = Launch(
        root=write(tmp_path / "tree", files), aside=tmp_path, python=sys.executable, target="shop:create_app", workers=1
    )
    with launched(launch) as (application, _):
        assert application.call(Call(method="GET", path="/")).body == b"[]"
