"""What writes what it read is likely overtaken, by its statements."""

from seatrial.trials.chances import LIKELY, UNLIKELY, chances, slow

ASKER = "SELECT * FROM users WHERE id = 7"
LOOKED_UP = "SELECT 1 FROM users WHERE email = 'a@b.c'"
MADE = "INSERT INTO users (email) VALUES ('a@b.c')"
NOTED = "INSERT INTO notes (owner) VALUES (7)"


def test_what_looks_up_before_it_writes_comes_before_what_only_writes() -> None:
    renamed = [ASKER, "UPDATE users SET name = 'b' WHERE id = 7"]
    found = chances({"register": [LOOKED_UP, MADE], "note": [ASKER, NOTED], "rename": renamed})
    assert found == {"register": LIKELY, "note": UNLIKELY, "rename": LIKELY}


def test_who_asks_is_not_what_a_request_goes_by() -> None:
    did = {f"note {number}": [ASKER, NOTED] for number in range(4)}
    found = chances({**did, "rename": [ASKER, "UPDATE users SET name = 'b'"], "register": [LOOKED_UP, MADE]})
    assert {name for name, chance in found.items() if chance == LIKELY} == {"register"}


def test_a_row_that_is_locked_as_it_is_read_stays() -> None:
    read, lowered = "SELECT left FROM stock WHERE id = 1", "UPDATE stock SET left = 3 WHERE id = 1"
    assert chances({"locked": [f"{read} FOR UPDATE", lowered], "bare": [read, lowered]}) == {
        "locked": UNLIKELY,
        "bare": LIKELY,
    }


def test_what_takes_far_longer_than_others_is_slow() -> None:
    took = {"note": 0.01, "rename": 0.012, "list": 0.03, "register": 0.3, "login": 0.25}
    assert [name for name in (*took, "never asked") if slow(name, took)] == ["register", "login"]
    assert not slow("register", {"note": 0.01, "register": 0.3})
