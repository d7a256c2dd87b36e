"""The interpreter that the user names: by its path, by the folder of its environment, or as a shell would find it."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox.errors import StartError
from seatrial.sandbox.interpreter import interpreter


def test_it_is_found_by_path_by_folder_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "venv" / "bin" / "python"
    inside.parent.mkdir(parents=True)
    inside.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(inside.parent))
    for said in (str(inside), str(tmp_path / "venv"), "python"):
        assert interpreter(tmp_path, tmp_path, said, tmp_path) == inside


@pytest.mark.parametrize("said", ["/nowhere/python", "no-such-python", "."])
def test_one_that_is_not_there_is_said(tmp_path: Path, said: str) -> None:
    with pytest.raises(StartError, match="there is no interpreter at"):
        interpreter(tmp_path, tmp_path, said, tmp_path)
