"""A program that never comes to answer is told with the line that it stands at."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, StartError, application, launched
from trees import write

PROGRAM = """
import os, time

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        if os.path.exists("begun"):
            time.sleep(600)
        open("begun", "w").close()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
"""


def test_the_line_is_told_at_which_it_never_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "_STARTED_WITHIN", 8.0)
    root = write(tmp_path / "tree", {"small.py": PROGRAM})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, workers=1)
    with pytest.raises(StartError, match=r"it stands at: small\.py:8 app"), launched(launch):
        pass
