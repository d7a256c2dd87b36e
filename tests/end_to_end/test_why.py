"""Why the code at a place is as it is: decisions and small whys, and how they stay with their symbol."""

import json
from pathlib import Path

import pytest

from seatrial.app.why import stale, why
from seatrial.errors import DecisionError, SourceError
from seatrial.surfaces.cli.main import run
from trees import repository, write

CODE = """\
class Queue:
    def push(self, job):
        self.jobs.append(job)

    def pop(self):
        return self.jobs.pop()
"""
RECORD = """\
---
id: D-20261122-no-redis
status: accepted
scope: {paths: [shop/]}
rejected:
  - {option: Redis, because: jobs were lost}
---
# Queue jobs in the database
"""
ANCHORED = """\
---
id: D-20261123-lists
status: accepted
anchors: [{path: shop/jobs.py, symbol: Queue.push, digest: old}]
---
# Lists, not deques
"""
FILES = {
    "shop/jobs.py": CODE,
    "docs/decisions/20261122-no-redis.md": RECORD,
    "docs/decisions/20261123-lists.md": ANCHORED,
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = repository(tmp_path / "shop", FILES)
    monkeypatch.chdir(root)
    return root


def say(place: str, because: str) -> None:
    assert run(["why", place, "--because", because, "--who", "ana@example.org"]) == 0


def told(root: Path, place: str) -> list[tuple[str, str, bool]]:
    return [(one.symbol, one.because, one.stale) for one in why(root, place).whys]


def test_records_speak_by_scope_and_by_anchor(shop: Path) -> None:
    assert [one.id for one in why(shop, "shop/jobs.py").records] == ["D-20261122-no-redis", "D-20261123-lists"]
    assert [one.id for one in why(shop, "shop/jobs.py:Queue.pop").records] == ["D-20261122-no-redis"]
    answer = why(shop, "shop/jobs.py:Queue.push")
    assert answer.doubts == {"D-20261123-lists": "shop/jobs.py:Queue.push has changed"}


def test_a_small_why_belongs_to_its_symbol(shop: Path) -> None:
    say("shop/jobs.py:Queue.push", "two workers  wrote\nthe same row before")
    expected = [("Queue.push", "two workers wrote the same row before", False)]
    assert told(shop, "shop/jobs.py") == expected
    assert told(shop, "shop/jobs.py:Queue.push") == expected
    assert told(shop, "shop/jobs.py:Queue") == expected
    assert told(shop, "shop/jobs.py:Queue.pop") == []


def test_it_is_stale_when_its_symbol_changes_and_only_then(shop: Path) -> None:
    say("shop/jobs.py:Queue.push", "so")
    write(shop, {"shop/jobs.py": "# a comment\n" + CODE.replace("(job)", "( job )").replace("pop()", "popleft()")})
    assert told(shop, "shop/jobs.py") == [("Queue.push", "so", False)]
    write(shop, {"shop/jobs.py": CODE.replace("append", "insert")})
    assert told(shop, "shop/jobs.py") == [("Queue.push", "so", True)]
    write(shop, {"shop/jobs.py": "x = 1\n"})
    assert [one.stale for one in stale(shop)] == [True]


def test_it_follows_its_symbol_to_another_file(shop: Path) -> None:
    say("shop/jobs.py:Queue.push", "so")
    (shop / "shop/jobs.py").rename(shop / "shop/queue.py")
    assert told(shop, "shop/queue.py") == [("Queue.push", "so", False)]


def test_a_file_has_whys_too(shop: Path) -> None:
    say("shop/jobs.py", "it is small")
    assert told(shop, "shop/jobs.py") == [("", "it is small", False)]
    write(shop, {"shop/jobs.py": CODE + "\n# a comment\n"})
    assert told(shop, "shop/jobs.py") == [("", "it is small", False)]
    write(shop, {"shop/jobs.py": CODE + "x = 1\n"})
    assert told(shop, "shop/jobs.py") == [("", "it is small", True)]


def test_a_place_is_named_from_where_one_stands(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop / "shop")
    assert run(["why", "jobs.py:Queue.push", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["path"], answer["symbol"]) == ("shop/jobs.py", "Queue.push")
    assert run(["why", "jobs.py"]) == 0
    assert "rejected Redis, because jobs were lost" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["shop/never.py", "shop/jobs.py:Queue.peek", "../shop", "/etc/passwd"])
def test_a_place_that_is_not_there_is_an_error(shop: Path, place: str) -> None:
    with pytest.raises(SourceError):
        why(shop, place)


@pytest.mark.parametrize("because", [" ", "x" * 501])
def test_a_why_is_one_sentence(shop: Path, because: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "shop/jobs.py", "--because", because]) == 2
    assert "decide new" in capsys.readouterr().err
    assert not (shop / ".seatrial").exists()


@pytest.mark.parametrize("because", ['say "no" \\ twice', "ümlaut ✓", "a\x7fb\x1b[31m", "= [x] # no comment"])
def test_any_text_is_read_as_it_was_written(shop: Path, because: str) -> None:
    say("shop/jobs.py", because)
    ((_, found, _),) = told(shop, "shop/jobs.py")
    assert found == "".join(c if c.isprintable() else ascii(c)[1:-1] for c in because)


@pytest.mark.parametrize(
    "text", ["because = 1\ndigest = ''\n", "nonsense", "because = 'x'\ndigest = 'y'\nmore = 1\n", "\xff"]
)
def test_a_damaged_why_names_its_file(shop: Path, text: str) -> None:
    write(shop, {".seatrial/why/shop/jobs.py/abc.toml": text.encode("latin-1")})
    with pytest.raises(DecisionError, match=r"\.seatrial/why/shop/jobs\.py/abc\.toml is damaged"):
        why(shop, "shop/jobs.py")


def test_a_link_among_the_whys_is_not_followed(shop: Path) -> None:
    write(shop, {"secret": "because = 'x'\ndigest = 'y'\n", ".seatrial/why/shop/jobs.py/README": ""})
    (shop / ".seatrial/why/shop/jobs.py/abc.toml").symlink_to(shop / "secret")
    with pytest.raises(DecisionError, match="no plain file"):
        why(shop, "shop/jobs.py")
