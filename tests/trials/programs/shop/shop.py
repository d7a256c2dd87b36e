"""A shop in one file, on the standard library. FAULTS in the environment names the faults that it has.

per-row    the list of orders looks each customer up
race       the stock is read, lowered in Python and written back
open       anybody may delete a product
owner      any user may change any order
edge       a long name is not expected
inject     what is sent becomes part of a statement, a command and a path
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TABLES = """
    create table if not exists users (id integer primary key, email text unique, password text);
    create table if not exists products (id integer primary key, name text, stock integer);
    create table if not exists orders (
        id integer primary key, note text,
        user_id integer references users(id), product_id integer references products(id)
    );
"""
app = App()


def connect():
    connection = sqlite3.connect("shop.db", timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript(TABLES)


def caller(token):
    with closing(connect()) as db:
        return db.execute("select * from users where 'Bearer token-' || email = ?", (token,)).fetchone()


@app.route("POST", "/register", {"email": TEXT, "password": TEXT})
def register(token, said):
    with closing(connect()) as db, db:
        try:
            db.execute("insert into users (email, password) values (?, ?)", (said["email"], said["password"]))
        except sqlite3.IntegrityError:
            return 409, {}
    return 201, {}


@app.route("POST", "/login", {"email": TEXT, "password": TEXT})
def login(token, said):
    with closing(connect()) as db:
        known = db.execute("select 1 from users where email = ? and password = ?", (said["email"], said["password"]))
        return (200, {"token": "token-" + said["email"]}) if known.fetchone() else (401, {})


@app.route("POST", "/products", {"name": TEXT, "stock": {"type": "integer", "minimum": 50}})
def create_product(token, said):
    if caller(token) is None:
        return 401, {}
    with closing(connect()) as db, db:
        db.execute("insert into products (name, stock) values (?, ?)", (said["name"], said["stock"]))
    return 201, {}


@app.route("DELETE", "/products/{product_id}")
def delete_product(token, said, product_id):
    if "open" not in FAULTS and caller(token) is None:
        return 401, {}
    with closing(connect()) as db, db:
        db.execute("delete from products where id = ?", (product_id,))
    return 200, {}


@app.route("POST", "/orders", {"product_id": NUMBER})
def place_order(token, said):
    user = caller(token)
    if user is None:
        return 401, {}
    with closing(connect()) as db, db:
        product = db.execute("select * from products where id = ?", (said["product_id"],)).fetchone()
        if product is None:
            return 404, {}
        if "race" in FAULTS:
            db.execute("update products set stock = ? where id = ?", (product["stock"] - 1, product["id"]))
        else:
            db.execute("update products set stock = stock - 1 where id = ?", (product["id"],))
        db.execute("insert into orders (user_id, product_id, note) values (?, ?, '')", (user["id"], product["id"]))
    return 201, {}


@app.route("GET", "/orders")
def list_orders(token, said):
    if caller(token) is None:
        return 401, {}
    with closing(connect()) as db:
        if "per-row" in FAULTS:
            return 200, [
                dict(order) | {"by": customer(db, order["user_id"])} for order in db.execute("select * from orders")
            ]
        joined = db.execute("select orders.*, email as by from orders join users on users.id = user_id")
        return 200, [dict(order) for order in joined]


def customer(db, user_id):
    return db.execute("select email from users where id = ?", (user_id,)).fetchone()["email"]


@app.route("PATCH", "/orders/{order_id}", {"note": TEXT})
def change_note(token, said, order_id):
    user = caller(token)
    if user is None:
        return 401, {}
    with closing(connect()) as db, db:
        order = db.execute("select * from orders where id = ?", (order_id,)).fetchone()
        if order is None:
            return 404, {}
        if "owner" not in FAULTS and order["user_id"] != user["id"]:
            return 403, {}
        db.execute("update orders set note = ? where id = ?", (said["note"], order_id))
    return 200, {}


@app.route("POST", "/search", {"name": TEXT})
def search(token, said):
    with closing(connect()) as db:
        if "inject" in FAULTS:
            return 200, [dict(row) for row in db.execute(f"select * from products where name = '{said['name']}'")]
        return 200, [dict(row) for row in db.execute("select * from products where name = ?", (said["name"],))]


@app.route("POST", "/label", {"name": TEXT})
def label(token, said):
    width = 100 - len(said["name"])
    if "edge" not in FAULTS and not 0 < width <= 100:
        return 422, {}
    return 200, {"label": said["name"] + bytes(width).decode()}


@app.route("POST", "/archive", {"name": TEXT})
def archive(token, said):
    if "inject" in FAULTS:
        subprocess.run(f"true {said['name']}", shell=True, stderr=subprocess.DEVNULL)
    else:
        subprocess.run(["true", said["name"]])
    return 200, {}


@app.route("POST", "/read", {"name": TEXT})
def read(token, said):
    if len(said["name"]) > 100 or "\0" in said["name"]:
        return 404, {}
    folder = Path("files").resolve()
    folder.mkdir(exist_ok=True)
    path = folder / said["name"]
    if "inject" not in FAULTS and not path.resolve().is_relative_to(folder):
        return 404, {}
    return (200, {"text": path.read_text()}) if path.is_file() else (404, {})
