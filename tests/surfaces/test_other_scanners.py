"""Another scanner's SARIF beside our findings: reported, judged, accepted and silenced like them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from seatrial.surfaces.cli.main import run
from trees import commit, repository, write

SHELL = "import os\n\n\ndef listing():\n    os.system('ls')\n"
SQL = (
    "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
    '@app.get("/")\ndef found():\n    name = request.args["name"]\n'
    "    return str(connection().execute(f\"select * from t where name = '{name}'\").fetchone())\n\n\n"
    "def connection():\n    import sqlite3\n\n    return sqlite3.connect('a.db')\n"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def scanned(root: Path) -> Path:
    """What ruff's security rules, a real scanner, say of the tree, beside it."""
    log = root.with_suffix(".sarif")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "S602,S605,S608"]
    subprocess.run([*command, "--output-format", "sarif", "-o", log, root], check=False, capture_output=True)
    assert json.loads(log.read_bytes())["runs"]
    return log


def judged(capsys: pytest.CaptureFixture[str], *arguments: object) -> Mapping[str, Mapping[str, object]]:
    """The findings by rule, each with its state."""
    capsys.readouterr()
    run([*map(str, arguments), "--format", "json"])
    found = json.loads(capsys.readouterr().out)["verdict"]["judged"]
    return {one["finding"]["rule"]: one["finding"] | {"state": one["state"]} for one in found}


def test_a_result_of_another_scanner_shuts_the_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path / "tree", {"a.py": SHELL})
    log = scanned(root)
    assert run(["gate", str(root)]) == 0
    assert run(["gate", str(root), "--with", str(log)]) == 1
    assert "ruff/S605" in capsys.readouterr().out


def test_what_both_see_is_one_finding_of_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path / "tree", {"a.py": SQL})
    found = judged(capsys, "audit", root, "--with", scanned(root))
    assert found["sql-injection"]["also_found_by"] == ["ruff/S608"]
    assert "ruff/S608" not in found


def test_what_both_see_is_as_sure_as_the_surer_of_the_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(
        tmp_path / "tree", {"a.py": SHELL.replace("listing()", "listing(name)").replace("'ls'", "'ls ' + name")}
    )
    assert judged(capsys, "audit", root) == {}
    assert judged(capsys, "audit", root, "--with", scanned(root))["command-injection"]["confidence"] == 0.7


def test_a_comment_with_a_reason_silences_it_and_is_not_idle_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed = SHELL.replace("('ls')", "('ls')  # seatrial: allow[ruff/S605] because nothing of it can be chosen")
    root = write(tmp_path / "tree", {"a.py": allowed})
    assert judged(capsys, "audit", root, "--with", scanned(root))["ruff/S605"]["state"] == "suppressed"
    assert run(["audit", str(root)]) == 0
    assert "silences nothing" not in capsys.readouterr().out


def test_the_baseline_takes_it_in_and_pruning_without_it_forgets_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write(tmp_path / "tree", {"a.py": SHELL})
    log = scanned(root)
    assert run(["baseline", str(root), "--with", str(log)]) == 0
    assert run(["baseline", str(root), "--prune"]) == 0
    assert run(["gate", str(root), "--with", str(log)]) == 0
    assert "matches nothing" not in capsys.readouterr().out
    write(root, {"a.py": "x = 1\n"})
    assert run(["baseline", str(root), "--prune", "--with", str(scanned(root))]) == 0
    assert "1 entry taken out" in capsys.readouterr().out


def test_a_setting_turns_its_rule_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path / "tree", {"a.py": SHELL, "seatrial.toml": '[rules]\n"ruff/S605" = "off"\n'})
    assert judged(capsys, "audit", root, "--with", scanned(root)) == {}


def test_a_change_answers_only_for_the_lines_that_it_brought(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(tmp_path / "tree", {"a.py": SHELL})
    commit(write(root, {"b.py": SHELL.replace("ls", "df")}))
    found = judged(capsys, "audit", root, "--changed-since", "HEAD~1", "--with", scanned(root))
    place = found["ruff/S605"]["place"]
    assert isinstance(place, dict)
    assert place["path"] == "b.py"


def test_it_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write(tmp_path / "tree", {"a.py": SHELL})
    log = scanned(root)
    fingerprint = str(judged(capsys, "audit", root, "--with", log)["ruff/S605"]["fingerprint"])
    assert run(["show", fingerprint, str(root), "--with", str(log)]) == 0
    assert ">     5      os.system('ls')" in capsys.readouterr().out


@pytest.mark.parametrize(("content", "why"), [("not JSON", "no SARIF"), (None, "cannot be read")])
def test_a_file_that_is_no_sarif_is_an_error_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, why: str
) -> None:
    root = write(tmp_path / "tree", {"a.py": SHELL})
    log = tmp_path / "bad.sarif"
    if content is not None:
        log.write_text(content)
    assert run(["audit", str(root), "--with", str(log)]) == 2
    told = capsys.readouterr().err
    assert "bad.sarif" in told
    assert why in told
