"""What the user leads to a PostgreSQL that is not here leads to one of its own, if the program speaks of it or not."""

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from seatrial.sandbox import cluster, connections
from seatrial.sandbox.services import services


@pytest.mark.parametrize(
    ("address", "scheme", "driver"),
    [
        ("asyncpg://localhost/shop", "asyncpg", "asyncpg"),
        ("postgresql+psycopg2://localhost/shop", "postgresql+psycopg2", "psycopg2"),
        ("postgres://localhost/shop", "postgres", ""),
        ("sqlite://shop.db", "", ""),
        ("shop", "", ""),
    ],
)
def test_an_address_says_of_which_kind_it_is(address: str, scheme: str, driver: str) -> None:
    assert (connections.scheme_of(address), connections.driver_of(address)) == (scheme, driver)


@pytest.mark.skipif(not cluster.available(), reason="no PostgreSQL can be started here")
@pytest.mark.parametrize(
    ("address", "scheme"),
    [("psycopg://localhost:1/shop", "psycopg"), ("postgres://localhost:1/shop", "postgres"), ("sqlite://shop", "")],
)
def test_what_the_user_leads_to_one_leads_there(tmp_path: Path, address: str, scheme: str) -> None:
    (tmp_path / "shop.py").write_text('import os\nURL = os.getenv("STORE", "sqlite://shop")\n')
    with ExitStack() as stack:
        own = services(stack, tmp_path, Path(sys.executable), {"STORE": address})
        assert [connections.scheme_of(one) for one in own.instead.values()] == [scheme] * bool(scheme)
        assert (own.database is not None) == bool(scheme)
