"""Text that someone else chose becomes part of an SQL statement (CWE-89).

Whoever chooses the text chooses what the statement does: read other people's rows, change them, drop the table. One request is
enough, and the tools that try every parameter of every page are free.

Give values to the driver apart from the text (`execute("… WHERE name = %s", (name,))`, `text("… :name")` with parameters, the ORM). Take
names of columns and tables from a table of allowed ones.

## Bad: put into the text

```shop/web.py
import sqlite3
from flask import Flask, request

app = Flask(__name__)

@app.route("/users")
def users():
    connection = sqlite3.connect("shop.db")
    name = request.args.get("name")
    return connection.execute(f"SELECT * FROM users WHERE name = '{name}'").fetchall()  # finding: request
```

## Bad: three files from the request to the statement

```shop/api.py
from fastapi import APIRouter
from shop import catalog

router = APIRouter()

@router.get("/products")
def products(sort: str = "name"):
    return catalog.listing(sort.strip())
```

```shop/catalog.py
from shop.store import Store

def listing(order):
    store = Store()
    return store.rows({"order": order, "limit": 10})
```

```shop/store.py
from sqlalchemy import create_engine, text

class Store:
    def __init__(self):
        self.engine = create_engine("sqlite://")

    def rows(self, options):
        parts = ["SELECT * FROM products"]
        if options["order"]:
            parts.append("ORDER BY " + options["order"])
        parts.append("LIMIT %d" % options["limit"])
        with self.engine.connect() as connection:
            return connection.execute(text(" ".join(parts))).all()  # finding: sort
```

## Bad: through a helper outside the program

```shop/web.py
from flask import Flask, request
from legacy import run_query

app = Flask(__name__)

@app.route("/users")
def users():
    return run_query("SELECT * FROM users WHERE name = '%s'" % request.args["name"])  # finding: name
```

## Good

```shop/web.py
import sqlite3
from flask import Flask, abort, request

app = Flask(__name__)
COLUMNS = {"name": "users.name", "age": "users.age"}

@app.route("/users/<int:page>")
def users(page):
    connection = sqlite3.connect("shop.db")
    sort = request.args.get("sort", "name")
    if sort not in COLUMNS:
        abort(400)
    size = int(request.args.get("size", 10))
    statement = f"SELECT * FROM users WHERE name = ? ORDER BY {sort} LIMIT {size} OFFSET {page * size}"
    return connection.execute(statement, (request.args.get("name"),)).fetchall()

@app.route("/sorted")
def by_column():
    connection = sqlite3.connect("shop.db")
    column = COLUMNS.get(request.args.get("sort"), "users.name")
    return connection.execute("SELECT * FROM users ORDER BY " + column).fetchall()

@app.route("/old")
def old():
    connection = sqlite3.connect("shop.db")
    direction = request.args.get("direction")
    if direction not in ("ASC", "DESC"):
        direction = "ASC"
    return connection.execute("SELECT * FROM users ORDER BY name %s" % direction).fetchall()
```

## Good: in a program whose files know one another, nobody gives it anything from outside

```shop/store.py
import sqlite3

def connection():
    return sqlite3.connect("shop.db")
```

```shop/columns.py
from shop.store import connection

class Shown:
    OPEN = "O"

    def rows(self, state):
        return connection().execute(f"SELECT id FROM orders WHERE state = '{state}'").fetchall()
```

## Not found yet

```shop/web.py
from flask import Flask, request
from legacy import run_query

app = Flask(__name__)

@app.route("/users")
def users():
    return run_query("users WHERE name = '%s'" % request.args["name"])  # gap: nothing says that `run_query` makes SQL of it
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import Flow, Program
from seatrial.program.taint import before, statements
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match
from seatrial.rules.security._pieces import is_piece

_VALUE = re.compile(
    r"(?:=|<|>|\blike|\bilike|\bvalues?\s*\([^)]*|\bin\s*\(|\bbetween|\band|\blimit|\boffset|,|')\s*['\"%(]*\s*$",
    re.IGNORECASE,
)
"""Text after which a value follows, which a driver could have been given apart."""

_VALUES = re.compile(r"\bvalues\s*$", re.IGNORECASE)

_NO_VALUES = re.compile(
    r"\s*(?:alter|create|drop|set|pragma|grant|revoke|use|show|copy|vacuum|truncate)\s", re.IGNORECASE
)
"""Statements that take no parameters."""


@rule(severity=Severity.ERROR, cwe=(89,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into statements; of what no request gives, only what stands where a driver takes a parameter is likely a fault."""
    flows = [*program.taint.flows("sql")]
    files = [file for file in program.files if file.role is Role.CODE]
    flows += [flow for sink in statements(program, files) if (flow := program.taint.into(sink))]
    for flow in flows:
        parameter, unknown = _likely(program, flow)
        confidence = flow.confidence(local=max(0.55, parameter), parameter=parameter, unknown=unknown)
        if confidence:
            yield match(flow, confidence, "becomes part of the SQL text")


def _likely(program: Program, flow: Flow) -> tuple[float, float]:
    """How likely a text that some caller gives, and one of unknown origin, is a fault: by its place in the statement."""
    text = before(flow)
    if text is None:
        return (0.0, 0.0) if flow.origin.kind == "parameter" else (0.4, 0.0)
    is_quoted = text.rstrip("%").endswith(("'", '"')) or text.count("'") % 2 == 1
    is_row = _VALUES.search(text) is not None and _is_listed(flow)
    if not (_VALUE.search(text) or is_quoted or is_row) or _NO_VALUES.match(text):
        return 0.4, 0.0
    far = 0.9 ** (len(flow.functions) - 1)
    return 0.8 * far, (0.72 if is_quoted or is_piece(program, flow.sink.function) else 0.55) * far


def _is_listed(flow: Flow) -> bool:
    """It is one of several in a tuple that becomes text as Python writes it: `str((number, name))`."""
    return any(type(spot.function.values[spot.value]) is f.Collection for spot in flow.spots if spot.value >= 0)
