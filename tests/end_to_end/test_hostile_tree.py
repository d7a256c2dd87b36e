"""An audit of a booby-trapped repository runs nothing of it, writes only its cache and prints no escape codes."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from trees import commit, git, repository, write

CONTROL = frozenset(map(chr, (*range(9), *range(11, 32), 127, *range(128, 160), 0x202E)))

CONFIG = """
[core]
    fsmonitor = "touch {marker}-fsmonitor; false"
    hooksPath = {hooks}
    sshCommand = "touch {marker}-ssh; false"
    pager = "touch {marker}-pager; cat"
    editor = "touch {marker}-editor"
    gitProxy = "touch {marker}-proxy"
    askPass = "touch {marker}-askpass"
    repositoryformatversion = 1
[extensions]
    partialClone = origin
[remote "origin"]
    url = "ext::sh -c touch% {marker}-remote"
    promisor = true
    uploadpack = "touch {marker}-uploadpack; false"
[protocol "ext"]
    allow = always
[diff]
    external = "touch {marker}-diff"
[diff "trap"]
    textconv = "touch {marker}-textconv; cat"
[filter "trap"]
    clean = "touch {marker}-clean; cat"
    smudge = "touch {marker}-smudge; cat"
    process = "touch {marker}-process"
    required = true
[credential]
    helper = "!touch {marker}-credential"
[alias]
    ls-files = "!touch {marker}-alias"
"""


@pytest.fixture
def marker(tmp_path: Path) -> str:
    """The beginning of the name of every file that a trap would make if it went off."""
    return str(tmp_path / "trapped")


@pytest.fixture
def trapped(tmp_path: Path, marker: str) -> Path:
    """A repository that does something as soon as any of its files, or of its configuration, is run."""
    trap = f"open({marker + '-python'!r}, 'w').close()\nimport socket\nsocket.create_connection(('127.0.0.1', 9))\n"
    modules = ("setup", "conftest", "sitecustomize", "usercustomize", "shop/__init__", "shop/__main__", "msgspec", "gc")
    files = {f"{name}.py": trap for name in modules}
    files |= {
        "trap.pth": f"import os; os.system('touch {marker}-pth')\n",
        ".venv/pyvenv.cfg": "home = /\n",
        ".venv/bin/python": f"#!/bin/sh\ntouch {marker}-venv\n",
        "pyproject.toml": f'[build-system]\nrequires = []\nbuild-backend = "setup"\n# {trap!r}\n',
        "seatrial.egg-info/entry_points.txt": "[seatrial.rules]\nsecurity.trap = setup\n",
        ".gitattributes": "* filter=trap diff=trap\n",
        "shop/esc\x1b]0;owned\x07\x1b[31m.py": "def broken(:\n",
        "shop/new\nline::error::.py": "x = (\n",
        "shop/order.py": "import requests\n# \x1b[2J\ndef f(a):\n    return [requests.get(b'\x1b[31m') for b in a]\n",
        "shop/bidi\u202e.py": "def broken(:\n",
    }
    root = repository(tmp_path / "repository", files)
    commit(root)
    _add_traps_to_git(root, marker)
    _add_odd_files(root)
    return root


def _add_traps_to_git(root: Path, marker: str) -> None:
    hooks = root / "hooks"
    names = ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman", "reference-transaction")
    write(hooks, dict.fromkeys(names, f"#!/bin/sh\ntouch {marker}-hook\n"))
    for name in names:
        (hooks / name).chmod(0o755)
    with (root / ".git" / "config").open("a") as config:
        config.write(CONFIG.format(marker=marker, hooks=hooks))


def _add_odd_files(root: Path) -> None:
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "shop" / "up").symlink_to("..", target_is_directory=True)
    (root / "self.py").symlink_to("self.py")
    (root / "zero.py").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe.py")
    info = root / ".venv" / "lib" / "python3.11" / "site-packages" / "a-1.dist-info"
    info.mkdir(parents=True)
    os.mkfifo(info / "METADATA")


def everything_below(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Size and time of change of every file, links not followed."""
    found = {}
    for name, _, files in os.walk(folder):
        for file in files:
            status = (Path(name) / file).lstat()
            found[f"{name}/{file}"] = (status.st_size, status.st_mtime_ns)
    return found


def seatrial(root: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in the trapped folder, as a user would who has just cloned it."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(cache), "SEATRIAL_CACHE_DIR": str(cache)}
    command = [str(Path(sys.executable).parent / "seatrial"), *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "."),
        ("audit", ".", "-v", "--no-cache", "--jobs", "2"),
        ("gate", ".", "--all", "--changed-since", "HEAD"),
        ("audit", ".", "--format", "github", "--format", "markdown", "--format", "json"),
        ("audit", ".", "--format", "html", "--format", "sarif"),
        ("provenance", "."),
        ("provenance", "shop"),
    ],
)
def test_nothing_runs_and_nothing_is_written_and_no_escape_codes_are_printed(
    trapped: Path, marker: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    cache = tmp_path / "cache"
    before = everything_below(trapped)
    done = seatrial(trapped, cache, *arguments)
    assert done.returncode in {0, 1}, done.stderr
    assert everything_below(trapped) == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == ["repository"], marker
    assert {path.name for path in cache.iterdir()} <= {"cache-1.sqlite"} if cache.exists() else True
    assert CONTROL.isdisjoint(done.stdout + done.stderr)


def test_the_traps_go_off_for_those_who_are_not_careful(trapped: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "status"], cwd=trapped, capture_output=True, check=False)
    subprocess.run([sys.executable, "-m", "shop"], cwd=trapped, capture_output=True, check=False)
    assert {"trapped-fsmonitor", "trapped-python"} <= {path.name for path in tmp_path.iterdir()}


def test_what_could_not_be_read_of_it_is_told(trapped: Path, tmp_path: Path) -> None:
    told = json.loads(seatrial(trapped, tmp_path / "cache", "audit", ".", "--format", "json").stdout)
    unread = [gap["path"] for gap in told["verdict"]["gaps"]] + [one["path"] for one in told["left_out"]]
    for beginning in ("self.py", "zero.py", "shop/bidi", "shop/esc", "shop/new"):
        assert any(path.startswith(beginning) for path in unread), beginning


def test_a_lost_object_of_the_base_is_not_fetched(trapped: Path, marker: str, tmp_path: Path) -> None:
    (blob,) = git(trapped, "-c", "core.fsmonitor=false", "rev-parse", "HEAD:shop/order.py").split()
    (trapped / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    done = seatrial(trapped, tmp_path / "cache", "audit", ".", "--changed-since", "HEAD")
    assert done.returncode == 2, done.stderr
    assert "cannot be read" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("trapped")] == [], marker
