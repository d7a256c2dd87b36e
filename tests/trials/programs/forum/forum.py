"""A forum in one file, on the standard library. FAULTS in the environment names the faults that it has.

admin      the one who may see every user meets an error where there is none of the number
per-row    the author of each reply is asked for apart, in words whose order differs from process to process
twice      to follow somebody who is followed already is refused by what was read, and fails where that was stale

A token runs out at once by what it says, and is good for some requests more. `GET /reset` takes everything away.
"""

import json
import os
import random
import sqlite3
import time
from base64 import urlsafe_b64encode
from contextlib import closing

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT = {"type": "string"}
GOOD_FOR = 40
"""Requests that one token is good for."""
TABLES = """
    create table if not exists members (
        id integer primary key, username text unique, email text unique, password text, is_admin boolean default 0
    );
    create table if not exists threads (
        id integer primary key, public_id text unique, slug text unique, text text, author text
    );
    create table if not exists commentaries (
        id integer primary key, text text, thread_id integer references threads(id), author text
    );
    create table if not exists pins (id integer primary key, public_id text unique, thread_id integer, author text);
    create table if not exists follows (
        follower integer references members(id), followed integer references members(id),
        primary key (follower, followed)
    );
"""
USED: dict[str, int] = {}
COLUMNS = random.sample(["id", "username", "email"], 3)
app = App()


def connect():
    connection = sqlite3.connect("forum.db", timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript(TABLES)


def run(statement, *values):
    with closing(connect()) as db, db:
        return [dict(row) for row in db.execute(statement, values).fetchall()]


def one(statement, *values):
    return next(iter(run(statement, *values)), None)


def caller(token):
    """Who asks, while their token is good."""
    USED[token] = USED.get(token, 0) + 1
    parts = token.split(".")
    if len(parts) != 3 or USED[token] > GOOD_FOR:
        return None
    return one("select * from members where username = ?", bytes.fromhex(parts[2].split("-")[0]).decode())


def token_of(username):
    claims = urlsafe_b64encode(json.dumps({"exp": int(time.time())}).encode()).decode().rstrip("=")
    return f"e30.{claims}.{username.encode().hex()}-{random.randrange(1 << 40)}"


@app.route("POST", "/api/register", {"username": TEXT, "email": TEXT, "password": TEXT})
def register(token, said):
    try:
        run(
            "insert into members (username, email, password) values (?, ?, ?)",
            *(said[name] for name in ("username", "email", "password")),
        )
    except sqlite3.IntegrityError:
        return 409, {}
    return 201, {}


@app.route("POST", "/api/login", {"username": TEXT, "password": TEXT})
def login(token, said):
    known = one("select 1 from members where username = ? and password = ?", said["username"], said["password"])
    return (200, {"token": token_of(said["username"])}) if known else (401, {})


@app.route("GET", "/api/reset")
def reset(token, said):
    with closing(connect()) as db:
        db.executescript("drop table follows; drop table pins; drop table commentaries; drop table threads;" + TABLES)
    return 200, {}


@app.route("GET", "/api/members/{member_id}")
def show_member(token, said, member_id):
    user = caller(token)
    if user is None:
        return 401, {}
    if str(user["id"]) != member_id and not user["is_admin"]:
        return 403, {}
    found = one("select id, username from members where id = ?", member_id)
    if found is None and "admin" not in FAULTS:
        return 404, {}
    return 200, {"id": found["id"], "username": found["username"]}


@app.route("POST", "/api/threads", {"slug": TEXT, "text": TEXT})
def begin(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    number = f"{random.randrange(1 << 60):015x}"
    try:
        run(
            "insert into threads (public_id, slug, text, author) values (?, ?, ?, ?)",
            *(number, said["slug"], said["text"], user["username"]),
        )
    except sqlite3.IntegrityError:
        return 409, {}
    return 201, {"public_id": number, "slug": said["slug"]}


@app.route("POST", "/api/threads/{slug}/comments", {"text": TEXT})
def comment(token, said, slug):
    user, thread = caller(token), one("select id from threads where slug = ?", slug)
    if user is None or thread is None:
        return (401, {}) if user is None else (404, {})
    run(
        "insert into commentaries (text, thread_id, author) values (?, ?, ?)",
        *(said["text"], thread["id"], user["username"]),
    )
    return 201, {}


@app.route("GET", "/api/threads/{slug}/comments")
def comments(token, said, slug):
    thread = one("select id from threads where slug = ?", slug)
    if thread is None:
        return 404, {}
    if "per-row" in FAULTS:
        found = run("select id, text, author from commentaries where thread_id = ?", thread["id"])
        return 200, [{**row, "author": author(row["author"])} for row in found]
    return 200, run(
        "select c.id, c.text, m.username, m.email from commentaries c join members m on m.username = c.author"
        " where c.thread_id = ?",
        thread["id"],
    )


def author(name):
    return one(f"select {', '.join(COLUMNS)} from members where username = ?", name)


@app.route("DELETE", "/api/threads/{slug}/comments/{comment_id}")
def uncomment(token, said, slug, comment_id):
    user = caller(token)
    if user is None:
        return 401, {}
    found = one(
        "select c.id from commentaries c join threads t on t.id = c.thread_id where t.slug = ? and c.id = ?",
        *(slug, comment_id),
    )
    if found is None:
        return 404, {}
    run("delete from commentaries where id = ? and author = ?", found["id"], user["username"])
    return 200, {}


@app.route("POST", "/api/pins", {"subject_public_id": TEXT})
def pin(token, said):
    user, thread = caller(token), one("select id from threads where public_id = ?", said["subject_public_id"])
    if user is None or thread is None:
        return (401, {}) if user is None else (404, {})
    run("insert into pins (thread_id, author) values (?, ?)", thread["id"], user["username"])
    return 201, {}


@app.route("POST", "/api/profiles/{username}/follow")
def follow(token, said, username):
    user, other = caller(token), one("select id from members where username = ?", username)
    if user is None or other is None or user["id"] == other["id"]:
        return (401, {}) if user is None else (400, {})
    pair = (user["id"], other["id"])
    if "twice" not in FAULTS:
        run("insert or ignore into follows (follower, followed) values (?, ?)", *pair)
        return 200, {}
    if one("select 1 from follows where follower = ? and followed = ?", *pair):
        return 200, {}
    run("insert into follows (follower, followed) values (?, ?)", *pair)
    return 200, {}
