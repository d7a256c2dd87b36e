"""Libraries of gigabytes are left out, and what needs them is hollow as they are."""

import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, heavy, launched
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.made import made
from trees import write
from wheels import wheel

ENCODES = """
import torch

class Encoder(torch.nn.Module):
    pass

if torch.cuda.device_count() < 1:
    raise RuntimeError
"""
PROGRAM = """
import torch
from sentences import Encoder

encoder = Encoder()

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"here"] if environ["PATH_INFO"] == "/" else [encoder.encode("a")]
"""


def test_what_is_left_out_is_told_to_uv(tmp_path: Path) -> None:
    option, file = heavy.left_out(tmp_path)
    assert option == "--overrides"
    assert 'torch ; sys_platform == "none"' in Path(file).read_text()
    assert heavy.left_out(tmp_path) == [option, file]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (write(tmp_path, {"bin/uv": "#!/bin/sh\nexit 1\n"}) / "bin/uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_DEPS", "1")  # as uv does with what is left out
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheel(tmp_path, "sentences", "1.0", ENCODES, needs="torch>=2")
    return write(tmp_path / "tree", {"requirements.txt": "sentences\n", "shop.py": PROGRAM})


@pytest.mark.slow
def test_what_others_depend_on_is_known_to_be_missing(tree: Path) -> None:
    python = interpreter(tree, tree, "", tree.parent / "aside")
    told = made(python)
    assert told is not None
    assert told.lost == ("torch",)
    assert told.notes == ("torch takes gigabytes and cannot be had here: nothing was taken instead",)
    trace = f'  File "/x/shop.py", line 1\n  File "{python.parents[1]}/lib/site-packages/sentences.py", line 3\n'
    assert heavy.upset(trace, python, told.lost) == "sentences"
    assert heavy.upset('  File "/x/shop.py", line 1\n', python, told.lost) == ""
    assert subprocess.run([str(python), "-c", "import torch"], capture_output=True, check=False).returncode


@pytest.mark.slow
def test_a_program_starts_without_what_is_left_out(tree: Path) -> None:
    launch = Launch(root=tree, aside=tree.parent / "aside", target="shop:app", workers=1)
    with launched(launch) as (application, found):
        assert application.call(Call(method="GET", path="/")).body == b"here"
    assert any("`torch`" in note for note in found.notes)


def test_what_is_there_is_not_missing() -> None:
    assert heavy.missed(Path(sys.executable), ["rich==13"]) == ()
