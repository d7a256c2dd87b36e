"""What an environment is made of comes by uv first, from where pip is set to look; where it cannot, pip is asked."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from seatrial.sandbox import installing
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.made import made
from seatrial.sandbox.quick import hasty, quickly, swift
from trees import write
from wheels import wheel

PYTHON = Path(sys.executable)
NOTES = """#!{python}
# notes what it is asked for
import json, os, sys
from pathlib import Path
Path("{told}").write_text(json.dumps([sys.argv[1:], dict(os.environ)]))
"""
INSTALLS = """#!{python}
# what uv does, with an index that is not that of pip
import os, subprocess, sys
os.environ["PIP_FIND_LINKS"] = ""
target, what = sys.argv[sys.argv.index("--python") + 1], sys.argv[-2:]
sys.exit(subprocess.call([target, "-m", "pip", "install", "-q", "--no-index", "--find-links", "{told}", *what]))
"""


@pytest.fixture(autouse=True)
def set_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set for pip but what a test sets."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "SSL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")


def uv(folder: Path, code: str, told: Path) -> None:
    """The uv of the user, which does this."""
    (write(folder, {"bin/uv": code.format(python=PYTHON, told=told)}) / "bin/uv").chmod(0o755)


def asked(folder: Path) -> tuple[list[str], dict[str, str]]:
    """What uv is asked for, and the environment that it sees."""
    uv(folder, NOTES, folder / "told.json")
    assert quickly(PYTHON, ["kept==1.0"], folder)
    arguments, environment = json.loads((folder / "told.json").read_text())
    return arguments, environment


def test_uv_looks_where_pip_is_set_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = "[global]\nindex-url = https://a.invalid\nextra-index-url =\n  https://b.invalid\n  https://c.invalid\n"
    config += "find-links = /far\n[install]\nfind-links = /near\ntrusted-host = b.invalid\n"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(write(tmp_path, {"pip.conf": config}) / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", "https://d.invalid")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    said = asked(tmp_path)[0]
    pairs = {pair for pair in pairwise(said) if "invalid" in pair[1] or pair[0] == "--find-links"}
    assert pairs == {
        ("--default-index", "https://d.invalid"),
        ("--index", "https://b.invalid"),
        ("--index", "https://c.invalid"),
        ("--allow-insecure-host", "b.invalid"),
        ("--find-links", "/near"),
    }
    assert "--no-index" not in said
    assert said[-1] == "kept==1.0"


def test_uv_asks_no_index_where_pip_asks_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "true")
    assert "--no-index" in asked(tmp_path)[0]


def test_uv_sees_no_secrets_but_its_own_and_trusts_whom_pip_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SHOP_SECRET", "UV_INDEX_SHOP_PASSWORD", "PIP_CERT"):
        monkeypatch.setenv(name, "/some/value")
    seen = asked(tmp_path)[1]
    assert {"UV_INDEX_SHOP_PASSWORD", "SSL_CERT_FILE"} <= seen.keys()
    assert "SHOP_SECRET" not in seen


def test_uv_is_not_asked_where_pip_is_set_to_what_uv_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(tmp_path)
    monkeypatch.setenv("PIP_NO_BINARY", "kept")
    assert not quickly(PYTHON, ["kept"], tmp_path)


@pytest.mark.parametrize("code", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nwhile :; do :; done\n"])
def test_uv_that_fails_or_takes_too_much_of_the_processor_is_given_up(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_LIMITED", installing._LIMITED.replace("(120, 120)", "(1, 1)"))
    uv(tmp_path, code, tmp_path)
    assert not quickly(PYTHON, ["kept"], tmp_path)


def test_in_haste_nothing_is_built(tmp_path: Path) -> None:
    uv(tmp_path, NOTES, tmp_path / "told.json")
    for way, is_built in ((hasty, False), (swift, True)):
        assert way(tmp_path)(PYTHON, ["kept==1.0"]) == ""
        arguments, _ = json.loads((tmp_path / "told.json").read_text())
        assert ("--no-build" in arguments) != is_built
        assert arguments[-1] == "kept==1.0"


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [
        ("Because gone was not found in the package registry and you require gone, we can conclude", False),
        ("Because there is no version of kept==9 and you require kept==9, we can conclude", False),
        ("Because only kept<2 is available and you require kept>=3, hint: pre-releases are available", True),
        ("Failed to build `kept==1.0`", True),
    ],
)
def test_pip_is_asked_where_it_might_have_what_uv_has_not(
    *, said: str, is_asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    uv(tmp_path, f"#!/bin/sh\necho '{said}' >&2\nexit 1\n", tmp_path)
    told = swift(tmp_path)(PYTHON, ["nobody-has-this==9"])
    assert ("No matching distribution" in told) == is_asked
    assert (said in told) != is_asked


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that asks for any version; uv has another than pip."""
    for folder, version in (("of-pip", "1.0"), ("of-uv", "2.0")):
        (tmp_path / folder).mkdir()
        wheel(tmp_path / folder, "kept", version)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "of-pip"))
    return write(tmp_path / "tree", {"requirements.txt": "kept\n"})


@pytest.mark.slow
@pytest.mark.parametrize(("code", "version"), [(INSTALLS, "2.0"), ("#!/bin/sh\nexit 1\n", "1.0")])
def test_an_environment_is_made_by_uv_and_else_by_pip(code: str, version: str, tree: Path, tmp_path: Path) -> None:
    uv(tmp_path, code, tmp_path / "of-uv")
    python = interpreter(tree, tree, "", tmp_path / "aside")
    told = "from importlib.metadata import version; print(version('kept'))"
    done = subprocess.run([str(python), "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == version
    how = made(python)
    assert how is not None
    assert how.notes == ()
