"""Rows that name their owner by a text are cloned as theirs, too: nobody else is shown them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.sandbox import Database
from seatrial.sandbox.databases import Sqlite
from seatrial.trials.growing import Grower

TABLES = """
create table habits (id integer primary key, user_id text, slug text, unique (user_id, slug));
create table stars (id integer primary key, user_id text, habit_id integer references habits (id),
    unique (user_id, habit_id));
create table profiles (id integer primary key, username text unique);
insert into habits values (1, 'seatrialuser1', 'seatrial-7');
insert into stars values (1, 'seatrialuser1', 1);
insert into profiles values (1, 'seatrialuser1');
"""


@pytest.fixture
def grown(tmp_path: Path) -> Callable[[bool], Database]:
    def made(is_shared: bool) -> Database:  # noqa: FBT001 -- of two ways
        path = tmp_path / "habits.sqlite3"
        with sqlite3.connect(path) as connection:
            connection.executescript(TABLES)
        database = Sqlite(path)
        Grower(database, {}).grow(4, shared=is_shared)
        return database

    return made


@pytest.mark.parametrize(("is_shared", "owners"), [(True, 1), (False, 5)])
def test_clones_are_of_the_same_owner_where_one_has_many(
    grown: Callable[[bool], Database], *, is_shared: bool, owners: int
) -> None:
    rows = grown(is_shared).rows("habits")
    assert (len({row["slug"] for row in rows}), len({row["user_id"] for row in rows})) == (5, owners)


def test_what_may_be_there_once_for_an_owner_is_another_owner_s(grown: Callable[[bool], Database]) -> None:
    database = grown(*[True])
    assert len({row["username"] for row in database.rows("profiles")}) == 5
    stars = [(row["user_id"], row["habit_id"]) for row in database.rows("stars")]
    assert len(set(stars)) == len(stars) == 5
