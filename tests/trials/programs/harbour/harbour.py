"""A harbour in one file, on PostgreSQL. FAULTS in the environment names the faults that it has.

pieces     a ship and its berth are written in two transactions
held       one connection is opened at the start and never again
later      what is loaded is acknowledged at once and written by a thread, a little later
patient    the customs are asked without a timeout
lock       each process leaves a file behind that says it runs, and no more than three may
hasty      the customs are asked four more times, at once, when they fail
"""

import os
import queue
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import dict_row
from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
CUSTOMS = "https://customs.example.org/clear"
TEXT = {"type": "string"}
TABLES = """
    create table if not exists ships (id serial primary key, name text not null);
    create table if not exists berths (
        id serial primary key, ship_id integer not null references ships(id), side text not null
    );
    create table if not exists cargo (id serial primary key, name text not null);
    create table if not exists tolls (id serial primary key, name text not null);
"""
app = App()


def connect(*, autocommit=False):
    return psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, autocommit=autocommit)


@contextmanager
def transaction():
    with connect() as db:
        yield db


with transaction() as first:
    first.execute("select pg_advisory_xact_lock(1)")
    first.execute(TABLES)

if "lock" in FAULTS:
    if len(list(Path().glob("*.lock"))) == 3:
        raise SystemExit("three processes run already")
    Path(f"{os.getpid()}.lock").touch()

held = connect(autocommit=True) if "held" in FAULTS else None


@app.route("POST", "/ships", {"name": TEXT})
def arrive(token, said):
    with connect(autocommit="pieces" in FAULTS) as db:
        ship = db.execute("insert into ships (name) values (%s) returning id", (said["name"],)).fetchone()
        db.execute("insert into berths (ship_id, side) values (%s, 'port')", (ship["id"],))
    return 201, {}


@app.route("POST", "/tolls", {"name": TEXT})
def pay(token, said):
    if held is not None:
        held.execute("insert into tolls (name) values (%s)", (said["name"],))
        return 201, {}
    with transaction() as db:
        db.execute("insert into tolls (name) values (%s)", (said["name"],))
    return 201, {}


waiting = queue.Queue()


def write_down():
    while True:
        name = waiting.get()
        time.sleep(0.1)
        with transaction() as db:
            db.execute("insert into cargo (name) values (%s)", (name,))


threading.Thread(target=write_down, daemon=True).start()


@app.route("POST", "/cargo", {"name": TEXT})
def load(token, said):
    if "later" in FAULTS:
        waiting.put(said["name"])
        return 201, {}
    with transaction() as db:
        db.execute("insert into cargo (name) values (%s)", (said["name"],))
    return 201, {}


@app.route("POST", "/patient", {"name": TEXT})
def clear(token, said):
    timeout = None if "patient" in FAULTS else 2
    try:
        with urllib.request.urlopen(CUSTOMS, timeout=timeout) as answer:
            return 200, {"status": answer.status}
    except OSError:
        return 502, {}


@app.route("POST", "/hasty", {"name": TEXT})
def clear_again(token, said):
    for pause in [0] * 5 if "hasty" in FAULTS else [0, 0.3, 0.6]:
        time.sleep(pause)
        try:
            with urllib.request.urlopen(CUSTOMS, timeout=2) as answer:
                return 200, {"status": answer.status}
        except urllib.error.HTTPError:
            continue
        except OSError:
            break
    return 502, {}
