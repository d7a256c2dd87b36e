"""What a lock names is all that is installed: what it left out, its tool had a reason to leave out."""

import subprocess
from pathlib import Path

import pytest

from seatrial.sandbox import needs
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.locks import Locked
from trees import write
from wheels import wheel

PROJECT = '[project]\nname = "shop"\ndependencies = ["plugin"]\n'
LOCK = """
[[package]]
name = "shop"
source = { editable = "." }
dependencies = [{ name = "plugin" }]

[[package]]
name = "plugin"
version = "1.0"
"""
"""A plug-in of the program itself, which depends on it."""


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path, "plugin", "1.0", needs="shop>=1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


@pytest.mark.slow
@pytest.mark.usefixtures("wheels")
def test_what_a_lock_names_is_installed_without_what_it_depends_on(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"pyproject.toml": PROJECT, "uv.lock": LOCK})
    python = interpreter(root, root, "", tmp_path / "aside")
    told = "from importlib.metadata import distributions as d; print(*sorted(one.metadata['Name'] for one in d()))"
    done = subprocess.run([str(python), "-c", told], capture_output=True, text=True, check=True).stdout.split()
    assert "plugin" in done
    assert "shop" not in done


def test_what_is_asked_for_without_a_lock_is_no_list_of_all_there_is(tmp_path: Path) -> None:
    with_lock = write(tmp_path / "with", {"pyproject.toml": PROJECT, "uv.lock": LOCK})
    without = write(tmp_path / "without", {"pyproject.toml": PROJECT, "requirements.txt": "plugin==1.0\n"})
    assert [isinstance(one, Locked) for one in needs.needs(with_lock)] == [True, False]
    assert [isinstance(one, Locked) for one in needs.needs(without)] == [False, False]
