"""Requests say which browser makes them, as those of users do."""

import sys
from pathlib import Path

from seatrial.sandbox import Call, Launch, launched
from trees import write

PROGRAM = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["HTTP_USER_AGENT"].encode()]
"""


def test_a_request_says_who_makes_it_unless_it_says_so_itself(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"pond.py": PROGRAM})
    with launched(Launch(root=root, aside=tmp_path, target="pond:app", python=sys.executable)) as (application, _):
        assert application.call(Call(method="GET", path="/")).body.startswith(b"Mozilla/5.0 ")
        own = Call(method="GET", path="/", headers={"User-Agent": "a ferry"})
        assert application.call(own).body == b"a ferry"
