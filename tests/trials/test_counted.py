"""Growth of a program that somebody else started, with a database that somebody else runs: proven by its counters."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from seatrial.app.audit import Request
from seatrial.app.progress import Progress
from seatrial.app.starting import Start
from seatrial.app.trial import Trial, Tried, run
from seatrial.model.evidence import Outcome
from trials.servers import emptied, postgres, serving, system, wheel

pytestmark = pytest.mark.slow
FAULTY, SOUND = "per-row,scan", ""
LOADED = "shared_preload_libraries=pg_stat_statements"
NAMED = {"properties": {"name": {"type": "string"}}, "required": ["name"]}
BODY = {"requestBody": {"content": {"application/json": {"schema": NAMED}}}}
DOCUMENT = {"paths": {"/ships": {"get": {}, "post": BODY}, "/found": {"get": {}}}}
OURS = "select nspname from pg_namespace where nspname like 'seatrial%'"


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Tried]]:
    """A function that gives what growth saw of the pier with these faults on the server of this name, each once."""
    seen: dict[tuple[str, str], Tried] = {}
    urls: dict[str, str] = {}
    with ExitStack() as stack:

        def once(server: str, faults: str) -> Tried:
            if server not in urls:
                programs, settings = (system(), [LOADED]) if server == "loaded" else (wheel(), [])
                folder = tmp_path_factory.mktemp(server)
                urls[server] = stack.enter_context(postgres(programs, folder, settings))
            if (server, faults) not in seen:
                seen[server, faults] = tried_once(urls[server], faults, tmp_path_factory.mktemp("tree"))
            return seen[server, faults]

        yield once


def tried_once(url: str, faults: str, tree: Path) -> Tried:
    emptied(url)
    (tree / "openapi.json").write_text(json.dumps(DOCUMENT))
    with serving("pier", {"FAULTS": faults, "DATABASE_URL": url}) as address:
        start = Start(url=address, openapi=str(tree / "openapi.json"), database_url=url)
        found = run(Trial(audit=Request(root=tree, cached=False), only=("growth",), start=start), Progress())
    with psycopg.connect(url) as connection:
        assert connection.execute(OURS).fetchall() == [], "something of ours stays in the database"
    return found


def proven(tried: Tried) -> set[tuple[str, str]]:
    return {(one.operation, one.rules[0]) for one in tried.claims if one.alone and one.outcome is Outcome.PROVEN}


def test_statements_of_each_row_and_whole_tables_are_proven(tried: Callable[[str, str], Tried]) -> None:
    found = tried("loaded", FAULTY)
    assert proven(found) == {("GET /ships", "query-in-loop"), ("GET /found", "full-scan")}
    (loop,) = [one for one in found.claims if one.rules[0] == "query-in-loop"]
    assert loop.reason.endswith(": 1.00 for each row")
    assert loop.details == ("select count(*) as n from sailors where ship_id = $1",)


def test_nothing_is_proven_of_the_sound_twin(tried: Callable[[str, str], Tried]) -> None:
    found = tried("loaded", SOUND)
    assert proven(found) == set()
    labels = {curve.title: curve.label for curve in found.curves}
    assert labels["GET /found"] == "does not grow"
    assert labels["GET /ships"].startswith("grows as n")


def test_a_server_without_the_extension_tells_blocks_alone(tried: Callable[[str, str], Tried]) -> None:
    found = tried("plain", FAULTY)
    assert proven(found) == {("GET /found", "full-scan")}
    assert any("does not load `pg_stat_statements`" in gap.reason for gap in found.gaps)
