"""The real formatter over real trees: it changes files, and not one symbol."""

import shutil
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import pytest

from repository import ROOT
from seatrial.decisions.fingerprints import changes
from seatrial.model.symbols import ChangeKind

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
NOT_PYTHON_OF_TODAY = ("site-packages", "test", "tests", "lib2to3", "idlelib")
"""Not the standard library, or broken on purpose, or large without telling more."""


def sources(root: Path) -> list[Path]:
    found = (path.relative_to(root) for path in root.rglob("*.py"))
    return sorted(path for path in found if not set(path.parts) & set(NOT_PYTHON_OF_TODAY))


def read(root: Path) -> dict[str, bytes]:
    return {path.as_posix(): (root / path).read_bytes() for path in sources(root)}


def ruff(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "--quiet", str(folder)]
    subprocess.run(command, check=False)  # what it cannot parse it leaves as it is


@pytest.mark.slow
@pytest.mark.parametrize("root", [ROOT / "src", STANDARD_LIBRARY], ids=["seatrial", "standard library"])
@pytest.mark.parametrize("width", [60, 140])
def test_formatting_and_sorting_imports_changes_no_symbol(root: Path, width: int, tmp_path: Path) -> None:
    for path in sources(root):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, tmp_path / path)
    before = read(tmp_path)
    ruff(tmp_path, "check", "--select", "I", "--fix", "--exit-zero")
    ruff(tmp_path, "format", "--line-length", str(width), "--config", "format.quote-style = 'single'")
    found = Counter(one.kind for one in changes(before, read(tmp_path)))
    assert found[ChangeKind.REFORMAT] > len(before) / 2
    assert set(found) <= {ChangeKind.NO_CHANGE, ChangeKind.REFORMAT, ChangeKind.IMPORT_ORDER}
