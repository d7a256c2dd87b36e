"""A kiosk in one file, on PostgreSQL, with a pool of its own. FAULTS in the environment names the faults that it has.

pool       a request takes a second connection while it holds its first: enough of them at once wait for ever
"""

import os
import queue
import time
from contextlib import contextmanager

import psycopg
from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
SIZE = 12
TEXT = {"type": "string"}
TABLES = """
    create table if not exists users (id serial primary key, email text unique, password text);
    create table if not exists papers (id serial primary key, title text not null, price integer not null);
    insert into papers (title, price) select 'paper ' || n, n from generate_series(1, 20) n
    where not exists (select 1 from papers);
"""
app = App()
with psycopg.connect(os.environ["DATABASE_URL"]) as first:
    first.execute("select pg_advisory_xact_lock(1)")
    first.execute(TABLES)
pool: queue.Queue = queue.Queue()
for _ in range(SIZE):
    pool.put(psycopg.connect(os.environ["DATABASE_URL"]))


@contextmanager
def connection():
    one = pool.get(timeout=20)
    try:
        yield one
    finally:
        one.rollback()
        pool.put(one)


@app.route("GET", "/papers")
def papers(token, said):
    with connection() as db:
        titles = [row[0] for row in db.execute("select title from papers")]
        time.sleep(0.01)
        if "pool" in FAULTS:
            with connection() as other:
                return 200, {"titles": titles, "total": other.execute("select sum(price)::int from papers").fetchone()}
        return 200, {"titles": titles, "total": db.execute("select sum(price)::int from papers").fetchone()}
