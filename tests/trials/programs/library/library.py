"""A library in one file, on PostgreSQL. FAULTS in the environment names the faults that it has.

index      loans are looked up by their book, which has no index
square     the reviews of each book are looked up by a code that has no index
search     books are searched for by a part of their title
all        the shelf marks and reviews of all books are counted, not those of the newest
"""

import os
from contextlib import contextmanager

import psycopg
from psycopg.rows import dict_row
from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT = {"type": "string"}
TABLES = """
    create table if not exists users (id serial primary key, email text unique, password text);
    create table if not exists books (
        id serial primary key, code text not null unique, title text not null, notes text not null
    );
    create table if not exists loans (
        id serial primary key, book_id integer not null references books(id), reader text not null
    );
    create table if not exists reviews (
        id serial primary key, code text not null, book_id integer not null references books(id), said text not null
    );
"""
INDEXES = {
    "index": "create index if not exists loans_book on loans (book_id)",
    "square": "create index if not exists reviews_code on reviews (code)",
}
SOME = "books" if "all" in FAULTS else "(select * from books order by id desc limit 10)"
BY_CODE = "select id from books where code = %s"
app = App()


@contextmanager
def transaction():
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as db:
        yield db


with transaction() as first:
    first.execute("select pg_advisory_xact_lock(1)")
    first.execute(TABLES)
    for fault, index in INDEXES.items():
        if fault not in FAULTS:
            first.execute(index)


@app.route("POST", "/register", {"email": TEXT, "password": TEXT})
def register(token, said):
    with transaction() as db:
        made = db.execute(
            "insert into users (email, password) values (%s, %s) on conflict do nothing returning id",
            (said["email"], said["password"]),
        )
        return (201, {}) if made.fetchone() else (409, {})


@app.route("POST", "/login", {"email": TEXT, "password": TEXT})
def login(token, said):
    with transaction() as db:
        known = db.execute("select 1 from users where email = %s and password = %s", (said["email"], said["password"]))
        return (200, {"token": "token-" + said["email"]}) if known.fetchone() else (401, {})


@app.route("POST", "/books", {"title": TEXT})
def add_book(token, said):
    with transaction() as db:
        number = db.execute("select coalesce(max(id), 0) + 1 as n from books").fetchone()["n"]
        code = f"{'a rather long shelf mark of the old reading room, ' * 4}{number}"
        made = db.execute(
            "insert into books (code, title, notes) values (%s, %s, repeat('x', 300)) returning id",
            (code, said["title"]),
        ).fetchone()
        db.execute("insert into loans (book_id, reader) values (%s, 'ada')", (made["id"],))
        db.execute(
            "insert into reviews (book_id, code, said) values (%s, %s, repeat('x', 1500))",
            (made["id"], f"seatrial{number}"),
        )
    return 201, {}


@app.route("GET", "/newest")
def newest(token, said):
    with transaction() as db:
        return 200, db.execute("select id, title from books limit 10").fetchall()


@app.route("GET", "/books/{code}")
def by_code(token, said, code):
    with transaction() as db:
        return 200, db.execute(BY_CODE, (code,)).fetchall()


@app.route("GET", "/all")
def everything(token, said):
    with transaction() as db:
        return 200, db.execute("select id, title from books").fetchall()


@app.route("GET", "/shelf-marks")
def shelf_marks(token, said):
    with transaction() as db:
        return 200, db.execute(
            "select sum((select count(*) from books o where o.code = b.code and o.notes <> 'z'))::int as marks"
            f" from {SOME} b"
        ).fetchall()


@app.route("GET", "/reviewed")
def reviewed(token, said):
    with transaction() as db:
        return 200, db.execute(
            "select sum((select count(*) from reviews r where r.code = 'seatrial' || (900000 + b.id)))::int as n"
            f" from {SOME} b"
        ).fetchall()


@app.route("GET", "/books/{book_id}/loans")
def loans(token, said, book_id):
    with transaction() as db:
        return 200, db.execute(
            "select reader from loans where book_id = %s order by id limit 10", (book_id,)
        ).fetchall()


@app.route("GET", "/found")
def found(token, said):
    sql = "select id from books where title like %s limit 10" if "search" in FAULTS else BY_CODE
    with transaction() as db:
        return 200, db.execute(sql, ("%nowhere%",)).fetchall()
