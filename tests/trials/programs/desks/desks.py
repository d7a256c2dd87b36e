"""Desks in one file, on the standard library. FAULTS in the environment names what is not refused.

loose      a fault: what the schema says of lengths, sizes and kinds is not checked
tidy       no fault: what does not fit is made to fit
fixed      no fault: nobody looks at the size and kind that are sent, and all desks are alike
"""

import os
import sqlite3
from contextlib import closing

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
KINDS = ("plain", "standing")
FIELDS = {
    "name": {"type": "string", "minLength": 1, "maxLength": 20},
    "size": {"type": "integer", "minimum": 1, "maximum": 10},
    "kind": {"type": "string", "enum": KINDS},
    "note": {"type": "string"},
}
TABLE = "create table if not exists desks (id integer primary key, name text, size integer, kind text, note text)"
app = App()


def run(statement, *values):
    with closing(sqlite3.connect("desks.db", timeout=30)) as db, db:
        return db.execute(statement, values).fetchall()


run(TABLE)


def fits(said):
    return 0 < len(said["name"]) <= 20 and 1 <= said["size"] <= 10 and said["kind"] in KINDS


def tidied(said):
    kind = said["kind"] if said["kind"] in KINDS else KINDS[0]
    return {**said, "name": said["name"][:20] or "desk", "size": min(max(said["size"], 1), 10), "kind": kind}


@app.route("POST", "/desks", FIELDS)
def add(token, said):
    if "tidy" in FAULTS:
        said = tidied(said)
    if "fixed" in FAULTS:
        said = {**tidied(said), "size": 11, "kind": "seatrialother"}
    elif "loose" not in FAULTS and not fits(said):
        return 422, {}
    values = (said["name"], said["size"], said["kind"], said["note"])
    run("insert into desks (name, size, kind, note) values (?, ?, ?, ?)", *values)
    return 201, {}
