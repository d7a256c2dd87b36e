"""The compact list of names holds what was put in, little else, and survives being written."""

import pytest

from seatrial.libraries.name_filter import build, load, read

NAMES = [f"package-{number}" for number in range(3_000)]


def test_every_name_that_was_put_in_is_there() -> None:
    made = load(build(NAMES, "2026-11-01").dump())
    assert all(name in made for name in NAMES)
    assert (made.date, len(made)) == ("2026-11-01", 3_000)


def test_fewer_than_one_in_500_other_names_is_taken_for_known() -> None:
    made = build(NAMES, "2026-11-01")
    assert sum(f"other-{number}" in made for number in range(20_000)) < 40


def test_it_takes_two_bytes_a_name() -> None:
    assert len(build(NAMES, "2026-11-01").dump()) < 2 * len(NAMES)


def test_a_list_in_text_is_read_with_its_date() -> None:
    listed = read(b"# 2026-11-01\nFlask\nzope.interface\n")
    assert "flask" in listed.names
    assert "zope-interface" in listed.names
    assert (listed.date, listed.count) == ("2026-11-01", 2)


@pytest.mark.parametrize("data", [b"", b"flask\n", b"\xff\xfe", b"seatrial names 1"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(data)
