"""Every database tells its tables alike, grows, and is put back as it was saved."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from seatrial.sandbox import Database, Foreign, Numbered
from seatrial.sandbox.cluster import cluster
from seatrial.sandbox.databases import Postgres, Sqlite
from seatrial.trials.growing import Grower
from seatrial.trials.state import States

TABLES = (
    "create table users (id integer primary key, email varchar(80) not null unique, born timestamp)",
    "create table orders (id {serial} primary key, user_id integer not null references users (id), total numeric)",
    "insert into users values (1, 'ada1@example.org', null)",
    "insert into orders (user_id, total) values (1, 5)",
)


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with cluster() as port:
        yield port


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        path = tmp_path / "a.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in TABLES:
                connection.execute(statement.format(serial="integer"))
        return Sqlite(path)
    url = f"postgresql://postgres@127.0.0.1:{request.getfixturevalue('port')}"
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    with psycopg.connect(f"{url}/{name}") as connection:
        for statement in TABLES:
            connection.execute(statement.format(serial="serial").encode())
    return Postgres(f"{url}/{name}")


def test_tables_are_told_with_keys_and_uniques(database: Database) -> None:
    orders, users = database.tables()
    assert (orders.name, orders.key, orders.foreigns) == ("orders", "id", (Foreign("user_id", "users", "id"),))
    assert users.uniques == (("email",),)
    assert [(column.name, column.kind) for column in users.columns] == [
        ("id", "integer"),
        ("email", "text"),
        ("born", "time"),
    ]


def test_what_was_saved_is_put_back(database: Database) -> None:
    database.save()
    before = {table.name: database.rows(table.name) for table in database.tables()}
    database.insert("users", [{"id": 7, "email": "bob@example.org", "born": None}])
    assert database.update("orders", {"total": 9}, {"id": 1}) == 1
    database.restore()
    assert {table.name: database.rows(table.name) for table in database.tables()} == before


def test_tables_of_several_schemas_are_put_back_and_filled(port: int) -> None:
    url = f"postgresql://postgres@127.0.0.1:{port}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("create database branches")
    with psycopg.connect(f"{url}/branches") as connection:
        connection.execute("create schema sales; create schema stock")
        connection.execute("create table stock.items (id serial primary key, name text unique)")
        connection.execute("create table sales.customers (id serial primary key, email text unique)")
        connection.execute(
            "create table sales.orders (id serial primary key, item_id int references stock.items (id), "
            "customer_id int references sales.customers (id))"
        )
        connection.execute("insert into stock.items (name) values ('rope')")
    database = Postgres(f"{url}/branches")
    assert [table.name for table in database.tables()] == ["customers", "items", "orders"]
    assert database.tables()[2].foreigns[0] == Foreign("item_id", "items", "id")
    database.save()
    with psycopg.connect(f"{url}/branches") as connection:
        connection.execute("insert into stock.items (name) values ('sail')")
        connection.execute("insert into sales.orders (item_id) values (2)")
    assert set(database.changed()) >= {"items", "orders"}
    database.restore()
    assert (database.count("items"), database.count("orders")) == (1, 0)
    with psycopg.connect(f"{url}/branches") as connection:
        made = connection.execute("insert into stock.items (name) values ('sail') returning id").fetchone()
    assert made == (2,)


def test_what_was_saved_is_put_back_however_often_it_changes(database: Database) -> None:
    database.save()
    before = {table.name: database.rows(table.name) for table in database.tables()}
    for number in range(60):  # beyond the point at which deleted rows are swept away
        if number % 3:
            database.update("users", {"email": f"{number}@example.org"}, {"id": 1})
        else:
            database.insert("users", [{"id": 7 + number, "email": "bob@example.org", "born": None}])
        database.restore()
        assert {table.name: database.rows(table.name) for table in database.tables()} == before


def test_a_table_that_changed_is_told_until_it_is_put_back(database: Database) -> None:
    database.save()
    database.restore()
    database.update("orders", {"total": 9}, {"id": 1})
    assert "orders" in database.changed()
    database.restore()
    assert database.kind == "sqlite" or not database.changed()


def test_a_state_is_that_of_the_moment_also_when_another_was_saved(database: Database) -> None:
    database.save()
    database.restore()
    states = States(database)
    before = states.now()
    database.update("orders", {"total": 9}, {"id": 1})
    after = states.now()
    assert after != before
    database.save()
    database.restore()
    assert states.now() == after


@pytest.fixture
def served(port: int) -> Iterator[Postgres]:
    """A database of one table, saved and put back."""
    url = f"postgresql://postgres@127.0.0.1:{port}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("create database served")
    with psycopg.connect(f"{url}/served") as connection:
        connection.execute("create table notes (id serial primary key, text text check (text <> 'x'))")
    database = Postgres(f"{url}/served")
    database.save()
    database.restore()
    yield database
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("drop database served with (force)")


def _last(connection: psycopg.Connection) -> int:
    """The number that the next transaction which writes will have."""
    return int(connection.execute("select txid_snapshot_xmax(txid_current_snapshot())").fetchone()[0])  # type: ignore[index] # one row


def test_nothing_is_written_where_nothing_changed(served: Postgres) -> None:
    with psycopg.connect(served.url, autocommit=True) as connection:
        connection.execute("select * from notes")
        before = _last(connection)
        served.restore()
        assert _last(connection) == before


def test_what_was_refused_and_what_is_not_yet_committed_is_told_apart_from_nothing(served: Postgres) -> None:
    with psycopg.connect(served.url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("insert into notes (text) values ('x')")  # takes a number of the sequence
        served.restore()
        connection.execute("insert into notes (text) values ('y')")
        assert [row["id"] for row in served.rows("notes")] == [1]
    served.restore()
    with psycopg.connect(served.url) as writing:
        writing.execute("insert into notes (text) values ('y')")
        served.restore()  # ends it: its lock would hold up who comes next
        with pytest.raises(psycopg.errors.AdminShutdown):
            writing.execute("select 1")
        writing.close()
    assert not served.changed()


def test_views_are_no_tables_and_outlive_what_is_put_back(port: int) -> None:
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table seen (id integer primary key, at text generated always as ('x') stored)")
        connection.execute("create view shown as select id from seen")
        database = Postgres(url)
        database.save()
        connection.execute("insert into seen values (1)")
        database.restore()
        assert [table.name for table in database.tables()] == ["seen"]
        assert connection.execute("select * from shown").fetchall() == []
        connection.execute("drop table seen cascade")


def test_rows_are_told_whatever_their_first_column_is(port: int) -> None:
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('create table texts (said json, at point, "Key" integer primary key)')
        connection.execute("""insert into texts values ('{"b": 1}', '(1,2)', 10), ('{"a": 1}', '(1,2)', 9)""")
        connection.execute("create table loose (said json, name text)")
        connection.execute("""insert into loose values ('{"b": 1}', 'x'), ('{"a": 1}', 'y')""")
        database = Postgres(url)
        assert [row["Key"] for row in database.rows("texts")] == [9, 10]
        assert [row["name"] for row in database.rows("loose")] == ["y", "x"]
        connection.execute("drop table texts, loose")


def test_times_that_python_has_none_for_are_told_as_texts(port: int) -> None:
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table times (id integer primary key, at timestamptz, day date)")
        connection.execute("insert into times values (1, '2026-01-02 03:04+00', '2026-01-02')")
        database = Postgres(url)
        (row,) = database.rows("times")
        assert (row["at"], row["day"]) == (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), date(2026, 1, 2))
        connection.execute("insert into times values (2, '0001-12-31 10:00+00 BC', 'infinity')")
        assert [row["day"] for row in database.rows("times")] == ["2026-01-02", "infinity"]
        assert database.rows("times")[1]["at"].endswith("BC")
        connection.execute("drop table times")


@pytest.mark.parametrize(("shared", "parents"), [(False, 4), (True, 1)])
def test_rows_grow_with_keys_of_their_own(database: Database, *, shared: bool, parents: int) -> None:
    Grower(database, {"users": 1}).grow(3, shared=shared)
    assert next(row["email"] for row in database.rows("users")) == "ada1@example.org"
    assert database.count("users") == database.count("orders") == 4
    assert len({row["user_id"] for row in database.rows("orders")}) == parents


def test_growing_twice_makes_no_key_twice(database: Database) -> None:
    grower = Grower(database, {})
    grower.grow(3, shared=False)
    grower.grow(5, shared=True)
    assert database.count("users") == 9


@pytest.mark.parametrize("email", ["7" * 80, "a" * 79 + "1", f"a1@{'b' * 73}.org"])
def test_what_fills_its_column_grows_all_the_same(database: Database, email: str) -> None:
    database.update("users", {"email": email}, {"id": 1})
    Grower(database, {}).grow(5, shared=False)
    assert len({row["email"] for row in database.rows("users")}) == 6


def test_clones_that_do_not_fit_their_column_are_left_out(database: Database) -> None:
    if database.kind == "sqlite":
        pytest.skip("SQLite holds to no length")
    users = next(table for table in database.tables() if table.name == "users")
    numbered = {"id": Numbered("integer", 2), "email": Numbered("text", 1, before="a" * 80)}
    assert database.clone(users, {"id": 1}, numbered, 2) == 0
    assert database.count("users") == 1


def test_clones_differ_in_what_is_numbered_alone(database: Database) -> None:
    users = next(table for table in database.tables() if table.name == "users")
    numbered = {"id": Numbered("integer", 5), "email": Numbered("text", 7, "a%d'", "@example.org", cycle=2)}
    assert database.clone(users, {"id": 1}, numbered, 3) == 2
    assert [(row["id"], row["email"]) for row in database.rows("users")[1:]] == [
        (5, "a%d'7@example.org"),
        (6, "a%d'8@example.org"),
    ]
    assert [numbered["email"].value(n) for n in range(3)] == [
        "a%d'7@example.org",
        "a%d'8@example.org",
        "a%d'7@example.org",
    ]
    assert database.highest("users", "id") == 6


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_what_a_program_locks_wholly_is_put_back_once_it_lets_go(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as program:
        program.execute(f"PRAGMA journal_mode = {journal}")
        program.execute("CREATE TABLE orders (id INTEGER)")
        database = Sqlite(path)
        database.save()
        program.execute("PRAGMA locking_mode = exclusive")
        program.execute("BEGIN EXCLUSIVE")
        program.execute("INSERT INTO orders VALUES (1)")
        database.when_locked = program.close
        database.restore()
    assert database.rows("orders") == []
