import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from seatrial.app import cache
from seatrial.app.cache import LIMIT, Cache, NoCache

Open = Callable[..., Cache]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens caches and closes them in the end."""
    all_of_them: list[Cache] = []

    def open_one(place: Path, limit: int = LIMIT) -> Cache:
        all_of_them.append(Cache(place, limit))
        return all_of_them[-1]

    yield open_one
    for one in all_of_them:
        one.close()


def file_of(folder: Path) -> Path:
    return next(folder.glob("*.sqlite"))


def test_what_was_put_in_comes_back_and_nothing_else(opened: Open, tmp_path: Path) -> None:
    entries = {bytes([number % 256, number // 256]): b"x" * number for number in range(1200)}
    opened(tmp_path).put(entries)
    known = opened(tmp_path)
    assert known.get([*entries, b"unknown"]) == entries
    assert known.notes == []


def test_a_later_entry_replaces_an_earlier_one(opened: Open, tmp_path: Path) -> None:
    one = opened(tmp_path)
    one.put({b"k": b"old"})
    one.put({b"k": b"new"})
    assert one.get([b"k"]) == {b"k": b"new"}


@pytest.mark.parametrize("junk", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_thrown_away_and_told(opened: Open, tmp_path: Path, junk: bytes) -> None:
    whole = opened(tmp_path)
    whole.put({b"k": b"v"})
    whole.close()
    file_of(tmp_path).write_bytes(junk)
    damaged = opened(tmp_path)
    assert damaged.get([b"k"]) == {}
    assert any("thrown away" in note for note in damaged.notes)
    damaged.put({b"k": b"again"})
    assert opened(tmp_path).get([b"k"]) == {b"k": b"again"}


def test_an_entry_whose_bytes_changed_is_forgotten(opened: Open, tmp_path: Path) -> None:
    one = opened(tmp_path)
    one.put({b"k": b"value", b"l": b"other"})
    with closing(sqlite3.connect(file_of(tmp_path))) as connection, connection:
        (kept,) = connection.execute("select sum_and_data from entries where key = ?", (b"k",)).fetchone()
        connection.execute("update entries set sum_and_data = ? where key = ?", (kept[:-1] + b"!", b"k"))
    assert one.get([b"k", b"l"]) == {b"l": b"other"}


def test_a_place_that_cannot_be_used_costs_a_note_only(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    one = opened(tmp_path / "file")
    one.put({b"k": b"v"})
    assert one.get([b"k"]) == {}
    assert "was not used" in one.notes[0]


def test_a_locked_cache_costs_a_note_only(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_PATIENCE", 0.01)
    opened(tmp_path).put({b"k": b"v"})
    other = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    other.execute("begin exclusive")
    one = opened(tmp_path)
    one.put({b"l": b"w"})
    other.execute("rollback")
    other.close()
    assert "locked" in one.notes[0]
    assert one.get([b"k", b"l"]) == {b"k": b"v"}


def test_what_was_used_last_survives_the_limit(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(cache.time, "time", lambda: now[0])
    one = opened(tmp_path, limit=1000)
    for number in range(9):
        now[0] += 100_000
        one.put({bytes([number]): b"x" * 100})
    now[0] += 100_000
    assert one.get([b"\0"])
    now[0] += 100_000
    one.put({b"n": b"x" * 200})
    left = one.get([*(bytes([number]) for number in range(9)), b"n"])
    assert sorted(left) == [b"\0", b"\4", b"\5", b"\6", b"\7", b"\10", b"n"]
    assert sum(map(len, left.values())) <= 800


def test_two_at_once_lose_nothing(opened: Open, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from seatrial.app.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1])); name = sys.argv[2].encode()\n"
        "for number in range(60):\n    cache.put({name + bytes([number]): name}); cache.get([name + bytes([number])])\n"
        "assert not cache.notes, cache.notes\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    keys = [name + bytes([number]) for name in (b"a", b"b") for number in range(60)]
    assert len(opened(tmp_path).get(keys)) == len(keys)


def test_a_new_cache_waits_for_the_audit_that_is_making_it(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "cache-1.sqlite", isolation_level=None)
    other.execute("begin immediate")
    monkeypatch.setattr(time, "sleep", lambda _: other.close())  # the other audit goes on while this one waits
    one = opened(tmp_path)
    one.put({b"key": b"data"})
    assert (one.get([b"key"]), one.notes) == ({b"key": b"data"}, [])


def test_a_writer_that_is_killed_leaves_a_cache_that_works(opened: Open, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from seatrial.app.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1])); cache.put({b'whole': b'1'}); number = 0\n"
        "print('ready', flush=True)\n"
        "while True:\n    number += 1\n"
        "    cache.put({number.to_bytes(4, 'big') + bytes([i]): b'x' * 999 for i in range(99)})\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    writer.stdout.readline()
    writer.kill()
    writer.communicate()
    one = opened(tmp_path)
    assert one.get([b"whole"]) == {b"whole": b"1"}
    one.put({b"after": b"2"})
    assert one.get([b"after"]) == {b"after": b"2"}
    assert one.notes == []


def test_the_place_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SEATRIAL_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache.folder() == tmp_path / "seatrial"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the specification: to be ignored
    monkeypatch.setenv("HOME", "/home/ada")
    assert cache.folder() == Path("/home/ada/.cache/seatrial")
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", "/elsewhere")
    assert cache.folder() == Path("/elsewhere")


def test_the_cache_is_for_its_user_alone(opened: Open, tmp_path: Path) -> None:
    opened(tmp_path / "own").put({b"k": b"v"})
    assert (tmp_path / "own").stat().st_mode & 0o077 == 0


def test_a_user_without_a_home_has_no_cache_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.delenv("SEATRIAL_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert "SEATRIAL_CACHE_DIR" in cache.users_own().notes[0]


def test_without_a_cache_nothing_is_kept() -> None:
    none = NoCache()
    none.put({b"k": b"v"})
    assert none.get([b"k"]) == {}
