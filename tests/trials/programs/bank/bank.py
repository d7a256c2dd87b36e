"""A bank in one file, on PostgreSQL. FAULTS in the environment names the faults that it has.

limit      whether a balance suffices is looked up before it is lowered, in one statement
lost       a balance is read, lowered in Python and written back
name       whether a name is free is looked up before it is taken, and nothing else guards it
number     the next number of a ticket is one more than the largest
looks      how often a statement was looked at is read, raised in Python and written back
order      the two accounts of a transfer, and those of a fee, are locked in the order in which they are sent
tables     to close an account locks the account and its card, to block a card locks them the other way round
loser      who comes second to a name is answered 500
crowd      who draws a ticket while another does is refused as if what they sent was wrong
"""

import os
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row
from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TABLES = """
    create table if not exists users (id serial primary key, email text unique, password text);
    create table if not exists accounts (
        id serial primary key, name text not null, balance integer not null, closed boolean not null default false,
        reference text not null, opened text not null, looks integer not null default 0
    );
    create table if not exists cards (
        id serial primary key, account_id integer not null references accounts(id),
        blocked boolean not null default false
    );
    create table if not exists entries (
        id serial primary key, account_id integer not null references accounts(id), amount integer not null
    );
    create table if not exists tickets (
        id serial primary key, number integer not null, user_id integer references users(id)
    );
"""
UNIQUE = "create unique index if not exists accounts_name on accounts (name)"
app = App()


@contextmanager
def transaction():
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as db:
        yield db


with transaction() as first:
    first.execute("select pg_advisory_xact_lock(1)")
    first.execute(TABLES)
    if "name" not in FAULTS:
        first.execute(UNIQUE)


def caller(db, token):
    return db.execute("select * from users where 'Bearer token-' || email = %s", (token,)).fetchone()


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


@app.route("POST", "/accounts", {"name": TEXT, "balance": {"type": "integer", "minimum": 50}})
def open_account(token, said):
    try:
        with transaction() as db:
            if db.execute("select 1 from accounts where name = %s", (said["name"],)).fetchone():
                return 409, {}
            made = db.execute(
                "insert into accounts (name, balance, reference, opened) values (%s, %s, %s, now()::text) returning id",
                (said["name"], said["balance"], uuid4().hex),
            ).fetchone()
            db.execute("insert into cards (account_id) values (%s)", (made["id"],))
    except psycopg.errors.UniqueViolation:
        if "loser" in FAULTS:
            raise
        return 409, {}
    return 201, {}


def locked(db, key):
    return db.execute("select * from accounts where id = %s for update", (key,)).fetchone()


@app.route("POST", "/accounts/{account_id}/withdraw")
def withdraw(token, said, account_id):
    with transaction() as db:
        if "lost" in FAULTS:
            account = db.execute("select * from accounts where id = %s", (account_id,)).fetchone()
        else:
            account = locked(db, account_id)
        if account is None or account["balance"] < 5:
            return 409, {}
        db.execute("update accounts set balance = %s where id = %s", (account["balance"] - 5, account["id"]))
        db.execute("insert into entries (account_id, amount) values (%s, -5)", (account["id"],))
    return 200, {}


@app.route("POST", "/accounts/{account_id}/spend")
def spend(token, said, account_id):
    with transaction() as db:
        if "limit" in FAULTS:
            account = db.execute("select balance from accounts where id = %s", (account_id,)).fetchone()
            if account is None or account["balance"] < 7:
                return 409, {}
            db.execute("update accounts set balance = balance - 7 where id = %s", (account_id,))
            return 200, {}
        spent = "update accounts set balance = balance - 7 where id = %s and balance >= 7 returning id"
        return (200, {}) if db.execute(spent, (account_id,)).fetchone() else (409, {})


@app.route("GET", "/accounts/{account_id}/statement")
def statement(token, said, account_id):
    with transaction() as db:
        if "looks" in FAULTS:
            account = db.execute("select looks from accounts where id::text = %s", (account_id,)).fetchone()
            if account is None:
                return 404, {}
            db.execute("update accounts set looks = %s where id::text = %s", (account["looks"] + 1, account_id))
        elif not db.execute("update accounts set looks = looks + 1 where id::text = %s", (account_id,)).rowcount:
            return 404, {}
        return 200, db.execute(
            "select sum(amount)::int from entries where account_id::text = %s", (account_id,)
        ).fetchone()


@app.route("POST", "/transfers", {"from_account_id": NUMBER, "to_account_id": NUMBER})
def transfer(token, said):
    keys = [said["from_account_id"], said["to_account_id"]]
    with transaction() as db:
        found = {key: locked(db, key) for key in (keys if "order" in FAULTS else sorted(keys))}
        if None in found.values() or found[keys[0]]["balance"] < 5:
            return 409, {}
        db.execute("update accounts set balance = balance - 5 where id = %s", (keys[0],))
        db.execute("update accounts set balance = balance + 5 where id = %s", (keys[1],))
    return 201, {}


@app.route("POST", "/fees", {"account_ids": {"type": "array", "items": NUMBER}})
def charge(token, said):
    keys = said["account_ids"] if "order" in FAULTS else sorted(said["account_ids"])
    with transaction() as db:
        for key in keys:
            db.execute("update accounts set balance = balance - 1 where id = %s", (key,))
    return 201, {}


@app.route("POST", "/refunds", {"account_ids": {"type": "array", "items": NUMBER}})
def refund(token, said):
    for _ in range(5):
        try:
            return refunded(said["account_ids"])
        except psycopg.errors.DeadlockDetected:
            continue
    return 503, {}


def refunded(keys):
    """In the order in which they are sent; who is ended for it tries again."""
    with transaction() as db:
        for key in keys:
            db.execute("update accounts set balance = balance + 1 where id = %s", (key,))
    return 201, {}


@app.route("POST", "/tickets")
def draw_ticket(token, said):
    with transaction() as db:
        user = caller(db, token)
        if user is None:
            return 401, {}
        alone = "select pg_try_advisory_xact_lock(3) as alone"
        if "crowd" in FAULTS and not db.execute(alone).fetchone()["alone"]:
            return 422, {}
        if "number" not in FAULTS:
            db.execute("select pg_advisory_xact_lock(2)")
        number = db.execute("select coalesce(max(number), 0) + 1 as next from tickets").fetchone()["next"]
        db.execute("insert into tickets (number, user_id) values (%s, %s)", (number, user["id"]))
    return 201, {}


@app.route("POST", "/accounts/{account_id}/close")
def close(token, said, account_id):
    with transaction() as db:
        db.execute("update accounts set closed = true where id = %s", (account_id,))
        db.execute("update cards set blocked = true where account_id = %s", (account_id,))
    return 200, {}


@app.route("POST", "/accounts/{account_id}/block")
def block(token, said, account_id):
    with transaction() as db:
        if "tables" not in FAULTS:
            locked(db, account_id)
        db.execute("update cards set blocked = true where account_id = %s", (account_id,))
        db.execute("update accounts set balance = balance where id = %s", (account_id,))
    return 200, {}
