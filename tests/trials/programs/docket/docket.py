"""Tickets in one file, on the standard library. FAULTS in the environment names the faults that it has.

reopen     whether a ticket is closed is read first and written after: several reopen the same one
per-row    how often each pressing ticket was opened again is asked for apart
lists      what lists closed tickets rests on their time, and on nothing but the job: that is no fault
like       a like that is there is taken back by what was read before: two at once take back the same

A ticket is open when it is made, and nothing but a job of its own, which does not run here, closes it: with the time.
"""

import os
import sqlite3
from contextlib import closing

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT = {"type": "string"}
TABLES = """
    create table if not exists tickets (
        id integer primary key, title text unique, closed_at text, urgent boolean not null default 0,
        status text not null default 'open' check (status in ('open', 'closed'))
    );
    create table if not exists reopenings (id integer primary key, ticket_id integer references tickets(id));
    create table if not exists likes (ticket_id integer primary key references tickets(id));
"""
COUNTED = "select count(*) from reopenings where ticket_id = ?"
app = App()


def connect():
    return sqlite3.connect("docket.db", timeout=30, isolation_level=None)


with closing(connect()) as first:
    first.executescript(TABLES)


def run(statement, *values):
    with closing(connect()) as db:
        cursor = db.execute(statement, values)
        return cursor.fetchall() or cursor.rowcount


@app.route("POST", "/tickets", {"title": TEXT})
def begin(token, said):
    try:
        run("insert into tickets (title) values (?)", said["title"])
    except sqlite3.IntegrityError:
        return 409, {}
    return 201, {}


@app.route("GET", "/tickets/{ticket_id}/receipt")
def receipt(token, said, ticket_id):
    found = run("select status, closed_at from tickets where id = ?", ticket_id)
    if not isinstance(found, list):
        return 404, {}
    status, closed_at = found[0]
    return 200, {"closed": closed_at.upper() if status == "closed" else None}


@app.route("POST", "/archive")
def archive(token, said):
    closed = run("select closed_at from tickets where status = 'closed'")
    return 200, {"at": [at.upper() for (at,) in closed] if isinstance(closed, list) else []}


@app.route("GET", "/urgent")
def urgent(token, said):
    found = run("select title, closed_at from tickets where status = 'closed' and (urgent or ?)", "lists" in FAULTS)
    return 200, {"titles": [title + at for title, at in found] if isinstance(found, list) else []}


@app.route("GET", "/pressing")
def pressing(token, said):
    found = run("select id, title from tickets where urgent")
    rows = found if isinstance(found, list) else []
    if "per-row" in FAULTS:
        return 200, {"tickets": [{"title": title, "count": run(COUNTED, number)[0][0]} for number, title in rows]}
    counted = run("select ticket_id, count(*) from reopenings group by 1")
    counts = dict(counted) if isinstance(counted, list) else {}
    return 200, {"tickets": [{"title": title, "count": counts.get(number, 0)} for number, title in rows]}


@app.route("POST", "/tickets/{ticket_id}/reopen")
def reopen(token, said, ticket_id):
    if "reopen" in FAULTS:
        if not isinstance(run("select 1 from tickets where id = ? and status = 'closed'", ticket_id), list):
            return 409, {}
        run("update tickets set status = 'open' where id = ?", ticket_id)
    elif run("update tickets set status = 'open' where id = ? and status = 'closed'", ticket_id) < 1:
        return 409, {}
    run("insert into reopenings (ticket_id) values (?)", ticket_id)
    return 200, {}


@app.route("POST", "/tickets/{ticket_id}/like")
def like(token, said, ticket_id):
    if not isinstance(run("select 1 from tickets where id = ?", ticket_id), list):
        return 404, {}
    if "like" in FAULTS:
        made = run("insert or ignore into likes (ticket_id) values (?)", ticket_id)
        if made < 1:
            run("delete from likes where ticket_id = ?", ticket_id)
        return 200, {}
    with closing(connect()) as db:
        db.execute("begin immediate")
        if db.execute("delete from likes where ticket_id = ?", [ticket_id]).rowcount < 1:
            db.execute("insert into likes (ticket_id) values (?)", [ticket_id])
        db.execute("commit")
    return 200, {}
