"""Drivers for MySQL that connect without Python are kept from a server of others all the same."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write
from wheels import wheel

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


RAW = """
import MySQLdb

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [MySQLdb.connect().encode()]
"""
PYMYSQL = """
import sys

def connect(): return "by Python"

def install_as_MySQLdb(): sys.modules["MySQLdb"] = sys.modules["pymysql"]
"""
"""As much as matters of it."""


@pytest.mark.slow
def test_a_driver_that_cannot_be_built_is_stood_in_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (write(tmp_path, {"bin/uv": "#!/bin/sh\nexit 1\n"}) / "bin/uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheel(tmp_path, "pymysql", "1.0", PYMYSQL)
    others = ("six", "tqdm", "toml", "rich")
    for name in others:
        wheel(tmp_path, name, "1.0")
    asked = "\n".join((*others, "mysqlclient==2.2.0"))
    root = write(tmp_path / "tree", {"small.py": RAW, "requirements.txt": asked})
    with launched(Launch(root=root, aside=tmp_path / "aside", target="small:app")) as (application, started):
        assert application.call(Call(method="GET", path="/")).body == b"by Python"
    assert "`MySQLdb` cannot be loaded here: `pymysql` stands in for it" in started.notes
