"""A club in one file, on the standard library. FAULTS in the environment names the faults that it has.

assign     to register or to change a note writes every column that is sent
debug      a list of users shows their passwords
items      a cart takes things from whoever knows its number
named      a note is shown to whoever knows its title
read       an invoice is shown without a login, though the list of them asks for one
role       a room can be renamed by everyone, though only an administrator makes or closes rooms
"""

import os
import sqlite3
from contextlib import closing

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TABLES = """
    create table if not exists users (
        id integer primary key, email text unique, password text, role text default 'member',
        is_admin boolean not null default 0
    );
    create table if not exists notes (
        id integer primary key, title text unique, text text, secret text, status text not null default 'draft',
        likes integer not null default 0, owner text not null
    );
    create table if not exists comments (
        id integer primary key, text text, note_id integer references notes(id), user_id integer references users(id)
    );
    create table if not exists invoices (
        id integer primary key, text text, email text, user_id integer references users(id)
    );
    create table if not exists carts (id integer primary key, name text, user_id integer references users(id));
    create table if not exists items (id integer primary key, name text, cart_id integer references carts(id));
    create table if not exists rooms (id integer primary key, name text);
"""
app = App()


def connect():
    connection = sqlite3.connect("club.db", timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript(TABLES)


def run(statement, *values):
    with closing(connect()) as db, db:
        return db.execute(statement, values).fetchall()


def one(statement, *values):
    return next(iter(run(statement, *values)), None)


def caller(token):
    return one("select * from users where 'Bearer token-' || email = ?", token)


def written(said, *names):
    """What may be written of what is sent."""
    return {name: said[name] for name in said if "assign" in FAULTS or name in names}


def insert(table, values):
    places = ", ".join("?" * len(values))
    run(f"insert into {table} ({', '.join(values)}) values ({places})", *values.values())


@app.route("POST", "/api/v1/users/register", {"email": TEXT, "password": TEXT})
def register(token, said):
    try:
        insert("users", written(said, "email", "password"))
    except sqlite3.IntegrityError:
        return 409, {}
    except sqlite3.OperationalError:
        return 422, {}
    return 201, {}


@app.route("POST", "/api/v1/users/login", {"email": TEXT, "password": TEXT})
def login(token, said):
    known = one("select 1 from users where email = ? and password = ?", said["email"], said["password"])
    return (200, {"token": "token-" + said["email"]}) if known else (401, {})


@app.route("GET", "/api/v1/users")
def list_users(token, said):
    if "debug" in FAULTS:
        return 200, [dict(row) for row in run("select * from users")]
    if caller(token) is None:
        return 401, {}
    return 200, [dict(row) for row in run("select id, email from users")]


@app.route("GET", "/api/v1/users/{user_id}")
def show_user(token, said, user_id):
    if caller(token) is None:
        return 401, {}
    user = one("select id, email from users where id = ?", user_id)
    return (200, dict(user)) if user else (404, {})


@app.route("POST", "/api/v1/notes", {"title": TEXT, "text": TEXT, "secret": TEXT})
def write_note(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    insert("notes", {name: said[name] for name in ("title", "text", "secret")} | {"owner": user["email"]})
    return 201, {}


@app.route("GET", "/api/v1/notes/{note_title}")
def show_note(token, said, note_title):
    user = caller(token)
    if user is None:
        return 401, {}
    note = one("select * from notes where title = ?", note_title)
    if note is None or ("named" not in FAULTS and note["owner"] != user["email"]):
        return 404, {}
    return 200, dict(note)


@app.route("PATCH", "/api/v1/notes/{note_id}", {"text": TEXT})
def change_note(token, said, note_id):
    user = caller(token)
    if user is None:
        return 401, {}
    values = written(said, "text")
    try:
        sets = ", ".join(f"{name} = ?" for name in values)
        run(f"update notes set {sets} where id = ? and owner = ?", *values.values(), note_id, user["email"])
    except sqlite3.OperationalError:
        return 422, {}
    return 200, {}


@app.route("POST", "/api/v1/notes/{note_id}/like")
def like(token, said, note_id):
    """Whoever is logged in may like any note."""
    if caller(token) is None:
        return 401, {}
    run("update notes set likes = likes + 1 where id = ?", note_id)
    return 200, {}


@app.route("POST", "/api/v1/notes/{note_id}/comments", {"text": TEXT})
def comment(token, said, note_id):
    """Whoever is logged in may comment on any note, under their own name."""
    user = caller(token)
    if user is None:
        return 401, {}
    insert("comments", {"text": said["text"], "note_id": note_id, "user_id": user["id"]})
    return 201, {}


@app.route("POST", "/api/v1/carts", {"name": TEXT})
def make_cart(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    insert("carts", {"name": said["name"], "user_id": user["id"]})
    return 201, {}


@app.route("POST", "/api/v1/carts/{cart_id}/items", {"name": TEXT})
def put_in(token, said, cart_id):
    user, cart = caller(token), one("select * from carts where id = ?", cart_id)
    if user is None:
        return 401, {}
    if cart is None or ("items" not in FAULTS and cart["user_id"] != user["id"]):
        return 404, {}
    insert("items", {"name": said["name"], "cart_id": cart_id})
    return 201, {}


@app.route("POST", "/api/v1/invoices", {"text": TEXT})
def write_invoice(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    insert("invoices", {"text": said["text"], "email": user["email"], "user_id": user["id"]})
    return 201, {}


@app.route("GET", "/api/v1/invoices")
def list_invoices(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    return 200, [dict(row) for row in run("select * from invoices where user_id = ?", user["id"])]


@app.route("GET", "/api/v1/invoices/{invoice_id}")
def show_invoice(token, said, invoice_id):
    invoice = one("select * from invoices where id = ?", invoice_id)
    if "read" in FAULTS:
        return (200, dict(invoice)) if invoice else (404, {})
    user = caller(token)
    if user is None:
        return 401, {}
    return (200, dict(invoice)) if invoice and invoice["user_id"] == user["id"] else (404, {})


def refusal(token):
    """Why the caller may not do what administrators do; 0 if they may."""
    user = caller(token)
    return 401 if user is None else 0 if user["is_admin"] else 403


@app.route("POST", "/api/v1/rooms", {"name": TEXT})
def make_room(token, said):
    if status := refusal(token):
        return status, {}
    insert("rooms", {"name": said["name"]})
    return 201, {}


@app.route("DELETE", "/api/v1/rooms/{room_id}")
def close_room(token, said, room_id):
    if status := refusal(token):
        return status, {}
    run("delete from rooms where id = ?", room_id)
    return 200, {}


@app.route("PUT", "/api/v1/rooms/{room_id}", {"name": TEXT})
def rename_room(token, said, room_id):
    if caller(token) is None:
        return 401, {}
    if "role" not in FAULTS and refusal(token):
        return 403, {}
    run("update rooms set name = ? where id = ?", said["name"], room_id)
    return 200, {}
