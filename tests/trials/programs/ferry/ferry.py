"""A ferry: trips with legs that hang on them, and crossings between two ports. FAULTS names the faults that it has.

legs       the legs of a trip are shown to, and removed by, everyone who is logged in
again      a second rating of a port by the same user is left to the database
title      so is a trip that is renamed as another of the user's
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT, WHOLE, TIME = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}
TABLES = """
    create table if not exists users (id integer primary key, name text not null unique, password text not null);
    create table if not exists trips (
        id integer primary key, title text, user_id integer references users(id), unique (user_id, title)
    );
    create table if not exists legs (id integer primary key, name text, trip_id integer references trips(id));
    create table if not exists ports (id integer primary key, name text);
    create table if not exists ratings (
        id integer primary key, stars integer, port_id integer references ports(id),
        user_id integer references users(id), unique (port_id, user_id)
    );
    create table if not exists crossings (
        id integer primary key, from_port_id integer references ports(id), to_port_id integer references ports(id),
        leaves text, returns text
    );
"""
app = App()


def run(statement, *values):
    with closing(sqlite3.connect("ferry.db", timeout=30)) as db, db:
        db.row_factory = sqlite3.Row
        return db.execute(statement, values).fetchall()


def one(statement, *values):
    return next(iter(run(statement, *values)), None)


for table in TABLES.split(";"):
    run(table)


def caller(token):
    return one("select * from users where name = ?", token.removeprefix("Bearer of-"))


@app.route("POST", "/register", {"name": TEXT, "password": TEXT})
def register(token, said):
    if one("select id from users where name = ?", said["name"]):
        return 409, {}
    run("insert or ignore into users (name, password) values (?, ?)", said["name"], said["password"])
    return 201, {}


@app.route("POST", "/login", {"name": TEXT, "password": TEXT})
def login(token, said):
    found = one("select name from users where name = ? and password = ?", said["name"], said["password"])
    return (200, {"access_token": f"of-{found['name']}"}) if found else (401, {})


@app.route("POST", "/trips", {"title": TEXT})
def plan(token, said):
    if (user := caller(token)) is None:
        return 401, {}
    values = (said["title"], user["id"])
    made = run("insert or ignore into trips (title, user_id) values (?, ?) returning id", *values)
    return 201 if made else 409, {}


def owned(token, trip_id):
    """Who asks, and whether the trip is theirs."""
    user, trip = caller(token), one("select * from trips where id = ?", trip_id)
    return user, trip, bool(user and trip and trip["user_id"] == user["id"])


@app.route("GET", "/trips/{trip_id}")
def show_trip(token, said, trip_id):
    user, trip, is_own = owned(token, trip_id)
    return (401, {}) if user is None else (200, dict(trip)) if is_own else (404, {})


@app.route("PUT", "/trips/{trip_id}", {"title": TEXT})
def rename(token, said, trip_id):
    user, _, is_own = owned(token, trip_id)
    if not is_own:
        return (404, {}) if user else (401, {})
    way = "update" if "title" in FAULTS else "update or ignore"
    done = run(f"{way} trips set title = ? where id = ? returning id", said["title"], trip_id)
    return (200, {}) if done else (409, {})


@app.route("POST", "/trips/{trip_id}/legs", {"name": TEXT})
def add_leg(token, said, trip_id):
    user, _, is_own = owned(token, trip_id)
    if not is_own:
        return (404, {}) if user else (401, {})
    run("insert into legs (name, trip_id) values (?, ?)", said["name"], trip_id)
    return 201, {}


def leg_of(token, leg_id):
    """The status to refuse with, if any, and the leg."""
    leg = one("select * from legs where id = ?", leg_id)
    user, _, is_own = owned(token, leg["trip_id"] if leg else 0)
    if user is None:
        return 401, None
    return (0, leg) if leg and (is_own or "legs" in FAULTS) else (404, None)


@app.route("GET", "/legs/{leg_id}")
def show_leg(token, said, leg_id):
    refused, leg = leg_of(token, leg_id)
    return (refused, {}) if refused else (200, dict(leg))


@app.route("DELETE", "/legs/{leg_id}")
def remove_leg(token, said, leg_id):
    refused, _ = leg_of(token, leg_id)
    if not refused:
        run("delete from legs where id = ?", leg_id)
    return refused or 204, {}


@app.route("POST", "/ports", {"name": TEXT})
def build(token, said):
    run("insert into ports (name) values (?)", said["name"])
    return 201, {}


@app.route("POST", "/crossings", {"from_port_id": WHOLE, "to_port_id": WHOLE, "leaves": TIME, "returns": TIME})
def book(token, said):
    try:
        leaves, returns = (datetime.fromisoformat(said[one]) for one in ("leaves", "returns"))
    except ValueError:
        return 422, {}
    if said["from_port_id"] == said["to_port_id"] or leaves.tzinfo is None or leaves < datetime.now(UTC):
        return 422, {}
    if returns.tzinfo is None or returns <= leaves:
        return 422, {}
    if not all(one("select id from ports where id = ?", said[port]) for port in ("from_port_id", "to_port_id")):
        return 422, {}
    values = (said["from_port_id"], said["to_port_id"], said["leaves"], said["returns"])
    run("insert into crossings (from_port_id, to_port_id, leaves, returns) values (?, ?, ?, ?)", *values)
    return 201, {}


@app.route("POST", "/ratings", {"port_id": WHOLE, "stars": WHOLE})
def rate(token, said):
    if (user := caller(token)) is None:
        return 401, {}
    if one("select id from ports where id = ?", said["port_id"]) is None:
        return 422, {}
    way = "insert" if "again" in FAULTS else "insert or ignore"
    added = run(
        f"{way} into ratings (stars, port_id, user_id) values (?, ?, ?) returning id",
        said["stars"],
        said["port_id"],
        user["id"],
    )
    return (201, {}) if added else (409, {})
