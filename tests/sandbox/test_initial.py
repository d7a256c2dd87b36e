"""A database is set up with the SQL that a program's compose files give its server."""

from pathlib import Path

import psycopg
import pytest

from seatrial.sandbox import cluster
from seatrial.sandbox.initial import _statements, scripts, set_up
from trees import write

SQL = """
-- goods; and their owners
\\c shop
CREATE DATABASE shop;
CREATE TABLE goods (id serial PRIMARY KEY, name text DEFAULT 'a;b');
CREATE FUNCTION twice(integer) RETURNS integer AS $$ BEGIN RETURN $1 * 2; END; $$ LANGUAGE plpgsql;
GRANT ALL ON goods TO nobody_here;
INSERT INTO goods (name) VALUES ('rope; long'), ('it''s');
"""


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("docker-compose.yml", "    volumes:\n      - ./db/init.sql:/docker-entrypoint-initdb.d/init.sql:ro\n"),
        ("docker-compose.yml", '      - "./db:/docker-entrypoint-initdb.d"\n'),
        ("Dockerfile", "FROM postgres:16\nCOPY db/init.sql /docker-entrypoint-initdb.d/\n"),
    ],
)
def test_what_the_server_is_given_is_found(tmp_path: Path, file: str, said: str) -> None:
    root = write(tmp_path, {file: said, "db/init.sql": SQL})
    assert scripts(root) == [root / "db/init.sql"]


def test_nothing_outside_of_the_tree_is_run(tmp_path: Path) -> None:
    write(tmp_path, {"init.sql": "", "tree/compose.yml": "- ../init.sql:/docker-entrypoint-initdb.d/init.sql\n"})
    assert scripts(tmp_path / "tree") == []


def test_statements_end_outside_of_texts_and_bodies_alone() -> None:
    found = [*_statements(SQL)]
    assert len(found) == 5
    assert sum("goods" in one for one in found) == 4


def test_it_is_run_and_what_fails_is_passed_over(tmp_path: Path) -> None:
    root = write(tmp_path, {"db/init.sql": SQL})
    with cluster.cluster() as port:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        assert set_up(root, [root / "db/init.sql"], url) == (
            "its database was set up with db/init.sql, as its own server is",
        )
        with psycopg.connect(url) as connection:
            told = connection.execute("SELECT name, twice(id) FROM goods ORDER BY id").fetchall()
    assert told == [("rope; long", 2), ("it's", 4)]
