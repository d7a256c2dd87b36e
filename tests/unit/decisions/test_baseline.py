"""The file of old debt."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import accepted, finding
from seatrial.decisions import baseline
from seatrial.errors import DecisionError

FOUND = [finding(line=n) for n in (3, 1, 2)]


def advice(data: bytes) -> str:
    try:
        return f"{len(baseline._decode(data))} entries."
    except DecisionError as error:
        return str(error)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = baseline.create(tmp_path, FOUND, who="ada", reason="here before us")
    assert baseline.read(tmp_path) == written
    assert {d.who for d in written} == {"ada"}
    assert sorted(d.line for d in written) == [1, 2, 3]


def test_no_file_is_an_empty_baseline(tmp_path: Path) -> None:
    assert baseline.read(tmp_path) == ()


def test_each_entry_has_a_line_and_removing_one_changes_no_other() -> None:
    decisions = baseline.accept(FOUND)
    whole = baseline.encode(decisions).splitlines()
    for gone in decisions:
        fewer = baseline.encode(d for d in decisions if d != gone).splitlines()
        assert [line for line in whole if line not in fewer] == [
            line for line in whole if gone.fingerprint.encode() in line
        ]
        assert [line for line in whole if line in fewer] == fewer


def test_the_order_of_findings_does_not_change_the_file() -> None:
    assert baseline.encode(baseline.accept(FOUND)) == baseline.encode(baseline.accept(FOUND[::-1]))


def test_the_file_is_json_with_its_format_last() -> None:
    assert json.loads(baseline.encode([]))[-1] == {"seatrial-baseline": 1}


def test_a_second_baseline_is_refused(tmp_path: Path) -> None:
    baseline.create(tmp_path, [])
    with pytest.raises(DecisionError, match="only shrink"):
        baseline.create(tmp_path, FOUND)
    assert baseline.read(tmp_path) == ()


def test_it_may_shrink_but_not_grow(tmp_path: Path) -> None:
    first = baseline.create(tmp_path, FOUND[:2])
    with pytest.raises(DecisionError, match=r"query-in-loop at shop/orders\.py:2 is not in it"):
        baseline.replace(tmp_path, (*first, accepted(FOUND[2])))
    baseline.replace(tmp_path, first[:1])
    assert baseline.read(tmp_path) == first[:1]


def test_it_shrinks_to_what_is_still_there_in_the_same_code() -> None:
    old = baseline.accept(FOUND)
    changed = finding(line=1, digest="another")
    assert [d.line for d in baseline.shrink(old, [FOUND[0], changed])] == [3]


def test_shrinking_counts() -> None:
    old = baseline.accept([FOUND[0], FOUND[0]])
    assert len(baseline.shrink(old, [FOUND[0]])) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ("[1]", "damaged"),
        ('[{"rule": 3}, {"seatrial-baseline": 1}]', "damaged"),
        ('[{"more": 3}, {"seatrial-baseline": 1}]', "damaged"),
        ('[{"seatrial-baseline": "1"}]', "damaged"),
        ("\xff", "damaged"),
        ('[{"seatrial-baseline": 2}]', "Update seatrial"),
        ("[\n<<<<<<< ours\n", "line 2: an unfinished merge"),
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / ".seatrial").mkdir()
    (tmp_path / baseline.NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(DecisionError, match=told):
        baseline.read(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / ".seatrial").mkdir()
    make(tmp_path / baseline.NAME)
    with pytest.raises(DecisionError, match="is no file"):
        baseline.read(tmp_path)


@pytest.mark.parametrize("text", ["[" * 200_000, '[{"a":' * 100_000, '[{"seatrial-baseline":' + "[" * 200_000])
def test_nesting_without_end_is_damage(text: str) -> None:
    with pytest.raises(DecisionError, match="damaged"):
        baseline._decode(text.encode())


@given(st.binary() | st.text('[]{},:"\n1seatrial-baseline').map(str.encode))
def test_whatever_lies_there_is_read_or_refused_with_advice(data: bytes) -> None:
    assert advice(data).endswith(".")


@given(st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)))
def test_it_only_ever_shrinks(first: list[int], then: list[int], at_last: list[int]) -> None:
    old = baseline.accept(finding(line=n) for n in first)
    once = baseline.shrink(old, [finding(line=n) for n in then])
    twice = baseline.shrink(once, [finding(line=n) for n in at_last])
    assert Counter(old) >= Counter(once) >= Counter(twice)
    assert baseline.shrink(once, [finding(line=n) for n in then]) == once
