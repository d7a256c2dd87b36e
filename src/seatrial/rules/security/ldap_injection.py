"""Text that someone else chose becomes part of an LDAP filter or of the name of an entry (CWE-90).

A filter is a small language: `*`, `(` and `)` in the text change what is asked. A login that looks for `(uid=NAME)` lets in
whoever sends `*)(uid=admin`, and a search shows the whole directory.

Escape each value (`ldap.filter.escape_filter_chars`, `ldap3.utils.conv.escape_filter_chars`), and names of entries with
`ldap.dn.escape_dn_chars`.

## Bad

```shop/staff.py
import ldap
from flask import Flask, request

app = Flask(__name__)

@app.route("/staff")
def staff():
    directory = ldap.initialize("ldap://directory")
    asked = "(uid=%s)" % request.args["name"]
    return directory.search_s("dc=shop", ldap.SCOPE_SUBTREE, asked)  # finding: name
```

## Bad: with ldap3

```shop/staff.py
from flask import Flask, request
from ldap3 import Connection, Server

app = Flask(__name__)

@app.post("/login")
def login():
    connection = Connection(Server("directory"), auto_bind=True)
    name = request.form["name"]
    connection.search("dc=shop", f"(&(objectClass=person)(uid={name}))")  # finding: name
    return str(connection.entries)
```

## Good

```shop/staff.py
import ldap
from flask import Flask, request
from ldap.filter import escape_filter_chars

app = Flask(__name__)

@app.route("/staff/<int:number>")
def staff(number):
    directory = ldap.initialize("ldap://directory")
    directory.search_s("dc=shop", ldap.SCOPE_SUBTREE, f"(number={number})")
    name = escape_filter_chars(request.args["name"])
    return directory.search_s("dc=shop", ldap.SCOPE_SUBTREE, f"(uid={name})")
```

## Not found yet

```shop/staff.py
from flask import Flask, request
from shop.directory import Directory

app = Flask(__name__)

@app.route("/staff")
def staff():
    return Directory().ask("(uid=%s)" % request.args["name"])  # gap: nothing says that `ask` takes a filter
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._foreign import foreign


@rule(severity=Severity.ERROR, cwe=(90,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into filters and base names."""
    yield from foreign(program, "ldap", "becomes part of an LDAP query")
