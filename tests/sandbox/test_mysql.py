"""Drivers for MySQL that connect without Python are kept from a server of others all the same."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write

DRIVERS = {
    "MySQLdb/__init__.py": """
class OperationalError(Exception): ...

def Connect(*args, **kwargs):
    return "connected"

connect = Connection = Connect
""",
    "_mysql_connector.py": "",
}
"""As much as matters of them: what they reach is outside of what Python sees."""
PROGRAM = """
import MySQLdb

def kind():
    try:
        import _mysql_connector
    except ImportError:
        return "by sockets"
    return "without"

def app(environ, start_response):
    try:
        said = MySQLdb.connect("db", "root")
    except MySQLdb.OperationalError as error:
        said = str(error.args[0])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [(said + ", " + kind()).encode()]
"""


@pytest.mark.parametrize(
    ("env", "answer", "missing"),
    [({}, b"2003, by sockets", [3306]), ({"SHOP_DB": "mysql://root@127.0.0.1:3306/shop"}, b"connected, without", [])],
)
def test_they_reach_no_server_that_the_user_did_not_name(
    tmp_path: Path, env: Mapping[str, str], answer: bytes, missing: list[int]
) -> None:
    root = write(tmp_path / "tree", {"small.py": PROGRAM, **DRIVERS})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, env=env)
    with launched(launch) as (application, _):
        assert application.call(Call(method="GET", path="/")).body == answer
        assert application.missing == missing
