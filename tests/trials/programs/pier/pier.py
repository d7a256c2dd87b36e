"""A pier in one file, on PostgreSQL, that serves itself. FAULTS in the environment names the faults that it has.

per-row    the list of ships looks the crew of each up
scan       ships are searched for by a part of their name
"""

import os
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import psycopg
from psycopg.rows import dict_row
from small import App

FAULTS = os.environ.get("FAULTS", "").split(",")
TABLES = """
    create table if not exists ships (id serial primary key, name text not null, papers text not null);
    create table if not exists sailors (
        id serial primary key, ship_id integer not null references ships(id), name text not null
    );
    create index if not exists ships_name on ships (name text_pattern_ops);
    create index if not exists sailors_ship on sailors (ship_id);
"""
CREWS = (
    "select ships.id, count(sailors.id) as crew from ships left join sailors on ship_id = ships.id group by ships.id"
)
app = App()
db = psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, autocommit=True)
db.execute(TABLES)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@app.route("POST", "/ships", {"name": {"type": "string"}})
def build(token, said):
    made = db.execute(
        "insert into ships (name, papers) values (%s, repeat('x', 400)) returning id", (said["name"],)
    ).fetchone()
    db.execute("insert into sailors (ship_id, name) values (%s, 'ada')", (made["id"],))
    return 201, made


@app.route("GET", "/ships")
def ships(token, said):
    if "per-row" not in FAULTS:
        return 200, db.execute(CREWS).fetchall()
    found = db.execute("select id from ships").fetchall()
    return 200, [ship | {"crew": crew(ship["id"])} for ship in found]


def crew(ship_id):
    return db.execute("select count(*) as n from sailors where ship_id = %s", (ship_id,)).fetchone()["n"]


@app.route("GET", "/found")
def found(token, said):
    pattern = "%nowhere%" if "scan" in FAULTS else "nowhere%"
    return 200, db.execute("select id from ships where name like %s limit 10", (pattern,)).fetchall()


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(app)
    print(server.server_port, flush=True)  # noqa: T201 - who started it wants to know
    server.serve_forever()
