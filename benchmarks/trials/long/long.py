"""One request of 28 statements, on PostgreSQL: what the schedule explorer is timed with."""

import os

import psycopg
from small import App

app = App()
TABLE = "create table if not exists rows (id serial primary key, name text not null, count integer not null default 0)"


with psycopg.connect(os.environ["DATABASE_URL"]) as first:
    first.execute("select pg_advisory_xact_lock(1)")
    first.execute(TABLE)


@app.route("POST", "/rows", {"name": {"type": "string"}})
def add(token: str, said: dict) -> tuple[int, dict]:  # noqa: ARG001 -- what the framework passes
    """Reads and writes in turn."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        for number in range(13):
            db.execute("select count(*) from rows where count < %s", (number,))
            db.execute("insert into rows (name, count) values (%s, %s)", (said["name"], number))
        db.execute("select max(count) from rows")
        db.execute("update rows set count = count + 1 where name = %s", (said["name"],))
    return 201, {}
