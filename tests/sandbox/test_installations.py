"""The server that brings what a program asks for is used: the wheel's, or one that is installed on this machine."""

from pathlib import Path

import psycopg
import pytest

from seatrial.sandbox import cluster
from seatrial.sandbox.databases import Postgres
from seatrial.sandbox.extensions import Extensions, extensions
from seatrial.sandbox.installations import Installation, best, installations
from trees import write

WHEEL = Installation(Path("/wheel/bin"), 18, frozenset({"plpgsql"}))
PLAIN = Installation(Path("/usr/lib/postgresql/16/bin"), 16, frozenset({"plpgsql", "citext"}))
SPATIAL = Installation(Path("/usr/lib/postgresql/15/bin"), 15, frozenset({"plpgsql", "citext", "postgis"}))


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ((), WHEEL),
        (("citext",), WHEEL),  # it has a stand-in for that
        (("postgis", "citext"), SPATIAL),
        (("nobody_has_it",), WHEEL),
    ],
)
def test_the_wheel_is_used_unless_another_brings_more(wanted: tuple[str, ...], chosen: Installation) -> None:
    assert best(wanted, [WHEEL, PLAIN, SPATIAL]) == chosen


def test_a_server_on_the_path_is_read_without_being_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "#!/bin/sh\necho 'postgres (PostgreSQL) 17.2'\n"
    where = f"#!/bin/sh\necho {tmp_path}/share\n"
    named = {"bin/postgres": told, "bin/initdb": told, "bin/pg_config": where, "share/extension/postgis.control": ""}
    for name in (one for one in write(tmp_path, named).glob("bin/*")):
        name.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    assert Installation(tmp_path / "bin", 17, frozenset({"postgis"})) in installations()


@pytest.mark.parametrize(
    ("file", "text", "wanted", "begun"),
    [
        ("a/migrations/0001.py", 'op.execute("CREATE EXTENSION IF NOT EXISTS \\"uuid-ossp\\"")', {"uuid-ossp"}, True),
        ("a/migrations/0001.sql", "create extension hstore;", {"hstore"}, False),
        ("a/migrations/0001.py", "operations = [BtreeGistExtension(), OwnExtension()]", {"btree_gist"}, True),
        ("a/settings.py", 'ENGINE = "django.contrib.gis.db.backends.postgis"', {"postgis"}, True),
        ("docker-compose.yml", "image: postgis/postgis:15-3.3", {"postgis"}, True),
        ("docker-compose.yml", "image: postgres:15", set(), True),
    ],
)
def test_a_program_tells_which_extensions_it_asks_for(
    tmp_path: Path, file: str, text: str, wanted: set[str], *, begun: bool
) -> None:
    said = extensions(write(tmp_path, {file: text}))
    assert said == Extensions(frozenset(wanted), frozenset(wanted if begun else ()))


def _bringing(name: str) -> pytest.MarkDecorator:
    is_here = any(name in one.extensions for one in installations())
    return pytest.mark.skipif(not is_here, reason=f"no server here brings {name}")


@_bringing("hstore")
def test_a_server_of_this_machine_serves_what_the_wheel_has_not() -> None:
    asked = Extensions(frozenset({"hstore"}), frozenset({"hstore"}))
    with cluster.cluster(asked) as port, psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres") as server:
        assert server.execute("SELECT 'a=>1'::hstore -> 'a'").fetchone() == ("1",)
        assert server.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


@_bringing("postgis")
def test_the_tables_of_an_extension_are_none_of_the_programs() -> None:
    asked = Extensions(frozenset({"postgis"}), frozenset({"postgis"}))
    with cluster.cluster(asked) as port:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(url) as server:
            server.execute("CREATE TABLE places (id serial PRIMARY KEY, at geometry(POINT, 4326))")
        database = Postgres(url)
        assert [table.name for table in database.tables()] == ["places"]
        database.insert("places", [{"at": "SRID=4326;POINT(1 2)"}])
        database.save()
        database.update("places", {"at": "SRID=4326;POINT(3 4)"}, {"id": 1})
        database.restore()
        with psycopg.connect(url) as server:
            assert server.execute("SELECT ST_X(at) FROM places").fetchone() == (1.0,)
            assert server.execute("SELECT count(*) > 1000 FROM spatial_ref_sys").fetchone() == (True,)
