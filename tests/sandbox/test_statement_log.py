"""What others ask of a PostgreSQL server is told with its values, and costs the same when it is run again."""

from collections.abc import Iterator

import psycopg
import pytest

from seatrial.sandbox import Postgres
from seatrial.sandbox.cluster import cluster
from seatrial.sandbox.databases.statement_log import Ran, StatementLog, listening


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with cluster() as port:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(url) as connection:
            connection.execute("create table orders (id serial primary key, name text not null)")
            connection.execute("insert into orders (name) select 'order ' || n from generate_series(1, 5000) n")
        yield url


@pytest.fixture
def log(url: str) -> Iterator[StatementLog]:
    with listening(url) as log:
        assert log is not None
        Postgres(url).settle(["orders"])
        log.since()
        yield log


def test_statements_of_others_are_told_with_their_values(url: str, log: StatementLog) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("select *\nfrom orders where name = %s and id < %s", ("it's\nmine", 4))
        other.execute("select 1")
    assert log.since() == [
        Ran("select *\nfrom orders where name = $1 and id < $2", ("'it''s\nmine'", "'4'")),
        Ran("select 1"),
    ]
    assert log.since() == []


def test_a_session_that_was_open_before_is_heard_and_none_afterwards(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("select 1")
        with listening(url) as log:
            assert log is not None
            other.execute("select 2")
            assert log.since() == [Ran("select 2")]


def test_a_statement_costs_the_blocks_that_it_touches_and_an_index_is_only_tried(log: StatementLog) -> None:
    ran = Ran("select * from orders where name = $1", ("'order 77'",))
    plain, indexed = log.cost(ran), log.cost(ran, "create index on orders (name)")
    assert plain is not None
    assert indexed is not None
    assert (plain.rows, indexed.rows) == (1, 1)
    assert plain.blocks > 20 > indexed.blocks
    assert log.cost(ran) == plain


def test_what_cannot_be_run_by_itself_has_no_cost(log: StatementLog) -> None:
    assert log.cost(Ran("select * from nowhere")) is None


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select 1", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ("with a as (delete from b returning 1) select * from a", False),
        ("BEGIN", False),
        ("update a set b = 1", False),
    ],
)
def test_what_only_reads_is_told_apart(sql: str, *, reads: bool) -> None:
    assert Ran(sql).reads is reads
