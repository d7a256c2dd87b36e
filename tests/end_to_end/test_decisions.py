"""Decisions through the command line, with real git: what was rejected does not come back unnoticed."""

import json
from pathlib import Path

import pytest

from seatrial.surfaces.cli.main import run
from trees import commit, git, repository, write

ID = "D-20261122-no-redis"
RECORD = """\
---
status: accepted
date: 2026-11-22
id: D-20261122-no-redis
scope: {paths: [shop/]}
rejected:
  - option: Redis as queue
    because: jobs were lost when it restarted
    match: {imports: [redis], dependency: [redis]}
    revisit-when: we run it with persistence
rules:
  - {id: no-print, kind: pattern-forbidden, pattern: '\\bprint\\('}
anchors: []
---

# Queue jobs in the database

Text.
"""
PLACE = "docs/decisions/20261122-no-redis.md"
FILES = {
    PLACE: RECORD,
    "docs/decisions/0001-old.md": "# An old one\n\n## Status\n\nAccepted\n",
    "shop/__init__.py": "",
    "shop/jobs.py": "def push(queue, job):\n    queue.append(job)\n",
    "requirements.txt": "flask==3.0\n",
}
BACK = {"shop/jobs.py": "import redis\n\n\ndef push(queue, job):\n    redis.Redis().rpush(queue, job)\n"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = repository(tmp_path / "shop", FILES)
    git(root, "checkout", "-q", "-b", "change")
    return root


def reasons(
    shop: Path, capsys: pytest.CaptureFixture[str], *more: str, base: str = "main"
) -> list[tuple[str, int, str]]:
    capsys.readouterr()
    code = run(["gate", str(shop), *(["--base", base] if base else []), "--format", "json", *more])
    verdict = json.loads(capsys.readouterr().out)["verdict"]
    assert code == bool(verdict["reasons"])
    found = [one for one in verdict["reasons"] if one["rule"].startswith("D-") or "gap" in one["what"]]
    return [(one["path"], one["line"], f"{one['what']} | {one['way_to_green']}") for one in found]


def test_a_change_that_leaves_decisions_alone_passes(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"shop/more.py": "x = 1\n"})
    assert reasons(shop, capsys) == []


def test_a_change_that_brings_it_back_is_stopped_with_the_reason(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(write(shop, BACK | {"requirements.txt": "flask==3.0\nRedis>=5\n"}))
    (code, manifest) = sorted(reasons(shop, capsys), reverse=True)
    assert code[:2] == ("shop/jobs.py", 1)
    assert manifest[:2] == ("requirements.txt", 2)
    for *_, told in (code, manifest):
        assert "jobs were lost when it restarted" in told
        assert "we run it with persistence" in told
        assert f"Decision: {ID}" in told
        assert f"seatrial decide supersede {ID}" in told


def test_what_was_there_before_is_no_change(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(shop, "checkout", "-q", "main")
    commit(write(shop, BACK))
    git(shop, "checkout", "-q", "-B", "later")
    commit(write(shop, {"shop/jobs.py": "x = 1\n", "shop/moved.py": BACK["shop/jobs.py"]}))
    assert reasons(shop, capsys) == []
    assert reasons(shop, capsys, base="") == []


def test_a_trailer_that_cites_the_decision_lets_the_change_pass(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, BACK)
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", f"Queue in Redis\n\nDecision: {ID} because it is persistent now")
    assert reasons(shop, capsys) == []


def test_a_commit_in_the_making_can_cite_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {**BACK, "../message": f"Queue in Redis\n\nDecision: {ID} because it is persistent now\n"})
    check = ["decide", "check", "--root", str(shop)]
    assert run(check) == 1
    assert "jobs were lost" in capsys.readouterr().out
    assert run([*check, "--message", str(shop / "../message")]) == 0


def test_a_comment_that_cites_it_speaks_for_its_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cited = f"# seatrial: decided {ID} because it is persistent now\n" + BACK["shop/jobs.py"]
    write(shop, {"shop/jobs.py": cited, "shop/other.py": "import redis\n"})
    assert [(path, line) for path, line, _ in reasons(shop, capsys)] == [("shop/other.py", 1)]
    write(shop, {"shop/jobs.py": f"{cited}\n\ndef again():\n    from redis import Redis\n", "shop/other.py": ""})
    ((path, line, told),) = reasons(shop, capsys)
    assert (path, line) == ("shop/jobs.py", 10)
    assert "jobs were lost" in told


def test_a_comment_without_reason_lets_nothing_pass(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"shop/jobs.py": f"# seatrial: decided {ID}\n" + BACK["shop/jobs.py"]})
    told = [what for *_, what in reasons(shop, capsys)]
    assert len(told) == 2
    assert any("without a reason" in what for what in told)


def test_code_that_cites_what_is_only_proposed_or_not_there_is_stopped(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposed = RECORD.replace("accepted", "proposed").replace(ID, "D-20261123-draft")
    code = "# seatrial: decided D-20261123-draft because so\n# seatrial: decided D-20261124-none because so\nx = 1\n"
    write(shop, {"docs/decisions/20261123-draft.md": proposed, "shop/more.py": code})
    told = [what for *_, what in reasons(shop, capsys)]
    assert any("only proposed" in what for what in told)
    assert any("does not exist" in what for what in told)


def test_a_record_that_supersedes_it_and_is_accepted_lets_the_change_pass(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, BACK)
    assert run(["decide", "supersede", "no-redis", "--title", "Queue jobs in Redis", "--root", str(shop)]) == 0
    (new,) = shop.glob("docs/decisions/*-queue-jobs-in-redis.md")
    text = new.read_text()
    start, end = text.index("rejected:"), text.index("rules:")
    new.write_text(text[:start] + text[end:])
    assert len(reasons(shop, capsys)) == 1
    new.write_text(new.read_text().replace("status: proposed", "status: accepted"))
    assert reasons(shop, capsys) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Text.", "Another text.", "says something else"),
        ("imports: [redis], ", "", "says something else"),
        ("id: D-20261122-no-redis", "id: D-20261122-other", "is gone"),
        ("status: accepted", "status: deprecated", "is now deprecated"),
        ("status: accepted", "status: superseded by D-20261122-never", "is now superseded"),
        ("---\nstatus", "---x\nstatus", "is gone"),
    ],
)
def test_a_change_can_neither_rewrite_nor_drop_the_record(
    shop: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    write(shop, {PLACE: RECORD.replace(old, new, 1), **BACK})
    told = [what for *_, what in reasons(shop, capsys)]
    assert any(said in what for what in told)
    assert any("jobs were lost" in what for what in told)


def test_the_folder_of_records_is_that_of_the_base(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"seatrial.toml": 'decisions = "nowhere"\n', **BACK})
    told = [what for *_, what in reasons(shop, capsys)]
    assert any("is gone" in what for what in told)
    assert any("jobs were lost" in what for what in told)


def test_what_is_left_out_is_what_the_base_leaves_out(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {"seatrial.toml": 'exclude = ["shop/"]\n', **BACK})
    assert "shop/jobs.py" in [path for path, *_ in reasons(shop, capsys)]


def test_code_beside_the_records_is_code(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = RECORD.replace("scope: {paths: [shop/]}\n", "")
    git(shop, "checkout", "-q", "main")
    commit(write(shop, {PLACE: text}))
    git(shop, "checkout", "-q", "-B", "later")
    write(shop, {"docs/decisions/code.py": "import redis\n", ".seatrial/code.py": "import redis\n"})
    assert {path for path, *_ in reasons(shop, capsys)} >= {"docs/decisions/code.py", ".seatrial/code.py"}


def test_another_folder_can_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"adr/20261122-no-redis.md": RECORD, "seatrial.toml": 'decisions = "adr"\n', "shop/a.py": "print(1)\n"}
    root = repository(tmp_path / "shop", files)
    assert [(path, line) for path, line, _ in reasons(root, capsys, base="")] == [("shop/a.py", 1)]


def test_a_rule_holds_for_the_whole_tree_and_a_change_is_asked_only_for_its_own(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(shop, "checkout", "-q", "main")
    commit(write(shop, {"shop/old.py": "print(1)\n"}))
    git(shop, "checkout", "-q", "-B", "later")
    write(shop, {"shop/new.py": "print(2)\n"})
    assert [path for path, *_ in reasons(shop, capsys)] == ["shop/new.py"]
    assert {path for path, *_ in reasons(shop, capsys, base="")} == {"shop/new.py", "shop/old.py"}


@pytest.mark.parametrize(
    ("enforcement", "cited", "shut"),
    [("surface", "", 0), ("acknowledge", ID, 0), ("acknowledge", "", 1), ("enforce", ID, 1)],
)
def test_how_hard_a_rule_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], enforcement: str, cited: str, shut: int
) -> None:
    comment = f"# seatrial: decided {cited} because so\n" if cited else ""
    text = RECORD.replace("anchors: []", f"enforcement: {enforcement}")
    root = repository(tmp_path / "shop", {PLACE: text, "shop/a.py": f"{comment}print(1)\n"})
    assert len(reasons(root, capsys, base="")) == shut


def test_a_command_is_run_only_if_the_user_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = "{id: make, kind: command, command: [sh, -c, 'touch ran; exit 3']}"
    text = RECORD.replace("  - {id: no-print", f"  - {command}\n  - {{id: no-print")
    root = repository(tmp_path / "shop", {PLACE: text, "shop/a.py": "x = 1\n"})
    run(["audit", str(root)])
    ((path, _, told),) = reasons(root, capsys, base="")
    assert path == PLACE
    assert "not run without --run-commands" in told
    assert not (root / "ran").exists()
    ((path, _, told),) = reasons(root, capsys, "--run-commands", base="")
    assert "ends with 3" in told
    assert (root / "ran").exists()


def test_a_scope_without_files_shuts_the_gate_and_anchors_and_days_only_advise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchors = "anchors:\n  - {path: shop/a.py, symbol: f, digest: old}\nreview-by: 2026-01-01"
    root = repository(
        tmp_path / "shop", {PLACE: RECORD.replace("anchors: []", anchors), "shop/a.py": "def f():\n    pass\n"}
    )
    assert reasons(root, capsys, base="") == []
    capsys.readouterr()
    run(["gate", str(root)])
    told = " ".join(capsys.readouterr().out.split())
    assert "rests on shop/a.py:f, which has changed" in told
    assert "should have been looked at by 2026-01-01" in told
    (root / "shop/a.py").rename(root / "b.py")
    assert any("not there" in what for *_, what in reasons(root, capsys, base=""))


def test_a_change_hears_only_of_doubts_about_what_it_touches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchors = "anchors:\n  - {path: shop/a.py, symbol: f, digest: old}"
    text = RECORD.replace("anchors: []", anchors).replace("scope: {paths: [shop/]}\n", "")
    root = repository(tmp_path / "shop", {PLACE: text, "shop/a.py": "def f():\n    pass\n", "b.py": "x = 1\n"})
    write(root, {"b.py": "x = 2\n"})
    run(["gate", str(root), "--base", "HEAD"])
    assert "rests on" not in capsys.readouterr().out
    write(root, {"shop/a.py": "def f():\n    return 1\n"})
    run(["gate", str(root), "--base", "HEAD"])
    assert "rests on shop/a.py:f" in " ".join(capsys.readouterr().out.split())


def test_records_that_supersede_in_a_circle_shut_the_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def one(day: int, other: int) -> str:
        name = f"D-202611{day}-x"
        return f"---\nid: {name}\nstatus: accepted\nsupersedes: D-202611{other}-x\n---\n# {name}\n"

    records = {f"docs/decisions/202611{day}-x.md": one(day, other) for day, other in ((10, 11), (11, 10))}
    root = repository(tmp_path / "shop", {**records, "a.py": "x = 1\n"})
    assert [what for *_, what in reasons(root, capsys, base="") if "supersedes itself" in what]


def test_a_record_that_cannot_be_read_is_an_error_and_no_open_gate(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, {PLACE: RECORD.replace("kind: pattern-forbidden", "kind: pattern-forbiden")})
    assert run(["gate", str(shop)]) == 2
    assert f"{PLACE}, line 12" in capsys.readouterr().err


def test_the_list_says_what_was_rejected_and_what_is_in_doubt(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["decide", "list", "--root", str(shop), "--json"]) == 0
    found = {one["record"]["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(found) == {"0001-old", ID}
    assert found[ID]["record"]["rejected"][0]["because"] == "jobs were lost when it restarted"
    assert run(["decide", "list", "--root", str(shop)]) == 0
    assert "rejected: Redis as queue" in capsys.readouterr().out


def test_in_a_folder_below_the_records_are_those_of_the_tree(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "shop")
    assert run(["decide", "list"]) == 0
    assert ID in capsys.readouterr().out
    assert run(["decide", "new", "No print"]) == 0
    assert "../docs/decisions/" in capsys.readouterr().out
    assert len(list((shop / "docs/decisions").glob("*-no-print.md"))) == 1


def test_a_gate_of_a_folder_says_that_it_hears_no_decisions(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["gate", str(shop / "shop"), "--base", "main", "--format", "json"]) == 0
    notices = json.loads(capsys.readouterr().out)["verdict"]["notices"]
    assert [one for one in notices if f"the decisions of {shop} are not heard here" in one]
