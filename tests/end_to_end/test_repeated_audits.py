"""What an audit takes from the one before it."""

import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.app.audit import Request, audit
from seatrial.app.progress import Progress
from trees import write

FILES = {f"shop/m{number}.py": f"def f{number}(a):\n    return a + {number}\n" for number in range(5)}


class Told(Progress):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    return write(tmp_path / "tree", FILES)


def told(root: Path) -> str:
    progress = Told()
    audit(Request(root=root), progress)
    return "; ".join(progress.notes)


def test_an_unchanged_tree_is_not_worked_out_again(root: Path) -> None:
    assert "5 of 5" in told(root)
    assert "nothing has changed" in told(root)


def test_an_unchanged_tree_needs_neither_program_nor_rules(root: Path) -> None:
    told(root)
    code = (
        "import sys; from pathlib import Path; from seatrial.app.audit import Request, audit\n"
        "audit(Request(root=Path(sys.argv[1])))\n"
        "print(*[name for name in sys.modules if name.startswith(('seatrial.program', 'seatrial.rules.'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_of_a_changed_tree_only_new_texts_are_extracted(root: Path) -> None:
    told(root)
    write(root, {"shop/m0.py": "def g():\n    return 1\n"})
    (root / "shop" / "m1.py").rename(root / "shop" / "renamed.py")
    assert "1 of 5" in told(root)


def test_a_damaged_cache_costs_time_and_a_note(root: Path, tmp_path: Path) -> None:
    told(root)
    (tmp_path / "cache" / "cache-1.sqlite").write_bytes(b"no database at all" * 500)
    notes = told(root)
    assert "5 of 5" in notes
    assert "thrown away" in notes
    assert "nothing has changed" in told(root)
