"""Where the user tells who asks, nobody is made: their headers are sent, or what logs them in."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from seatrial.model.caller import Caller
from seatrial.sandbox import Launch, StartError, launched
from seatrial.trials.bench import Bench

PROGRAMS = Path(__file__).with_name("programs")
SEEDS = """
import vault
vault.run("insert into desks values (1, 'east')")
for number, name, role in ((1, "ann", "clerk"), (2, "ben", "clerk"), (3, "cas", "admin")):
    vault.run("insert into users values (?, ?, 'open-' || ?, ?, 1, 1, 0)", number, name, name, role)
"""
ANN = Caller(login={"username": "ann", "password": "open-ann"})
BEN = Caller(headers={"Authorization": "Basic of-nobody"}, name="ben")
CAS = Caller(login={"username": "cas", "password": "open-cas"})


@contextmanager
def benched(callers: Mapping[str, Caller], aside: Path, health: str = "") -> Iterator[Bench]:
    launch = Launch(
        root=PROGRAMS / "vault",
        aside=aside,
        target="vault:app",
        python=sys.executable,
        env={"PYTHONPATH": str(PROGRAMS)},
        setup=(("python", "-c", SEEDS),),
        health=health,
    )
    with launched(launch) as (application, started):
        yield Bench(application, started, callers=callers)


def test_those_who_log_in_are_known_by_their_rows(tmp_path: Path) -> None:
    with benched({"alice": ANN, "bob": BEN, "root": CAS}, tmp_path) as bench:
        cast = bench.cast
        assert [(one.key, one.table) for one in (cast.alice, cast.bob, cast.root)] == [(n, "users") for n in (1, 2, 3)]
        assert cast.bob.headers == BEN.headers
        assert set(bench.refusals) == {"POST /login"}
        assert bench.database is not None
        assert bench.database.count("users") == 3


def test_who_cannot_log_in_is_said(tmp_path: Path) -> None:
    wrong = Caller(login={"username": "ann", "password": "shut"})
    with benched({"alice": wrong, "bob": BEN}, tmp_path) as bench:
        assert not bench.cast.known
        assert "POST /login answers 401" in bench.cast.why


def test_a_program_is_awaited_until_the_path_named_says_that_it_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatrial.sandbox.application._STARTED_WITHIN", 2.0)
    with (
        pytest.raises(StartError, match=r"GET /nowhere answers 404"),
        benched({}, tmp_path, health="/nowhere"),
    ):
        pass
