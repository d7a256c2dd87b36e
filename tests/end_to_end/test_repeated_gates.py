"""What a gate takes from the one before it, and that it says what one that takes nothing says."""

from pathlib import Path

import msgspec
import pytest

from seatrial.app.audit import Request
from seatrial.app.gate import judge
from seatrial.app.progress import Progress
from seatrial.model.verdict import Report
from trees import commit, git, repository, write

LOOP = "import requests\n\ndef all_of(ids):\n    return [requests.get(f'https://a.example/{one}') for one in ids]\n"
OTHER = LOOP.replace("all_of", "each_of").replace("requests.get(", "requests.delete(")
QUIET = "def add(a, b):\n    return a + b\n"
COMMIT = "looking at commit"


class Told(Progress):
    """Keeps the names of the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, name: str, total: int = 0) -> None:  # noqa: ARG002 - as `Progress.step`
        self.steps.append(name)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    return repository(tmp_path / "tree", {"shop/a.py": LOOP, "shop/b.py": QUIET, "part/c.py": QUIET})


def gate(root: Path, progress: Progress | None = None, *, cached: bool = True, base: str = "HEAD") -> Report:
    found = judge(Request(root=root, changed_since=base, cached=cached, confidence=0.0), progress, reviewed=False)
    return msgspec.structs.replace(found, date="", counts=msgspec.structs.replace(found.counts, seconds=0.0))


def reads_commit(root: Path) -> bool:
    told = Told()
    gate(root, told)
    return any(step.startswith(COMMIT) for step in told.steps)


def brought_in(report: Report) -> list[str]:
    return sorted({one.finding.symbol for one in report.verdict.judged})


def test_a_commit_is_read_for_the_first_gate_alone(root: Path) -> None:
    assert reads_commit(root)
    write(root, {"shop/b.py": OTHER})
    assert not reads_commit(root)
    assert brought_in(gate(root)) == ["each_of"]
    assert gate(root) == gate(root, cached=False)


def test_the_next_commit_is_another_start(root: Path) -> None:
    gate(commit(write(root, {"shop/b.py": OTHER})))
    write(root, {"shop/b.py": OTHER, "shop/d.py": OTHER.replace("each_of", "none_of")})
    assert "each_of" not in brought_in(gate(root))
    assert gate(root) == gate(root, cached=False)
    assert gate(root, base="HEAD^") == gate(root, base="HEAD^", cached=False)
    assert "each_of" in brought_in(gate(root, base="HEAD^"))


def test_a_commit_that_changed_no_file_is_not_read(root: Path) -> None:
    gate(root)
    git(root, "commit", "-q", "--allow-empty", "-m", "Again")
    assert not reads_commit(root)


def test_other_settings_are_another_start(root: Path) -> None:
    gate(root)
    write(root, {"seatrial.toml": "[rules]\nrequest-in-loop = 'off'\n", "shop/b.py": OTHER})
    gate(root)
    commit(root)
    write(root, {"seatrial.toml": "exclude = ['shop/a.py']\n", "shop/b.py": LOOP})
    assert gate(root) == gate(root, cached=False)
    assert gate(root, base="HEAD^") == gate(root, base="HEAD^", cached=False)


def test_a_folder_is_not_taken_for_the_whole(root: Path) -> None:
    write(root, {"part/c.py": OTHER})
    assert gate(root) == gate(root, cached=False)
    assert gate(root / "part") == gate(root / "part", cached=False)
    assert brought_in(gate(root / "part")) == ["each_of"]
    write(root, {"fresh/d.py": LOOP})
    assert gate(root / "fresh") == gate(root / "fresh", cached=False)


def test_what_is_installed_counts(root: Path) -> None:
    gate(root)
    site = ".venv/lib/python3.11/site-packages/requests-2.31.0.dist-info"
    write(root, {".venv/pyvenv.cfg": "", f"{site}/METADATA": "Name: requests\nVersion: 2.31.0\n", "shop/b.py": OTHER})
    assert reads_commit(root)
    assert gate(root) == gate(root, cached=False)
