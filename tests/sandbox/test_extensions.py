"""Extensions that the server does not bring have stand-ins, which do what programs most often ask of them."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest

from seatrial.sandbox import cluster


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection[Any]]:
    with cluster.cluster() as port, psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres") as connection:
        yield connection


@pytest.mark.parametrize(
    ("extension", "asked", "told"),
    [
        ("unaccent", "SELECT unaccent('Crème brûlée')", "Creme brulee"),
        ("citext", "SELECT 'A@x'::citext = 'a@X'::citext", True),
        ("uuid-ossp", "SELECT uuid_generate_v4() <> uuid_generate_v4()", True),
        ("pgcrypto", "SELECT encode(digest('a', 'md5'), 'hex')", "0cc175b9c0f1b6a831c399e269772661"),
        ("pgcrypto", "SELECT length(gen_random_bytes(20))", 20),
        ("pg_trgm", "SELECT round(similarity('word', 'two words')::numeric, 4)::text", "0.3636"),
        ("pg_trgm", "SELECT 'word' % 'two words', 'word' % 'other'", True),
    ],
)
def test_what_programs_ask_of_an_extension_is_told(
    server: psycopg.Connection[Any], extension: LiteralString, asked: LiteralString, told: object
) -> None:
    server.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"')
    row = server.execute(asked).fetchone()
    assert row is not None
    assert row[0] == told


def test_a_unique_text_in_which_case_does_not_count_is_unique(server: psycopg.Connection[Any]) -> None:
    server.execute("CREATE EXTENSION IF NOT EXISTS citext")
    server.execute("CREATE TABLE people (email citext UNIQUE)")
    server.execute("INSERT INTO people VALUES ('A@x')")
    with pytest.raises(psycopg.errors.UniqueViolation), server.transaction():
        server.execute("INSERT INTO people VALUES ('a@X')")
