"""The command line as a user meets it, through its own entry point in this process."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from seatrial import __version__
from seatrial.surfaces.cli import _output
from seatrial.surfaces.cli.explain import programs_named
from seatrial.surfaces.cli.main import run
from trees import commit, repository, write

FAULTY = {
    "shop/__init__.py": "",
    "shop/client.py": '"""What things cost."""\nimport time\n\nasync def prices(path):\n    return time.sleep(3)\n',
}
RULE = "blocking-call-in-async"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", FAULTY)


def findings(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Mapping[str, object]]:
    capsys.readouterr()
    run([*arguments, "--format", "json"])
    judged = json.loads(capsys.readouterr().out)["verdict"]["judged"]
    return [one["finding"] | {"state": one["state"]} for one in judged]


def test_audit_ends_with_0_and_gate_with_1_when_there_is_a_fault(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", str(shop)]) == 0
    assert RULE in capsys.readouterr().out
    assert run(["gate", str(shop)]) == 1
    assert RULE in capsys.readouterr().out


def test_gate_ends_with_0_when_nothing_is_wrong(tmp_path: Path) -> None:
    assert run(["gate", str(write(tmp_path, {"a.py": "x = 1\n"}))]) == 0


def test_a_folder_without_code_does_not_pass_in_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gate", str(tmp_path)]) == 1
    assert "no file of code" in capsys.readouterr().out


def test_python_runs_it_as_a_module_with_the_same_ends(shop: Path) -> None:
    runs = [subprocess.run([sys.executable, "-m", "seatrial", "gate", path], check=False) for path in (shop, "nowhere")]
    assert [done.returncode for done in runs] == [1, 2]


def test_the_path_is_the_current_folder_by_default(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    assert run(["gate"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["adit"], ["'audit'"]),
        (["audit", "--fromat", "json"], ["--format"]),
        (["audit", "--format", "jsn"], ["jsn", "json", "sarif"]),
        (["audit", "nowhere"], ["nowhere", "does not exist"]),
        (["audit", "--rule", "blocking-call-in-asinc"], [RULE]),
        (["audit", "--confidence", "2"], ["0<=x<=1"]),
        (["audit", "-o", "report.foo"], ["report.foo", ".sarif", "--format"]),
        (["audit", "-o", "file/report.json"], ["file/report.json", "cannot be written"]),
        (["audit", "--changed-since", "main"], ["git"]),
        (["explain", "blocking-call-in-asinc"], [RULE]),
        (["show", "ffff"], ["ffff", "audit"]),
        (["gate", "broken"], ["seatrial.toml", "line 1", "`exclude`"]),
    ],
)
def test_what_cannot_run_ends_with_2_and_says_what_to_do(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path, {"a.py": "x = 1\n", "file": "", "broken/seatrial.toml": "exlude = []"})
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [word for word in words if word not in err] == []
    assert "Traceback" not in err


def test_a_bug_of_ours_ends_with_3_and_says_how_to_report_it(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("of \x1b[31mours\nHINT: look elsewhere")

    monkeypatch.setattr("seatrial.app.audit.find", fail)
    assert run(["audit", str(shop)]) == 3
    err = capsys.readouterr().err
    assert "bug in seatrial" in err
    assert "ZeroDivisionError: of " in err
    assert "HINT" not in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert run(["audit", str(shop), "-v"]) == 3
    assert "Traceback" in capsys.readouterr().err


def full_disk() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_database() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE t (x)")


def full_copy() -> None:
    raise shutil.Error([("a/x", "b/x", "[Errno 28] No space left on device: 'b/x'")])


@pytest.mark.parametrize("fails", [full_disk, full_database, full_copy])
def test_a_disk_that_fills_up_is_no_bug_of_ours(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fails: Callable[[], None]
) -> None:
    monkeypatch.setattr("seatrial.app.audit.find", lambda *_: fails())
    assert run(["audit", str(shop)]) == 2
    err = capsys.readouterr().err
    assert "no room left on the disk" in err
    assert "bug" not in err


def test_every_format_can_be_asked_for_at_once(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "out"
    files = [str(out / f"report{suffix}") for suffix in (".sarif", ".json", ".md", ".html", ".txt")]
    assert run(["audit", str(shop), *(part for file in files for part in ("-o", file))]) == 0
    assert RULE in capsys.readouterr().out
    assert [file for file in files if "client" not in Path(file).read_text()] == []
    assert json.loads((out / "report.sarif").read_text())["version"] == "2.1.0"
    assert "\x1b" not in (out / "report.txt").read_text()


def test_as_many_formats_as_files_are_paired(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert run(["audit", str(shop), "-f", "sarif", "-o", first, "-f", "json", "-o", second]) == 0
    assert capsys.readouterr().out == ""
    assert "runs" in json.loads(Path(first).read_text())
    assert "verdict" in json.loads(Path(second).read_text())


def test_formats_without_files_go_to_standard_output() -> None:
    assert _output.destinations(["json"], ["a.html", "b.sarif"]) == [
        ("json", "-"),
        ("html", "a.html"),
        ("sarif", "b.sarif"),
    ]
    assert _output.destinations([], []) == [("text", "-")]


def test_confidence_and_rule_hide_what_is_not_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["rule"] for one in findings(capsys, "audit", str(shop))] == [RULE]
    assert findings(capsys, "audit", str(shop), "--confidence", "1") == []
    assert findings(capsys, "audit", str(shop), "--rule", "query-in-loop") == []
    assert len(findings(capsys, "audit", str(shop), "--rule", RULE)) == 1


def test_settings_switch_rules_off_and_turn_them_down(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"seatrial.toml": f"[rules]\n{RULE} = 'note'"})
    assert [one["severity"] for one in findings(capsys, "audit", str(shop))] == ["note"]
    assert run(["gate", str(shop)]) == 0
    write(shop, {"seatrial.toml": f"[per-path.'*/client.py']\n{RULE} = 'off'"})
    assert findings(capsys, "audit", str(shop)) == []
    write(shop, {"seatrial.toml": f"[rules]\n{RULE} = 'off'"})
    assert findings(capsys, "audit", str(shop)) == []


def test_tests_are_judged_as_code_only_if_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"tests/client.py": FAULTY["shop/client.py"]})
    assert findings(capsys, "audit", str(tmp_path)) == []
    write(tmp_path, {"seatrial.toml": "include-tests = true"})
    assert [one["rule"] for one in findings(capsys, "audit", str(tmp_path))] == [RULE]


def test_a_comment_with_a_reason_opens_the_gate_and_one_without_does_not(shop: Path) -> None:
    text = FAULTY["shop/client.py"].rstrip()
    write(shop, {"shop/client.py": f"{text}  # seatrial: allow[{RULE}]\n"})
    assert run(["gate", str(shop)]) == 1
    write(shop, {"shop/client.py": f"{text}  # seatrial: allow[{RULE}] because there are three\n"})
    assert run(["gate", str(shop)]) == 0


def test_a_baseline_opens_the_gate_to_old_debt_alone_and_only_shrinks(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["baseline", str(shop)]) == 0
    assert run(["gate", str(shop)]) == 0
    assert [one["state"] for one in findings(capsys, "audit", str(shop))] == ["known"]
    write(shop, {"shop/second.py": FAULTY["shop/client.py"].replace("prices", "names")})
    assert run(["gate", str(shop)]) == 1
    assert run(["baseline", str(shop)]) == 2
    assert "may only shrink" in capsys.readouterr().err
    assert run(["baseline", str(shop), "--prune"]) == 0
    assert "0 entries taken out" in capsys.readouterr().out
    (shop / "shop" / "client.py").unlink()
    assert run(["baseline", str(shop), "--prune"]) == 0
    assert "1 entry taken out" in capsys.readouterr().out
    assert run(["gate", str(shop)]) == 1


def test_show_tells_the_way_with_the_code_around_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = findings(capsys, "audit", str(shop))
    assert run(["show", str(one["fingerprint"])[:8], str(shop)]) == 0
    out = capsys.readouterr().out
    assert "shop/client.py:5" in out
    assert "def prices(path):" in out
    assert "Mend:" in out
    assert [line[:2] for line in out.splitlines() if "client.py:5" in line] == ["1."]
    assert max(map(len, out.splitlines())) <= 100


def test_show_takes_the_place_of_a_finding_too(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "shop/client.py:5", str(shop)]) == 0
    assert "shop/client.py:5" in capsys.readouterr().out
    assert run(["show", "shop/client.py:4", str(shop)]) == 2
    assert "'shop/client.py:4'" in capsys.readouterr().err


def test_show_tells_apart_the_findings_that_begin_alike(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"shop/second.py": FAULTY["shop/client.py"].replace("prices", "names")})
    assert run(["show", "", str(shop)]) == 2
    err = capsys.readouterr().err
    assert f"{RULE} at shop/client.py:5" in err
    assert f"{RULE} at shop/second.py:5" in err


def test_explain_prints_the_page_and_rules_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", RULE]) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"# {RULE}\n")
    assert "## Bad" in page
    assert run(["rules"]) == 0
    assert RULE in capsys.readouterr().out
    assert run(["rules", "--json"]) == 0
    assert RULE in [rule["id"] for rule in json.loads(capsys.readouterr().out)]


def test_a_page_on_a_terminal_keeps_the_names_of_its_files() -> None:
    assert programs_named("## Bad\n\n```shop/a.py\nx = 1\n```\n") == ("## Bad\n\n`shop/a.py`:\n\n```py\nx = 1\n```\n")


def test_init_writes_settings_that_can_be_read_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"backend/src/shop/__init__.py": ""})
    assert run(["init", str(tmp_path)]) == 0
    assert "seatrial gate" in capsys.readouterr().out
    written = (tmp_path / "seatrial.toml").read_text()
    assert 'source-roots = ["backend/src"]' in written
    assert run(["audit", str(tmp_path)]) == 0
    assert run(["init", str(tmp_path)]) == 2
    assert (tmp_path / "seatrial.toml").read_text() == written


def test_only_what_the_change_brings_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = repository(tmp_path, FAULTY)
    asked = ["gate", str(root), "--changed-since", "HEAD"]
    assert run(asked) == 0
    (root / "shop" / "client.py").rename(root / "shop" / "moved.py")
    assert run(asked) == 0
    write(root, {"shop/more.py": FAULTY["shop/client.py"].replace("prices", "names")})
    assert run(asked) == 1
    assert [one["symbol"] for one in findings(capsys, *asked)] == ["names"]
    commit(root)
    assert run([*asked[:-1], "HEAD~1"]) == 1
    assert run(asked) == 0


def test_a_subfolder_is_compared_with_itself_and_knows_where_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(tmp_path, {f"backend/{name}": text for name, text in FAULTY.items()})
    asked = ["audit", str(root / "backend"), "--changed-since", "HEAD"]
    assert findings(capsys, *asked) == []
    write(root, {"backend/shop/more.py": FAULTY["shop/client.py"].replace("prices", "names")})
    assert [one["symbol"] for one in findings(capsys, *asked)] == ["names"]
    run([*asked, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["prefix"] == "backend/"


def test_version_and_help_load_no_stage_of_the_work() -> None:
    code = (
        "import sys; from seatrial.surfaces.cli.main import run\n"
        "run(['--version']); run(['audit', '--help'])\n"
        "print(*[m for m in sys.modules if m.partition('.')[0] in {'msgspec', 'tree_sitter', 'rich', 'jinja2'}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.startswith(f"seatrial {__version__}\n")
    assert done.stdout.splitlines()[-1] == ""


def test_a_reader_that_leaves_early_does_no_harm(shop: Path) -> None:
    code = "import sys; from seatrial.surfaces.cli.main import run; sys.exit(run(sys.argv[1:]))"
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-c", code, "gate", str(shop)],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_no_bug_of_ours(shop: Path) -> None:
    code = "import sys; from seatrial.surfaces.cli.main import run; sys.exit(run(sys.argv[1:]))"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "audit", str(shop)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("seatrial: standard output cannot be written")


def test_with_v_each_step_is_a_line_on_standard_error(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["audit", str(shop), "-v"])
    assert "reading code (2)" in capsys.readouterr().err
    run(["audit", str(shop), "-v"])
    assert "nothing has changed" in capsys.readouterr().err
    run(["audit", str(shop), "-v", "--no-cache"])
    assert "reading code (2)" in capsys.readouterr().err
    run(["audit", str(shop)])
    assert capsys.readouterr().err == ""
