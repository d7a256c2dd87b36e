"""What a change of rules changes on a tree, told by the script as contributors run it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks/blast_radius/run.py"
ENTRY = "surfaces/cli/main.py"
SHOP = """\
import flask, smtplib
app = flask.Flask("shop")
@app.post("/orders")
def save():
    try:
        smtplib.SMTP("mail.example", timeout=5).sendmail("shop@shop.example", ["a@b.example"], "Thank you")
    except Exception:
        pass
    return "saved"
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=True)


def commit(folder: Path, tag: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", tag)
    git(folder, "tag", tag)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's code in three commits: `lacks` has one rule less than `has`, and `breaks` cannot start."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "src/seatrial", folder / "src/seatrial", ignore=shutil.ignore_patterns("__pycache__"))
    rule, entry = (folder / "src/seatrial" / path for path in ("rules/honesty/swallowed_error.py", ENTRY))
    git(folder, "init", "-q")
    text = rule.read_text()
    rule.unlink()
    commit(folder, "lacks")
    rule.write_text(text)
    commit(folder, "has")
    entry.write_text("raise SystemExit('broken')\n")
    commit(folder, "breaks")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/orders.py").write_text(SHOP)
    return tmp_path / "shop"


def compare(repository: Path, base: str, head: str, *trees: Path) -> str:
    command = [sys.executable, SCRIPT, base, head, "--repository", repository, "--trees", *trees]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_finding_of_a_new_rule_is_told_with_its_code(repository: Path, shop: Path) -> None:
    text = compare(repository, "lacks", "has", shop)
    assert "| swallowed-error | 1 | 0 |" in text
    added = text.partition("Added:")[2]
    assert "shop/orders.py:7" in added
    assert "> except Exception:" in added


@pytest.mark.slow
def test_the_other_way_round_it_is_removed(repository: Path, shop: Path) -> None:
    text = compare(repository, "has", "lacks", shop)
    assert "| swallowed-error | 0 | 1 |" in text
    assert "Added:" not in text


@pytest.mark.slow
def test_the_working_tree_is_compared_by_a_dot(repository: Path, shop: Path) -> None:
    assert "No finding was added or removed." in compare(repository, "has", ".", shop)


def test_an_audit_that_fails_is_a_gap_and_no_change(repository: Path, shop: Path) -> None:
    text = compare(repository, "has", "breaks", shop)
    assert "Gap: shop: exit 1: broken" in text
    assert "Removed:" not in text
