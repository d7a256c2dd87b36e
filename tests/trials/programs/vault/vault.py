"""A vault of notes whose users nobody can make by it: they come from elsewhere. FAULTS names the faults that it has.

brief      a proof of who asks holds for a few seconds, which is no fault
drop       everyone can make a drawer, and the drawers are open to all
read       a note is shown to everyone who is logged in
"""

import hmac
import json
import os
import sqlite3
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import closing

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
SECRET_KEY = "of-the-vault-and-nobody-else"
LASTS = 8 if "brief" in FAULTS else 3600
TEXT = {"type": "string"}
TABLES = """
    create table if not exists desks (id integer primary key, name text not null);
    create table if not exists users (
        id integer primary key, username text not null unique, password_hash text not null, role text not null,
        desk_id integer not null references desks(id), active boolean not null, seen timestamp not null
    );
    create table if not exists notes (id integer primary key, text text, user_id integer references users(id));
    create table if not exists drawers (id integer primary key, name text);
    create table if not exists letters (id integer primary key, text text);
"""
app = App()


def run(statement, *values):
    with closing(sqlite3.connect("vault.db", timeout=30)) as db, db:
        db.row_factory = sqlite3.Row
        return db.execute(statement, values).fetchall()


def one(statement, *values):
    return next(iter(run(statement, *values)), None)


for table in TABLES.split(";"):
    run(table)


def signed(part):
    return urlsafe_b64encode(hmac.digest(SECRET_KEY.encode(), part.encode(), "sha256")).decode().rstrip("=")


def create_access_token(user_id: int):
    said = {"sub": str(user_id), "exp": time.time() + LASTS}
    parts = ({"alg": "HS256", "typ": "JWT"}, said)
    text = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{text}.{signed(text)}"


def caller(token):
    text, _, proof = token.removeprefix("Bearer ").rpartition(".")
    if text.count(".") != 1 or not hmac.compare_digest(proof, signed(text)):
        return None
    part = text.partition(".")[2]
    said = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return one("select * from users where id = ? and active", said["sub"]) if said["exp"] > time.time() else None


@app.route("POST", "/login", {"username": TEXT, "password": TEXT})
def login(token, said):
    found = one("select * from users where username = ? and password_hash = ?", said["username"], said["password"])
    return (200, {"access_token": create_access_token(found["id"])}) if found else (401, {})


@app.route("GET", "/notes")
def list_notes(token, said):
    if (user := caller(token)) is None:
        return 401, {}
    return 200, [dict(row) for row in run("select * from notes where user_id = ?", user["id"])]


@app.route("POST", "/notes", {"text": TEXT})
def write_note(token, said):
    if (user := caller(token)) is None:
        return 401, {}
    run("insert into notes (text, user_id) values (?, ?)", said["text"], user["id"])
    return 201, {}


@app.route("GET", "/notes/{note_id}")
def show_note(token, said, note_id):
    if (user := caller(token)) is None:
        return 401, {}
    note = one("select * from notes where id = ?", note_id)
    is_shown = note and ("read" in FAULTS or note["user_id"] == user["id"])
    return (200, dict(note)) if is_shown else (404, {})


@app.route("POST", "/drawers", {"name": TEXT})
def make_drawer(token, said):
    user = caller(token)
    if "drop" not in FAULTS and (user is None or user["role"] != "admin"):
        return 403, {}
    run("insert into drawers (name) values (?)", said["name"])
    return 201, {}


@app.route("GET", "/drawers")
def list_drawers(token, said):
    return 200, [dict(row) for row in run("select * from drawers")]


@app.route("POST", "/letters", {"text": TEXT})
def hand_in_letter(token, said):
    run("insert into letters (text) values (?)", said["text"])
    return 201, {}


@app.route("GET", "/letters")
def list_letters(token, said):
    return (200, [dict(row) for row in run("select * from letters")]) if caller(token) else (401, {})


@app.route("DELETE", "/letters/{letter_id}")
def remove_letter(token, said, letter_id):
    if caller(token) is None:
        return 401, {}
    return (204, {}) if run("delete from letters where id = ? returning id", letter_id) else (404, {})


@app.route("DELETE", "/drawers/{drawer_id}")
def remove_drawer(token, said, drawer_id):
    user = caller(token)
    if user is None or user["role"] != "admin":
        return 403, {}
    return (204, {}) if run("delete from drawers where id = ? returning id", drawer_id) else (404, {})
