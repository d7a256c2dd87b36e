"""A key that a program makes up as it is loaded is the same in all its workers; what tells them apart is not."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, launched
from trees import write

KEYS = {
    "secrets": "import secrets\nKEY = secrets.token_hex(16)\n",
    "urandom": "from os import urandom\nKEY = urandom(16).hex()\n",
    "choice": "import random\nKEY = ''.join(random.choice('0123456789abcdef') for _ in range(32))\n",
    "uuid": "import uuid\nSECRET_KEY = KEY = uuid.uuid4().hex\n",
}
SERVES = """
import os, random, uuid
WORKER = uuid.uuid4().hex

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [" ".join((KEY, WORKER, os.urandom(8).hex(), str(random.random()))).encode()]
"""


@pytest.mark.parametrize("how", KEYS)
def test_workers_share_a_key_that_is_made_at_import(how: str, tmp_path: Path) -> None:
    root = write(tmp_path / how, {"small.py": KEYS[how] + SERVES})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, _):
        seen: dict[int, tuple[str, ...]] = {}
        for _ in range(200):
            answer = application.call(Call(method="GET", path="/"))
            assert answer.seen is not None
            seen.setdefault(answer.seen.pid, tuple(answer.body.decode().split()))
    keys, *apart = map(set, zip(*seen.values(), strict=True))
    assert len(keys) == 1
    assert [len(one) for one in apart] == [2, 2, 2]
