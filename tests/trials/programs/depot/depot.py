"""A depot in one file, on the standard library. FAULTS in the environment names the faults that it has.

file       the file of a label stays open
temporary  the sheet that is printed is never removed
cache      prices are kept by the text that was asked for, without an end
method     `functools.cache` keeps every `Quote` that was made
thread     a thread is started for each delivery and waits for ever
buffer     a journal in memory grows by a line each time
"""

import functools
import os
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT = {"type": "string"}
app = App()
labels, prices, waiting = [], {}, []
journal = bytearray()


def connect():
    return sqlite3.connect("depot.db", timeout=30)


with closing(connect()) as first:
    first.execute("create table if not exists parcels (id integer primary key, name text)")


@app.route("POST", "/parcels", {"name": TEXT})
def add_parcel(token, said):
    with closing(connect()) as db, db:
        db.execute("insert into parcels (name) values (?)", (said["name"],))
    return 201, {}


@app.route("GET", "/parcels")
def list_parcels(token, said):
    with closing(connect()) as db:
        return 200, [row[0] for row in db.execute("select name from parcels limit 20")]


@app.route("GET", "/label")
def label(token, said):
    path = Path("label.txt")
    path.touch()
    if "file" in FAULTS:
        file = path.open()
        labels.append(file)
        return 200, {"label": file.read()}
    with path.open() as file:
        return 200, {"label": file.read()}


@app.route("GET", "/sheet")
def sheet(token, said):
    with tempfile.NamedTemporaryFile("w", delete="temporary" not in FAULTS) as file:
        file.write("one parcel")
    return 200, {}


@app.route("POST", "/price", {"name": TEXT})
def price(token, said):
    if "cache" in FAULTS:
        if said["name"] not in prices:
            prices[said["name"]] = priced(said["name"])
        return 200, {"price": prices[said["name"]]}
    return 200, {"price": remembered(said["name"])}


def priced(name):
    return len(name) * 1.25


@functools.lru_cache(maxsize=16)
def remembered(name):
    return priced(name)


class Quote:
    def __init__(self, name):
        self.name = name

    @functools.cache  # noqa: B019 -- the fault
    def total(self):
        return priced(self.name)


class PlainQuote:
    def __init__(self, name):
        self.name = name

    @functools.cached_property
    def total(self):
        return priced(self.name)


@app.route("POST", "/quote", {"name": TEXT})
def quote(token, said):
    return 200, {"total": Quote(said["name"]).total() if "method" in FAULTS else PlainQuote(said["name"]).total}


@app.route("POST", "/deliver", {"name": TEXT})
def deliver(token, said):
    done = threading.Event()
    waiter = threading.Thread(target=done.wait, daemon=True)
    waiter.start()
    if "thread" not in FAULTS:
        done.set()
        waiter.join()
    return 200, {}


@app.route("POST", "/journal", {"name": TEXT})
def write_down(token, said):
    journal.extend(said["name"].encode() * 400)
    if "buffer" not in FAULTS:
        journal.clear()
    return 200, {}
