"""The texts that a column may hold are read from its type or its checks, and what breaks a check is not written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from seatrial.sandbox.cluster import cluster
from seatrial.sandbox.databases import Postgres, Sqlite

TABLE = """
    create table "orders" (
        id integer primary key, state {kind}, "kind" varchar(9) check ("kind" in ('new', 'l''ast')),
        size integer check (size in (1, 2)), note text check (note not in ('never')), way text, place text,
        constraint ways check (way in ('up', 'down') and size > 0)
    )
"""
KINDS = {"kind": ["new", "l'ast"], "way": ["up", "down"]}


def test_sqlite_tells_them_by_checks(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(TABLE.format(kind="text"))
        connection.execute("insert into orders (id, kind, size) values (1, 'new', 1)")
    database = Sqlite(path)
    assert database.named() == {"orders": KINDS}
    assert [database.update("orders", {"kind": value}, {"id": 1}) for value in ("old", "l'ast")] == [0, 1]
    database.delete("orders", {"id": 1})
    assert database.count("orders") == 0


def test_postgresql_tells_them_by_types_and_checks() -> None:
    with cluster() as port:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(url) as connection:
            connection.execute("create type states as enum ('open', 'closed')")
            connection.execute(TABLE.format(kind="states").encode())
            connection.execute("insert into orders (id, state, kind, size) values (1, 'open', 'new', 1)")
        database = Postgres(url)
        assert database.named() == {"orders": {**KINDS, "state": ["open", "closed"]}}
        tried = [({"kind": "old"}, 0), ({"state": "shut"}, 0), ({"state": "closed"}, 1)]
        assert [database.update("orders", values, {"id": 1}) for values, _ in tried] == [count for _, count in tried]
        database.delete("orders", {"id": 1})
        assert database.count("orders") == 0
