"""A guest book of pages and forms in one file, on the standard library. FAULTS names the faults that it has.

lost       a toast is counted by reading and writing back
open       somebody who is not logged in may strike out a note
owner      a note is changed by whoever is logged in
per-row    the author of each note is asked for apart

What is refused is told as browsers are: by the form once more, or by the way to the login.
"""

import os
import secrets
import sqlite3
from contextlib import closing
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qsl

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TABLES = """
    create table if not exists guests (
        id integer primary key, username text unique, email text unique, password text
    );
    create table if not exists sessions (token text primary key, guest_id integer references guests(id));
    create table if not exists notes (
        id integer primary key, text text, kind text, toasts integer default 0, guest_id integer references guests(id)
    );
"""
JOIN = '<input name="username"><input type="email" name="email"><input type="password" name="password">'
ENTER = '<input name="username"><input type="password" name="password">'
WRITE = '<textarea name="text"></textarea><select name="kind"><option value="">-</option><option value="wine"></select>'
LARGEST = 2**63


class Pages(App):
    """As `App`, for pages: handlers get what a form sends, and answer with a page or with a place to go to."""

    def __call__(self, environ, start_response):
        """Answers a request."""
        for method, _, pattern, handler, _ in self.routes:
            found = pattern.match(environ["PATH_INFO"])
            if found and method == environ["REQUEST_METHOD"]:
                said = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                names = dict(parse_qsl(said.decode(errors="replace"), keep_blank_values=True))
                places = {name: int(text) for name, text in found.groupdict().items() if text.isdigit()}
                if len(places) < len(found.groupdict()) or any(place >= LARGEST for place in places.values()):
                    break
                return sent(start_response, *handler(caller(environ.get("HTTP_COOKIE", "")), names, **places))
        return sent(start_response, 404, "nothing here")


app = Pages()


def sent(start_response, status, text, cookie=""):
    """A page, or the way to another."""
    headers = [("Location", text)] if status == HTTPStatus.FOUND else [("Content-Type", "text/html; charset=utf-8")]
    headers += [("Set-Cookie", "theme=dark"), ("Set-Cookie", f"token={cookie}; Path=/")] if cookie else []
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [f"<html><body>{text}</body></html>".encode()]


def form(fields, action=""):
    """A form as it stands on a page, with the token that keeps requests of other sites out."""
    token = '<input type="hidden" name="csrf_token" value="">'
    return f'<form method="post" action="{action}">{token}{fields}<button name="go" value="yes">go</button></form>'


def connect():
    connection = sqlite3.connect("tavern.db", timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript(TABLES)


def run(statement, *values):
    with closing(connect()) as db, db:
        return [dict(row) for row in db.execute(statement, values).fetchall()]


def caller(cookies):
    """Who asks, by the session of their cookie; None for nobody."""
    token = dict(one.strip().split("=", 1) for one in cookies.split(";") if "=" in one).get("token", "")
    found = run("select guests.* from sessions join guests on guests.id = guest_id where token = ?", token)
    return found[0] if found else None


@app.route("GET", "/join")
def join_page(_, __):
    return 200, form(JOIN)


@app.route("POST", "/join")
def join(_, said):
    if not all(said.get(name, "").isprintable() and said.get(name) for name in ("username", "email", "password")):
        return 200, form(JOIN)
    statement = "insert or ignore into guests (username, email, password) values (?, ?, ?) returning id"
    made = run(statement, said["username"], said["email"], said["password"])
    return (302, "/login") if made else (200, form(JOIN))


@app.route("GET", "/login")
def login_page(_, __):
    return 200, form(ENTER)


@app.route("POST", "/login")
def login(_, said):
    known = run("select * from guests where username = ? and password = ?", said.get("username"), said.get("password"))
    if not known:
        return 302, "/login"
    token = secrets.token_hex()
    run("insert into sessions values (?, ?)", token, known[0]["id"])
    return 302, "/", token


@app.route("GET", "/logout")
def logout(guest, _):
    run("delete from sessions where guest_id = ?", guest["id"] if guest else None)
    return 302, "/"


@app.route("GET", "/")
def notes(_, __):
    found = run("select notes.*, guests.username from notes join guests on guests.id = guest_id order by notes.id")
    if "per-row" in FAULTS:
        alone = run("select * from notes order by id")
        found = [one | run("select username from guests where id = ?", one["guest_id"])[0] for one in alone]
    buttons = (form("", f"/notes/{one['id']}/toast") + form("", f"/notes/{one['id']}/strike") for one in found)
    shown = (f"<p>{escape(one['text'])} ({one['username']}, {one['toasts']})</p>" for one in found)
    return 200, "".join(map("".join, zip(shown, buttons, strict=True)))


@app.route("GET", "/notes/new")
def new_page(guest, _):
    return (200, form(WRITE)) if guest else (302, "/login?next=/notes/new")


@app.route("POST", "/notes/new")
def new(guest, said):
    if not guest:
        return 302, "/login?next=/notes/new"
    if not said.get("text") or said.get("kind") != "wine" or said.get("go") != "yes":
        return 200, form(WRITE)
    run("insert into notes (text, kind, guest_id) values (?, ?, ?)", said["text"], said["kind"], guest["id"])
    return 302, "/"


@app.route("GET", "/notes/{note_id}")
def edit_page(guest, _, note_id):
    found = run("select * from notes where id = ?", note_id)
    if not guest:
        return 302, "/login"
    if found and found[0]["guest_id"] != guest["id"] and "owner" not in FAULTS:
        return 403, "not yours"
    return (200, form(f'<input name="text" value="{escape(found[0]["text"])}">')) if found else (404, "no such note")


@app.route("POST", "/notes/{note_id}")
def edit(guest, said, note_id):
    if not guest:
        return 302, "/login"
    owner = None if "owner" in FAULTS else guest["id"]
    statement = "update notes set text = ? where id = ? and guest_id = coalesce(?, guest_id) returning id"
    done = run(statement, said.get("text", ""), note_id, owner)
    return (302, "/") if done else (403, "not yours")


@app.route("POST", "/notes/{note_id}/toast")
def toast(guest, _, note_id):
    if not guest:
        return 302, "/login"
    if "lost" in FAULTS:
        for note in run("select toasts from notes where id = ?", note_id):
            run("update notes set toasts = ? where id = ?", note["toasts"] + 1, note_id)
    else:
        run("update notes set toasts = toasts + 1 where id = ?", note_id)
    return 302, "/"


@app.route("POST", "/notes/{note_id}/strike")
def strike(guest, _, note_id):
    if not guest and "open" not in FAULTS:
        return 302, "/login"
    own = run("delete from notes where id = ? and (? or guest_id = ?)", note_id, not guest, guest and guest["id"])
    return (302, "/") if own is not None else (404, "no such note")
